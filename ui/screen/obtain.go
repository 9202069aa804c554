package screen

import (
	"github.com/kioskd/kioskd/internal/domain"
	"github.com/kioskd/kioskd/locales"
	"github.com/kioskd/kioskd/locales/msg"
	"github.com/kioskd/kioskd/ui/kit"
	"github.com/kioskd/kioskd/ui/node"
)

// phases lists the parts of obtaining a certificate; now is the one under way. At ¥0 there is none about paying.
func (p page) phases(now locales.Message) *node.Node {
	order := []locales.Message{
		msg.ProgressRequest(), msg.ProgressPrepare(), msg.ProgressCheck(), msg.ProgressPay(), msg.ProgressPrint(),
	}
	if p.Fee == 0 {
		order = append(order[:3:3], order[4])
	}
	list, done := []kit.Phase{}, true
	for _, phase := range order {
		current := phase.ID() == now.ID()
		done = done && !current
		if current && phase.ID() == msg.ProgressPrint().ID() && p.SheetsTotal > 0 {
			phase = msg.ProgressSheet(p.SheetsTotal, p.sheet())
		}
		list = append(list, kit.Phase{Text: p.T(phase), Done: done, Now: current})
	}
	return p.Progress(list)
}

// sheet is the number of the sheet under way.
func (p page) sheet() int { return min(p.SheetsDone+1, p.SheetsTotal) }

// working is a screen with the list of phases.
func (p page) working(icon string, now locales.Message) kit.FrameSpec {
	return kit.FrameSpec{
		Lead: p.lead(), LargeLead: true,
		Body: []*node.Node{kit.Spring(), p.Hero(icon), kit.Spring(), p.phases(now), kit.Spring()},
	}
}

func requesting(p page) kit.FrameSpec { return p.working("description", msg.ProgressPrepare()) }

func checking(p page) kit.FrameSpec { return p.working("fact_check", msg.ProgressCheck()) }

// pay shows the price, what is in and what is missing; whether change can be given is said before a coin is taken, and
// what becomes of a coin that the machine does not take.
func pay(p page) kit.FrameSpec {
	panel := p.Panelled(0, p.Sum("price", p.T(msg.PayPrice()), p.Money(p.Fee)), p.Rule(),
		p.Sum("inserted", p.T(msg.PayInserted()), p.Money(p.Inserted)), p.Rule(),
		p.missing())
	for _, row := range panel.Children {
		if row.ID != "" {
			row.Style.Pad = node.Sides(p.MM(30), 0)
		}
	}
	f := kit.FrameSpec{Lead: p.T(msg.PayCoins()).Then(sentenceBreak, p.T(msg.PayOthers())), Body: []*node.Node{panel}}
	wait := p.Notice(kit.Warn, "coins", p.T(msg.PayWait()))
	exact := p.Notice(kit.Warn, "coins", p.T(msg.PayExact()).Then(sentenceBreak, p.T(msg.PaySafe())))
	notice := p.Notice(kit.Good, "coins", p.T(msg.PaySafe()))
	switch {
	case !p.Accepting:
		f.Title = p.T(msg.PayOpening())
		notice, wait = wait, notice
	case p.ExactOnly:
		notice, exact = exact, notice
	}
	f.Body = append(f.Body, kit.Reserve(notice, wait, exact), kit.Spring(), p.Hero("toll"), kit.Spring())
	return f
}

func (p page) missing() *node.Node {
	n := p.Sum("missing", p.T(msg.PayMissing()), p.Money(max(p.Missing, 0)))
	for _, c := range n.Children {
		c.Style.Ink = node.Primary
	}
	return n
}

func settling(p page) kit.FrameSpec { return p.waiting("savings") }

func printing(p page) kit.FrameSpec { return p.working("print", msg.ProgressPrint()) }

// withAmount is a waiting screen with the amount that it is about.
func (p page) withAmount(icon string, name locales.Message, y domain.Yen) kit.FrameSpec {
	f := kit.FrameSpec{
		Lead: p.lead(), LargeLead: true, Body: []*node.Node{kit.Spring(), p.Hero(icon), kit.Spring()},
	}
	if y > 0 {
		f.Body = append(f.Body, p.Panelled(0, p.Sum("amount", p.T(name), p.Money(y))), kit.Spring())
	}
	return f
}

func givingChange(p page) kit.FrameSpec {
	return p.withAmount("toll", msg.GivingChangeAmount(), p.Change)
}
