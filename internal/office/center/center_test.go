package center_test

import (
	"bytes"
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kioskd/kioskd/internal/bench/pki"
	"github.com/kioskd/kioskd/internal/domain"
	"github.com/kioskd/kioskd/internal/office/center"
	"github.com/kioskd/kioskd/internal/signed"
	"github.com/kioskd/kioskd/internal/wire/centerapi"
	"github.com/kioskd/kioskd/internal/wire/issuingapi"
)

// reason takes the refusal out of an error; NoRefusal where it is none.
func reason(err error) domain.RefusalReason {
	if e, ok := errors.AsType[*centerapi.Refused](err); ok {
		return e.Reason
	}
	return domain.NoRefusal
}

// code takes the fault out of an error.
func code(err error) string {
	if e, ok := errors.AsType[*center.Fault](err); ok {
		return e.Code
	}
	return ""
}

func TestAVisitGoesFromChallengeToAConfirmedSheet(t *testing.T) {
	w := newWorld(t)
	v, s := w.ready(newKiosk(t), card(t, "hanako"))
	m, manifest, err := signed.Open[signed.Manifest](s.Manifest, w.ring, noon, signed.RoleMunicipality)
	if err != nil {
		t.Fatal(err)
	}
	if err := signed.FitManifest(m, v.order, v.orderSum, v.choices, v.choices.Assertion); err != nil {
		t.Error(err)
	}
	d, _, err := signed.Open[signed.Delivery](s.Delivery, w.ring, noon, signed.RoleCenter)
	if err != nil {
		t.Fatal(err)
	}
	if err := signed.FitDelivery(d, m, manifest, v.k.peer.ID); err != nil {
		t.Error(err)
	}
	page, _, err := w.Page(t.Context(), v.k.peer, v.id, 1)
	if err != nil || signed.HashOf(page) != m.Pages[0].Digest {
		t.Errorf("page: %v", err)
	}
	done := v.done(s, domain.OutcomePrintedPaid, signed.SheetPrinted)
	if s, err = w.Done(t.Context(), v.k.peer, v.id, done); err != nil || s.State != centerapi.StateDone {
		t.Fatalf("done: %+v, %v", s, err)
	}
	if err := w.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"confirm " + v.id.String()}, w.town["990019"].got()); diff != "" {
		t.Error(diff)
	}
	if !bytes.Equal(w.town["990019"].done[0], done) {
		t.Error("the issuing server got another account than the kiosk's")
	}
	if _, _, err := w.Page(t.Context(), v.k.peer, v.id, 1); code(err) != "Gone" {
		t.Errorf("a page after the end: %v", err)
	}
	if n := w.count("mismatch"); n != 0 {
		t.Errorf("%d mismatches", n)
	}
}

func TestEachCardIsRefusedForItsOwnReason(t *testing.T) {
	for id, want := range map[string]domain.RefusalReason{
		"hanako": domain.NoRefusal, "kaku": domain.NoRefusal, "expired": domain.CertExpired,
		"revoked": domain.CertRevoked, "new": domain.NotYetUsable, "unknown": domain.NotYetUsable,
		"juki": domain.CertExpired,
	} {
		t.Run(id, func(t *testing.T) {
			w := newWorld(t)
			v := w.open(newKiosk(t), card(t, id))
			err := v.authenticate()
			if got := reason(err); got != want || (want == domain.NoRefusal) != (err == nil) {
				t.Errorf("got %v (%v), want %v", got, err, want)
			}
			if want == domain.NoRefusal {
				return
			}
			s, err := w.Status(t.Context(), v.k.peer, v.id)
			if err != nil || s.State != centerapi.StateRefused || s.Refusal() != want {
				t.Errorf("status %+v, %v", s, err)
			}
			if err := v.choose(); reason(err) != want {
				t.Errorf("choices after a refusal: %v", err)
			}
		})
	}
}

