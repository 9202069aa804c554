package screen

import (
	"github.com/kioskd/kioskd/internal/domain"
	"github.com/kioskd/kioskd/internal/terminal/session"
	"github.com/kioskd/kioskd/locales"
	"github.com/kioskd/kioskd/locales/msg"
	"github.com/kioskd/kioskd/ui/kit"
	"github.com/kioskd/kioskd/ui/node"
)

// kindIcons gives known kinds a symbol of their own; all others share one. Kinds are data (D-17).
var kindIcons = map[domain.Kind]string{domain.ResidentRecord: "group", domain.SealRegistration: "approval"}

func kindIcon(k domain.Kind) string {
	if icon, ok := kindIcons[k]; ok {
		return icon
	}
	return "description"
}

func selectCertificate(p page) kit.FrameSpec {
	f := kit.FrameSpec{}
	for _, kind := range p.Kinds {
		f.Body = append(f.Body, p.kindCard(kind))
	}
	return f
}

// kindCard is one kind; one that cannot be had now says why.
func (p page) kindCard(kind session.KindView) *node.Node {
	c := kit.CardSpec{
		ID: "kind_" + string(kind.Kind), Icon: kindIcon(kind.Kind),
		Action: node.Action{Verb: session.VerbPickKind, Arg: string(kind.Kind)},
		Trail:  p.price(kind.Fee), Disabled: kind.Refusal != domain.NoRefusal,
	}
	c.Name, c.Detail = p.in(kind.Label), p.in(kind.Help)
	if c.Disabled {
		why, _ := msg.Refusal(kind.Refusal)
		c.Detail, c.Trail = p.T(why), kit.Words{}
	}
	return p.Card(c)
}

// price is an amount, or the word for nothing to pay.
func (p page) price(y domain.Yen) kit.Words {
	if y == 0 {
		return p.T(msg.CommonFree())
	}
	return p.Money(y)
}

// selectDetails lists the options of the kind: one that is only on or off as one box, all others as a choice of one.
func selectDetails(p page) kit.FrameSpec {
	f := kit.FrameSpec{Lead: p.lead(), Primary: p.forward(msg.CommonNext(), session.VerbNext)}
	items := []*node.Node{}
	for _, o := range p.Options {
		if box := p.onOff(o); box != nil {
			items = append(items, box)
			continue
		}
		f.Body = append(f.Body, p.Text(kit.Label, node.InkSoft, p.in(o.Label)))
		for i, c := range o.Choices {
			f.Body = append(f.Body, p.choice(o, c, i == o.Chosen))
		}
	}
	if len(items) > 0 {
		f.Body = append(f.Body, p.Text(kit.Label, node.InkSoft, p.T(msg.SelectDetailsItems())))
		f.Body = append(f.Body, items...)
	}
	return f
}

func optionAction(o domain.OptionCode, v domain.OptionValue) node.Action {
	return node.Action{Verb: session.VerbPickOption, Arg: string(o) + "=" + string(v)}
}

// onOff is the box of an option whose values are true and false; nil for any other. A touch asks for the other value.
func (p page) onOff(o session.OptionView) *node.Node {
	if len(o.Choices) != 2 || o.Chosen > 1 {
		return nil
	}
	for _, c := range o.Choices {
		if c.Value != domain.OptionYes && c.Value != domain.OptionNo {
			return nil
		}
	}
	on := o.Choices[o.Chosen].Value == domain.OptionYes
	c := kit.CardSpec{
		ID: "option_" + string(o.Code), Choice: node.RoleCheck, Selected: on, Compact: true,
		Action: optionAction(o.Code, o.Choices[1-o.Chosen].Value), Trail: p.T(msg.SelectDetailsHidden()),
	}
	if on {
		c.Trail = p.T(msg.SelectDetailsShown())
	}
	c.Name = p.in(o.Label)
	return p.Card(c)
}

func (p page) choice(o session.OptionView, c session.ChoiceView, chosen bool) *node.Node {
	spec := kit.CardSpec{
		ID: "option_" + string(o.Code) + "_" + string(c.Value), Choice: node.RoleRadio, Selected: chosen, Compact: true,
		Action: optionAction(o.Code, c.Value),
	}
	spec.Name = p.in(c.Label)
	return p.Card(spec)
}

// Households up to these sizes fit in one and in two columns.
const (
	oneColumn  = 6
	twoColumns = 14
)

// selectMembers shows each person by the municipality's picture.
func selectMembers(p page) kit.FrameSpec {
	columns := 1
	switch n := len(p.Members); {
	case p.Large():
	case n > twoColumns:
		columns = 3
	case n > oneColumn:
		columns = 2
	}
	list, somebody := p.Column(30), false
	list.Splits = true
	for i, m := range p.Members {
		somebody = somebody || m.Chosen
		n := p.Card(kit.CardSpec{
			ID: "member_" + m.Ref, Picture: m.Picture.String(), Choice: node.RoleCheck, Selected: m.Chosen, Compact: true,
			Action: node.Action{Verb: session.VerbMember, Arg: m.Ref}, Speak: p.T(msg.SelectMembersMember()),
		})
		if columns == 3 {
			n.Style.MinHeight, n.Style.Gap, n.Style.Pad = p.MM(135), p.MM(16), node.Sides(p.MM(10), p.MM(16))
		}
		if i%columns == 0 {
			list.Children = append(list.Children, &node.Node{Style: node.Style{
				Dir: node.Grid, Columns: columns, Gap: p.MM(30),
			}})
		}
		row := list.Children[len(list.Children)-1]
		row.Children = append(row.Children, n)
	}
	next := p.forward(msg.CommonNext(), session.VerbNext)
	next.Disabled = !somebody
	return kit.FrameSpec{Body: []*node.Node{list}, Primary: next}
}

