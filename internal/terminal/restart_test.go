package terminal

import (
	"strings"
	"testing"
	"time"

	"github.com/kioskd/kioskd/internal/bench/coin/trouble"
	"github.com/kioskd/kioskd/internal/domain"
	"github.com/kioskd/kioskd/internal/terminal/acts"
	"github.com/kioskd/kioskd/internal/terminal/health"
	"github.com/kioskd/kioskd/internal/terminal/journal"
	"github.com/kioskd/kioskd/internal/terminal/restart"
	"github.com/kioskd/kioskd/internal/terminal/session"
	"github.com/kioskd/kioskd/pkg/printer"
)

// outcome is that of the visit that was closed last.
func (r *rig) outcome(want domain.Outcome) {
	r.t.Helper()
	body, ok, err := r.terminal.Ports.Journal.Last(r.t.Context(), r.last, "visit.closed")
	if err != nil || !ok || string(body) != want.String() {
		r.t.Errorf("the visit ended as %q, want %v (%v)", body, want, err)
	}
}

// cutOff pays something and loses the power for a while.
func (r *rig) cutOff(down time.Duration, coins ...int) {
	r.t.Helper()
	r.toPay()
	r.insert(coins...)
	r.last = r.terminal.visit.Application
	r.restartAfter(down)
}

func TestX01_WhoeverStandsThereMayAskForTheCoins(t *testing.T) {
	withRig(t, func(r *rig) {
		r.cutOff(5*time.Second, 100, 10)
		r.at(session.GiveBack)
		r.wait(time.Minute)
		r.returned(0) // nothing falls by itself
		r.restart()   // and a second crash changes nothing
		r.at(session.GiveBack)
		r.touch(session.VerbReclaim, "")
		r.wait(10 * time.Second)
		r.at(session.Finish)
		if got := r.coins.Trays().Return; got[100] != 1 || got[10] != 1 || got.Total() != 110 {
			t.Errorf("return tray %v", got)
		}
		r.outcome(domain.OutcomeRefunded)
		r.touch(session.VerbEnd, "")
		r.at(session.Attract)
		r.books()
	}, paying)
}

// TestX01_AnEscrowThatLetsGoOffersNothing: without power the coin fell into hopper or tray. A start after that must not
// take the empty escrow for one that gave the coin back.
func TestX01_AnEscrowThatLetsGoOffersNothing(t *testing.T) {
	for _, do := range []string{trouble.EscrowKeeps, trouble.EscrowReturns} {
		withRig(t, func(r *rig) {
			r.trouble(trouble.Fault{Do: do})
			r.toPay()
			r.insert(100)
			r.last = r.terminal.visit.Application
			r.stop()
			r.coins.Power(false)
			r.coins.Power(true)
			for range 2 { // the second start sees no reset any more
				r.restartAfter(5 * time.Second)
				r.at(session.OutOfService)
			}
			r.outcome(domain.OutcomeOwed)
			b, err := r.terminal.Ports.Journal.Balances(r.t.Context())
			if want := (domain.Count{0, 0, 1}); err != nil || b[journal.Unknown] != want || !b[journal.Escrow].IsZero() {
				t.Errorf("%s: %v (%v)", do, b, err)
			}
			slips, err := r.terminal.Ports.Journal.Slips(r.t.Context(), true)
			if err != nil || len(slips) != 1 || slips[0].Yen != 100 {
				t.Errorf("%s: %+v (%v)", do, slips, err)
			}
			if err := r.terminal.Ports.Journal.Verify(r.t.Context()); err != nil {
				t.Error(err)
			}
		}, paying, func(_ *rig, o *Options) { o.LetsGo = true })
	}
}

// TestX01_TheNextVisitOwesNothingToTheLast: what a clerk took out is not counted in it.
func TestX01_TheNextVisitOwesNothingToTheLast(t *testing.T) {
	withRig(t, func(r *rig) {
		r.cutOff(5*time.Second, 100)
		r.at(session.GiveBack)
		r.wait(3 * time.Minute)
		r.ends(health.Clerk, health.Staff)
		r.coins.Take()
		r.toPay()
		r.insert(100)
		r.touch(session.VerbCancel, "")
		r.touch(session.VerbCancel, "")
		r.wait(10 * time.Second)
		r.at(session.Finish)
		r.returned(100)
		r.books()
	}, paying)
}

