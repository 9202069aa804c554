package screen

import (
	"strings"

	"github.com/kioskd/kioskd/internal/domain"
	"github.com/kioskd/kioskd/internal/terminal/session"
	"github.com/kioskd/kioskd/internal/terminal/session/alarm"
	"github.com/kioskd/kioskd/locales"
	"github.com/kioskd/kioskd/locales/msg"
	"github.com/kioskd/kioskd/ui/kit"
	"github.com/kioskd/kioskd/ui/node"
)

// attract says what can be had here and what one needs for it, and asks for a touch in every language.
func attract(p page) kit.FrameSpec {
	needs := p.Panelled(36,
		p.need("badge", msg.AttractNeedCard()), p.need("toll", msg.AttractNeedCoins()),
		p.need("schedule", msg.AttractNeedTime()))
	start := &kit.ButtonSpec{
		ID: "start", Label: p.T(msg.AttractStart()), Icon: "touch_app", Disabled: p.CardLeft,
		Action: node.Action{Verb: session.VerbBegin}, Wide: true, Height: 320,
	}
	body := []*node.Node{kit.Spring(), p.Hero("contactless"), kit.Spring(), needs, kit.Spring()}
	if p.CardLeft { // nobody can begin before the card of the last visit is gone (X-12, D-18)
		card := p.takeCard()
		if p.Ring.Rings() {
			card = kit.Reserve(p.reminder(alarm.Found), card)
		}
		body = append([]*node.Node{card}, body...)
	}
	return kit.FrameSpec{Lead: p.lead(), LargeLead: true, Body: body, Primary: start, Foot: p.greetings()}
}

// takeCard asks for a card that lies on the reader and is not needed any more.
func (p page) takeCard() *node.Node {
	quiet := p.Notice(kit.Warn, "card", p.T(msg.RemoveCardTitle()))
	if p.Ring.What != alarm.Card || !p.Ring.Rings() {
		return kit.Reserve(quiet, p.reminder(alarm.Card))
	}
	return kit.Reserve(p.reminder(alarm.Card), quiet)
}

func (p page) need(icon string, text locales.Message) *node.Node {
	return p.Row(40, p.Icon(icon, 100, node.Primary), kit.Grow(p.Text(kit.Large, node.Ink, p.T(text))))
}

// greetings is one short line in each of the six other languages.
func (p page) greetings() *node.Node {
	grid := &node.Node{Style: node.Style{
		Dir: node.Grid, Columns: 2, Gap: p.MM(16), Pad: node.Edges{Right: p.MM(90), Bottom: p.MM(70), Left: p.MM(90)},
	}}
	for _, lang := range domain.Langs {
		if lang == p.Texts.Lang() {
			continue
		}
		k := p.set.kit(lang)
		line := kit.Centered(k.Text(kit.Body, node.InkSoft, k.T(msg.AttractTouch())))
		line.ID = "touch." + string(lang)
		grid.Children = append(grid.Children, line)
	}
	return grid
}

// waiting is a screen that only says what is happening.
func (p page) waiting(icon string) kit.FrameSpec {
	return kit.FrameSpec{Lead: p.lead(), LargeLead: true, Body: []*node.Node{p.Hero(icon)}, Centered: true}
}

func closed(p page) kit.FrameSpec { return p.waiting("schedule") }

func outOfService(p page) kit.FrameSpec { return p.withFaults(p.waiting("block")) }

// shownFaults bounds what is spelled out; the codes of all stand below.
const shownFaults = 2

// withFaults adds what stands against service and what staff do first, with the codes in small print.
func (p page) withFaults(f kit.FrameSpec) kit.FrameSpec {
	if len(p.Faults) == 0 {
		return f
	}
	var codes []string
	panel := p.Panelled(24)
	for n, fault := range p.Faults {
		codes = append(codes, fault.String())
		what, first, ok := msg.Fault(fault)
		if !ok || n >= shownFaults {
			continue
		}
		name := p.Text(kit.Label, node.Ink, p.T(what))
		name.ID = "fault_" + fault.String()
		panel.Children = append(panel.Children, name, p.Text(kit.Caption, node.InkSoft, p.T(first)))
	}
	small := p.Text(kit.Small, node.InkSoft, p.T(msg.CommonStaffCode()).Then("  ", p.Verbatim(strings.Join(codes, " "))))
	small.ID = "staff_code"
	panel.Children = append(panel.Children, small)
	f.Body = append(f.Body, panel)
	return f
}
