package kit

import "github.com/kioskd/kioskd/ui/node"

// CardSpec describes one entry of a list: icon tile, name, explanation, something at the right.
type CardSpec struct {
	ID      string
	Icon    string
	Name    Words
	Picture string // key of a municipality's picture instead of the name; private
	Detail  Words
	Trail   Words // at the right: an amount
	// Speak is said instead of all of these; none = they are.
	Speak    Words
	Action   node.Action
	Disabled bool
	Compact  bool // 16 mm high, for long lists
	// Choice makes the entry one that is switched on and off (checkbox) or chosen among others (radio).
	Choice   node.Role
	Selected bool
}

// Card is a list entry at least 22 mm high. Entries that lead on carry a chevron, choices a mark.
func (k Kit) Card(c CardSpec) *node.Node {
	ink := node.Ink
	if c.Disabled {
		ink = node.InkSoft
	}
	n := &node.Node{
		ID: c.ID, Role: node.RoleItem, Focusable: true, Enabled: !c.Disabled, Action: c.Action,
		Style: node.Style{
			Dir: node.Row, Gap: k.MM(40), Cross: node.Center, MinHeight: k.MM(240), Radius: k.MM(30),
			Pad: node.Sides(k.MM(32), k.MM(42)), Fill: node.Surface, Shadow: true,
		},
	}
	if c.Choice != node.RoleNone {
		n.Role, n.Selected = c.Choice, c.Selected
	}
	if c.Selected {
		n.Style.Border, n.Style.BorderWidth = node.Primary, 5
	} else {
		n.Style.Border, n.Style.BorderWidth = node.Hairline, 2
	}
	if c.Disabled {
		n.Style.Fill, n.Style.Shadow = node.Page, false
	}
	if c.Speak.None() {
		speaks(n, c.Name, c.Detail, c.Trail)
	} else {
		speaks(n, c.Speak)
	}
	if c.Compact {
		n.Style.MinHeight, n.Style.Pad = k.MM(170), node.Sides(k.MM(20), k.MM(36))
	}
	text, trail := k.cardText(c, ink), k.trail(c, ink)
	if !k.Large() {
		n.Children = present([]*node.Node{k.mark(c), k.tile(c.Icon), Grow(text), trail})
		return n
	}
	if trail != nil && !c.Trail.None() { // below the words, and the tile gives its room
		trail.Children = append([]*node.Node{Spring()}, trail.Children...)
		text.Children, trail = append(text.Children, trail), nil
	}
	n.Children = present([]*node.Node{k.mark(c), Grow(text), trail})
	return n
}

// mark is the box or ring of a choice.
func (k Kit) mark(c CardSpec) *node.Node {
	names := map[node.Role][2]string{
		node.RoleCheck: {"check_box_outline_blank", "check_box"},
		node.RoleRadio: {"radio_button_unchecked", "radio_button_checked"},
	}
	pair, ok := names[c.Choice]
	if !ok {
		return nil
	}
	if c.Selected {
		return k.Icon(pair[1], 90, node.Primary)
	}
	return k.Icon(pair[0], 90, node.Outline)
}

func (k Kit) tile(icon string) *node.Node {
	if icon == "" {
		return nil
	}
	return &node.Node{
		Style: node.Style{
			Dir: node.Stack, Main: node.Center, Cross: node.Center,
			Width: k.MM(160), Height: k.MM(160), Radius: k.MM(40), Fill: node.Tint,
		},
		Children: []*node.Node{k.Icon(icon, 90, node.Primary)},
	}
}

func (k Kit) cardText(c CardSpec, ink node.Colour) *node.Node {
	var name *node.Node
	if c.Picture != "" {
		name = k.Picture(c.Picture, 84)
	} else {
		name = k.label(Name, ink, c.Name)
		name.Style.MaxLines = 3
		if k.Large() || k.wide() {
			name.Style.MaxLines = 5
		}
	}
	column := k.Column(8, name)
	if !c.Detail.None() {
		column.Children = append(column.Children, k.label(Body, node.InkSoft, c.Detail))
	}
	return column
}

func (k Kit) trail(c CardSpec, ink node.Colour) *node.Node {
	row := k.Row(20)
	if !c.Trail.None() {
		row.Children = append(row.Children, k.label(Amount, ink, c.Trail))
	}
	if c.Choice == node.RoleNone && !c.Disabled {
		row.Children = append(row.Children, k.Icon("chevron_right", 80, node.Primary))
	}
	if len(row.Children) == 0 {
		return nil
	}
	return row
}

// Picture is a municipality's picture of the given height in tenths of a millimetre; always private.
func (k Kit) Picture(key string, tenths int) *node.Node {
	return &node.Node{
		Kind: node.Picture, Role: node.RoleImage, Picture: key, Private: true,
		Style: node.Style{Height: k.MM(tenths), Ink: node.Ink},
	}
}

// Panelled is a white area with a hairline: what belongs together and cannot be touched.
func (k Kit) Panelled(gap int, children ...*node.Node) *node.Node {
	n := k.Column(gap, children...)
	n.Style.Fill, n.Style.Border, n.Style.BorderWidth = node.Surface, node.Hairline, 2
	n.Style.Radius, n.Style.Pad = k.MM(30), node.Sides(k.MM(50), k.MM(60))
	n.Splits = true
	return n
}
