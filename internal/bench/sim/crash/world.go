package crash

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"time"

	benchcoin "github.com/kioskd/kioskd/internal/bench/coin"
	"github.com/kioskd/kioskd/internal/bench/crashfs"
	"github.com/kioskd/kioskd/internal/bench/sim"
	"github.com/kioskd/kioskd/internal/domain"
	"github.com/kioskd/kioskd/internal/signed"
	"github.com/kioskd/kioskd/internal/terminal"
	"github.com/kioskd/kioskd/internal/terminal/journal"
	"github.com/kioskd/kioskd/internal/terminal/ports"
	"github.com/kioskd/kioskd/internal/terminal/session"
	"github.com/kioskd/kioskd/internal/terminal/sheet"
	"github.com/kioskd/kioskd/pkg/printer"
)

// World is all that is around a kiosk, and what outlives its processes: the devices, the centre, and the disk.
type World struct {
	Options
	script Script
	plan   Plan
	disk   *crashfs.Disk
	log    *slog.Logger

	machine *benchcoin.Machine
	printer *Printer
	center  *Center
	lives   []*process
	struck  int // deaths of the plan that happened
	trace   trace
	result  Result
	person  resident
	begun   time.Time
	torn    []string                            // gates at which the power went in the middle of a write
	visits  []domain.ApplicationID              // that were written down
	ending  journal.Ending                      // of the last one
	claims  map[domain.ApplicationID]domain.Yen // earned and owed by each visit that was closed
	earned  map[domain.ApplicationID]domain.Yen // of that, what is not owed to anybody
	stocked domain.Yen                          // what the hoppers held when the first life began
}

// trace is the hash of what happened. Processes write it under their own lock; only one of them lives at a time.
type trace struct{ h sim.Hash }

func (t *trace) note(what string, values ...int64) {
	t.h.Text(what)
	for _, v := range values {
		t.h.Number(v)
	}
}

// Options are what a run may have beside its plan.
type Options struct {
	Log   *slog.Logger // nil: nowhere
	Break Break        // a kiosk that is broken on purpose, which the judge must find
}

// file is the journal's, on a disk of its own.
const file = "/var/lib/kioskd/journal"

// Run plays a script under a plan. Call it inside a bubble of testing/synctest.
func Run(s Script, plan Plan, o Options) Result {
	w := &World{
		script: s, plan: plan, disk: crashfs.New(), begun: time.Now(), Options: o, log: o.Log,
		printer: &Printer{on: true, ends: s.Prints}, claims: map[domain.ApplicationID]domain.Yen{},
		earned: map[domain.ApplicationID]domain.Yen{},
	}
	if w.log == nil {
		w.log = slog.New(slog.NewTextHandler(io.Discard, nil))
	}
	w.disk.Lies = o.Break == LyingDisk
	w.center = &Center{w: w}
	w.person = resident{w: w, coins: s.Coins, others: s.Others, codes: map[string]string{}}
	m := benchcoin.Defaults()
	if m.Stock = s.Stock; m.Stock == nil {
		m.Stock = plenty
	}
	w.machine = benchcoin.New(m)
	for _, f := range s.Faults {
		if _, err := w.machine.AddFault(f); err != nil {
			w.result.fault("%v", err)
		}
	}
	if err := w.live(); err != nil {
		w.result.fault("%v", err)
	}
	for _, p := range w.lives {
		w.result.Gates = append(w.result.Gates, p.gates)
	}
	w.result.Hash, w.result.Virtual = w.trace.h.Sum(), w.elapsed()
	return w.result
}

func (w *World) now() time.Time         { return time.Now() }
func (w *World) elapsed() time.Duration { return time.Since(w.begun) }

// maxLives bounds the starts of one run: as many as deaths, and a few for devices that went away.
const maxLives = 8

// live runs one process after another until one of them has brought everything to its end.
func (w *World) live() error {
	for range maxLives {
		p, err := w.start()
		if err != nil {
			return err
		}
		over, err := w.person.attend(p)
		if err != nil {
			return errors.Join(err, p.stop())
		}
		if over {
			w.judge(p)
			return p.stop()
		}
		w.printer.power(true)
		if err := w.afterDeath(p); err != nil {
			return err
		}
	}
	return fmt.Errorf("crash: %d starts and no end", maxLives)
}

// afterDeath lets the outage pass.
func (w *World) afterDeath(p *process) error {
	<-p.ended
	pause := time.Second // as systemd waits before it starts a program anew
	p.mu.Lock()
	dead := p.dead
	p.mu.Unlock()
	if dead {
		pause = p.death.Outage
		w.result.Kills++
		w.person.away = w.person.away || pause > time.Minute
	} else if !errors.Is(p.err, terminal.ErrDeviceGone) {
		return errors.Join(fmt.Errorf("crash: the loop ended: %w", p.err), p.close())
	}
	if err := p.close(); err != nil {
		return err
	}
	if dead {
		w.disk = p.left
	}
	if pause -= closing; pause > 0 {
		<-time.After(pause)
	}
	w.person.tray = w.machine.Trays().Return.Total()
	w.machine.Power(true)
	w.printer.power(true)
	return nil
}

// float books what the hoppers hold into a new journal.
func (w *World) float(ctx context.Context, j *journal.Journal) error {
	if len(w.lives) > 1 {
		return nil
	}
	w.stocked = countOf(w.machine.Trays().Hoppers).Total()
	return j.Record(ctx, w.now(), journal.Event{Type: "float", Moves: []journal.Move{{
		From: journal.World, To: journal.Hopper, Coins: countOf(w.machine.Trays().Hoppers),
	}}})
}

// follows reports that another resident comes after the one of the script: in every other run, when all that the plan
// holds has struck. A printer that lost its power is missed only by the one who needs it.
func (w *World) follows() bool {
	return len(w.plan) > 0 && w.plan[0].Gate%2 == 0 && w.struck == len(w.plan) && w.plan[0].How != Off
}

// countOf turns the simulator's coins into the ledger's.
func countOf(c benchcoin.Coins) (n domain.Count) {
	for d := range domain.NumDenominations {
		n[d] = int32(c[int(d.Yen())])
	}
	return n
}

func (p *process) options() terminal.Options {
	k := keys()
	return terminal.Options{
		Identity: terminal.Identity{
			Env: signed.EnvTest, Kiosk: kiosk, Center: office, Boot: domain.BootID{ID: domain.ID{byte(len(p.w.lives))}},
			Config: "test", Note: k.own, Own: k.public, Anchors: k.anchors,
		},
		Ports: terminal.Ports{
			Panel: p.panel, Reader: p.reader, Center: wire{p.w.center, p}, Pages: pages{}, Coins: coins{p.vendor, p},
			Printer: press{p.w.printer, p}, Journal: books{p.journal, p}, Clerk: p.clerk,
		},
		Now: p.w.now, Log: p.w.log, TrustPrinter: true, May: session.OfferAnother,
	}
}

// pages accepts every page, and writes its digest if what the terminal holds proves it.
type pages struct{}

var _ ports.Pages = pages{}

func (pages) Check(context.Context, [][]byte) error { return nil }

func (pages) Write(_ context.Context, w io.Writer, _ printer.Capabilities, c ports.Copy) error {
	err := sheet.Verify(sheet.Source{
		Manifest: c.Manifest, Delivery: c.Delivery, Copy: c.N, PDFs: c.PDFs, Kiosk: c.Kiosk, Proof: c.Proof,
	}, 1)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(w, "copy %d", c.N)
	return err
}