func TestX01_NothingIsGivenToAnEmptyRoom(t *testing.T) {
	for name, c := range map[string]struct {
		down   time.Duration
		center func(*fakeCenter)
		offer  bool
	}{
		"nobody touches":               {5 * time.Second, func(*fakeCenter) {}, true},
		"ten minutes":                  {10 * time.Minute, func(*fakeCenter) {}, false},
		"a day":                        {24 * time.Hour, func(*fakeCenter) {}, false},
		"the centre does not answer":   {5 * time.Second, func(c *fakeCenter) { c.mute = true }, false},
		"the centre has another time":  {5 * time.Second, func(c *fakeCenter) { c.askew = true }, false},
		"the clock stands before ours": {-time.Hour, func(*fakeCenter) {}, false},
	} {
		t.Run(name, func(t *testing.T) {
			withRig(t, func(r *rig) {
				r.toPay()
				r.insert(100)
				r.last = r.terminal.visit.Application
				c.center(r.center)
				if c.down < 0 {
					r.shift(c.down)
				}
				r.restartAfter(max(0, c.down))
				rests := session.OutOfService
				if c.offer {
					r.at(session.GiveBack)
					r.wait(3 * time.Minute)
					rests = session.SlipWaits // with the number of what is owed
				}
				r.at(rests)
				r.returned(0)
				r.outcome(domain.OutcomeOwed)
				r.books()
				r.center.mute = false
				r.ends(health.Clerk, health.Staff)
				r.returned(100)
				r.at(session.Attract)
				r.books()
			}, paying)
		})
	}
}

// TestX01_ACoinThatNobodyWroteDownIsFound: the process dies while a coin falls.
func TestX01_ACoinThatNobodyWroteDownIsFound(t *testing.T) {
	withRig(t, func(r *rig) {
		r.toPay()
		r.insert(100)
		r.stop()
		if err := r.coins.Insert(10); err != nil { // the slot is still open
			t.Fatal(err)
		}
		r.wait(3 * time.Second)
		if r.coins.Trays().Escrow[10] != 1 {
			t.Fatal("the coin did not fall, so that this test shows nothing")
		}
		for range 2 {
			r.restart()
			r.at(session.GiveBack)
			b, err := r.terminal.Ports.Journal.Balances(r.t.Context())
			if err != nil || b[journal.Escrow].Total() != 110 {
				t.Errorf("¥%d in escrow by the journal (%v)", b[journal.Escrow].Total(), err)
			}
			r.books()
		}
		r.touch(session.VerbReclaim, "")
		r.wait(10 * time.Second)
		r.returned(110)
		r.books()
	}, paying)
}

// killedPrinting leaves what a kill at a point of printing leaves: an intent, then a job, then the line that names it.
func (r *rig) killedPrinting(point int) {
	r.t.Helper()
	r.toPay()
	r.insert(100)
	r.last = r.terminal.visit.Application
	r.stop()
	ctx, books, name := r.t.Context(), r.terminal.Ports.Journal, "token"
	before, err := r.printer.Counters(ctx)
	if err == nil {
		_, err = books.Begin(ctx, time.Now(), journal.Intent{
			Application: r.last, Device: "printer", Verb: "print", Arg: acts.Encoded(restart.Job{Copy: 1, Name: name}),
			Before: acts.Encoded(before),
		})
	}
	r.printer.end = printer.JobProcessing
	if err == nil && point > 0 {
		_, err = r.printer.CreateJob(ctx, printer.Ticket{Name: name})
	}
	if err == nil && point > 1 {
		err = books.Record(ctx, time.Now(), journal.Event{
			Application: r.last, Type: restart.JobMade, Body: acts.Encoded(restart.Job{Name: name, ID: 1}),
		})
	}
	if err == nil {
		err = books.RaiseStop(ctx, time.Now(), health.Tray.String())
	}
	if err != nil {
		r.t.Fatal(err)
	}
}

