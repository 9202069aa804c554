package kit

import (
	"github.com/kioskd/kioskd/locales/msg"
	"github.com/kioskd/kioskd/ui/node"
)

// paged makes a column show its children in pages where they do not fit: ▲ and ▼ below them, and which page of how many
// between.
func (k Kit) paged(column *node.Node, id string) *node.Node {
	turn := func(icon string, says Words, verb string) *node.Node {
		act := node.Action{Verb: verb, Arg: id}
		n := k.Button(ButtonSpec{ID: id + "." + verb, Icon: icon, Action: act, Speak: says})
		n.Style.MinWidth = k.MM(420)
		return n
	}
	up := turn("keyboard_arrow_up", k.T(msg.PagerUp()), node.VerbPageUp)
	down := turn("keyboard_arrow_down", k.T(msg.PagerDown()), node.VerbPageDown)
	label := Centered(k.label(Name, node.Ink, Words{}))
	label.ID, label.Role = id+".page", node.RoleStatus
	bar := k.Row(40, up, Grow(label), down)
	bar.Hidden = true // until there are pages
	column.ID = id
	column.Children = append(column.Children, bar)
	column.Pager = &node.Pager{Bar: bar, Up: up, Down: down, Label: label, Speak: func(p node.PageNumber) {
		speaks(label, k.T(msg.PagerPage(p.All, p.Now)))
	}}
	return column
}
