package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"time"

	"github.com/kioskd/kioskd/internal/bench/card"
	"github.com/kioskd/kioskd/internal/bench/coin"
	"github.com/kioskd/kioskd/internal/bench/desk"
	"github.com/kioskd/kioskd/internal/bench/pki"
	"github.com/kioskd/kioskd/internal/bench/port"
	"github.com/kioskd/kioskd/internal/bench/printer"
	"github.com/kioskd/kioskd/internal/bench/usb"
)

// Ports of the simulated bus.
const (
	coinPort    = 1
	printerPort = 2
)

// world is one kiosk with everything around it.
type world struct {
	settings
	short string // a folder with a short name, for sockets; gone in the end
	log   *slog.Logger
	tray  []pki.Card

	starter starter
	clock   clock
	status  *status
	reader  *reader
	bus     *usb.Bus
	float   []int32 // what the hoppers hold when everything begins, ¥10 to ¥500
	coins   vendor
	press   *press
	display string
	power   *power
	kiosk   *port.Client
	desk    *desk.Desk
	address string // the desk's, http://127.0.0.1:…

	mu        sync.Mutex
	processes map[string]*process // guarded by mu; a process is never taken out

	tasks   sync.WaitGroup
	closers []func() // in the order of opening
}

// open starts everything but kioskd and the servers. Whatever was started ends with close.
func open(ctx context.Context, s settings) (*world, error) {
	private()
	w := &world{settings: s, processes: map[string]*process{}, starter: newStarter()}
	for _, step := range []func(context.Context) error{
		w.lay, w.forget, w.openClock, w.openStatus, w.openReader, w.openBus, w.openDisplay, w.openDesk,
	} {
		if err := step(ctx); err != nil {
			w.close()
			return nil, err
		}
	}
	return w, nil
}

// close ends everything in the opposite order.
func (w *world) close() {
	for i := len(w.closers) - 1; i >= 0; i-- {
		w.closers[i]()
	}
	w.tasks.Wait()
}

// atEnd remembers what is to be done in the end.
func (w *world) atEnd(f func()) { w.closers = append(w.closers, f) }

// path is a path in the world's folder.
func (w *world) path(names ...string) string {
	return filepath.Join(append([]string{w.dir}, names...)...)
}

