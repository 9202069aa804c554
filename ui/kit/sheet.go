package kit

import "github.com/kioskd/kioskd/ui/node"

// Sheet is a list that lies over the screen and takes all input: its title, its body in pages where there is no room,
// and the one way back.
func (k Kit) Sheet(id string, title Words, back ButtonSpec, body *node.Node) *node.Node {
	head := Centered(k.Text(Title, node.Ink, title))
	head.ID, head.Role = id+".title", node.RoleHeading
	back.ID, back.Look = id+"_close", Filled
	body.Style.Shrink = true
	card := k.Column(50, head, k.paged(body, id+"_list"), k.Button(back))
	card.Style.Fill, card.Style.Radius, card.Style.Pad = node.Page, k.MM(50), node.All(k.MM(80))
	card.Style.Border, card.Style.BorderWidth, card.Style.Shrink = node.Outline, 2, true
	if k.wide() {
		card.Style.Gap, card.Style.Pad = k.MM(24), node.All(k.MM(40))
	}
	n := &node.Node{
		ID: id, Role: node.RoleDialog, Enabled: true,
		Style:    node.Style{Dir: node.Column, Main: node.Center, Fill: node.Scrim, Pad: node.Sides(0, k.MM(90))},
		Children: []*node.Node{card},
	}
	if k.low() {
		n.Style.Main, n.Style.Pad = node.End, node.Edges{
			Top: k.Panel.Size.Y * lowTop / 100, Right: k.MM(90), Bottom: k.MM(60), Left: k.MM(90),
		}
	}
	return n
}
