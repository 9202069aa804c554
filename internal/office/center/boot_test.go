package center_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/kioskd/kioskd/internal/bench/pki"
	"github.com/kioskd/kioskd/internal/domain"
	"github.com/kioskd/kioskd/internal/signed"
	"github.com/kioskd/kioskd/internal/wire/centerapi"
	"github.com/kioskd/kioskd/internal/wire/issuingapi"
)

// stand brings a visit of hanako's card into a state and leaves it there, with other servers' answers held back until
// release.
func (w *world) stand(k *kiosk, state string) (v *visit, release func()) {
	w.t.Helper()
	held, free := make(chan struct{}), make(chan struct{})
	wait := func() { close(held); <-free }
	town := w.town["990019"]
	release = func() { close(free) }
	v = w.open(k, card(w.t, "hanako"))
	steps := []func() error{v.authenticate, v.choose, v.orderIt}
	switch state {
	case centerapi.StateChallenged:
		steps = nil
	case centerapi.StateAuthenticating:
		w.responder.Play(pki.Slow)
		go func() { _ = v.authenticate() }() // its end is not this test's matter
		if s, ok, err := w.Wait(w.t.Context(), k.peer, v.id, 1, time.Minute); err != nil || !ok || s.State != state {
			w.t.Fatalf("%+v, %v, %v", s, ok, err)
		}
		return v, func() { w.responder.Play(pki.Honest) }
	case centerapi.StateAuthenticated:
		steps = steps[:1]
	case centerapi.StateChoosing:
		town.onChoices = func(*signed.Choices, *issuingapi.ChoicesAnswer) error { wait(); return nil }
		steps = steps[:1]
	case centerapi.StateChosen:
		steps = steps[:2]
	case centerapi.StateOrdered:
		town.onIssue = func(context.Context, *signed.Manifest, *issuingapi.IssueAnswer) error { wait(); return nil }
	}
	for _, step := range steps {
		if err := step(); err != nil {
			w.t.Fatal(err)
		}
	}
	switch state {
	case centerapi.StateChoosing:
		go func() { _ = v.choose() }() // its end is not this test's matter
		<-held
	case centerapi.StateOrdered:
		<-held
	case centerapi.StateReady, centerapi.StateAwaiting:
		v.await()
	}
	return v, release
}

func TestX19_ANewBootFreesTheCardFromEveryState(t *testing.T) {
	for _, c := range []struct {
		state, then string
		marked      bool // the card is known to be in use
		late        bool // another server's answer is still to come
		told        bool // the issuing server has heard of it
	}{
		{state: centerapi.StateChallenged, then: centerapi.StateCancelled},
		{state: centerapi.StateAuthenticating, then: centerapi.StateCancelled},
		{state: centerapi.StateAuthenticated, then: centerapi.StateCancelled, marked: true},
		{state: centerapi.StateChoosing, then: centerapi.StateCancelled, marked: true, late: true, told: true},
		{state: centerapi.StateChosen, then: centerapi.StateCancelled, marked: true, told: true},
		{state: centerapi.StateOrdered, then: centerapi.StateCancelled, marked: true, late: true, told: true},
		{state: centerapi.StateReady, then: centerapi.StateAwaiting, marked: true},
	} {
		t.Run(c.state, func(t *testing.T) {
			w, k := newWorld(t), newKiosk(t)
			v, release := w.stand(k, c.state)
			if got := v.state(t); got != c.state {
				t.Fatalf("it stands at %s", got)
			}
			if c.marked {
				if err := w.open(w.secondKiosk(), card(t, "hanako")).authenticate(); reason(err) != domain.Superseded {
					t.Errorf("a second kiosk with the same card meanwhile: %v", err)
				}
			}
			for range 2 { // the second new boot changes nothing more
				k.boot = domain.BootID{ID: domain.NewID()}
				hello := centerapi.Heartbeat{Boot: k.boot, Clock: w.clock.now(), Build: "b"}
				if _, err := w.Heartbeat(t.Context(), k.peer.ID, hello); err != nil {
					t.Fatal(err)
				}
				if got := v.state(t); got != c.then {
					t.Errorf("after the hello it is %s, want %s", got, c.then)
				}
			}
			release()
			if c.late {
				w.until("late_answer", 1)
			}
			if s, err := w.Status(t.Context(), k.peer, v.id); err != nil || s.State != c.then || s.Manifest != nil {
				t.Errorf("at the end %+v, %v", s, err)
			}
			if _, _, err := w.Page(t.Context(), k.peer, v.id, 1); err == nil {
				t.Error("a page can be had")
			}
			if err := w.open(w.secondKiosk(), card(t, "hanako")).authenticate(); err != nil {
				t.Errorf("the card afterwards: %v", err)
			}
			if err := w.Flush(t.Context()); err != nil {
				t.Fatal(err)
			}
			if got := slices.Contains(w.town["990019"].got(), "cancel "+v.id.String()); got != c.told {
				t.Errorf("cancelled at the issuing server: %v, want %v", got, c.told)
			}
		})
	}
}

