package center_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kioskd/kioskd/internal/domain"
	"github.com/kioskd/kioskd/internal/signed"
	"github.com/kioskd/kioskd/internal/wire/centerapi"
	"github.com/kioskd/kioskd/internal/wire/issuingapi"
)

func (v *visit) state(t *testing.T) string {
	t.Helper()
	s, err := v.w.Status(t.Context(), v.k.peer, v.id)
	if err != nil {
		t.Fatal(err)
	}
	return s.State
}

func TestX19_ACardHasOneOpenApplication(t *testing.T) {
	w, one := newWorld(t), newKiosk(t)
	first := w.open(one, card(t, "hanako"))
	if err := first.authenticate(); err != nil {
		t.Fatal(err)
	}
	if err := w.open(w.secondKiosk(), card(t, "hanako")).authenticate(); reason(err) != domain.Superseded {
		t.Errorf("the same card at another kiosk: %v", err)
	}
	if got := first.state(t); got != centerapi.StateAuthenticated {
		t.Errorf("the first is %s", got)
	}
	if err := w.open(w.secondKiosk(), card(t, "tsuji")).authenticate(); err != nil {
		t.Errorf("another card: %v", err)
	}
	// The kiosk itself lost the first visit: the second one takes its place.
	second := w.open(one, card(t, "hanako"))
	if err := second.authenticate(); err != nil {
		t.Errorf("the same card at the same kiosk: %v", err)
	}
	if got := first.state(t); got != centerapi.StateCancelled {
		t.Errorf("the first is %s", got)
	}
	if _, err := w.Cancel(t.Context(), one.peer, second.id); err != nil {
		t.Fatal(err)
	}
	if err := w.open(w.secondKiosk(), card(t, "hanako")).authenticate(); err != nil {
		t.Errorf("after the end: %v", err)
	}
}

func TestX19_OfTwoKiosksInTheSameInstantOneWins(t *testing.T) {
	w := newWorld(t)
	a, b := w.open(newKiosk(t), card(t, "hanako")), w.open(w.secondKiosk(), card(t, "hanako"))
	errs := make(chan error, 2)
	for _, v := range []*visit{a, b} {
		go func() { errs <- v.authenticate() }()
	}
	got := map[domain.RefusalReason]int{}
	for range 2 {
		got[reason(<-errs)]++
	}
	if diff := cmp.Diff(map[domain.RefusalReason]int{domain.NoRefusal: 1, domain.Superseded: 1}, got); diff != "" {
		t.Error(diff)
	}
}

func TestX19_ANewBootEndsWhatTheOldOneLeftOpen(t *testing.T) {
	w, k := newWorld(t), newKiosk(t)
	opened := w.open(k, card(t, "hanako"))
	chosen := w.open(k, card(t, "tsuji"))
	if err := errors.Join(chosen.authenticate(), chosen.choose()); err != nil {
		t.Fatal(err)
	}
	ready, s := w.ready(k, card(t, "yoshida"))
	k.boot = domain.BootID{ID: domain.NewID()}
	hello := centerapi.Heartbeat{Boot: k.boot, Clock: noon, Build: "b"}
	if _, err := w.Heartbeat(t.Context(), k.peer.ID, hello); err != nil {
		t.Fatal(err)
	}
	for v, want := range map[*visit]string{
		opened: centerapi.StateCancelled, chosen: centerapi.StateCancelled, ready: centerapi.StateAwaiting,
	} {
		if got := v.state(t); got != want {
			t.Errorf("%s is %s, want %s", v.card.ID, got, want)
		}
	}
	if err := w.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	// What was issued may have been printed: its fate is the kiosk's to tell, after it has looked at its journal.
	if diff := cmp.Diff([]string{"cancel " + chosen.id.String()}, w.town["990019"].got()); diff != "" {
		t.Error(diff)
	}
	if _, _, err := w.Page(t.Context(), k.peer, ready.id, 1); code(err) != "Gone" {
		t.Errorf("pages after the restart: %v", err)
	}
	done := ready.done(s, domain.OutcomePrintedPaid, signed.SheetPrinted)
	if _, err := w.Done(t.Context(), k.peer, ready.id, done); err != nil {
		t.Error(err)
	}
	if got := ready.state(t); got != centerapi.StateDone {
		t.Errorf("state %s", got)
	}
}

func TestARestartOfTheCentreEndsWhatIsOpen(t *testing.T) {
	w, k := newWorld(t), newKiosk(t)
	chosen := w.open(k, card(t, "tsuji"))
	if err := errors.Join(chosen.authenticate(), chosen.choose()); err != nil {
		t.Fatal(err)
	}
	ready, s := w.ready(k, card(t, "yoshida"))
	w.restart()
	if got := chosen.state(t); got != centerapi.StateCancelled {
		t.Errorf("chosen is %s", got)
	}
	if got := ready.state(t); got != centerapi.StateAwaiting {
		t.Errorf("ready is %s", got)
	}
	if _, _, err := w.Page(t.Context(), k.peer, ready.id, 1); code(err) != "Gone" {
		t.Errorf("a page: %v", err)
	}
	done := ready.done(s, domain.OutcomeRefunded, signed.SheetUnfed)
	if _, err := w.Done(t.Context(), k.peer, ready.id, done); err != nil {
		t.Error(err)
	}
	if err := w.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	want := []string{"cancel " + chosen.id.String(), "confirm " + ready.id.String()}
	if diff := cmp.Diff(want, w.town["990019"].got()); diff != "" {
		t.Error(diff)
	}
}

