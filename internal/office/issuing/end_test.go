package issuing

import (
	"bytes"
	"context"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kioskd/kioskd/internal/domain"
	"github.com/kioskd/kioskd/internal/office/form"
	"github.com/kioskd/kioskd/internal/signed"
	"github.com/kioskd/kioskd/internal/wire/issuingapi"
)

func TestD04_WhoeverCancelsMeanwhileWinsAndThePagesAreGone(t *testing.T) {
	w := newWorld(t)
	a := w.apply("hanako")
	must[issuingapi.ChoicesAnswer](t)(a.choose(t.Context()))
	w.former.during = func(form.ResidentRecord) {
		s, err := w.server.Cancel(context.Background(), issuingapi.CancelRequest{
			RequestID: newRequest(),
			Binding:   a.binding, Reason: "resident",
		})
		if err != nil || s.State != issuingapi.StateCancelled {
			t.Errorf("cancel: %+v, %v", s, err)
		}
	}
	got, err := w.server.IssueCertificate(t.Context(), a.issueRequest(a.order(domain.ScopeSelf, "m1"), w.kiosk))
	if codeOf(err) != issuingapi.CodeStateConflict || got.Pages != nil {
		t.Errorf("got %d pages, %v", len(got.Pages), err)
	}
	if n := w.former.remains(); n != 0 || a.state() != issuingapi.StateCancelled {
		t.Errorf("%d pages and pictures remain, state %s", n, a.state())
	}
}

func TestD04_LateWorkIsDropped(t *testing.T) {
	w := newWorld(t)
	a := w.apply("hanako")
	must[issuingapi.ChoicesAnswer](t)(a.choose(t.Context()))
	ctx, stop := context.WithCancel(t.Context())
	w.former.during = func(form.ResidentRecord) { stop() }
	r := a.issueRequest(a.order(domain.ScopeSelf, "m1"), w.kiosk)
	if _, err := w.server.IssueCertificate(ctx, r); codeOf(err) != issuingapi.CodeDeadlinePassed {
		t.Errorf("got %v", err)
	}
	if a.state() != issuingapi.StateCancelled || w.former.remains() != 0 {
		t.Errorf("state %s, %d remain", a.state(), w.former.remains())
	}
	w.former.during = nil
	if _, err := w.server.IssueCertificate(t.Context(), r); err == nil {
		t.Error("a dead application was issued")
	}
}

func TestD07_TheSameRequestGetsTheSameAnswerAndAnotherNone(t *testing.T) {
	w := newWorld(t)
	a := w.apply("omori")
	must[issuingapi.ChoicesAnswer](t)(a.choose(t.Context()))
	o := a.order(domain.ScopeSelf, "m1")
	r := a.issueRequest(o, w.kiosk)
	const racers = 16
	answers := make(chan issuingapi.IssueAnswer, racers)
	var all sync.WaitGroup
	for i := range racers {
		all.Go(func() {
			mine := r
			if i%2 == 1 {
				mine.RequestID = newRequest()
			}
			if got, err := w.server.IssueCertificate(t.Context(), mine); err == nil {
				answers <- got
			} else if codeOf(err) != issuingapi.CodeStateConflict {
				t.Error(err)
			}
		})
	}
	all.Wait()
	close(answers)
	first, n := issuingapi.IssueAnswer{}, 0
	for got := range answers {
		if n++; n == 1 {
			first = got
		}
		if !cmp.Equal(got, first) {
			t.Error("two different answers")
		}
	}
	if n == 0 {
		t.Error("nobody won")
	}
}

func TestD07_TheSameRequestIdWithOtherContentIsAConflict(t *testing.T) {
	w := newWorld(t)
	a := w.apply("omori")
	r := a.choicesRequest()
	first := must[issuingapi.ChoicesAnswer](t)(w.server.GetApplicantChoices(t.Context(), r))
	again := must[issuingapi.ChoicesAnswer](t)(w.server.GetApplicantChoices(t.Context(), r))
	if !cmp.Equal(first, again) {
		t.Error("the same request got another answer")
	}
	r.Chain.OCSP = append(r.Chain.OCSP[:len(r.Chain.OCSP):len(r.Chain.OCSP)], 0)
	if _, err := w.server.GetApplicantChoices(t.Context(), r); codeOf(err) != issuingapi.CodeRequestConflict {
		t.Errorf("got %v", err)
	}
}

