package center_test

import (
	"context"
	"testing"
	"time"

	"github.com/kioskd/kioskd/internal/domain"
	"github.com/kioskd/kioskd/internal/signed"
)

// account brings a card's visit to its end, so that a letter to its municipality is due.
func (w *world) account(k *kiosk, id string) {
	w.t.Helper()
	v, s := w.ready(k, card(w.t, id))
	done := v.done(s, domain.OutcomePrintedPaid, signed.SheetPrinted)
	if _, err := w.Done(w.t.Context(), k.peer, v.id, done); err != nil {
		w.t.Fatal(err)
	}
	w.clock.pass(time.Second)
}

func TestAMunicipalityThatDoesNotAnswerMakesNoOtherWait(t *testing.T) {
	w, k := newWorld(t), newKiosk(t)
	w.account(k, "hanako")
	w.account(k, "kaku")
	other := make(chan struct{})
	w.town["990019"].onLetter = func() error { // answers only after the other one has its letter
		select {
		case <-other:
			return nil
		case <-time.After(20 * time.Second):
			return context.DeadlineExceeded
		}
	}
	w.town["990027"].onLetter = func() error { close(other); return nil }
	if err := w.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	select {
	case <-other:
	default:
		t.Error("the other municipality got nothing")
	}
	if a, b := len(w.town["990019"].got()), len(w.town["990027"].got()); a != 1 || b != 1 {
		t.Errorf("%d and %d letters", a, b)
	}
}

func TestLettersToADeadServerDoNotFillTheRounds(t *testing.T) {
	w, k := newWorld(t), newKiosk(t)
	for _, id := range []string{"hanako", "tsuji", "yoshida"} {
		w.account(k, id)
	}
	town := w.town["990019"]
	town.onLetter = func() error { return context.DeadlineExceeded }
	flush := func(after time.Duration, want int) {
		t.Helper()
		w.clock.pass(after)
		if err := w.Flush(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got := len(town.got()); got != want {
			t.Errorf("%d attempts, want %d", got, want)
		}
	}
	flush(0, 1)
	flush(time.Second, 1) // all of them wait
	flush(5*time.Second, 2)
	town.onLetter = nil
	flush(time.Minute, 5) // three letters
	flush(time.Hour, 5)
}