func TestTheResponderDecidesAndIsAskedForEachVisit(t *testing.T) {
	w, k, c := newWorld(t), newKiosk(t), card(t, "hanako")
	for range 2 {
		v := w.open(k, c)
		if err := v.authenticate(); err != nil {
			t.Fatal(err)
		}
	}
	if n := w.responder.Asked(); n != 2 {
		t.Errorf("asked %d times for two visits; good is never kept", n)
	}
	w.responder.Play(pki.WrongNonce)
	for i := range 5 {
		if err := w.open(k, c).authenticate(); reason(err) != domain.ValidationUnreach {
			t.Fatalf("%d: %v", i, err)
		}
	}
	// The responder rests now, and the kiosk is told before a PIN is entered.
	_, err := w.Challenge(t.Context(), k.peer, centerapi.ChallengeRequest{
		Application: domain.NewApplicationID(), Boot: k.boot, KioskNonce: signed.Hash{9}, Purpose: "issue", Scope: "home",
	})
	if reason(err) != domain.ValidationUnreach {
		t.Errorf("challenge while the responder rests: %v", err)
	}
}

func TestD01_AnIdIsUsedOnceAndByOneKiosk(t *testing.T) {
	w, k := newWorld(t), newKiosk(t)
	v := w.open(k, card(t, "hanako"))
	again, err := w.Challenge(t.Context(), k.peer, v.request)
	if err != nil || again != v.answer {
		t.Errorf("the same request again: %+v, %v", again, err)
	}
	other := v.request
	other.KioskNonce[5] ^= 1
	if _, err := w.Challenge(t.Context(), k.peer, other); code(err) != "RequestConflict" {
		t.Errorf("the id with another nonce: %v", err)
	}
	two := w.secondKiosk()
	if _, err := w.Challenge(t.Context(), two.peer, v.request); code(err) != "RequestConflict" {
		t.Errorf("the id at another kiosk: %v", err)
	}
	if _, err := w.Status(t.Context(), two.peer, v.id); code(err) != "NotFound" {
		t.Errorf("another kiosk sees it: %v", err)
	}
	if _, err := w.Cancel(t.Context(), two.peer, v.id); code(err) != "NotFound" {
		t.Errorf("another kiosk ends it: %v", err)
	}
	if _, err := w.Cancel(t.Context(), k.peer, v.id); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Challenge(t.Context(), k.peer, v.request); code(err) != "RequestConflict" {
		t.Errorf("the id after its end: %v", err)
	}
}

func TestD04_ALateAnswerIsDroppedAndCounted(t *testing.T) {
	w, k := newWorld(t), newKiosk(t)
	town := w.town["990019"]
	arrived, release := make(chan struct{}), make(chan struct{})
	town.onIssue = func(context.Context, *signed.Manifest, *issuingapi.IssueAnswer) error {
		close(arrived)
		<-release // a server that does not see that its time is over
		return nil
	}
	v := w.open(k, card(t, "hanako"))
	for _, step := range []func() error{v.authenticate, v.choose, v.orderIt} {
		if err := step(); err != nil {
			t.Fatal(err)
		}
	}
	<-arrived
	if s, err := w.Cancel(t.Context(), k.peer, v.id); err != nil || s.State != centerapi.StateCancelled {
		t.Fatalf("%+v, %v", s, err)
	}
	close(release)
	w.until("late_answer", 1)
	s, err := w.Status(t.Context(), k.peer, v.id)
	if err != nil || s.State != centerapi.StateCancelled || s.Manifest != nil {
		t.Errorf("the late answer came through: %+v, %v", s, err)
	}
	if err := w.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"cancel " + v.id.String()}, town.got()); diff != "" {
		t.Errorf("the issuing server was not told: %s", diff)
	}
}

// until waits for a counter.
func (w *world) until(name string, n int64) {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(w.t.Context(), 20*time.Second)
	defer cancel()
	for w.count(name) < n {
		if ctx.Err() != nil {
			w.t.Fatalf("%s stays at %d", name, w.count(name))
		}
	}
}

