package kit

import "github.com/kioskd/kioskd/ui/node"

// Look is how a button presents itself. A screen has at most one Filled button.
type Look uint8

// The looks of a button.
const (
	Outlined Look = iota
	Filled
	Pill // the language button
)

// ButtonSpec describes a button.
type ButtonSpec struct {
	ID        string
	Label     Words
	Icon      string // before the label; "" = none
	IconAfter string // behind the label; "" = none
	Look      Look
	Action    node.Action
	Disabled  bool
	Unguarded bool
	Wide      bool  // as the one button of its row: all of it
	Height    int   // at least, in tenths of a millimetre; 0 is the look's own
	Speak     Words // none = the label
}

// Button is 16 mm high or more and as wide as its label wants.
func (k Kit) Button(b ButtonSpec) *node.Node {
	ink, fill, border := node.Primary, node.Surface, node.Primary
	switch {
	case b.Disabled:
		ink, fill, border = node.InkSoft, node.Page, node.Hairline
	case b.Look == Filled:
		ink, fill, border = node.OnPrimary, node.Primary, node.Primary
	}
	height, radius, pad := 160, 30, 70
	if b.Look == Filled {
		height, pad = 200, 110
	}
	if b.Look == Pill {
		height, radius, pad = 130, 65, 50
	}
	height = max(height, b.Height)
	set := Button
	if b.Look == Filled {
		set = Name
	}
	text := k.label(set, ink, b.Label)
	n := &node.Node{
		ID: b.ID, Role: node.RoleButton, Focusable: true, Enabled: !b.Disabled,
		Action: b.Action, Unguarded: b.Unguarded,
		Style: node.Style{
			Dir: node.Row, Gap: k.MM(24), Main: node.Center, Cross: node.Center,
			MinHeight: k.MM(height), Radius: k.MM(radius), Pad: node.Sides(k.MM(20), k.MM(pad)),
			Fill: fill, Border: border, BorderWidth: 3,
		},
	}
	if b.Speak.None() {
		speaks(n, b.Label)
	} else {
		speaks(n, b.Speak)
	}
	if b.Icon != "" {
		n.Children = append(n.Children, k.Icon(b.Icon, 70, ink))
	}
	if !b.Label.None() {
		n.Children = append(n.Children, text)
	}
	if b.IconAfter != "" {
		n.Children = append(n.Children, k.Icon(b.IconAfter, 70, ink))
	}
	return n
}

// Wide makes a button as wide as its column.
func Wide(n *node.Node) *node.Node {
	n.Style.Grow = 1
	return n
}