// TestS01_AJobOfBeforeIsCancelledAtTheStart: the counters prove that nothing was printed, so coins may be asked for.
func TestS01_AJobOfBeforeIsCancelledAtTheStart(t *testing.T) {
	for point, name := range []string{"intent written", "job made", "job written down"} {
		t.Run(name, func(t *testing.T) {
			withRig(t, func(r *rig) {
				r.killedPrinting(point)
				r.restart()
				if len(r.printer.open) != 0 {
					t.Errorf("%d jobs on the device", len(r.printer.open))
				}
				r.at(session.GiveBack)
				r.touch(session.VerbReclaim, "")
				r.wait(10 * time.Second)
				r.returned(100)
				r.outcome(domain.OutcomeRefunded)
				r.touch(session.VerbEnd, "")
				r.at(session.Attract)
				r.books()
			}, paying)
		})
	}
}

// TestS01_AJobThatStaysKeepsTheKioskOutOfService: the device may print it at any time.
func TestS01_AJobThatStaysKeepsTheKioskOutOfService(t *testing.T) {
	withRig(t, func(r *rig) {
		r.printer.kept = true
		r.killedPrinting(2)
		r.restart()
		r.at(session.OutOfService)
		r.returned(0)
		r.outcome(domain.OutcomeOwed)
		r.books()
	}, paying)
}

func TestX12_ASheetThatNobodyTookOutlivesEveryStart(t *testing.T) {
	withRig(t, func(r *rig) {
		r.toPay()
		r.insert(100, 100)
		r.wait(20 * time.Second)
		r.at(session.TakePaper)
		for range 2 {
			r.restart()
			r.at(session.OutOfService)
		}
		r.ends(health.Clerk, health.Tray)
		r.at(session.Attract)
	}, paying)
}

func TestACoinVendorThatGoesAwayDoesNotKeepTheResidentWaiting(t *testing.T) {
	withRig(t, func(r *rig) {
		r.toPay()
		r.insert(100)
		r.pull(true)
		r.wait(30 * time.Second)
		r.at(session.StaffNeeded)
		v := r.view()
		if v.Owed != 100 || !strings.HasPrefix(v.Slip, "0001-") || len(v.Claim) != 10 {
			t.Errorf("owed %d under %q with %q", v.Owed, v.Slip, v.Claim)
		}
		r.pull(false)
		r.restart() // the visit is closed now, under the number that was shown
		slips, err := r.terminal.Ports.Journal.(*journal.Journal).Slips(r.t.Context(), true)
		if err != nil || len(slips) != 1 || slips[0].Number != v.Slip {
			t.Errorf("%+v (%v), want %s", slips, err, v.Slip)
		}
	}, paying)
}

// TestX01_WhatAHopperPaysUnheardIsNotOwed: the line breaks in the middle of a payout; the hopper pays on.
// The resident is told of all that may be owed, and the next start finds by the counters that nothing is.
func TestX01_WhatAHopperPaysUnheardIsNotOwed(t *testing.T) {
	withRig(t, func(r *rig) {
		r.toPay()
		r.last = r.terminal.visit.Application
		r.insert(500)
		for range 600 { // until the first coin of the change has fallen
			if r.coins.Trays().Return.Total() > 0 {
				break
			}
			r.wait(50 * time.Millisecond)
		}
		r.at(session.GivingChange)
		r.pull(true)
		r.wait(time.Minute)
		r.returned(300)
		if owed := r.view().Owed; owed == 0 {
			t.Error("nobody said that change may be missing")
		}
		left, open, err := r.terminal.Ports.Journal.Left(r.t.Context())
		if err != nil || !open || len(left.Acts) != 1 {
			t.Errorf("the act has an end that nobody saw: %+v, %v, %v", left.Acts, open, err)
		}
		r.wait(10 * time.Minute) // the run ends when nobody is here
		r.pull(false)
		r.restart()
		r.outcome(domain.OutcomePrintedPaid)
		r.returned(300)
		r.books()
	}, paying)
}
