package screen

import (
	"github.com/kioskd/kioskd/internal/domain"
	"github.com/kioskd/kioskd/internal/terminal/session"
	"github.com/kioskd/kioskd/ui/kit"
	"github.com/kioskd/kioskd/ui/node"
)

func takePaper(p page) kit.FrameSpec {
	f := kit.FrameSpec{
		Lead: p.lead(), LargeLead: true, Body: []*node.Node{kit.Spring(), p.Hero("print"), kit.Spring()},
		Primary: p.button("take_paper.done", session.VerbTaken), Secondary: p.button("take_paper.wrong", session.VerbNotMine),
	}
	if p.SheetsTotal > 0 {
		f.Body = append(f.Body, p.Notice(kit.Info, "sheets", p.N("take_paper.sheets", p.SheetsTotal)), kit.Spring())
	}
	if p.Owed > 0 {
		f.Body = append(f.Body, p.owed())
	}
	return f
}

// finish says how the visit ended: only one that printed everything is thanked for.
func finish(p page) kit.FrameSpec {
	f := p.waiting("check_circle")
	switch {
	case p.Owed > 0:
		f = p.waiting("support_agent")
		f.Title, f.Lead = p.T("finish.owed"), p.T("finish.owed_lead")
		f.Body = append(f.Body, p.owed())
	case p.Outcome == domain.OutcomePartPaid:
		f = p.waiting("info")
		f.Title = p.T("finish.part")
		if p.Fee > 0 {
			f.Lead = p.T("finish.part_lead")
		}
		f.Body = append(f.Body, p.Facts([]kit.Fact{p.sheets()}))
	case p.Outcome == domain.OutcomeRefunded, p.Outcome == domain.OutcomeNothing:
		f.Title, f.Lead = p.T("finish.ended"), p.T("finish.ended_lead")
		f.Body = append(f.Body, p.money())
	}
	f.Primary = p.button("finish.end", session.VerbEnd)
	if p.CardOn {
		f.Body = append(f.Body, p.takeCard())
	}
	return f
}

// owed is what somebody who must come back needs: how much, and under which number.
func (p page) owed() *node.Node {
	return p.Facts([]kit.Fact{
		{ID: "owed", Name: p.T("staff_needed.owed"), Value: p.Money(p.Owed), Strong: true}, p.number(),
	})
}

// number names the visit: by the claim where there is one, else by the first characters of the application.
func (p page) number() kit.Fact {
	if p.Claim != "" {
		return kit.Fact{ID: "claim", Name: p.T("staff_needed.claim"), Value: kit.Spaced(p.Claim), Strong: true}
	}
	return kit.Fact{ID: "number", Name: p.T("common.reception"), Value: kit.Spaced(p.AppShort), Strong: true}
}

// sheets is how many of all are printed.
func (p page) sheets() kit.Fact {
	return kit.Fact{
		ID: "sheets", Name: p.T("staff_needed.sheets"),
		Value: p.Texts.Number(int64(p.SheetsDone)) + " / " + p.Texts.Number(int64(p.SheetsTotal)),
	}
}

func returning(p page) kit.FrameSpec {
	amount := p.Inserted
	if p.Returned > 0 {
		amount = p.Returned
	}
	return p.withAmount("toll", "returning.amount", amount)
}

// giveBackCoins offers coins of a visit that was cut off to whoever stands here.
func giveBackCoins(p page) kit.FrameSpec {
	f := p.withAmount("toll", "give_back.amount", p.Inserted)
	f.Primary = p.button("give_back.reclaim", session.VerbReclaim)
	return f
}

// nextSteps is the one thing to do after each refusal (domain §6). A reason that is not listed leads to the counter.
var nextSteps = map[domain.RefusalReason]string{
	domain.NotMyNumberCard: "next.card", domain.JukiCardEnded: "next.card", domain.PhoneUnsupported: "next.card",
	domain.CertExpired: "next.renew", domain.PINBlocked: "next.reset", domain.NotYetUsable: "next.tomorrow",
	domain.CertNotYetValid: "next.tomorrow", domain.MovedOut: "next.new_town", domain.OutOfHours: "next.hours",
	domain.Maintenance: "next.later", domain.ServerStale: "next.later", domain.CenterUnreachable: "next.later",
	domain.ServerUnreachable: "next.later", domain.ValidationUnreach: "next.later",
	domain.CardUnreadable: "next.retry", domain.CardRemovedTooEarly: "next.retry", domain.CardBusy: "next.retry",
	domain.DeadlinePassed: "next.retry", domain.Superseded: "next.retry",
	domain.ChangeUnavailable: "next.exact", domain.EscrowFull: "next.exact",
	domain.PrinterNotReady: "next.staff", domain.CoinsNotReady: "next.staff", domain.DocumentMismatch: "next.counter",
}

// refused says one reason, one next step, and what became of the money, always (D-15).
func refused(p page) kit.FrameSpec {
	next, ok := nextSteps[p.Refusal]
	if !ok {
		next = "next.counter"
	}
	title := p.T("refused.reason")
	if p.Refusal != domain.NoRefusal {
		title = p.T("refusal." + p.Refusal.Code())
	}
	f := kit.FrameSpec{
		Title: title, Lead: p.T(next), LargeLead: true, Body: []*node.Node{p.money()},
		Primary: p.button("refused.done", session.VerbDone),
	}
	if p.CanRegister {
		f.Secondary = p.button("refused.register", session.VerbRegister)
	}
	if p.Owed > 0 { // money comes before all else that could be done
		f.Lead, f.Body[0] = p.T("finish.owed_lead"), p.owed()
	}
	if p.CardOn {
		f.Body = append(f.Body, p.takeCard())
	}
	f.Body = append(f.Body, kit.Spring(), p.Hero("info"), kit.Spring())
	if p.Fault != "" {
		f.Body = append(f.Body, p.staffCode())
	}
	return f
}

// money says what became of it where nothing is owed.
func (p page) money() *node.Node {
	switch {
	case p.Returned > 0:
		return p.Notice(kit.Good, "money", p.T("refused.returned", p.amountArgs(p.Returned)))
	}
	return p.Notice(kit.Info, "money", p.T("refused.no_money"))
}

// staffNeeded shows numbers to a clerk: money and sheets, never content (D-16).
func staffNeeded(p page) kit.FrameSpec {
	facts := []kit.Fact{}
	if p.Claim != "" || p.AppShort != "" {
		facts = append(facts, p.number())
	}
	add := func(id, name string, y domain.Yen) {
		if y > 0 {
			facts = append(facts, kit.Fact{ID: id, Name: p.T(name), Value: p.Money(y)})
		}
	}
	add("owed", "staff_needed.owed", p.Owed)
	add("inserted", "staff_needed.inserted", p.Inserted)
	add("returned", "staff_needed.returned", p.Returned)
	if p.SheetsTotal > 0 {
		facts = append(facts, p.sheets())
	}
	f := kit.FrameSpec{
		Lead: p.lead(), LargeLead: true,
		Body: []*node.Node{kit.Spring(), p.Hero("support_agent"), kit.Spring(), p.Facts(facts)},
	}
	if p.Fault != "" {
		f.Body = append(f.Body, p.staffCode())
	}
	f.Body = append(f.Body, kit.Spring())
	return f
}

func wiping(p page) kit.FrameSpec { return p.waiting("hourglass_top") }
