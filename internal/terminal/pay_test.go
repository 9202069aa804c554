package terminal

import (
	"context"
	"fmt"
	"io"
	"net"
	"sync"
	"testing"
	"time"

	bench "github.com/kioskd/kioskd/internal/bench/coin"
	"github.com/kioskd/kioskd/internal/domain"
	"github.com/kioskd/kioskd/internal/signed"
	"github.com/kioskd/kioskd/internal/terminal/journal"
	"github.com/kioskd/kioskd/internal/terminal/ports"
	"github.com/kioskd/kioskd/internal/terminal/session"
	"github.com/kioskd/kioskd/internal/terminal/sheet"
	"github.com/kioskd/kioskd/pkg/coin"
	"github.com/kioskd/kioskd/pkg/printer"
)

// fakePrinter counts sheets; end says how the next job ends.
type fakePrinter struct {
	mu     sync.Mutex
	sheets int
	jobs   int
	end    printer.JobState
	away   bool // it does not answer
	mute   bool // the job counts no sheet although it says that it is complete
	got    []byte
	open   []printer.JobStatus // jobs that are not final
	kept   bool                // a cancelled job stays
	wants  []string            // printer-state-reasons
}

func (p *fakePrinter) Capabilities() printer.Capabilities { return printer.Capabilities{} }
func (p *fakePrinter) Ready(context.Context) (printer.Status, error) {
	if p.away {
		return printer.Status{}, io.ErrClosedPipe
	}
	s := printer.Status{State: printer.PrinterIdle, Accepting: true, MediaReady: []string{"iso_a4_210x297mm"}}
	for _, w := range p.wants {
		s.Reasons = append(s.Reasons, printer.Reason{Keyword: w, Severity: printer.SeverityError})
	}
	return s, nil
}

func (p *fakePrinter) Counters(context.Context) (printer.Counters, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return printer.Counters{Impressions: printer.Known(2 * p.sheets), Sheets: printer.Known(p.sheets)}, nil
}

func (p *fakePrinter) CreateJob(_ context.Context, t printer.Ticket) (printer.JobID, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.jobs++
	p.open = []printer.JobStatus{{ID: printer.JobID(p.jobs), Name: t.Name, State: printer.JobPending}}
	return printer.JobID(p.jobs), nil
}

func (p *fakePrinter) Unfinished(context.Context) ([]printer.JobStatus, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.open, nil
}

func (p *fakePrinter) SendDocument(_ context.Context, _ printer.JobID, r io.Reader) error {
	b, err := io.ReadAll(r)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.got = b
	if p.end.Final() {
		p.open = nil
	}
	if err == nil && p.end == printer.JobCompleted && !p.mute {
		p.sheets++
	}
	return err
}

func (p *fakePrinter) Follow(_ context.Context, job printer.JobID) (printer.JobStatus, error) {
	s := printer.JobStatus{ID: job, State: p.end, Sheets: printer.Known(0), Impressions: printer.Known(0)}
	if p.end == printer.JobCompleted {
		s.Reasons = []string{"job-completed-successfully"}
		if !p.mute {
			s.Sheets, s.Impressions = printer.Known(1), printer.Known(2)
		}
	}
	return s, nil
}

func (p *fakePrinter) Cancel(context.Context, printer.JobID) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.kept {
		p.open, p.end = nil, printer.JobCanceled
	}
	return nil
}

// fakePages accepts every page and writes its digest, if what the terminal holds proves it.
type fakePages struct{}

func (fakePages) Check(context.Context, [][]byte) error { return nil }
func (fakePages) Write(_ context.Context, w io.Writer, _ printer.Capabilities, c ports.Copy) error {
	err := sheet.Verify(sheet.Source{
		Manifest: c.Manifest, Delivery: c.Delivery, Copy: c.N, PDFs: c.PDFs, Kiosk: c.Kiosk, Proof: c.Proof,
	}, 1)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(w, "copy %d %s", c.N, signed.HashOf(c.PDFs[0]))
	return err
}

var float = domain.Count{20, 20, 20, 20}

