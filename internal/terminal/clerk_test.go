package terminal

import (
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/kioskd/kioskd/internal/domain"
	"github.com/kioskd/kioskd/internal/signed"
	"github.com/kioskd/kioskd/internal/terminal/acts"
	"github.com/kioskd/kioskd/internal/terminal/hand"
	"github.com/kioskd/kioskd/internal/terminal/health"
	"github.com/kioskd/kioskd/internal/terminal/journal"
	"github.com/kioskd/kioskd/internal/terminal/recovery"
	"github.com/kioskd/kioskd/internal/terminal/session"
	"github.com/kioskd/kioskd/pkg/coin"
	"github.com/kioskd/kioskd/pkg/printer"
)

// turn turns a key and waits until all has settled.
func (r *rig) turn(k health.Key, s hand.Says) ([]health.Fault, error) {
	r.t.Helper()
	answer := make(chan hand.Answer, 1)
	r.clerk <- hand.Turn{Key: k, Says: s, Answer: answer}
	a := <-answer
	synctest.Wait()
	return a.Ended, a.Err
}

// ends turns a key and demands what it ends.
func (r *rig) ends(k health.Key, want ...health.Fault) {
	r.t.Helper()
	if got, err := r.turn(k, hand.Nothing); err != nil || !slices.Equal(got, want) {
		r.t.Errorf("the %s's key ended %v, want %v (%v)", k, got, want, err)
	}
}

func (r *rig) notMe() {
	r.t.Helper()
	r.toPIN()
	r.pin("1234")
	r.take()
	r.touch(session.VerbNotMe, "")
	r.touch(session.VerbDone, "")
	r.at(session.OutOfService)
}

func TestD03_AStopOutlivesEveryStart(t *testing.T) {
	withRig(t, func(r *rig) {
		r.notMe()
		for range 2 {
			r.restart()
			r.at(session.OutOfService)
		}
		r.ends(health.Clerk) // a clerk cannot end it
		r.at(session.OutOfService)
		r.ends(health.Service, health.Stop)
		r.at(session.Attract)
		r.restart()
		r.at(session.Attract)
	})
}

func TestX12_ACallForStaffOutlivesEveryStart(t *testing.T) {
	withRig(t, func(r *rig) {
		r.printer.mute = true
		r.toPay()
		r.insert(500)
		r.wait(30 * time.Second)
		r.at(session.StaffNeeded)
		for range 2 {
			r.restart()
			r.at(session.OutOfService)
		}
		r.ends(health.Clerk, health.Staff, health.Tray)
		r.at(session.Attract)
		r.returned(500) // into the clerk's hands; the books say owed
		r.books()
	}, paying)
}

func TestD12_AClerkSaysThatTheSheetsAreGood(t *testing.T) {
	withRig(t, func(r *rig) {
		r.printer.mute = true
		r.toPay()
		r.insert(500)
		r.wait(30 * time.Second)
		r.at(session.StaffNeeded)
		if _, err := r.turn(health.Clerk, hand.Nothing); !errors.Is(err, hand.ErrDecide) {
			t.Errorf("the clerk said nothing about the sheets: %v", err)
		}
		if ended, err := r.turn(health.Clerk, hand.Good); err != nil || !slices.Equal(ended, []health.Fault{health.Staff}) {
			t.Errorf("ended %v, %v", ended, err)
		}
		r.wait(20 * time.Second)
		r.returned(300)
		r.touch(session.VerbTaken, "")
		r.touch(session.VerbEnd, "")
		r.at(session.Attract)
		r.books()
	}, paying)
}

func TestX15_AWordThatChangesNothingIsRefused(t *testing.T) {
	withRig(t, func(r *rig) {
		r.toPay()
		r.insert(100, 100)
		r.wait(20 * time.Second)
		r.touch(session.VerbNotMine, "bad-sheet")
		r.at(session.StaffNeeded)
		if _, err := r.turn(health.Clerk, hand.Good); !errors.Is(err, hand.ErrNoUse) {
			t.Errorf("the money is settled already: %v", err)
		}
		r.ends(health.Clerk, health.Staff, health.Tray, domain.FaultBadSheet)
		r.wait(time.Minute)
		r.at(session.Attract)
	}, paying)
}

