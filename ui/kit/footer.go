package kit

import (
	"slices"

	"github.com/kioskd/kioskd/locales/msg"
	"github.com/kioskd/kioskd/ui/node"
)

// footer has the buttons that every screen shares. Where there are none it is only their room, so that the main action
// is where it always is, or the margin where there is no main action.
func (k Kit) footer(f FrameSpec) *node.Node {
	language := k.low() && !f.NoLanguage
	switch {
	case f.Foot != nil:
		return f.Foot
	case !f.Back && !f.Cancel && f.Reference == "" && !language && !f.Tools:
		room := 60
		if f.Primary != nil && !k.wide() {
			room = 280
		}
		return &node.Node{Style: node.Style{Height: k.MM(room)}}
	}
	row := k.Row(40, Spring())
	if f.Back {
		row.Children = append([]*node.Node{k.Button(ButtonSpec{
			ID: "back", Label: k.T(msg.CommonBack()), Icon: "arrow_back", Action: ActionBack,
		})}, row.Children...)
	}
	if f.Cancel {
		label := f.CancelLabel
		if label.None() {
			label = k.T(msg.CommonCancel())
		}
		row.Children = append(row.Children, k.Button(ButtonSpec{
			ID: "cancel", Label: label, Icon: "close", Action: ActionCancel, Unguarded: true,
		}))
	}
	foot := k.Column(36)
	if f.Reference != "" {
		number := k.reference(f.Reference)
		if k.Large() || language {
			foot.Children = append(foot.Children, number)
		} else {
			row.Children[slices.IndexFunc(row.Children, isSpring)] = number
		}
	}
	together := language && f.Tools && k.Large()
	if language && !together {
		foot.Children = append(foot.Children, k.Row(0, Spring(), k.languageButton()))
	}
	if f.Back || f.Cancel || len(foot.Children) == 0 && !f.Tools {
		foot.Children = append(foot.Children, row)
	}
	switch {
	case f.Tools && k.wide() && (f.Back || f.Cancel): // beside each other: a low panel has no room for a row more
		at := slices.IndexFunc(row.Children, isSpring)
		if at < 0 {
			at = len(row.Children) - 1
		}
		row.Children = slices.Insert(row.Children, at, Grow(k.tools()))
	case f.Tools:
		tools := k.tools()
		if together { // one row less
			tools.Children = append(tools.Children, k.languageButton())
			tools = k.Row(40, Grow(tools.Children[0]), Grow(tools.Children[1]), tools.Children[2])
		}
		foot.Children = append(foot.Children, tools)
	}
	foot.Style.Main, foot.Style.Fill = node.Center, node.Surface
	foot.Style.MinHeight, foot.Style.Pad = k.MM(280), node.Sides(k.MM(40), k.MM(90))
	if k.wide() {
		foot.Style.MinHeight, foot.Style.Pad = k.MM(220), node.Sides(k.MM(25), k.MM(90))
	}
	return foot
}

// tools are the two buttons that help with the machine itself. Where texts are large, only their symbols have room.
func (k Kit) tools() *node.Node {
	aids := ButtonSpec{ID: "aids_open", Label: k.T(msg.AidsTitle()), Icon: "accessibility_new", Action: ActionAids}
	help := ButtonSpec{ID: "help_open", Label: k.T(msg.HelpTitle()), Icon: "support_agent", Action: ActionHelp}
	n := &node.Node{Style: node.Style{Dir: node.Grid, Columns: 2, Gap: k.MM(40)}}
	for _, b := range []ButtonSpec{aids, help} {
		b.Look = Quiet
		if k.Large() || k.wide() && k.size() > 100 {
			b.Speak, b.Label = b.Label, Words{}
		}
		n.Children = append(n.Children, k.Button(b))
	}
	return n
}

func isSpring(n *node.Node) bool { return n.Style.Grow > 0 && len(n.Children) == 0 }