// paying gives the rig a coin machine that speaks ccTalk, a printer and a centre that issues.
func paying(r *rig, o *Options) {
	machine := bench.Defaults()
	machine.Stock = bench.Coins{10: 20, 50: 20, 100: 20, 500: 20}
	r.coins = bench.New(machine)
	r.vendor(o)
	err := o.Ports.Journal.Record(r.t.Context(), time.Now(), journal.Event{
		Type: "float", Moves: []journal.Move{{From: journal.World, To: journal.Hopper, Coins: float}},
	})
	if err != nil {
		r.t.Fatal(err)
	}
	r.printer = &fakePrinter{end: printer.JobCompleted}
	r.center.issues = true
	o.Ports.Printer, o.Ports.Pages, o.TrustPrinter = r.printer, fakePages{}, true
}

// unplug closes the devices, as the end of the process does.
func (r *rig) unplug() {
	for _, end := range r.closers {
		if err := end(); err != nil {
			r.t.Error(err)
		}
	}
	r.closers = nil
}

// dialled is a line to the coin machine.
type dialled struct {
	coin.Port
	conn net.Conn
}

// Close implements [coin.Line].
func (d dialled) Close() error { return d.conn.Close() }

// dial connects to the coin machine unless its plug is pulled.
func (r *rig) dial(context.Context) (coin.Line, error) {
	r.plug.Lock()
	defer r.plug.Unlock()
	if r.pulled {
		return nil, net.ErrClosed
	}
	r.line = r.coins.Dial()
	return dialled{coin.FromConn(r.line), r.line}, nil
}

// pull pulls the plug of the coin machine, or puts it in again.
func (r *rig) pull(out bool) {
	r.plug.Lock()
	defer r.plug.Unlock()
	if r.pulled = out; out {
		_ = r.line.Close() // a pipe in memory
	}
}

// vendor opens the coin machine, as each start does.
func (r *rig) vendor(o *Options) {
	r.unplug()
	v := coin.NewConnection(r.dial, coin.DefaultConfig(), coin.ConnectionOptions{Patience: 10 * time.Second})
	r.closers = []func() error{v.Close}
	if err := v.Open(r.t.Context()); err != nil {
		r.t.Fatal(err)
	}
	o.Ports.Coins = v
}

func (r *rig) insert(coins ...int) {
	r.t.Helper()
	for _, yen := range coins {
		if err := r.coins.Insert(yen); err != nil {
			r.t.Fatal(err)
		}
		r.wait(2 * time.Second)
	}
}

func (r *rig) toPay() {
	r.t.Helper()
	r.toConfirm()
	r.touch(session.VerbConfirm, "")
	r.wait(5 * time.Second)
	r.at(session.Pay)
	if !r.view().Accepting {
		r.t.Fatal("the slot is shut")
	}
}

// books holds the ledger against what is physically in the machine: the simulator's trays are the truth.
func (r *rig) books() {
	r.t.Helper()
	b, err := r.terminal.Ports.Journal.Balances(r.t.Context())
	if err != nil {
		r.t.Fatal(err)
	}
	if err := r.terminal.Ports.Journal.Verify(r.t.Context()); err != nil {
		r.t.Error(err)
	}
	trays := r.coins.Trays()
	for d := range domain.NumDenominations {
		yen := int(d.Yen())
		if int(b[journal.Hopper][d]) != trays.Hoppers[yen] || int(b[journal.Escrow][d]) != trays.Escrow[yen] {
			r.t.Errorf("¥%d: ledger hopper %d escrow %d, machine %d and %d", yen, b[journal.Hopper][d],
				b[journal.Escrow][d], trays.Hoppers[yen], trays.Escrow[yen])
		}
	}
}

func (r *rig) returned(want int) {
	r.t.Helper()
	if got := r.coins.Trays().Return.Total(); got != want {
		r.t.Errorf("¥%d in the return tray, want ¥%d", got, want)
	}
}

