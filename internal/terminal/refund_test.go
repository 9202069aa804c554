package terminal

import (
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/kioskd/kioskd/internal/bench/coin/trouble"
	"github.com/kioskd/kioskd/internal/domain"
	"github.com/kioskd/kioskd/internal/terminal/hand"
	"github.com/kioskd/kioskd/internal/terminal/health"
	"github.com/kioskd/kioskd/internal/terminal/journal"
	"github.com/kioskd/kioskd/internal/terminal/session"
)

// owes lets a visit end with ¥100 owed, which a clerk has taken out of the escrow, and opens the machine.
func (r *rig) owes() hand.Slip {
	r.t.Helper()
	r.toPay()
	r.insert(100)
	r.last = r.terminal.visit.Application
	r.pull(true)
	r.wait(30 * time.Second)
	r.at(session.StaffNeeded)
	v := r.view()
	if v.Owed != 100 || v.Slip == "" || v.Claim == "" {
		r.t.Fatalf("owed %d under %q with %q", v.Owed, v.Slip, v.Claim)
	}
	r.pull(false)
	r.restartAfter(10 * time.Minute)
	r.ends(health.Clerk, health.Staff)
	r.coins.Take() // they are in the clerk's hands
	r.opens()
	return hand.Slip{Number: v.Slip, Code: v.Claim, Staff: [2]string{"s1"}, From: hand.Machine}
}

func (r *rig) opens() {
	r.t.Helper()
	if _, err := r.turn(health.Clerk, hand.Open); err != nil {
		r.t.Fatal(err)
	}
	r.at(session.Maintenance)
}

// refund says a clerk's word of a slip.
func (r *rig) refund(s hand.Slip) hand.Answer {
	r.t.Helper()
	answer := make(chan hand.Answer, 1)
	r.clerk <- hand.Turn{Key: health.Clerk, Says: hand.Refund, Slip: s, Answer: answer}
	a := <-answer
	synctest.Wait()
	return a
}

// pays demands what a refund gave, and what is left on the slip.
func (r *rig) pays(s hand.Slip, paid, left domain.Yen, want error) {
	r.t.Helper()
	if a := r.refund(s); a.Paid != paid || a.Left != left || !errors.Is(a.Err, want) || (want == nil) != (a.Err == nil) {
		r.t.Errorf("%s: ¥%d paid and ¥%d left (%v), want ¥%d and ¥%d (%v)", s.From, a.Paid, a.Left, a.Err, paid, left, want)
	}
	if err := r.terminal.Ports.Journal.Verify(r.t.Context()); err != nil {
		r.t.Error(err)
	}
}

func TestX06_TheMachinePaysARefundOnce(t *testing.T) {
	withRig(t, func(r *rig) {
		s := r.owes()
		v := r.view()
		if len(v.Slips) != 1 || v.Slips[0].Number != s.Number || v.Slips[0].Owed != 100 || v.Slips[0].Two ||
			!strings.HasPrefix(v.Slips[0].Made, "20") {
			t.Errorf("the clerk sees %+v", v.Slips)
		}
		guessed, alone, nobodys := s, s, s
		guessed.Code, alone.Code, nobodys.From = "0000000000", "", ""
		r.pays(guessed, 0, 100, journal.ErrWrongCode)
		r.pays(alone, 0, 100, journal.ErrTwoStaff)
		r.pays(nobodys, 0, 0, hand.ErrSource)
		r.returned(0)
		r.pays(s, 100, 0, nil)
		r.returned(100)
		r.books()
		if left := r.view().Slips; len(left) != 0 {
			t.Errorf("a paid slip is still listed: %+v", left)
		}
		r.pays(s, 0, 0, journal.ErrSettled)
		s.From = hand.Cash
		r.pays(s, 0, 0, journal.ErrSettled)
		r.ends(health.Clerk)
		r.at(session.Attract)
		r.returned(100)
		r.restart()
		r.at(session.Attract)
		r.books()
		if strings.Contains(r.log.String(), s.Code) {
			t.Error("the log holds a claim code")
		}
	}, paying)
}

func TestX06_ARefundWantsAnOpenMachine(t *testing.T) {
	withRig(t, func(r *rig) {
		s := r.owes()
		r.ends(health.Clerk)
		r.at(session.Attract)
		r.pays(s, 0, 0, hand.ErrClosed)
		r.toPIN()
		r.pays(s, 0, 0, hand.ErrClosed)
		r.returned(0)
	}, paying)
}

