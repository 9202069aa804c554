package terminal

import (
	"strings"
	"testing"
	"time"

	"github.com/kioskd/kioskd/internal/domain"
	"github.com/kioskd/kioskd/internal/signed"
	"github.com/kioskd/kioskd/internal/terminal/session"
	"github.com/kioskd/kioskd/pkg/card"
)

func (r *rig) toPlaceCard() {
	r.t.Helper()
	r.touch(session.VerbBegin, "")
	r.touch(session.VerbAgree, "")
	r.touch(session.VerbPickLang, "en")
	r.touch(session.VerbPickScope, "home")
	r.at(session.PlaceCard)
}

func (r *rig) toPIN() {
	r.t.Helper()
	r.toPlaceCard()
	r.place()
	r.at(session.EnterPIN)
}

func (r *rig) toConfirm() {
	r.t.Helper()
	r.toPIN()
	r.pin("1234")
	r.at(session.RemoveCard)
	r.take()
	r.at(session.Holder)
	r.touch(session.VerbItIsMe, "")
	r.touch(session.VerbPickKind, string(domain.ResidentRecord))
	r.at(session.SelectDetails)
	r.touch(session.VerbNext, "")
	r.touch(session.VerbNext, "")
	r.at(session.Confirm)
}

var (
	readerGone = card.Event{Kind: card.ReaderRemoved, Reader: "r"}
	readerBack = card.Event{Kind: card.ReaderAdded, Reader: "r"}
)

func (r *rig) home() {
	r.t.Helper()
	r.at(session.Attract)
	if r.terminal.pin.Len() != 0 {
		r.t.Error("a digit of the PIN is still held")
	}
	if r.terminal.held.arena.Len() != 0 || len(r.terminal.held.pictures) != 0 || r.terminal.held.signature != nil {
		r.t.Error("something of the visit is still held")
	}
	if r.reader.card.powered {
		r.t.Error("the card still has power")
	}
}

func TestAVisitGoesToConfirmAndEndsWithNothing(t *testing.T) {
	withRig(t, func(r *rig) {
		r.toConfirm()
		v := r.view()
		if v.Fee != 200 || v.Kind.Label[domain.Japanese] != "住民票の写し" || v.Lang != domain.English {
			t.Errorf("%+v", v)
		}
		if _, ok := r.terminal.Picture(v.Holder.String()); !ok {
			t.Error("the holder line has no picture")
		}
		r.touch(session.VerbCancel, "")
		r.home()
		if _, ok := r.terminal.Picture(v.Holder.String()); ok {
			t.Error("the picture outlived the visit")
		}
		if r.center.cancelled != 1 || r.panel.wiped == 0 {
			t.Errorf("%d cancels, %d wipes", r.center.cancelled, r.panel.wiped)
		}
	})
}

func TestTheLogHoldsNoDigitOfThePIN(t *testing.T) {
	withRig(t, func(r *rig) {
		r.reader.card.pin = "7391"
		r.toPIN()
		r.pin("7391")
		r.at(session.RemoveCard)
		for _, form := range []string{"7391", "37333931", "37 33 39 31"} {
			if strings.Contains(r.log.String(), form) {
				t.Errorf("the log holds the PIN as %s", form)
			}
		}
		if !strings.Contains(r.log.String(), "session.state") {
			t.Error("the log holds nothing: this test cannot fail")
		}
	})
}

func TestWrongPINSaysHowManyTriesAreLeft(t *testing.T) {
	withRig(t, func(r *rig) {
		r.toPIN()
		r.pin("9999")
		r.at(session.EnterPIN)
		if v := r.view(); v.Tries != 2 || !v.WrongPIN || v.PINCount != 0 {
			t.Errorf("%+v", v)
		}
		r.pin("9999")
		r.at(session.LastTry)
		r.touch(session.VerbContinue, "")
		r.pin("9999")
		r.at(session.Refused)
		if r.view().Refusal != domain.PINBlocked {
			t.Errorf("refusal %v", r.view().Refusal)
		}
		r.touch(session.VerbDone, "")
		r.home()
	})
}

func TestFewerThanFourDigitsCostNoTry(t *testing.T) {
	withRig(t, func(r *rig) {
		r.toPIN()
		r.pin("123")
		r.at(session.EnterPIN)
		if r.reader.card.tries != 3 {
			t.Errorf("%d tries left", r.reader.card.tries)
		}
	})
}

func TestCardTakenAwayAtEachStep(t *testing.T) {
	for name, to := range map[string]func(*rig){
		"at_the_pad":       (*rig).toPIN,
		"after_two_digits": func(r *rig) { r.toPIN(); r.touch(session.VerbDigit, "1"); r.touch(session.VerbDigit, "2") },
	} {
		t.Run(name, func(t *testing.T) {
			withRig(t, func(r *rig) {
				to(r)
				r.take()
				r.at(session.Refused)
				if r.view().Refusal != domain.CardRemovedTooEarly {
					t.Errorf("refusal %v", r.view().Refusal)
				}
				r.touch(session.VerbDone, "")
				r.home()
				r.toConfirm() // the next visit is fine
			})
		})
	}
}

