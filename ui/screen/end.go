package screen

import (
	"github.com/kioskd/kioskd/internal/domain"
	"github.com/kioskd/kioskd/internal/terminal/session"
	"github.com/kioskd/kioskd/ui/kit"
	"github.com/kioskd/kioskd/ui/node"
)

func takePaper(p page) kit.FrameSpec {
	f := kit.FrameSpec{
		Lead: p.lead(), Body: []*node.Node{kit.Spring(), p.Hero("print"), kit.Spring()},
		Primary: p.button("take_paper.done", session.VerbTaken), Secondary: p.button("take_paper.wrong", session.VerbNotMine),
	}
	if p.SheetsTotal > 0 {
		f.Body = append(f.Body, p.Notice(kit.Info, "sheets", p.N("take_paper.sheets", p.SheetsTotal)), kit.Spring())
	}
	return f
}

func finish(p page) kit.FrameSpec {
	f := p.waiting("check_circle")
	f.Primary = p.button("finish.end", session.VerbEnd)
	if p.Owed > 0 {
		f.Body = append(f.Body, p.money())
	}
	if p.CardOn {
		f.Body = append(f.Body, p.takeCard())
	}
	return f
}

func returning(p page) kit.FrameSpec {
	amount := p.Inserted
	if p.Returned > 0 {
		amount = p.Returned
	}
	return p.withAmount("toll", "returning.amount", amount)
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
		Title: title, Lead: p.T(next), Body: []*node.Node{p.money()},
		Primary: p.button("refused.done", session.VerbDone),
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

// money says what became of it.
func (p page) money() *node.Node {
	switch {
	case p.Owed > 0:
		return p.Notice(kit.Bad, "money", p.T("refused.owed", p.amountArgs(p.Owed)))
	case p.Returned > 0:
		return p.Notice(kit.Good, "money", p.T("refused.returned", p.amountArgs(p.Returned)))
	}
	return p.Notice(kit.Info, "money", p.T("refused.no_money"))
}

// staffNeeded shows numbers to a clerk: money and sheets, never content (D-16).
func staffNeeded(p page) kit.FrameSpec {
	facts := []kit.Fact{}
	add := func(id, name, value string) {
		facts = append(facts, kit.Fact{ID: id, Name: p.T(name), Value: value})
	}
	if p.Owed > 0 {
		add("owed", "staff_needed.owed", p.Money(p.Owed))
	}
	if p.Claim != "" {
		add("claim", "staff_needed.claim", p.Claim)
	}
	if p.Inserted > 0 {
		add("inserted", "staff_needed.inserted", p.Money(p.Inserted))
	}
	if p.SheetsTotal > 0 {
		add("sheets", "staff_needed.sheets", p.Texts.Number(int64(p.SheetsDone))+" / "+p.Texts.Number(int64(p.SheetsTotal)))
	}
	f := kit.FrameSpec{Lead: p.lead(), Body: []*node.Node{kit.Spring(), p.Hero("support_agent"), kit.Spring()}}
	if len(facts) > 0 {
		f.Body = append(f.Body, p.Facts(facts))
	}
	if p.Fault != "" {
		f.Body = append(f.Body, p.staffCode())
	}
	f.Body = append(f.Body, kit.Spring())
	return f
}

func wiping(p page) kit.FrameSpec { return p.waiting("hourglass_top") }
