package terminal

import (
	"bytes"
	"testing"
	"time"

	"github.com/kioskd/kioskd/internal/domain"
	"github.com/kioskd/kioskd/internal/signed"
	"github.com/kioskd/kioskd/internal/terminal/health"
	"github.com/kioskd/kioskd/internal/terminal/session"
)

// offering is a site that offers another certificate.
func offering(_ *rig, o *Options) { o.May = session.OfferAnother }

// toFinish pays for the certificate at the pay screen and takes it.
func (r *rig) toFinish() {
	r.t.Helper()
	r.at(session.Pay)
	r.insert(500)
	r.wait(20 * time.Second)
	r.at(session.TakePaper)
	r.touch(session.VerbTaken, "")
	r.at(session.Finish)
}

// again goes from the end of one certificate to the pay screen of the next.
func (r *rig) again() {
	r.t.Helper()
	r.touch(session.VerbAnother, "")
	r.at(session.PlaceAgain)
	r.place()
	r.at(session.RemoveCard)
	r.take()
	r.at(session.Holder)
	r.touch(session.VerbItIsMe, "")
	r.touch(session.VerbPickKind, string(domain.ResidentRecord))
	r.touch(session.VerbNext, "")
	r.touch(session.VerbNext, "")
	r.touch(session.VerbConfirm, "")
	r.wait(5 * time.Second)
}

func TestX11_ThreeCertificatesInOneVisit(t *testing.T) {
	withRig(t, func(r *rig) {
		r.toPay()
		r.toFinish()
		tries := r.reader.card.tries
		r.reader.card.tries = 1 // whoever verified a PIN would have to say so; nobody may
		for range domain.MaxApplications - 1 {
			if !r.view().CanAnother {
				t.Fatal("another is not offered")
			}
			r.again()
			r.toFinish()
		}
		if r.reader.card.tries != 1 {
			t.Error("a PIN was verified for another certificate")
		}
		r.reader.card.tries = tries
		if r.view().CanAnother {
			t.Error("a fourth is offered")
		}
		r.touch(session.VerbAnother, "")
		r.at(session.Finish)
		r.touch(session.VerbEnd, "")
		r.home()
		r.returned(900)
		r.books()
		if err := r.terminal.Outbox().All(r.t.Context()); err != nil {
			t.Fatal(err)
		}
		accounts := map[domain.ApplicationID]bool{}
		for _, msg := range r.center.done {
			d, _, err := signed.Open[signed.Done](msg, r.center.kiosk, time.Now(), signed.RoleKiosk)
			if err != nil || d.Outcome != domain.OutcomePrintedPaid || d.Revenue != 200 || len(d.Sheets) != 1 {
				t.Errorf("%+v, %v", d, err)
			}
			accounts[d.Application] = true
		}
		if len(accounts) != 3 || r.printer.jobs != 3 || r.center.request.Application.IsZero() {
			t.Errorf("%d accounts, %d jobs", len(accounts), r.printer.jobs)
		}
		after := r.center.another[1].After
		if !accounts[after] || after == r.center.another[0].After {
			t.Errorf("the third stands after %v", after)
		}
	}, paying, offering)
}

// TestX10_AnotherCardEndsTheVisit, whatever was printed before it: its holder sees nothing of the first one.
func TestX10_AnotherCardEndsTheVisit(t *testing.T) {
	withRig(t, func(r *rig) {
		r.toPay()
		r.toFinish()
		r.touch(session.VerbAnother, "")
		r.at(session.PlaceAgain)
		r.reader.card.der = append(bytes.Clone(r.reader.card.der[:len(r.reader.card.der)-1]), 0xFF)
		r.place()
		r.at(session.Refused)
		if v := r.view(); v.Refusal != domain.OtherCard || len(v.Kinds) != 0 || len(r.center.another) != 0 {
			t.Errorf("%+v, %d asked", v, len(r.center.another))
		}
		r.take()
		r.touch(session.VerbDone, "")
		r.home()
		r.returned(300)
		r.books()
		if r.center.cancelled != 0 {
			t.Error("an application that the centre never heard of was cancelled")
		}
	}, paying, offering)
}

