//go:build judge && cgo

package card_test

import (
	"context"
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"errors"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"sync/atomic"
	"testing"
	"time"

	benchcard "github.com/kioskd/kioskd/internal/bench/card"
	"github.com/kioskd/kioskd/pkg/card"
	"github.com/kioskd/kioskd/pkg/card/cardpcsc"
	"github.com/kioskd/kioskd/pkg/card/cardpipe"
	"github.com/kioskd/kioskd/pkg/card/cardtest"
)

// childSwitch makes this test program the card process instead.
const childSwitch = "KIOSKD_TEST_CARD_CHILD"

func TestMain(m *testing.M) {
	if os.Getenv(childSwitch) == "" {
		os.Exit(m.Run())
	}
	if err := cardpipe.Serve(context.Background(), os.Stdin, os.Stdout, cardpcsc.New()); err != nil {
		os.Exit(1)
	}
}

// startChild starts the card process on a reader's socket.
func startChild(r *benchcard.Reader, pid *atomic.Int64) cardpipe.Start {
	return func(context.Context) (io.ReadWriteCloser, func() error, error) {
		c := exec.Command("/proc/self/exe")
		c.Env = append(r.Environ(), childSwitch+"=1")
		c.Stderr = os.Stderr
		in, err := c.StdinPipe()
		if err != nil {
			return nil, nil, err
		}
		out, err := c.StdoutPipe()
		if err != nil {
			return nil, nil, err
		}
		if err := c.Start(); err != nil {
			return nil, nil, err
		}
		pid.Store(int64(c.Process.Pid))
		kill := func() error { return errors.Join(c.Process.Kill(), c.Wait()) }
		return pipes{in, out}, kill, nil
	}
}

type pipes struct {
	io.WriteCloser
	out io.ReadCloser
}

func (p pipes) Read(b []byte) (int, error) { return p.out.Read(b) }

func (p pipes) Close() error { return errors.Join(p.WriteCloser.Close(), p.out.Close()) }

// kiosk is a running child on a running reader.
type kiosk struct {
	*cardpipe.Child
	t     *testing.T
	r     *benchcard.Reader
	child *atomic.Int64
}

// pid is the process of the child that was started last.
func (k *kiosk) pid() int { return int(k.child.Load()) }

func startKiosk(t *testing.T) *kiosk {
	t.Helper()
	r := start(t)
	var pid atomic.Int64
	c := cardpipe.NewChild(startChild(r, &pid), slog.New(slog.DiscardHandler))
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- c.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		<-done
	})
	return &kiosk{c, t, r, &pid}
}

// await reads events until the wanted one about the slot, or about the service.
func (k *kiosk) await(want card.EventKind) {
	k.t.Helper()
	limit := time.After(30 * time.Second)
	for {
		select {
		case e, ok := <-k.Events():
			if !ok {
				k.t.Fatalf("no more events; want %v", want)
			}
			if e.Kind == want && (e.Reader == benchcard.Name || e.Reader == "") {
				return
			}
		case <-limit:
			k.t.Fatalf("no event %v", want)
		}
	}
}

// lay puts a card on the reader and connects to it.
func (k *kiosk) lay(c cardtest.Config) (*cardtest.Card, card.Card) {
	k.t.Helper()
	emulated := insert(k.t, k.r, c)
	k.await(card.CardInserted)
	conn, err := k.Connect(k.t.Context(), benchcard.Name)
	if err != nil {
		k.t.Fatal(err)
	}
	return emulated, conn
}

// digits is a PIN as text.
type digits string

func (d digits) CopyTo(b []byte) int { return copy(b, d) }

func TestChildGoesTheWholeWay(t *testing.T) {
	t.Parallel()
	k := startKiosk(t)
	emulated, conn := k.lay(config())
	s := card.NewSession(conn)
	id, err := s.Identify(t.Context())
	if err != nil || id.Tries != 3 || id.Token.Kind != card.TokenMyNumber {
		t.Fatalf("%+v, %v", id, err)
	}
	if err := card.CheckCertificate(id.Certificate, time.Now()); err != nil {
		t.Fatal(err)
	}
	digest := sha256.Sum256([]byte("challenge"))
	_, err = s.Authenticate(t.Context(), digits("9999"), digest)
	if wrong, ok := errors.AsType[*card.PINError](err); !ok || wrong.TriesLeft != 2 {
		t.Fatalf("wrong PIN: %v", err)
	}
	signature, err := s.Authenticate(t.Context(), digits("1234"), digest)
	if err != nil {
		t.Fatal(err)
	}
	if err := rsa.VerifyPKCS1v15(&keys().authKey.PublicKey, crypto.SHA256, digest[:], signature); err != nil {
		t.Fatal(err)
	}
	if !emulated.Stats().Verified {
		t.Fatal("the card should still know its PIN")
	}
	if err := conn.PowerOff(t.Context()); err != nil {
		t.Fatal(err)
	}
	await(t, emulated, func(s cardtest.Stats) bool { return s.PowerDowns > 0 && !s.Verified }) // the frame is on its way
	if err := k.r.Remove(); err != nil {
		t.Fatal(err)
	}
	k.await(card.CardRemoved)
}