func TestX19_TheFirstChallengeOfANewBootIsAHello(t *testing.T) {
	w, k := newWorld(t), newKiosk(t)
	v, _ := w.stand(k, centerapi.StateAuthenticated)
	k.boot = domain.BootID{ID: domain.NewID()}
	if err := w.open(k, card(t, "tsuji")).authenticate(); err != nil {
		t.Fatal(err)
	}
	if got := v.state(t); got != centerapi.StateCancelled {
		t.Errorf("the old boot's visit is %s", got)
	}
}

func TestOneKioskCannotTakeEverybodysPlace(t *testing.T) {
	w, k := newWorld(t), newKiosk(t)
	other := w.open(w.secondKiosk(), card(t, "tsuji"))
	var all []*visit
	for range 12 {
		all = append(all, w.open(k, card(t, "hanako")))
		w.clock.pass(time.Second)
	}
	for i, v := range all {
		want := centerapi.StateChallenged
		if i < 4 {
			want = centerapi.StateCancelled
		}
		if got := v.state(t); got != want {
			t.Errorf("visit %d is %s, want %s", i+1, got, want)
		}
	}
	if got := other.state(t); got != centerapi.StateChallenged || w.count("kiosk_crowded") != 4 {
		t.Errorf("the other kiosk's is %s; %d ended", got, w.count("kiosk_crowded"))
	}
	if err := all[11].authenticate(); err != nil {
		t.Error(err)
	}
}

func TestX17_AKioskWithANewKeyDoesNotGetAnOldVisitsPages(t *testing.T) {
	w, k := newWorld(t), newKiosk(t)
	v, s := w.ready(k, card(t, "hanako"))
	other := k.peer
	other.Key = signed.HashOf([]byte("another leaf of the same name"))
	if _, _, err := w.Page(t.Context(), other, v.id, 1); code(err) != "NotFound" {
		t.Errorf("a page: %v", err)
	}
	if _, err := w.Choices(t.Context(), other, v.id); code(err) != "NotFound" {
		t.Errorf("choices: %v", err)
	}
	// The account counts all the same: it is signed by the note key, and money must be told after a renewal.
	if _, err := w.Done(t.Context(), other, v.id, v.done(s, domain.OutcomePrintedPaid, signed.SheetPrinted)); err != nil {
		t.Errorf("the account: %v", err)
	}
}

func TestAMunicipalityThatTurnsPagesForeverDoesNotStopTheOthers(t *testing.T) {
	w := newWorld(t)
	w.town["990019"].onHomes = func(h *issuingapi.CardHomes) {
		h.Homes, h.More = []issuingapi.CardHome{{Card: signed.Hash{1}, Subject: domain.Subject{ID: domain.NewID()}}}, true
	}
	asked := false
	w.town["990027"].onHomes = func(*issuingapi.CardHomes) { asked = true }
	if err := w.SyncHomes(t.Context()); err == nil || !asked {
		t.Errorf("%v, the other asked: %v", err, asked)
	}
}

func TestAKioskThatAsksTooFastIsToldToWait(t *testing.T) {
	w, k := newWorld(t), newKiosk(t)
	open := func(k *kiosk) error {
		id := domain.NewApplicationID()
		_, err := w.Challenge(t.Context(), k.peer, centerapi.ChallengeRequest{
			Application: id, Boot: k.boot, KioskNonce: signed.Hash{1}, Purpose: "issue", Scope: "home",
		})
		if err == nil {
			_, err = w.Cancel(t.Context(), k.peer, id)
		}
		return err
	}
	for i := range 30 {
		if err := open(k); err != nil {
			t.Fatalf("challenge %d: %v", i+1, err)
		}
	}
	if err := open(k); code(err) != "Busy" {
		t.Errorf("one too many: %v", err)
	}
	if err := open(w.secondKiosk()); err != nil {
		t.Errorf("another kiosk: %v", err)
	}
	w.clock.pass(61 * time.Second)
	if err := open(k); err != nil {
		t.Errorf("a minute later: %v", err)
	}
}

func TestKiosksThatAskForTheCatalogueDoNotReachTheIssuingServerEachTime(t *testing.T) {
	w := newWorld(t)
	ask := func(want int) {
		t.Helper()
		c, err := w.Catalogue(t.Context(), "990019")
		if err != nil || c.Version != "v1" || w.town["990019"].catalogues() != want {
			t.Errorf("%s, %v, asked %d times, want %d", c.Version, err, w.town["990019"].catalogues(), want)
		}
	}
	ask(1)
	ask(1)
	w.clock.pass(61 * time.Second)
	ask(2)
	w.clock.pass(-time.Hour) // a clock that was set back keeps nothing
	ask(3)
}