func TestD04_ATimeOutEndsTheWholeApplication(t *testing.T) {
	w, k := newWorld(t), newKiosk(t)
	release := make(chan struct{})
	w.town["990019"].onChoices = func(*signed.Choices, *issuingapi.ChoicesAnswer) error {
		<-release
		return nil
	}
	v := w.open(k, card(t, "hanako"))
	if err := v.authenticate(); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	if _, err := w.Choices(ctx, k.peer, v.id); reason(err) != domain.DeadlinePassed {
		t.Errorf("got %v", err)
	}
	s, ok, err := w.Wait(t.Context(), k.peer, v.id, 4, time.Minute)
	if err != nil || !ok || s.State != centerapi.StateCancelled || s.Refusal() != domain.DeadlinePassed {
		t.Errorf("status %+v, %v, %v", s, ok, err)
	}
	close(release)
	w.until("late_answer", 1)
	if err := v.choose(); reason(err) != domain.DeadlinePassed {
		t.Errorf("choices of the dead id: %v", err)
	}
}

func TestD07_ManyVisitsInTheSameInstantKeepApart(t *testing.T) {
	w := newWorld(t)
	kiosks := []*kiosk{newKiosk(t), w.secondKiosk()}
	var visits []*visit
	for i, id := range []string{
		"hanako", "tsuji", "yoshida", "maria", "omori", "kaku", "leaver", "gaiji", "child",
		"moved",
	} {
		visits = append(visits, w.open(kiosks[i%2], card(t, id)))
	}
	start := make(chan struct{})
	var group sync.WaitGroup
	for _, v := range visits {
		group.Go(func() {
			<-start
			for _, step := range []func() error{v.authenticate, v.choose, v.orderIt} {
				if err := step(); err != nil {
					t.Errorf("%s: %v", v.card.ID, err)
					return
				}
			}
		})
	}
	close(start)
	group.Wait()
	for _, v := range visits {
		if t.Failed() {
			return
		}
		if s := v.await(); s.State != centerapi.StateReady {
			t.Fatalf("%s: %+v", v.card.ID, s)
		}
		page, _, err := w.Page(t.Context(), v.k.peer, v.id, 1)
		want := "%PDF-1.7 of " + v.assertion.Subject.String() + " for " + v.id.String()
		if err != nil || string(page) != want {
			t.Errorf("%s got %q, %v", v.card.ID, page, err)
		}
		town := w.town[v.assertion.Municipality]
		if v.assertion.Subject != town.subject(v.card) {
			t.Errorf("%s is %s", v.card.ID, v.assertion.Subject)
		}
		for _, other := range kiosks {
			if _, _, err := w.Page(t.Context(), other.peer, v.id, 1); (err == nil) != (other == v.k) {
				t.Errorf("%s at %s: %v", v.card.ID, other.peer.ID, err)
			}
		}
	}
}

func TestD07_AChallengeIsConsumedOnce(t *testing.T) {
	w, k := newWorld(t), newKiosk(t)
	v := w.open(k, card(t, "hanako"))
	var group sync.WaitGroup
	errs := make([]error, 16)
	right := evidence(t, v.card, v.challenge())
	for i := range errs {
		a := right
		if i%2 == 1 {
			a.Signature = append(bytes.Clone(a.Signature), byte(i)) // other evidence each
		}
		group.Go(func() { _, errs[i] = w.Authenticate(t.Context(), k.peer, v.id, a) })
	}
	group.Wait()
	rightOnes := 0
	for i, err := range errs {
		if err == nil {
			rightOnes++
			if i%2 == 1 {
				t.Error("wrong evidence was taken")
			}
		}
	}
	// Whoever came first decides; all of its repetitions get its answer, everybody else a conflict.
	if rightOnes != 0 && rightOnes != 8 {
		t.Errorf("%d of 8 equal requests were answered", rightOnes)
	}
}