func TestACentreThatHangsIsSaidWithinTheDeadline(t *testing.T) {
	for _, call := range []string{"challenge", "authenticate", "choices", "order"} {
		t.Run(call, func(t *testing.T) {
			withRig(t, func(r *rig) {
				r.center.hang = call
				switch call {
				case "challenge":
					r.toPlaceCard()
					r.place()
				case "order":
					r.toConfirm()
					r.touch(session.VerbConfirm, "")
				default:
					r.toPIN()
					r.pin("1234")
				}
				r.wait(61 * time.Second)
				if call == "order" {
					r.wait(0)
				}
				if v := r.view(); v.Refusal != domain.CenterUnreachable && v.Refusal != domain.DeadlinePassed {
					t.Fatalf("at %v with %v", v.State, v.Refusal)
				}
				r.wait(time.Hour)
				if call == "challenge" || call == "authenticate" || call == "choices" {
					r.take()
				}
				r.home()
				r.center.mu.Lock()
				r.center.hang = ""
				r.center.mu.Unlock()
				r.toConfirm()
			})
		})
	}
}

func TestNoTouchEndsEveryScreen(t *testing.T) {
	for name, to := range map[string]func(*rig){
		"consent":    func(r *rig) { r.touch(session.VerbBegin, "") },
		"place_card": (*rig).toPlaceCard,
		"pin":        (*rig).toPIN,
		"confirm":    (*rig).toConfirm,
	} {
		t.Run(name, func(t *testing.T) {
			withRig(t, func(r *rig) {
				to(r)
				r.wait(121 * time.Second)
				if r.view().State != session.Attract && r.view().Countdown == 0 {
					t.Error("no countdown was shown")
				}
				r.wait(61 * time.Second)
				r.home()
			})
		})
	}
}

func TestX10_ATouchInTheCountdownGoesOn(t *testing.T) {
	withRig(t, func(r *rig) {
		r.toConfirm()
		r.wait(65 * time.Second)
		if r.view().Countdown == 0 {
			t.Fatal("no countdown")
		}
		r.touch("touch", "")
		r.at(session.Confirm)
		if r.view().Countdown != 0 {
			t.Error("the countdown goes on")
		}
		r.touch(session.VerbCancel, "")
		r.home()
	})
}

func TestX09_SwappedChoicesAreAStop(t *testing.T) {
	for name, change := range map[string]func(*signed.Choices){
		"another application": func(n *signed.Choices) { n.Application.ID = domain.NewID() },
		"another person":      func(n *signed.Choices) { n.Subject.ID = domain.NewID() },
		"another picture":     func(n *signed.Choices) { n.Holder = signed.HashOf([]byte("x")) },
		"another catalogue":   func(n *signed.Choices) { n.Catalogue = "2025.1" },
	} {
		t.Run(name, func(t *testing.T) {
			withRig(t, func(r *rig) {
				r.center.change = change
				r.toPIN()
				r.pin("1234")
				r.at(session.Refused)
				if r.view().Refusal != domain.DocumentMismatch || len(r.view().Kinds) != 0 {
					t.Errorf("%+v", r.view())
				}
				r.take()
				r.touch(session.VerbDone, "")
				r.at(session.OutOfService) // D-03: until a person clears it
			})
		})
	}
}

func TestX09_ThisIsNotMeStops(t *testing.T) {
	withRig(t, func(r *rig) {
		r.toPIN()
		r.pin("1234")
		r.take()
		r.touch(session.VerbNotMe, "")
		r.at(session.Refused)
		r.touch(session.VerbDone, "")
		r.at(session.OutOfService)
	})
}

func TestNotAMyNumberCard(t *testing.T) {
	withRig(t, func(r *rig) {
		r.reader.card.other = true
		r.toPlaceCard()
		r.place()
		r.at(session.Refused)
		if r.view().Refusal != domain.NotMyNumberCard {
			t.Errorf("%v", r.view().Refusal)
		}
	})
}

func TestX12_ALeftCardIsAskedFor(t *testing.T) {
	withRig(t, func(r *rig) {
		r.toPIN()
		r.touch(session.VerbCancel, "")
		r.at(session.Attract)
		r.touch(session.VerbBegin, "")
		r.at(session.Attract)
		if !r.view().CardLeft {
			t.Error("nobody asks for the card")
		}
		r.take()
		r.toConfirm()
	})
}

func TestReaderGoneTakesTheKioskOutOfService(t *testing.T) {
	withRig(t, func(r *rig) {
		r.reader.events <- readerGone
		r.wait(0)
		r.at(session.OutOfService)
		r.reader.events <- readerBack
		r.wait(0)
		r.at(session.Attract)
	})
}
