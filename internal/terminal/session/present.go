package session

import "github.com/kioskd/kioskd/internal/domain"

// appShort is how many characters of the application id a screen shows.
const appShort = 8

// View gives what the screen may know. terminal joins the municipality's texts to it.
func (v Visit) View() View {
	info := states[v.State]
	w := View{
		State: v.State, Screen: info.screen, Lang: v.Lang, Step: info.step,
		CanBack: leads(v.State, Back), CanCancel: info.cancel, Countdown: v.Countdown, Overlay: v.Overlay, Aids: v.Aids,
		Tries: v.Tries, PINCount: v.PINCount, WrongPIN: v.WrongPIN, Signed: v.IsSigned, CardGone: v.CardGone,
		CardOn: v.CardOn, CardLeft: v.CardLeft, Refusal: v.Refusal, CanRegister: v.canRegister(),
		Following: v.Before > 0, CanAnother: v.State == Finish && v.canAnother(),
		Copies: v.Copies, Fee: v.Fee, Accepting: v.SlotOpen, ExactOnly: v.ExactOnly,
		Inserted: v.In.Total(), Missing: v.Missing(), Change: max(0, v.Due), Owed: v.Owed,
		Returned: v.Back.Total() + v.PaidOut.Total(),
		InEscrow: v.Escrow.Total(), Kept: v.Kept.Total(), Unproved: v.Lost.Total(),
		SheetsDone: v.CopiesGood * v.perCopy(), SheetsTotal: v.Sheets, Outcome: v.Outcome, Said: v.Said,
	}
	if w.Lang == "" {
		w.Lang = domain.Japanese
	}
	if info.phase >= PhasePay || info.phase == PhaseRegister {
		w.AppShort = v.Application.String()[:appShort]
	}
	v.viewOffer(&w)
	return w
}

// canRegister: what was refused needs a registration, and this site takes it.
func (v Visit) canRegister() bool {
	return v.Refusal == domain.HonsekiNotRegistered && v.May&OfferRegister != 0
}

// canAnother: the last certificate is on paper and paid for to the last yen, and what the card proved lives long enough
// for the slowest rest of a visit.
func (v Visit) canAnother() bool {
	settled := v.Outcome == domain.OutcomePrintedPaid && v.Owed == 0 && v.Escrow.IsZero() && v.Lost.IsZero()
	return settled && v.May&OfferAnother != 0 && v.Before+1 < domain.MaxApplications && v.Left >= v.anotherTime()
}

func (v Visit) perCopy() int {
	if v.Copies == 0 {
		return 0
	}
	return v.Sheets / v.Copies
}

// leads reports whether a touch leads to another screen from here.
func leads(s State, k Kind) bool {
	for _, b := range rows[s][k] {
		if b.next != same {
			return true
		}
	}
	return false
}

func (v Visit) viewOffer(w *View) {
	if v.Offer == nil {
		return
	}
	w.Holder, w.Kinds, w.Members = v.Offer.Holder, v.Offer.KindViews(), v.Offer.MemberViews(v.Members)
	o, ok := v.offer()
	if !ok || v.Copies == 0 {
		return
	}
	w.Kind, w.MaxCopies, w.UnitFee = w.Kinds[v.Kind], o.MaxCopies, o.UnitFee
	w.Fee, w.Options = o.UnitFee*domain.Yen(v.Copies), o.OptionViews(v.Options)
}

// Order gives what the resident chose; ok is false before a kind is chosen.
func (v Visit) Order() (Order, bool) {
	k, ok := v.offer()
	if !ok || v.Copies == 0 {
		return Order{}, false
	}
	return k.Order(v.Offer.Members, v.Options, v.Members, v.Copies), true
}