func TestX11_D06_NothingOfTheFirstIsLeftWhenTheSecondBegins(t *testing.T) {
	withRig(t, func(r *rig) {
		r.toPay()
		first := r.terminal.held
		r.toFinish()
		wiped := r.panel.wiped
		if first.arena.Len() == 0 {
			t.Fatal("control: the first application held no page")
		}
		r.touch(session.VerbAnother, "")
		h := r.terminal.held
		if first.arena.Len() != 0 || first.pictures != nil || first.notes.order != nil || first.nonce != [32]byte{} {
			t.Error("the first application is still held")
		}
		if h.pages != nil || h.pictures != nil || h.notes.order != nil || h.notes.choices != nil || !h.hash.IsZero() ||
			!h.choicesHash.IsZero() || h.certificate != nil || h.signature != nil || h.catalogue.Version != "" {
			t.Errorf("the second begins with something of the first: %+v", h)
		}
		if h.certHash.IsZero() || h.textHash.IsZero() || h.notes.assertion == nil {
			t.Error("what the card proved is gone")
		}
		v := r.view()
		if v.Kinds != nil || v.Members != nil || v.Fee != 0 || v.SheetsTotal != 0 || v.Inserted != 0 || v.Returned != 0 ||
			!v.Holder.IsZero() || v.Municipality != nil || v.Lang != domain.English {
			t.Errorf("%+v", v)
		}
		if r.panel.wiped != wiped+1 {
			t.Error("the panel still has the texts of the first")
		}
		r.wait(5 * time.Minute) // nobody places a card
		r.home()
		r.books()
	}, paying, offering)
}

// TestX11_ChoicesOfTheFirstForTheSecondAreAStop: the kiosk's own part of the binding suite; sheet has the rest.
func TestX11_ChoicesOfTheFirstForTheSecondAreAStop(t *testing.T) {
	withRig(t, func(r *rig) {
		r.toPay()
		first := r.terminal.visit.Application
		r.toFinish()
		r.center.change = func(n *signed.Choices) { n.Application = first }
		r.touch(session.VerbAnother, "")
		r.place()
		r.at(session.Refused)
		if r.view().Refusal != domain.DocumentMismatch || !r.terminal.faults.Has(health.Stop) {
			t.Errorf("%+v", r.view())
		}
		if r.center.cancelled != 1 {
			t.Errorf("%d cancels at the centre", r.center.cancelled)
		}
	}, paying, offering)
}

// TestX11_WhereAnotherIsNotOffered: the site, the machine, the money, the time.
func TestX11_WhereAnotherIsNotOffered(t *testing.T) {
	for name, c := range map[string]struct {
		site   func(*rig, *Options)
		before func(*rig)
	}{
		"the site":     {func(*rig, *Options) {}, func(*rig) {}},
		"a fault":      {offering, func(r *rig) { r.terminal.faults.Raise(health.Center) }},
		"a doubt":      {offering, func(r *rig) { r.terminal.acts.Doubt() }},
		"money owed":   {offering, func(r *rig) { r.terminal.visit.Owed = 10 }},
		"too late":     {offering, func(r *rig) { r.shift(domain.NoteLife) }},
		"not all good": {offering, func(r *rig) { r.terminal.visit.Outcome = domain.OutcomePartPaid }},
	} {
		t.Run(name, func(t *testing.T) {
			withRig(t, func(r *rig) {
				r.toPay()
				r.insert(500)
				r.wait(20 * time.Second)
				r.at(session.TakePaper)
				c.before(r) // the loop waits
				r.touch(session.VerbTaken, "")
				r.at(session.Finish)
				if r.view().CanAnother {
					t.Error("another is offered")
				}
				r.touch(session.VerbAnother, "")
				r.at(session.Finish)
			}, paying, c.site)
		})
	}
}

// TestX11_TheAccountOfTheFirstGoesBeforeTheSecond: a centre that does not take it gets no second application.
func TestX11_TheAccountOfTheFirstGoesBeforeTheSecond(t *testing.T) {
	withRig(t, func(r *rig) {
		r.toPay()
		r.toFinish()
		r.center.hang = "done"
		r.touch(session.VerbAnother, "")
		r.place()
		r.at(session.ReadingAgain)
		r.wait(domain.ValidationBudget + 4*time.Second)
		r.at(session.Refused)
		if len(r.center.another) != 0 {
			t.Error("the second was opened before the centre had the account of the first")
		}
	}, paying, offering)
}