func TestAnAccountIsTakenOnceAndAcknowledgedAlways(t *testing.T) {
	w, k := newWorld(t), newKiosk(t)
	v, s := w.ready(k, card(t, "hanako"))
	done := v.done(s, domain.OutcomePrintedPaid, signed.SheetPrinted)
	for range 3 {
		if got, err := w.Done(t.Context(), k.peer, v.id, done); err != nil || got.State != centerapi.StateDone {
			t.Errorf("%+v, %v", got, err)
		}
	}
	other := v.done(s, domain.OutcomeOwed, signed.SheetUnknown)
	if _, err := w.Done(t.Context(), k.peer, v.id, other); code(err) != "RequestConflict" {
		t.Errorf("another account: %v", err)
	}
	if err := errors.Join(w.Flush(t.Context()), w.Flush(t.Context())); err != nil {
		t.Fatal(err)
	}
	if got := w.town["990019"].got(); len(got) != 1 {
		t.Errorf("the issuing server was told %d times", len(got))
	}
	// The kiosk's money counts even where the application is not known here.
	lost := &visit{w: w, k: k, id: domain.NewApplicationID()}
	if _, err := w.Done(t.Context(), k.peer, lost.id, lost.done(centerapi.Status{}, domain.OutcomeOwed, "")); err != nil {
		t.Error(err)
	}
	if n := w.count("unknown_done"); n != 1 {
		t.Errorf("%d unknown accounts counted", n)
	}
}

func TestX17_AnAccountNeedsItsKiosksSignature(t *testing.T) {
	w, k := newWorld(t), newKiosk(t)
	v, s := w.ready(k, card(t, "hanako"))
	done := v.done(s, domain.OutcomePrintedPaid, signed.SheetPrinted)
	if _, err := w.Done(t.Context(), w.secondKiosk().peer, v.id, done); code(err) != "Mismatch" {
		t.Errorf("brought by another kiosk: %v", err)
	}
	if _, err := w.Done(t.Context(), k.peer, domain.NewApplicationID(), done); code(err) != "Mismatch" {
		t.Errorf("for another application: %v", err)
	}
	n := signed.Done{
		Env: signed.EnvTest, Kiosk: k.peer.ID, Boot: k.boot, Application: v.id, Outcome: domain.OutcomeNothing, Made: noon,
	}
	if _, err := w.Done(t.Context(), k.peer, v.id, seal(t, n, w.second)); code(err) != "BadSignature" {
		t.Errorf("signed by another kiosk: %v", err)
	}
	if got := v.state(t); got != centerapi.StateReady {
		t.Errorf("state %s", got)
	}
}

func TestX15_ForeignSheetsInAnAccountRaiseAnAlarm(t *testing.T) {
	w, k := newWorld(t), newKiosk(t)
	a, sa := w.ready(k, card(t, "hanako"))
	b, sb := w.ready(k, card(t, "tsuji"))
	sa.Delivery = sb.Delivery
	foreign := a.done(sa, domain.OutcomePrintedPaid, signed.SheetPrinted)
	if _, err := w.Done(t.Context(), k.peer, a.id, foreign); err != nil {
		t.Fatal(err)
	}
	if n := w.count("mismatch"); n != 1 {
		t.Errorf("%d mismatches", n)
	}
	own := b.done(sb, domain.OutcomePrintedPaid, signed.SheetPrinted)
	if _, err := w.Done(t.Context(), k.peer, b.id, own); err != nil {
		t.Fatal(err)
	}
	if n := w.count("mismatch"); n != 1 {
		t.Errorf("the right account raised one, too: %d", n)
	}
}

func TestACancelledCertificateIsVoidAtTheIssuingServerAndNotConfirmed(t *testing.T) {
	w, k := newWorld(t), newKiosk(t)
	v, s := w.ready(k, card(t, "hanako"))
	if got, err := w.Cancel(t.Context(), k.peer, v.id); err != nil || got.State != centerapi.StateCancelled {
		t.Fatalf("%+v, %v", got, err)
	}
	if got, err := w.Cancel(t.Context(), k.peer, v.id); err != nil || got.State != centerapi.StateCancelled {
		t.Errorf("again: %+v, %v", got, err)
	}
	if _, err := w.Done(t.Context(), k.peer, v.id, v.done(s, domain.OutcomeNothing, signed.SheetUnfed)); err != nil {
		t.Error(err)
	}
	if err := w.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"cancel " + v.id.String()}, w.town["990019"].got()); diff != "" {
		t.Error(diff)
	}
}

