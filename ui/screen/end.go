package screen

import (
	"github.com/kioskd/kioskd/internal/domain"
	"github.com/kioskd/kioskd/internal/terminal/session"
	"github.com/kioskd/kioskd/internal/terminal/session/alarm"
	"github.com/kioskd/kioskd/locales"
	"github.com/kioskd/kioskd/locales/msg"
	"github.com/kioskd/kioskd/ui/kit"
	"github.com/kioskd/kioskd/ui/node"
)

func takePaper(p page) kit.FrameSpec {
	f := kit.FrameSpec{
		Lead: p.lead(), LargeLead: true,
		Body:      []*node.Node{p.reminder(alarm.Paper), kit.Spring(), p.alarmed("print"), kit.Spring()},
		Primary:   p.button(msg.TakePaperDone(), session.VerbTaken),
		Secondary: p.button(msg.TakePaperWrong(), session.VerbWrong),
	}
	if p.SheetsTotal > 0 {
		f.Body = append(f.Body, p.Notice(kit.Info, "sheets", p.T(msg.TakePaperSheets(p.SheetsTotal))), kit.Spring())
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
		f.Title, f.Lead = p.T(msg.FinishOwed()), p.T(msg.FinishOwedLead())
		f.Body = append(f.Body, p.owed())
	case p.Outcome == domain.OutcomePartPaid:
		f = p.waiting("info")
		f.Title = p.T(msg.FinishPart())
		if p.Fee > 0 {
			f.Lead = p.T(msg.FinishPartLead())
		}
		back := p.amounts(amount{"returned", msg.StaffNeededReturned(), p.Returned})
		f.Body = append(f.Body, p.Facts(append([]kit.Fact{p.sheets()}, back...)))
	case p.Outcome == domain.OutcomeRefunded, p.Outcome == domain.OutcomeNothing:
		f.Title, f.Lead = p.T(msg.FinishEnded()), p.T(msg.FinishEndedLead())
		f.Body = append(f.Body, p.money())
	}
	f.Primary = p.button(msg.FinishEnd(), session.VerbEnd)
	if p.CanAnother {
		f.Secondary = p.button(msg.FinishAnother(), session.VerbAnother)
	}
	if p.CardOn {
		f.Body = append(f.Body, p.takeCard())
	}
	return f
}

// owed is what somebody who must come back needs: how much, under which number, and the code that only the resident is
// shown.
func (p page) owed(more ...kit.Fact) *node.Node {
	facts := []kit.Fact{
		{ID: "owed", Name: p.T(msg.StaffNeededOwed()), Value: p.Money(p.Owed), Strong: true}, p.number(),
	}
	if p.Claim != "" {
		code := p.Code(p.Claim).Private() // whoever hears it can have the money
		facts = append(facts, kit.Fact{ID: "claim", Name: p.T(msg.StaffNeededCode()), Value: code, Strong: true})
	}
	return p.Facts(append(facts, more...))
}

// number names the visit: by the slip where there is one, else by the first characters of the application.
func (p page) number() kit.Fact {
	if p.Slip != "" {
		return kit.Fact{ID: "slip", Name: p.T(msg.StaffNeededClaim()), Value: p.Verbatim(p.Slip), Strong: true}
	}
	return kit.Fact{ID: "number", Name: p.T(msg.CommonReception()), Value: p.Code(p.AppShort), Strong: true}
}

// amount is a sum under a name of the catalogue.
type amount struct {
	id   string
	name locales.Message
	yen  domain.Yen
}

// amounts gives a row to each sum that is not zero.
func (p page) amounts(all ...amount) []kit.Fact {
	var facts []kit.Fact
	for _, a := range all {
		if a.yen > 0 {
			facts = append(facts, kit.Fact{ID: a.id, Name: p.T(a.name), Value: p.Money(a.yen)})
		}
	}
	return facts
}

// places says where the coins of this visit are that have not come back.
func (p page) places() []kit.Fact {
	return p.amounts(amount{"escrow", msg.StaffNeededEscrow(), p.InEscrow}, amount{"kept", msg.StaffNeededKept(), p.Kept},
		amount{"unproved", msg.StaffNeededUnproved(), p.Unproved})
}