func TestD07_ManyAtOnceAreNeverMixed(t *testing.T) {
	w := newWorld(t)
	names := map[string]string{"hanako": "見本　花子", "tsuji": "健一郎", "yoshida": "𠮷田　修", "maria": "MARIA", "kaku": "豊"}
	var all sync.WaitGroup
	for card, name := range names {
		for range 4 {
			a := w.apply(card)
			all.Go(func() {
				if _, err := a.choose(context.Background()); err != nil {
					t.Error(err)
					return
				}
				o := a.order(domain.ScopeSelf, "m1")
				r := a.issueRequest(o, w.kiosk)
				got, err := w.server.IssueCertificate(context.Background(), r)
				if err != nil {
					t.Error(err)
					return
				}
				if _, err := a.check(o, r, got); err != nil {
					t.Error(err)
				}
				for other, n := range names {
					if strings.Contains(string(got.Pages[0]), n) != (other == card) {
						t.Errorf("%s's page names %s", card, other)
					}
				}
				if !strings.Contains(string(got.Pages[0]), name) {
					t.Errorf("%s is not on the page", name)
				}
			})
		}
	}
	all.Wait()
}

func TestD06_NothingRemainsInMemoryAfterTheEnd(t *testing.T) {
	for name, end := range map[string]func(*world, *application, issuingapi.IssueAnswer) error{
		"printed": func(w *world, a *application, got issuingapi.IssueAnswer) error {
			_, err := w.server.ConfirmPrinted(t.Context(), issuingapi.ConfirmRequest{
				RequestID: newRequest(), Binding: a.binding, Issue: got.Issue, Done: a.doneNote(got.Manifest, 2, w.kiosk),
			})
			return err
		},
		"cancelled": func(w *world, a *application, _ issuingapi.IssueAnswer) error {
			_, err := w.server.Cancel(t.Context(), issuingapi.CancelRequest{
				RequestID: newRequest(), Binding: a.binding,
				Reason: "x",
			})
			return err
		},
		"run out": func(w *world, _ *application, _ issuingapi.IssueAnswer) error {
			w.pass(domain.NoteLife + domain.MaxSheets*domain.PrintLimit + time.Minute)
			return w.server.Sweep(t.Context())
		},
	} {
		w := newWorld(t)
		a := w.apply("tsuji")
		must[issuingapi.ChoicesAnswer](t)(a.choose(t.Context()))
		o := a.order(domain.ScopeWhole, "m1", "m2", "m3", "m4")
		got := must[issuingapi.IssueAnswer](t)(w.server.IssueCertificate(t.Context(), a.issueRequest(o, w.kiosk)))
		if w.former.remains() == 0 {
			t.Fatal("the count counts nothing")
		}
		if err := end(w, a, got); err != nil {
			t.Error(err)
		}
		if n := w.former.remains(); n != 0 || len(w.server.visits) != 0 {
			t.Errorf("%s: %d remain, %d visits", name, n, len(w.server.visits))
		}
	}
}

func TestX20_AnIssueThatNobodyConfirmsExpiresAndALateAccountIsAMismatch(t *testing.T) {
	w := newWorld(t)
	a := w.apply("hanako")
	must[issuingapi.ChoicesAnswer](t)(a.choose(t.Context()))
	got := must[issuingapi.IssueAnswer](t)(w.server.IssueCertificate(t.Context(),
		a.issueRequest(a.order(domain.ScopeSelf, "m1"), w.kiosk)))
	w.pass(domain.NoteLife)
	if err := w.server.Sweep(t.Context()); err != nil || a.state() != issuingapi.StateIssued {
		t.Errorf("still printing: %s, %v", a.state(), err)
	}
	w.pass(domain.MaxSheets*domain.PrintLimit + time.Second)
	if err := w.server.Sweep(t.Context()); err != nil || a.state() != issuingapi.StateExpired {
		t.Errorf("%s, %v", a.state(), err)
	}
	s, err := w.server.ConfirmPrinted(t.Context(), issuingapi.ConfirmRequest{
		RequestID: newRequest(), Binding: a.binding, Issue: got.Issue, Done: a.doneNote(got.Manifest, 2, w.kiosk),
	})
	if err != nil || s.State != issuingapi.StateExpired || w.mismatches() != 1 {
		t.Errorf("%+v, %v, %d mismatches", s, err, w.mismatches())
	}
}