func TestX20_AReadyCertificateOutlivesTheSlowestVisitAndThenExpires(t *testing.T) {
	w, k := newWorld(t), newKiosk(t)
	v, s := w.ready(k, card(t, "hanako"))
	w.clock.pass(domain.NoteLife - time.Second)
	if err := w.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := v.state(t); got != centerapi.StateReady {
		t.Errorf("too early: %s", got)
	}
	w.clock.pass(2 * time.Second)
	if err := w.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := v.state(t); got != centerapi.StateExpired {
		t.Errorf("too late: %s", got)
	}
	// The kiosk was cut off and printed in time: its account is taken, and the issuing server hears of it.
	if _, err := w.Done(t.Context(), k.peer, v.id, v.done(s, domain.OutcomePrintedPaid, signed.SheetPrinted)); err != nil {
		t.Error(err)
	}
	if err := w.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"confirm " + v.id.String()}, w.town["990019"].got()); diff != "" {
		t.Error(diff)
	}
}

func TestTheOutboxTriesUntilItIsAnswered(t *testing.T) {
	w, k := newWorld(t), newKiosk(t)
	v, s := w.ready(k, card(t, "hanako"))
	server := w.town["990019"]
	server.onLetter = func() error { return context.DeadlineExceeded }
	if _, err := w.Done(t.Context(), k.peer, v.id, v.done(s, domain.OutcomePrintedPaid, signed.SheetPrinted)); err != nil {
		t.Fatal(err)
	}
	flush := func(want int) {
		t.Helper()
		if err := w.Flush(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got := len(server.got()); got != want {
			t.Errorf("%d attempts, want %d", got, want)
		}
	}
	flush(1)
	flush(1) // not before its time
	w.clock.pass(6 * time.Second)
	flush(2)
	w.clock.pass(6 * time.Second)
	flush(2) // twice as long the second time
	server.onLetter = nil
	w.restart()
	w.clock.pass(6 * time.Second)
	flush(3)
	w.clock.pass(time.Hour)
	flush(3)
}

func TestARefusedLetterIsSetAside(t *testing.T) {
	w, k := newWorld(t), newKiosk(t)
	v, s := w.ready(k, card(t, "hanako"))
	server := w.town["990019"]
	server.onLetter = func() error { return &issuingapi.ProtocolError{Code: "StateConflict"} }
	if _, err := w.Done(t.Context(), k.peer, v.id, v.done(s, domain.OutcomePrintedPaid, signed.SheetPrinted)); err != nil {
		t.Fatal(err)
	}
	for range 3 {
		if err := w.Flush(t.Context()); err != nil {
			t.Fatal(err)
		}
		w.clock.pass(time.Hour)
	}
	if got := len(server.got()); got != 1 {
		t.Errorf("%d attempts", got)
	}
}

func TestTheIssuingServersTroublesHaveTheirOwnReasons(t *testing.T) {
	for _, c := range []struct {
		err  error
		want domain.RefusalReason
	}{
		{&issuingapi.Refusal{Reason: domain.HouseholdHasLeaver}, domain.HouseholdHasLeaver},
		{&issuingapi.ProtocolError{Code: "Busy"}, domain.ServerUnreachable},
		{&issuingapi.ProtocolError{Code: "BindingMismatch"}, domain.DocumentMismatch},
		{&issuingapi.ProtocolError{Code: "DeadlinePassed"}, domain.DeadlinePassed},
		{errors.New("connection refused"), domain.ServerUnreachable},
	} {
		w, k := newWorld(t), newKiosk(t)
		w.town["990019"].onChoices = func(*signed.Choices, *issuingapi.ChoicesAnswer) error { return c.err }
		v := w.open(k, card(t, "hanako"))
		if err := v.authenticate(); err != nil {
			t.Fatal(err)
		}
		if err := v.choose(); reason(err) != c.want {
			t.Errorf("%v became %v", c.err, err)
		}
	}
}

func TestAMunicipalityCannotClaimAnothersResidents(t *testing.T) {
	w, k := newWorld(t), newKiosk(t)
	v := w.open(k, card(t, "hanako"))
	if err := v.authenticate(); err != nil {
		t.Fatal(err)
	}
	var all []issuingapi.CardHome
	for more := true; more; { // ends with the feed
		after := ""
		if len(all) > 0 {
			after = all[len(all)-1].Card.String()
		}
		page, err := w.town["990019"].GetCardHomes(t.Context(), issuingapi.CardHomesRequest{After: after})
		if err != nil {
			t.Fatal(err)
		}
		all, more = append(all, page.Homes...), page.More
	}
	stolen := domain.Subject{ID: domain.NewID()}
	w.town["990027"].onHomes = func(h *issuingapi.CardHomes) {
		for _, home := range all {
			home.Subject = stolen
			h.Homes = append(h.Homes, home)
		}
		h.More = false
	}
	if err := w.SyncHomes(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, id := range []string{"hanako", "tsuji", "yoshida", "maria", "omori"} {
		v := w.open(k, card(t, id))
		if err := v.authenticate(); err != nil || v.assertion.Municipality != "990019" || v.assertion.Subject == stolen {
			t.Errorf("%s: %+v, %v", id, v.assertion, err)
		}
	}
}