// sheets is how many of all are printed.
func (p page) sheets() kit.Fact {
	return kit.Fact{
		ID: "sheets", Name: p.T(msg.StaffNeededSheets()),
		Value: p.Number(p.SheetsDone).Then(" / ", p.Number(p.SheetsTotal)),
	}
}

func returning(p page) kit.FrameSpec {
	amount := p.Inserted
	if p.Returned > 0 {
		amount = p.Returned
	}
	return p.withAmount("toll", msg.ReturningAmount(), amount)
}

// giveBackCoins offers coins of a visit that was cut off to whoever stands here.
func giveBackCoins(p page) kit.FrameSpec {
	f := p.withAmount("toll", msg.GiveBackAmount(), p.Inserted)
	f.Primary = p.button(msg.GiveBackReclaim(), session.VerbReclaim)
	return f
}

// refused says one reason, one next step, and what became of the money, always (D-15).
func refused(p page) kit.FrameSpec {
	why, next := msg.Refusal(p.Refusal)
	f := kit.FrameSpec{
		Title: p.T(why), Lead: p.T(next), LargeLead: true, Body: []*node.Node{p.money()},
		Primary: p.button(msg.RefusedDone(), session.VerbDone),
	}
	if p.CanRegister {
		f.Secondary = p.button(msg.RefusedRegister(), session.VerbRegister)
	}
	if p.Owed > 0 { // money comes before all else that could be done
		f.Lead, f.Body[0] = p.T(msg.FinishOwedLead()), p.owed(p.places()...)
	}
	if p.CardOn {
		f.Body = append(f.Body, p.takeCard())
	}
	f.Body = append(f.Body, kit.Spring(), p.Hero("info"), kit.Spring())
	return p.withFaults(f)
}

// money says what became of it where nothing is owed.
func (p page) money() *node.Node {
	switch {
	case p.Returned > 0:
		return p.Notice(kit.Good, "money", p.T(msg.RefusedReturned(p.Returned)))
	case p.Following: // the certificate before it was paid for
		return p.Notice(kit.Info, "money", p.T(msg.RefusedNoMoreMoney()))
	}
	return p.Notice(kit.Info, "money", p.T(msg.RefusedNoMoney()))
}

// staffNeeded shows numbers to a clerk: money and sheets, never content (D-16).
func staffNeeded(p page) kit.FrameSpec {
	facts := []kit.Fact{}
	if p.Slip != "" || p.AppShort != "" {
		facts = append(facts, p.number())
	}
	sums := p.amounts(amount{"owed", msg.StaffNeededOwed(), p.Owed},
		amount{"inserted", msg.StaffNeededInserted(), p.Inserted}, amount{"returned", msg.StaffNeededReturned(), p.Returned})
	facts = append(append(facts, sums...), p.places()...)
	if p.SheetsTotal > 0 {
		facts = append(facts, p.sheets())
	}
	f := kit.FrameSpec{
		Lead: p.lead(), LargeLead: true,
		Body: []*node.Node{p.said(), kit.Spring(), p.Hero("support_agent"), kit.Spring()},
	}
	if len(facts) > 0 {
		f.Body = append(f.Body, p.Facts(facts))
	}
	if p.Ring.What == alarm.Found {
		f.Body[0] = p.reminder(alarm.Found)
	}
	f = p.withFaults(f)
	f.Body = append(f.Body, kit.Spring())
	return f
}

// slipWaits shows what is owed and its number to whoever comes, never the code.
func slipWaits(p page) kit.FrameSpec {
	f := kit.FrameSpec{
		Lead: p.lead(), LargeLead: true,
		Body:    []*node.Node{kit.Spring(), p.Hero("support_agent"), kit.Spring(), p.owed(), kit.Spring()},
		Primary: p.button(msg.SlipWaitsDone(), session.VerbDone),
	}
	return p.withFaults(f)
}

func wiping(p page) kit.FrameSpec { return p.waiting("hourglass_top") }