func copies(p page) kit.FrameSpec {
	number := kit.Centered(p.Text(kit.Display, node.Ink, p.T(msg.CopiesNumber(p.Copies))))
	number.ID, number.Role, number.Style.MaxLines = "copies", node.RoleStatus, 1
	number.Style.Font.Size = p.MM(130)
	row := p.Row(40, p.stepper("remove", msg.CopiesFewer(), session.VerbFewer, p.Copies <= 1),
		kit.Grow(number), p.stepper("add", msg.CopiesMore(), session.VerbMore, p.Copies >= p.MaxCopies))
	panel := p.Panelled(40, row)
	panel.Style.Pad = node.Sides(p.MM(70), p.MM(60))
	return kit.FrameSpec{
		Lead: p.T(msg.CopiesMax(p.MaxCopies)),
		Body: []*node.Node{panel, p.Facts([]kit.Fact{
			{ID: "unit", Name: p.T(msg.CopiesUnit()), Value: p.price(p.UnitFee)},
			{ID: "total", Name: p.T(msg.CopiesTotal()), Value: p.price(p.Fee), Strong: true},
		})},
		Primary: p.forward(msg.CommonNext(), session.VerbNext),
	}
}

// stepper is a square button with one symbol.
func (p page) stepper(icon string, name locales.Message, verb string, disabled bool) *node.Node {
	n := p.Button(kit.ButtonSpec{
		ID: verb, Icon: icon, Action: node.Action{Verb: verb}, Disabled: disabled, Speak: p.T(name),
	})
	n.Children = n.Children[:1]
	n.Children[0].Style.Font.Size = p.MM(120)
	n.Style.Width, n.Style.Height, n.Style.Pad = p.MM(240), p.MM(240), node.Edges{}
	return n
}

// confirm repeats everything that was chosen, with the price, before anything is asked of the municipality.
func confirm(p page) kit.FrameSpec {
	facts := []kit.Fact{{ID: "kind", Name: p.T(msg.ConfirmKind()), Value: p.in(p.Kind.Label)}}
	if chosen := p.chosenMembers(); len(chosen) > 0 {
		people := p.T(msg.ConfirmMembers(len(chosen)))
		facts = append(facts, kit.Fact{ID: "people", Name: p.T(msg.ConfirmPeople()), Value: people})
	}
	if items := p.items(); !items.None() {
		facts = append(facts, kit.Fact{ID: "items", Name: p.T(msg.ConfirmItems()), Value: items})
	}
	facts = append(facts,
		kit.Fact{ID: "copies", Name: p.T(msg.ConfirmCopies()), Value: p.T(msg.CopiesNumber(p.Copies))},
		kit.Fact{ID: "unit", Name: p.T(msg.ConfirmUnit()), Value: p.price(p.UnitFee)},
		kit.Fact{ID: "total", Name: p.T(msg.ConfirmTotal()), Value: p.price(p.Fee), Strong: true})
	f := kit.FrameSpec{
		Lead:    p.lead(),
		Body:    []*node.Node{p.Facts(facts)},
		Primary: p.forward(msg.ConfirmOk(), session.VerbConfirm),
	}
	if names := p.names(); names != nil {
		f.Body = append(f.Body, names)
	}
	f.Body = append(f.Body, p.Notice(kit.Info, "no_refund", p.T(msg.ConfirmNoRefund())))
	return f
}

func (p page) chosenMembers() []session.MemberView {
	var chosen []session.MemberView
	for _, m := range p.Members {
		if m.Chosen {
			chosen = append(chosen, m)
		}
	}
	return chosen
}

// items joins the labels of what is switched on; where nothing is, it says so.
func (p page) items() kit.Words {
	some, items := false, kit.Words{}
	for _, o := range p.Options {
		if p.onOff(o) == nil {
			continue
		}
		some = true
		if o.Choices[o.Chosen].Value != domain.OptionYes {
			continue
		}
		items = items.Then(p.T(msg.ConfirmSeparator()).Text, p.in(o.Label))
	}
	if some && items.None() {
		return p.T(msg.ConfirmItemsNone())
	}
	return items
}

// names shows the chosen people once more, as the municipality's pictures, two side by side.
func (p page) names() *node.Node {
	chosen := p.chosenMembers()
	if len(chosen) == 0 || len(chosen) > maxNames {
		return nil
	}
	grid := &node.Node{Style: node.Style{Dir: node.Grid, Columns: 2, Gap: p.MM(24)}}
	for _, m := range chosen {
		grid.Children = append(grid.Children, p.Picture(m.Picture.String(), 84))
	}
	panel := p.Panelled(20, p.Text(kit.Label, node.InkSoft, p.T(msg.ConfirmPeople())), grid)
	panel.Style.Pad = node.Sides(p.MM(36), p.MM(56))
	return panel
}

// maxNames is how many people the confirm screen shows by name; larger households by number only.
const maxNames = 8