func (w *world) mismatches() (n int) {
	w.t.Helper()
	err := w.server.Store.Read(w.t.Context(), func(tx *storeTx) error {
		return tx.One(`SELECT count(*) FROM mismatch`,
			nil, &n)
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return n
}

func TestD03_AnAccountOfAnotherManifestOrKioskIsNotTaken(t *testing.T) {
	w := newWorld(t)
	a, b := w.apply("hanako"), w.apply("yoshida")
	must[issuingapi.ChoicesAnswer](t)(a.choose(t.Context()))
	must[issuingapi.ChoicesAnswer](t)(b.choose(t.Context()))
	ours := must[issuingapi.IssueAnswer](t)(w.server.IssueCertificate(t.Context(),
		a.issueRequest(a.order(domain.ScopeSelf, "m1"), w.kiosk)))
	theirs := must[issuingapi.IssueAnswer](t)(w.server.IssueCertificate(t.Context(),
		b.issueRequest(b.order(domain.ScopeSelf, "m1"), w.kiosk)))
	for name, done := range map[string][]byte{
		"another manifest":        a.doneNote(theirs.Manifest, 1, w.kiosk),
		"another application":     b.doneNote(ours.Manifest, 1, w.kiosk),
		"signed by the centre":    a.doneNote(ours.Manifest, 1, w.center),
		"more copies than issued": a.doneNote(ours.Manifest, 3, w.kiosk),
	} {
		_, err := w.server.ConfirmPrinted(t.Context(), issuingapi.ConfirmRequest{
			RequestID: newRequest(),
			Binding:   a.binding, Issue: ours.Issue, Done: done,
		})
		if c := codeOf(err); c != issuingapi.CodeBindingMismatch && c != issuingapi.CodeChainInvalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	if a.state() != issuingapi.StateIssued {
		t.Errorf("state %s", a.state())
	}
}

func TestX25_TheDatabaseHoldsNoPeople(t *testing.T) {
	w := newWorld(t)
	a := w.apply("tsuji")
	must[issuingapi.ChoicesAnswer](t)(a.choose(t.Context()))
	o := a.order(domain.ScopeWhole, "m1", "m2", "m3", "m4")
	got := must[issuingapi.IssueAnswer](t)(w.server.IssueCertificate(t.Context(), a.issueRequest(o, w.kiosk)))
	var all []byte
	for _, suffix := range []string{"", "-wal"} {
		all = append(all, must[[]byte](t)(os.ReadFile(w.path+suffix))...)
	}
	if !bytes.Contains(all, []byte(a.binding.Application.String())) {
		t.Fatal("the scan finds nothing at all")
	}
	card := w.cards["tsuji"]
	for what, needle := range map[string][]byte{
		"name": []byte("健一郎"), "address": []byte("緑町"), "certificate": card.AuthCert[100:132],
		"hash of the certificate": []byte(signed.HashOf(card.AuthCert).String()), "page": got.Pages[0][:32],
		"kiosk's nonce": a.challenge.KioskNonce[:],
	} {
		if bytes.Contains(all, needle) {
			t.Errorf("the database holds the %s", what)
		}
	}
}

func TestAfterARestartWhatWasOpenIsOverAndWhatWasIssuedIsNot(t *testing.T) {
	w := newWorld(t)
	a, b := w.apply("hanako"), w.apply("yoshida")
	must[issuingapi.ChoicesAnswer](t)(a.choose(t.Context()))
	must[issuingapi.ChoicesAnswer](t)(b.choose(t.Context()))
	must[issuingapi.IssueAnswer](t)(w.server.IssueCertificate(t.Context(), b.issueRequest(b.order(domain.ScopeSelf,
		"m1"), w.kiosk)))
	w.server = New(w.server.Config)
	if err := w.server.Start(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	if a.state() != issuingapi.StateCancelled || b.state() != issuingapi.StateIssued {
		t.Errorf("%s, %s", a.state(), b.state())
	}
	if _, err := w.server.IssueCertificate(t.Context(), a.issueRequest(a.order(domain.ScopeSelf, "m1"),
		w.kiosk)); codeOf(err) != issuingapi.CodeStateConflict {
		t.Errorf("got %v", err)
	}
}

func TestACancelThatComesFirstClosesTheDoor(t *testing.T) {
	w := newWorld(t)
	a := w.apply("hanako")
	s, err := w.server.Cancel(t.Context(), issuingapi.CancelRequest{
		RequestID: newRequest(), Binding: a.binding,
		Reason: "timeout",
	})
	if err != nil || s.State != issuingapi.StateCancelled {
		t.Errorf("%+v, %v", s, err)
	}
	if _, err := a.choose(t.Context()); codeOf(err) != issuingapi.CodeStateConflict {
		t.Errorf("got %v", err)
	}
}

func TestARefusalIsRepeated(t *testing.T) {
	a := newWorld(t).apply("moved")
	r := a.choicesRequest()
	for range 2 {
		if _, err := a.w.server.GetApplicantChoices(t.Context(), r); codeOf(err) != "MovedOut" {
			t.Errorf("got %v", err)
		}
	}
	if a.state() != issuingapi.StateRefused {
		t.Errorf("state %s", a.state())
	}
}