func TestChildRefusesCards(t *testing.T) {
	t.Parallel()
	k := startKiosk(t)
	blocked := config()
	blocked.Blocked = true
	for _, tt := range []struct {
		config cardtest.Config
		want   error
	}{
		{cardtest.Config{NotMyNumber: true}, card.ErrNotMyNumberCard},
		{blocked, card.ErrPINBlocked},
	} {
		_, conn := k.lay(tt.config)
		if _, err := card.NewSession(conn).Identify(t.Context()); !errors.Is(err, tt.want) {
			t.Errorf("got %v, want %v", err, tt.want)
		}
		if err := conn.PowerOff(t.Context()); err != nil {
			t.Error(err)
		}
		if err := k.r.Remove(); err != nil {
			t.Fatal(err)
		}
		k.await(card.CardRemoved)
	}
	if err := k.r.Insert(t.Context(), cardtest.New(cardtest.Config{Mute: true})); err != nil {
		t.Fatal(err)
	}
	k.await(card.CardInserted)
	if _, err := k.Connect(t.Context(), benchcard.Name); !errors.Is(err, card.ErrMute) {
		t.Errorf("connect to a mute card: %v", err)
	}
	if err := k.r.Remove(); err != nil {
		t.Fatal(err)
	}
	k.await(card.CardRemoved)
	if _, err := k.Connect(t.Context(), benchcard.Name); !errors.Is(err, card.ErrRemoved) {
		t.Errorf("connect without a card: %v", err)
	}
	if _, err := k.Connect(t.Context(), "No Such Reader"); !errors.Is(err, card.ErrReaderGone) {
		t.Errorf("connect without a reader: %v", err)
	}
}

func TestChildSeesRemovalDuringACommand(t *testing.T) {
	t.Parallel()
	k := startKiosk(t)
	for _, ins := range []byte{0xA4, 0xB0, 0x20, 0x2A} {
		emulated, conn := k.lay(config())
		nth := 2
		if ins == 0x2A {
			nth = 1 // it comes only once
		}
		k.r.AddFault(benchcard.Fault{Do: benchcard.ActRemove, INS: ins, Nth: nth})
		s := card.NewSession(conn)
		_, err := s.Identify(t.Context())
		if err == nil {
			_, err = s.Authenticate(t.Context(), digits("1234"), [32]byte{})
		}
		if !errors.Is(err, card.ErrRemoved) {
			t.Errorf("pulled at %02X: %v", ins, err)
		}
		if err := conn.PowerOff(t.Context()); err != nil {
			t.Errorf("pulled at %02X: power off: %v", ins, err)
		}
		if emulated.Stats().Powered {
			t.Errorf("pulled at %02X: the card has power", ins)
		}
		k.await(card.CardRemoved)
	}
}

func TestChildIsReplacedAfterAStall(t *testing.T) {
	t.Parallel()
	k := startKiosk(t)
	_, conn := k.lay(config())
	id := k.r.AddFault(benchcard.Fault{Do: benchcard.ActStall, INS: 0xB0})
	if _, err := card.NewSession(conn).Identify(t.Context()); !errors.Is(err, card.ErrStalled) {
		t.Fatalf("got %v", err)
	}
	k.await(card.ServiceDown)
	k.r.RemoveFault(id)
	k.await(card.CardInserted)
	conn, err := k.Connect(t.Context(), benchcard.Name)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := card.NewSession(conn).Identify(t.Context()); err != nil {
		t.Error(err)
	}
	if err := conn.PowerOff(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestChildOutlivesTheService(t *testing.T) {
	t.Parallel()
	k := startKiosk(t)
	_, conn := k.lay(config())
	if err := k.r.Stop(); err != nil {
		t.Fatal(err)
	}
	if _, err := card.NewSession(conn).Identify(t.Context()); err == nil {
		t.Error("a card answered without the service")
	}
	k.await(card.ServiceDown)
	if err := k.r.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	k.await(card.ServiceUp)
	_, conn = k.lay(config())
	if _, err := card.NewSession(conn).Identify(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestOtherProgramsFindTheReaderBusy(t *testing.T) {
	t.Parallel()
	k := startKiosk(t)
	_, conn := k.lay(config())
	if out, err := run(t, k.r, "opensc-tool", "-r", "0", "-s", "00A4040C0AD392F000260100000001"); err == nil {
		t.Errorf("another program reached the card\n%s", out)
	}
	if err := conn.PowerOff(t.Context()); err != nil {
		t.Fatal(err)
	}
	must(t, k.r, "opensc-tool", "-r", "0", "-s", "00A4040C0AD392F000260100000001")
}