func TestD12_NoUsableSheetGivesTheSameCoinsBack(t *testing.T) {
	withRig(t, func(r *rig) {
		r.printer.mute = true
		r.toPay()
		r.insert(500)
		r.wait(30 * time.Second)
		if _, err := r.turn(health.Clerk, hand.None); err != nil {
			t.Error(err)
		}
		r.wait(20 * time.Second)
		if got := r.coins.Trays().Return; got[500] != 1 || got.Total() != 500 {
			t.Errorf("return tray %v", got)
		}
		r.books()
	}, paying)
}

func TestAKeyIsRefusedWhileSomebodyIsServed(t *testing.T) {
	withRig(t, func(r *rig) {
		r.toPay()
		if _, err := r.turn(health.Service, hand.Nothing); !errors.Is(err, hand.ErrBusy) {
			t.Errorf("%v", err)
		}
		r.at(session.Pay)
		r.touch(session.VerbCancel, "")
		r.wait(5 * time.Minute)
		if _, err := r.turn(health.Clerk, hand.Good); !errors.Is(err, hand.ErrNoWait) {
			t.Errorf("a word where nothing waits: %v", err)
		}
		r.ends(health.Clerk)
		r.at(session.Attract)
	}, paying)
}

// TestX01_CoinsOfBeforeGoToTheClerk: what a crash left in the escrow stays there over every start, is owed, and comes
// out into the clerk's hands alone.
func TestX01_CoinsOfBeforeGoToTheClerk(t *testing.T) {
	withRig(t, func(r *rig) {
		r.toPay()
		r.insert(100)
		for range 2 {
			r.restartAfter(10 * time.Minute)
			r.at(session.OutOfService)
		}
		r.returned(0)
		r.ends(health.Clerk, health.Staff)
		r.at(session.Attract)
		r.returned(100)
		b, err := r.terminal.Ports.Journal.Balances(r.t.Context())
		if err != nil || b[journal.Staff].Total() != 100 || !b[journal.Escrow].IsZero() {
			t.Errorf("%v, %v", b, err)
		}
		r.books()
		r.coins.Take()
		r.toPay() // the next visit is as every other
		r.insert(100, 100)
		r.wait(20 * time.Second)
		r.at(session.TakePaper)
	}, paying)
}

// TestX01_AClerksActThatWasCutOffIsJudgedByCounters: the power fails between the intent and its result.
func TestX01_AClerksActThatWasCutOffIsJudgedByCounters(t *testing.T) {
	for name, moved := range map[string]bool{"before it moved": false, "after it moved": true} {
		t.Run(name, func(t *testing.T) {
			withRig(t, func(r *rig) {
				r.toPay()
				r.insert(100)
				r.restartAfter(10 * time.Minute)
				books, coins := r.terminal.Ports.Journal, r.terminal.Ports.Coins
				before, err := coins.Counters(r.t.Context())
				if err != nil {
					t.Fatal(err)
				}
				_, err = books.Begin(r.t.Context(), time.Now(), journal.Intent{
					Device: "coin", Verb: recovery.VerbEmpty, Before: acts.Encoded(before),
				})
				if err == nil && moved {
					err = errors.Join(coins.AdoptDeposit(r.t.Context(), coin.Count{0, 0, 1, 0}),
						coins.EndDeposit(r.t.Context(), 2))
				}
				if err != nil {
					t.Fatal(err)
				}
				r.restart()
				b, err := books.Balances(r.t.Context())
				if err != nil || moved != (b[journal.Staff].Total() == 100) || moved != b[journal.Escrow].IsZero() {
					t.Errorf("%v, %v", b, err)
				}
				r.books()
				r.ends(health.Clerk, health.Staff)
				r.returned(100)
				r.books()
			}, paying)
		})
	}
}

