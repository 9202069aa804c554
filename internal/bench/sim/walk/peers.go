package walk

import (
	"time"

	"github.com/kioskd/kioskd/internal/domain"
	"github.com/kioskd/kioskd/internal/terminal/session"
)

// offer is what the municipality of the walk offers: something that is paid for, something free, something refused.
var offer = &session.Offer{
	Kinds: []session.KindOffer{
		{
			Kind: domain.ResidentRecord, UnitFee: 200, MaxCopies: 5,
			Options: []session.OptionOffer{{
				Code: domain.OptionScope, Values: []domain.OptionValue{domain.ScopeWhole, domain.ScopePart, domain.ScopeSelf},
			}},
		},
		{Kind: domain.SealRegistration, UnitFee: 0, MaxCopies: 2},
		{Kind: "IncomeTax", UnitFee: 350, MaxCopies: 9},
		{Kind: "FamilyRegister", UnitFee: 450, MaxCopies: 1, Refusal: domain.ServerUnreachable},
	},
	Members: []session.MemberOffer{{Ref: "m1"}, {Ref: "m2"}},
}

// budgets of what the peers and the card are asked, as terminal has them.
var budgets = [...]Time{
	session.Identify: 15 * second, session.GetChallenge: 10 * second, session.Sign: 20 * second,
	session.Authenticate: 13 * second, session.FetchChoices: 15 * second, session.RequestIssue: 40 * second,
	session.Compare: 15 * second, session.Reapply: 13 * second,
	session.CheckPages: 30 * second, session.RegisterDomicile: 10 * second,
}

// askPeer lets card or centre answer after a while.
func (w *World) askPeer(r *request) {
	e := w.peerSays(r)
	takes := w.between(20, 3*second)
	if w.strikes(CenterSlow, 16) {
		takes = w.between(3*second, 70*second)
	}
	if limit := budgets[r.kind]; takes > limit { // the request ends with its budget
		takes, e = limit, w.peerFails(r, domain.CenterUnreachable)
	}
	w.soon(takes, func() {
		if r.dropped && w.rnd.IntN(2) == 0 {
			e = w.peerFails(r, domain.CenterUnreachable)
		}
		w.answer(r, e)
	})
}

func (w *World) peerFails(r *request, why domain.RefusalReason) session.Event {
	switch r.kind {
	case session.Identify, session.Compare:
		return session.Event{Kind: session.CardRefused, Reason: domain.CardUnreadable}
	case session.CheckPages:
		return session.Event{Kind: session.CheckFailed, Reason: domain.DocumentUnreadable}
	default:
		return session.Event{Kind: session.CenterFailed, Reason: why}
	}
}

// peerSays is the answer: mostly the good one.
func (w *World) peerSays(r *request) session.Event {
	ofCard := r.kind == session.Compare || r.kind <= session.Sign && r.kind != session.GetChallenge
	switch {
	case ofCard && w.strikes(CardBad, 12):
		return session.Event{Kind: session.CardRefused, Reason: domain.CardUnreadable}
	case w.strikes(CenterDown, 16):
		return w.peerFails(r, domain.CenterUnreachable)
	case w.strikes(CenterRefuse, 16):
		why := domain.ServerUnreachable
		if r.kind == session.FetchChoices {
			why = domain.HonsekiNotRegistered
		}
		return w.peerFails(r, why)
	case r.kind >= session.Authenticate && w.strikes(CenterMixed, 30):
		return w.peerFails(r, domain.DocumentMismatch)
	}
	switch r.kind {
	case session.Identify:
		return session.Event{Kind: session.Identified, N: w.person.tries}
	case session.GetChallenge:
		return session.Event{Kind: session.ChallengeHeld}
	case session.Sign:
		if w.person.tries > 0 && w.strikes(WrongDigits, 4) {
			w.person.tries--
			return session.Event{Kind: session.WrongPIN, N: w.person.tries}
		}
		w.person.tries = 3
		return session.Event{Kind: session.Signed}
	case session.Authenticate, session.Reapply:
		return session.Event{Kind: session.AssertionHeld}
	case session.Compare:
		if w.strikes(CardOther, 4) {
			return session.Event{Kind: session.OtherCard}
		}
		return session.Event{Kind: session.SameCard}
	case session.FetchChoices:
		return session.Event{Kind: session.ChoicesHeld, Offer: offer}
	case session.RegisterDomicile:
		return session.Event{Kind: session.DomicileRegistered}
	case session.RequestIssue:
		return session.Event{Kind: session.DocumentHeld, N: w.v.Copies * (1 + w.rnd.IntN(2))}
	default:
		left := int(domain.NoteLife / time.Second)
		if w.strikes(CenterSlow, 20) {
			left = w.rnd.IntN(left)
		}
		return session.Event{Kind: session.Checked, N: left}
	}
}