func TestX08_APersonPaysByHand(t *testing.T) {
	for from, staff := range map[hand.Source]domain.Yen{hand.Custody: 0, hand.Cash: 100, hand.WriteOff: 100} {
		t.Run(string(from), func(t *testing.T) {
			withRig(t, func(r *rig) {
				s := r.owes()
				s.From = from
				if from == hand.WriteOff {
					r.pays(s, 0, 100, journal.ErrTwoStaff)
					s.Staff[1] = "s2"
				}
				r.pays(s, 100, 0, nil)
				r.returned(0)
				r.books()
				b, err := r.terminal.Ports.Journal.Balances(r.t.Context())
				if err != nil || b[journal.Staff].Total() != staff {
					t.Errorf("the clerk's hands hold %v (%v)", b[journal.Staff], err)
				}
				s.From = hand.Machine
				r.pays(s, 0, 0, journal.ErrSettled)
			}, paying)
		})
	}
}

// TestX06_WhatTheHoppersCannotPayStaysOwed: two coins of ten come out, and then there is none.
func TestX06_WhatTheHoppersCannotPayStaysOwed(t *testing.T) {
	withRig(t, func(r *rig) {
		s := r.owes()
		r.trouble(trouble.Fault{Do: trouble.Refill, Yen: 100, Pieces: -20})
		r.trouble(trouble.Fault{Do: trouble.Refill, Yen: 50, Pieces: -20})
		r.trouble(trouble.Fault{Do: trouble.Refill, Yen: 10, Pieces: -18})
		a := r.refund(s)
		if a.Err == nil || a.Paid != 20 || a.Left != 80 {
			t.Fatalf("%+v", a)
		}
		r.returned(20)
		if v := r.view().Slips; len(v) != 1 || v[0].Owed != 80 || v[0].Two {
			t.Errorf("%+v", v)
		}
		s.From = hand.Cash
		r.pays(s, 80, 0, nil)
		r.returned(20)
	}, paying)
}

// TestX06_ALineThatBreaksInARefundPaysOnce: the hopper pays on unheard; its counters say so at the next start.
func TestX06_ALineThatBreaksInARefundPaysOnce(t *testing.T) {
	for _, swapped := range []bool{false, true} {
		withRig(t, func(r *rig) {
			s := r.owes()
			answer := make(chan hand.Answer, 1)
			r.clerk <- hand.Turn{Key: health.Clerk, Says: hand.Refund, Slip: s, Answer: answer}
			for range 600 { // until the coin falls
				if r.coins.Trays().Return.Total() > 0 {
					break
				}
				<-time.After(10 * time.Millisecond)
			}
			r.pull(true)
			if a := <-answer; a.Err == nil || a.Paid+a.Left != 100 {
				t.Errorf("%+v", a)
			}
			synctest.Wait()
			byHand := s
			byHand.From = hand.Cash
			r.pays(byHand, 0, 100, journal.ErrPaying)
			if swapped { // nobody can tell any more what the hopper has paid
				r.trouble(trouble.Fault{Do: trouble.SwapDevice, Device: 5})
			}
			r.wait(time.Minute)
			r.returned(100)
			r.pull(false)
			r.restart()
			r.returned(100)
			if swapped {
				r.ends(health.Clerk, health.Staff)
				r.opens()
				if v := r.view().Slips; len(v) != 1 || v[0].Owed != 100 || !v[0].Two {
					t.Errorf("%+v", v)
				}
				r.pays(s, 0, 100, journal.ErrTwoStaff)
				s.Staff[1], s.Code, s.From = "s2", "", hand.WriteOff // they saw it fall
				r.pays(s, 100, 0, nil)
			} else {
				r.books()
				r.opens()
				if v := r.view().Slips; len(v) != 0 {
					t.Errorf("%+v", v)
				}
				r.pays(s, 0, 0, journal.ErrSettled)
			}
			r.returned(100)
		}, paying)
	}
}

// TestX06_ADoubtedSlipIsPaidByTwo: whoever pulls a coin out on a string holds the code too.
func TestX06_ADoubtedSlipIsPaidByTwo(t *testing.T) {
	withRig(t, func(r *rig) {
		s := r.owes()
		o, err := r.terminal.Ports.Journal.Owing(r.t.Context(), s.Number)
		if err != nil || o.Doubted {
			t.Fatalf("%+v (%v)", o, err)
		}
		err = r.terminal.Ports.Journal.Record(r.t.Context(), time.Now(), journal.Event{
			Application: r.last, Type: journal.Doubted,
		})
		if err != nil {
			t.Fatal(err)
		}
		r.pays(s, 0, 100, journal.ErrTwoStaff)
		r.returned(0)
		s.Staff[1], s.Code = "s2", ""
		r.pays(s, 100, 0, nil)
		r.returned(100)
	}, paying)
}