func TestAPaidVisitEndsPrintedAndPaid(t *testing.T) {
	withRig(t, func(r *rig) {
		r.toPay()
		r.insert(500)
		r.wait(20 * time.Second)
		r.at(session.TakePaper)
		if v := r.view(); v.Outcome != domain.OutcomePrintedPaid || v.SheetsDone != 1 {
			t.Errorf("%+v", v)
		}
		r.touch(session.VerbTaken, "")
		r.at(session.Finish)
		r.touch(session.VerbEnd, "")
		r.home()
		r.returned(300)
		r.books()
		if r.printer.jobs != 1 || len(r.printer.got) == 0 {
			t.Errorf("%d jobs", r.printer.jobs)
		}
		if err := r.terminal.Outbox().One(r.t.Context()); err != nil || len(r.center.done) != 1 {
			t.Errorf("%d accounts at the centre, %v", len(r.center.done), err)
		}
		d, _, err := signed.Open[signed.Done](r.center.done[0], r.center.kiosk, time.Now(), signed.RoleKiosk)
		if err != nil || d.Outcome != domain.OutcomePrintedPaid || d.Revenue != 200 || d.In.Total()-d.Out.Total() != 200 {
			t.Errorf("%+v, %v", d, err)
		}
	}, paying)
}

func TestExactMoneyNeedsNoChange(t *testing.T) {
	withRig(t, func(r *rig) {
		r.toPay()
		r.insert(100, 50, 10, 10, 10, 10, 10)
		r.wait(20 * time.Second)
		r.at(session.TakePaper)
		r.returned(0)
		r.touch(session.VerbTaken, "")
		r.touch(session.VerbEnd, "")
		r.books()
	}, paying)
}

func TestD11_CancelGivesTheSameCoinsBack(t *testing.T) {
	for name, end := range map[string]func(*rig){
		"cancel":   func(r *rig) { r.touch(session.VerbCancel, ""); r.touch(session.VerbCancel, "") },
		"lever":    func(r *rig) { r.coins.Lever(); r.wait(time.Second) },
		"time-out": func(r *rig) { r.wait(95 * time.Second) },
	} {
		t.Run(name, func(t *testing.T) {
			withRig(t, func(r *rig) {
				r.toPay()
				r.insert(100, 50)
				end(r)
				r.wait(20 * time.Second)
				if got := r.coins.Trays().Return; got[100] != 1 || got[50] != 1 || got.Total() != 150 {
					t.Errorf("return tray %v", got)
				}
				r.wait(2 * time.Minute)
				r.home()
				r.books()
				if r.printer.jobs != 0 {
					t.Error("something was printed")
				}
			}, paying)
		})
	}
}

func TestNotPrintedGivesTheSameCoinsBack(t *testing.T) {
	withRig(t, func(r *rig) {
		r.printer.end = printer.JobAborted
		r.toPay()
		r.insert(500)
		r.wait(30 * time.Second)
		r.at(session.Refused)
		if got := r.coins.Trays().Return; got[500] != 1 {
			t.Errorf("return tray %v", got)
		}
		r.books()
	}, paying)
}

func TestD12_AnUnprovedPrintCallsStaffAndHoldsTheMoney(t *testing.T) {
	withRig(t, func(r *rig) {
		r.printer.mute = true
		r.toPay()
		r.insert(500)
		r.wait(30 * time.Second)
		r.at(session.StaffNeeded)
		r.returned(0)
		if got := r.coins.Trays().Escrow; got[500] != 1 {
			t.Errorf("escrow %v", got)
		}
		if r.printer.jobs != 1 {
			t.Errorf("%d jobs", r.printer.jobs)
		}
		r.books()
	}, paying)
}

func TestD12_CountersThatNobodyMeasuredProveNoFailure(t *testing.T) {
	withRig(t, func(r *rig) {
		r.printer.end = printer.JobAborted
		r.toPay()
		r.insert(500)
		r.wait(30 * time.Second)
		r.at(session.StaffNeeded)
	}, paying, func(_ *rig, o *Options) { o.TrustPrinter = false })
}

func TestD02_AForgedPageIsNeverPaidFor(t *testing.T) {
	withRig(t, func(r *rig) {
		r.center.forged = "x"
		r.toConfirm()
		r.touch(session.VerbConfirm, "")
		r.wait(5 * time.Second)
		r.at(session.Refused)
		if r.view().Refusal != domain.DocumentMismatch || r.printer.jobs != 0 {
			t.Errorf("%v, %d jobs", r.view().Refusal, r.printer.jobs)
		}
	}, paying)
}