// lay makes folders and keys. Only one world lives in a folder.
func (w *world) lay(context.Context) error {
	if err := os.MkdirAll(w.path("log"), 0o700); err != nil {
		return err
	}
	lock, err := os.OpenFile(w.path("lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return err
	}
	w.atEnd(func() { _ = lock.Close() })
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		return fmt.Errorf("%s is in use by another kioskbench; end that one, or give -dir another folder", w.dir)
	}
	logs, err := os.OpenFile(w.path("log", "kioskbench.log"), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	w.atEnd(func() { _ = logs.Close() })
	w.log = slog.New(slog.NewJSONHandler(logs, nil))
	if w.short, err = os.MkdirTemp("", "kb"); err != nil {
		return err
	}
	w.atEnd(func() { _ = os.RemoveAll(w.short) })
	if err := pki.Make(w.dir, time.Now()); err != nil {
		return err
	}
	w.tray, err = pki.LoadCards(w.dir)
	return err
}

// forget removes what earlier runs left in databases. The coin machine is a new one each time, so kioskd's books begin
// anew; the servers keep theirs, but in a demo, which begins as the first did.
func (w *world) forget(context.Context) error {
	names := []string{"kioskd"}
	if w.fresh {
		names = append(names, "centerd", "issuerd")
	}
	for _, name := range names {
		found, err := filepath.Glob(w.path(name, "*.db*"))
		if err != nil {
			return err
		}
		for _, path := range found {
			if err := os.Remove(path); err != nil {
				return err
			}
		}
	}
	return nil
}

// openClock makes the clock file, or resets it to the machine's time.
func (w *world) openClock(context.Context) error {
	w.clock = clock{w.path("clock")}
	if err := os.Remove(w.clock.path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return w.clock.Set(0)
}

func (w *world) openStatus(ctx context.Context) error {
	responder, err := pki.NewResponder(w.dir, w.clock.now)
	if err != nil {
		return err
	}
	w.status, err = serveStatus(ctx, responder)
	return err
}

func (w *world) openReader(ctx context.Context) error {
	service := card.New(card.Config{Dir: filepath.Join(w.short, "r"), Log: w.log})
	w.reader = newReader(service, w.tray)
	w.atEnd(func() { _ = service.Stop() })
	return service.Start(ctx)
}

// openBus hangs the coin vendor and the printer on a USB bus.
func (w *world) openBus(context.Context) error {
	bus, err := usb.New(filepath.Join(w.short, "u"))
	if err != nil {
		return err
	}
	w.bus = bus
	w.atEnd(func() { _ = bus.Close() })
	machine := coin.Defaults().LineRate(max(1, w.rate))
	if w.rate > 1 {
		w.log.Info("coin line", "times 9600 baud", w.rate)
	}
	if w.stock != nil {
		machine.Stock = w.stock
	}
	w.coins = vendor{coin.New(machine)}
	for _, yen := range hopperKinds {
		w.float = append(w.float, int32(w.coins.Machine.Trays().Hoppers[yen]))
	}
	w.press = newPress(printer.New(printer.Options{}))
	return errors.Join(
		coin.Hang(w.coins.Machine, bus, coinPort),
		bus.Plug(printerPort, w.press.USB()),
	)
}

// openDisplay uses this machine's display if there is one.
func (w *world) openDisplay(ctx context.Context) error {
	if w.display = os.Getenv("DISPLAY"); w.display != "" && !w.headless {
		return nil
	}
	w.headless = true
	name, end, err := display(ctx, w.starter, w.path("log", "xvfb.log"))
	if err != nil {
		return err
	}
	w.display = name
	w.atEnd(end)
	return nil
}

// openDesk serves the desk on a free loopback port and writes its address down.
func (w *world) openDesk(ctx context.Context) error {
	w.kiosk = port.NewClient(w.socket())
	w.power = newPower(w)
	w.desk = desk.New(desk.Parts{
		Kiosk: w.kiosk, Reader: w.reader, Coins: w.coins, Printer: w.press, Clock: w.clock, Power: w.power,
		Faults: map[string]desk.Faults{"reader": w.reader, "coin": w.coins, "printer": w.press, "ocsp": w.status},
		USB:    w.traffic,
	})
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	address := listener.Addr().String()
	w.address = "http://" + address
	server := &http.Server{Handler: w.desk.Handler(address), ReadHeaderTimeout: 5 * time.Second}
	ctx, cancel := context.WithCancel(ctx)
	w.tasks.Go(func() { _ = server.Serve(listener) })
	w.tasks.Go(func() { w.desk.Run(ctx) })
	w.atEnd(func() {
		cancel()
		_ = server.Close()
		_ = os.Remove(w.path("desk.addr"))
	})
	return writeFile(w.path("desk.addr"), w.address+"\n")
}

// writeFile writes a file in one step, for its owner only.
func writeFile(path, text string) error {
	next := path + ".new"
	if err := os.WriteFile(next, []byte(text), 0o600); err != nil {
		return err
	}
	return os.Rename(next, path)
}

func (w *world) socket() string { return filepath.Join(w.short, "k") }

// traffic is bytes per endpoint, by device, for `GET /api/devices`.
func (w *world) traffic() any {
	all := map[string]map[string]usb.Traffic{}
	for name, portNumber := range map[string]int{"coin": coinPort, "printer": printerPort} {
		all[name] = map[string]usb.Traffic{}
		for endpoint, traffic := range w.bus.Traffic(portNumber) {
			all[name][fmt.Sprintf("0x%02X", endpoint)] = traffic
		}
	}
	return all
}
