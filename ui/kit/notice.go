package kit

import "github.com/kioskd/kioskd/ui/node"

// Tone is how serious a notice is. It is said by icon and words; the colour only helps.
type Tone uint8

// The tones.
const (
	Info Tone = iota
	Good
	Warn
	Bad
)

var tones = [...]struct {
	icon                string
	ink, ground, border node.Colour
}{
	Info: {"info", node.Ink, node.Tint, node.Hairline},
	Good: {"check_circle", node.OkInk, node.OkGround, node.OkInk},
	Warn: {"warning", node.WarnInk, node.WarnGround, node.WarnInk},
	Bad:  {"error", node.ErrorInk, node.ErrorGround, node.ErrorInk},
}

// Notice is a line or two that must not be missed.
func (k Kit) Notice(t Tone, id string, text Words) *node.Node {
	tone := tones[t]
	words := k.label(Body, tone.ink, text)
	words.Style.Font.Bold = t == Warn || t == Bad
	role := node.RoleStatus
	if t == Warn || t == Bad {
		role = node.RoleAlert
	}
	return speaks(&node.Node{
		ID: id, Role: role, Enabled: true,
		Style: node.Style{
			Dir: node.Row, Gap: k.MM(32), Cross: node.Center, Fill: tone.ground, Radius: k.MM(30),
			Border: tone.border, BorderWidth: 2, Pad: node.Sides(k.MM(32), k.MM(40)),
		},
		Children: []*node.Node{k.Icon(tone.icon, 80, tone.ink), Grow(words)},
	}, text)
}

// Reserve gives a node the room of all others that may stand in its place, so that nothing below it ever moves.
func Reserve(n *node.Node, others ...*node.Node) *node.Node {
	n.Room = append(n.Room, others...)
	return n
}

// Hero is the large symbol in the middle of a waiting screen.
func (k Kit) Hero(icon string) *node.Node {
	disc := &node.Node{
		Style: node.Style{
			Dir: node.Stack, Main: node.Center, Cross: node.Center,
			Width: k.MM(640), Height: k.MM(640), Radius: k.MM(320), Fill: node.Tint,
		},
		Children: []*node.Node{k.Icon(icon, 360, node.Primary)},
	}
	if k.wide() {
		disc.Style.Width, disc.Style.Height, disc.Style.Radius = k.MM(480), k.MM(480), k.MM(240)
		disc.Children[0].Style.Font.Size = k.MM(270)
	}
	row := k.Row(0, disc)
	row.Style.Main, row.Optional = node.Center, true
	return row
}

// Phase is one line of a progress list.
type Phase struct {
	Text Words
	Done bool
	Now  bool
}

// Progress lists named phases with a check for what is done.
func (k Kit) Progress(phases []Phase) *node.Node {
	list := k.Panelled(44)
	list.ID, list.Role, list.Enabled = "progress", node.RoleProgress, true
	for _, p := range phases {
		icon, ink, colour := "radio_button_unchecked", node.InkSoft, node.Outline
		switch {
		case p.Done:
			icon, ink, colour = "check_circle", node.Ink, node.Primary
		case p.Now:
			icon, ink, colour = "schedule", node.Ink, node.Primary
		}
		words := k.label(Lead, ink, p.Text)
		words.Style.Font.Bold = p.Now
		list.Children = append(list.Children, k.Row(36, k.Icon(icon, 80, colour), Grow(words)))
	}
	return list
}

// Fact is one line of a table: what, and how much.
type Fact struct {
	ID          string
	Name, Value Words
	Picture     string // instead of the value: a municipality's picture, private
	Strong      bool
}

// Facts is a table of names at the left and values at the right, with a hairline between the lines.
func (k Kit) Facts(facts []Fact) *node.Node {
	panel := k.Panelled(0)
	panel.Style.Pad = node.Sides(k.MM(16), k.MM(56))
	for i, f := range facts {
		row := k.fact(f)
		if i > 0 {
			row = k.Column(0, k.Rule(), row)
		}
		panel.Children = append(panel.Children, row)
	}
	return panel
}

func (k Kit) fact(f Fact) *node.Node {
	set := Body
	if f.Strong {
		set = Name
	}
	name := k.label(set, node.InkSoft, f.Name)
	name.Style.Width = k.MM(560)
	var value *node.Node
	if f.Picture != "" {
		value = k.Picture(f.Picture, 64)
	} else {
		value = k.label(set, node.Ink, f.Value)
		value.Style.Font.Bold = true
	}
	value.Style.TextSide = node.End
	row := k.Row(32, name, Grow(value))
	if k.Large() { // the name above the value
		name.Style.Width, value.Style.TextSide, value.Style.Grow = 0, node.Start, 0
		row = k.Column(8, name, value)
	}
	row.ID, row.Role, row.Enabled = f.ID, node.RoleText, true
	row.Style.Pad = node.Sides(k.MM(30), 0)
	return speaks(row, f.Name, f.Value)
}

// Rule is a hairline across.
func (k Kit) Rule() *node.Node {
	return &node.Node{Style: node.Style{Height: 2, Fill: node.Hairline}}
}

// Sum is the amount that a screen is about, large.
func (k Kit) Sum(id string, name, amount Words) *node.Node {
	value := k.label(Display, node.Ink, amount)
	value.Style.TextSide = node.End
	value.Style.Font.Size = k.MM(130)
	label := k.label(Name, node.InkSoft, name)
	row := k.Row(32, label, Grow(value))
	if k.Large() {
		row = k.Column(0, label, value)
	}
	row.ID, row.Role, row.Enabled = id, node.RoleStatus, true
	return speaks(row, name, amount)
}