// TestX15_TheCentreHearsOfSheetsAfterACrash: the process dies while a copy is printed, or after it was proved.
func TestX15_TheCentreHearsOfSheetsAfterACrash(t *testing.T) {
	for name, c := range map[string]struct {
		end  printer.JobState
		good int
		fate signed.SheetFate
	}{
		"under way": {printer.JobProcessing, 0, signed.SheetUnknown},
		"proved":    {printer.JobCompleted, 1, signed.SheetPrinted},
	} {
		t.Run(name, func(t *testing.T) {
			withRig(t, func(r *rig) {
				r.printer.end = c.end
				r.toPay()
				r.insert(500)
				for range 100 {
					l, _, err := r.terminal.Ports.Journal.Left(r.t.Context())
					if err != nil || len(l.Prints) > 0 && (c.good == 0 || l.Prints[0] == journal.Done) {
						break
					}
					r.wait(100 * time.Millisecond)
				}
				r.restart()
				r.at(session.OutOfService)
				if err := r.terminal.Outbox().One(r.t.Context()); err != nil || len(r.center.done) != 1 {
					t.Fatalf("%d accounts, %v", len(r.center.done), err)
				}
				d, _, err := signed.Open[signed.Done](r.center.done[0], r.center.kiosk, time.Now(), signed.RoleKiosk)
				if err != nil || d.CopiesGood != c.good || len(d.Sheets) == 0 || d.Sheets[0].Fate != c.fate {
					t.Errorf("%+v, %v", d, err)
				}
				if d.Revenue != domain.Yen(200*c.good) || d.Owed != domain.Yen(500-200*c.good) || d.OwedSlip == "" {
					t.Errorf("revenue %d, owed %d under %q", d.Revenue, d.Owed, d.OwedSlip)
				}
				r.books()
			}, paying)
		})
	}
}

func TestAPrinterThatIsGoneEndsTheRunAndIsNotPaidFor(t *testing.T) {
	withRig(t, func(r *rig) {
		r.printer.away = true
		r.toConfirm()
		r.touch(session.VerbConfirm, "")
		r.wait(5 * time.Second)
		r.at(session.Refused)
		if r.view().Refusal != domain.PrinterNotReady {
			t.Errorf("%v", r.view().Refusal)
		}
		r.touch(session.VerbDone, "")
		r.wait(time.Second)
		if !r.terminal.faults.Has(health.Printer) || !r.terminal.gone {
			t.Error("nobody opens the printer again")
		}
	}, paying)
}

func TestHurryShortensPeoplesTimeOutsAndNoDevices(t *testing.T) {
	withRig(t, func(r *rig) {
		r.toPay()
		r.insert(100)
		r.hurry <- 100
		synctest.Wait()
		r.wait(3 * time.Second) // 60 s and a countdown of 30 s
		r.at(session.Returning)
		r.wait(10 * time.Second)
		r.returned(100)
		r.books()
	}, paying)
}

// TestStaffOpenKeepsResidentsOut: while a clerk works at the machine nobody begins; a turn without a word ends it.
func TestStaffOpenKeepsResidentsOut(t *testing.T) {
	withRig(t, func(r *rig) {
		if _, err := r.turn(health.Clerk, hand.Open); err != nil {
			t.Fatal(err)
		}
		r.at(session.Maintenance)
		r.touch(session.VerbBegin, "")
		r.at(session.Maintenance)
		if _, err := r.turn(health.Clerk, hand.Good); !errors.Is(err, hand.ErrNoWait) {
			t.Errorf("a word on sheets that nobody waits for: %v", err)
		}
		r.ends(health.Clerk)
		r.at(session.Attract)
		r.touch(session.VerbBegin, "")
		r.at(session.Consent)
		if _, err := r.turn(health.Clerk, hand.Open); !errors.Is(err, hand.ErrBusy) {
			t.Errorf("opened in the middle of a visit: %v", err)
		}
	})
}
