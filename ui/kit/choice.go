package kit

import "github.com/kioskd/kioskd/ui/node"

// ChoiceSpec describes one of a few choices that stand side by side.
type ChoiceSpec struct {
	ID       string
	Label    Words
	Speak    Words // none = the label
	Percent  int   // size of the label; 0 = 100
	Action   node.Action
	Selected bool
}

// Choice is a tile 16 mm high or more; the chosen one has a check and a thick border, not a colour alone.
func (k Kit) Choice(c ChoiceSpec) *node.Node {
	label := k.label(Button, node.Ink, c.Label)
	label.Style.TextSide = node.Center
	if c.Percent > 0 {
		label.Style.Font.Size = label.Style.Font.Size * c.Percent / 100
	}
	n := &node.Node{
		ID: c.ID, Role: node.RoleRadio, Focusable: true, Enabled: true, Action: c.Action, Selected: c.Selected,
		Style: node.Style{
			Dir: node.Row, Gap: k.MM(16), Main: node.Center, Cross: node.Center, MinHeight: k.MM(170),
			Radius: k.MM(30), Pad: node.Sides(k.MM(20), k.MM(24)), Fill: node.Surface, Border: node.Outline, BorderWidth: 2,
		},
		Children: []*node.Node{label},
	}
	if c.Selected {
		n.Style.Border, n.Style.BorderWidth, n.Style.Fill = node.Primary, 5, node.Tint
		n.Children = []*node.Node{k.Icon("check", 60, node.Primary), label}
	}
	if c.Speak.None() {
		return speaks(n, c.Label)
	}
	return speaks(n, c.Speak)
}
