package ui

import (
	"slices"
	"strconv"

	"github.com/kioskd/kioskd/ui/node"
)

// titleID is where reading begins; what stands before it is the header, which comes last.
const titleID = "title"

// leadID is the line under the title, which has no role of its own.
const leadID = "lead"

// told are the roles of what is read and not chosen.
var told = map[node.Role]bool{
	node.RoleHeading: true, node.RoleText: true, node.RoleStatus: true, node.RoleAlert: true, node.RoleProgress: true,
}

// texts are what the tree tells, in reading order, without its controls.
func texts(n *node.Node) []*node.Node { return read(nil, n, false) }

// read gathers what is told, and with controls what can be chosen too. What is inside one of them belongs to it.
func read(all []*node.Node, n *node.Node, controls bool) []*node.Node {
	switch {
	case n == nil || n.Hidden:
		return all
	case n.Focusable:
		if controls {
			all = append(all, n)
		}
		return all
	case told[n.Role], n.ID == leadID:
		return append(all, n)
	}
	for _, c := range n.Children {
		all = read(all, c, controls)
	}
	return all
}

// name gives what is told and has no name one by its place, so that it can be come to and left again.
func name(t *node.Tree) {
	for i, n := range texts(t.Root) {
		if n.ID == "" {
			n.ID = "text." + strconv.Itoa(i)
		}
	}
}

// fromTitle turns reading order so that it begins with the title: title, body, footer, header.
func fromTitle(nodes []*node.Node) []*node.Node {
	i := slices.IndexFunc(nodes, func(n *node.Node) bool { return n.ID == titleID })
	if i <= 0 {
		return nodes
	}
	return append(slices.Clone(nodes[i:]), nodes[:i]...)
}

// controls are the nodes that can be reached, in reading order from behind the title on: body, footer, header. The
// header is what stands before the title in the tree.
func controls(t *node.Tree) []*node.Node {
	all := fromTitle(read(nil, t.Active(), true))
	return slices.DeleteFunc(slices.Clone(all), func(n *node.Node) bool { return !n.Focusable })
}

// choices are the controls that a listener can choose from; the keys of a PIN pad are one tool and not twelve choices.
func choices(t *node.Tree) []*node.Node {
	return slices.DeleteFunc(controls(t), func(n *node.Node) bool { return !n.Enabled || n.Role == node.RoleKey })
}

// stops are what keys walk over. A listener comes by what the screen tells too; who sees needs only the controls.
func (a *App) stops() []*node.Node {
	if a.speaks() {
		return fromTitle(read(nil, a.tree.Active(), true))
	}
	return controls(a.tree)
}

// refocus gives the focus after a change: kept where the place is still there, caught by a dialog that opens, given
// back when it closes. Who listens and uses keys begins at the title, which was just said.
func (a *App) refocus(before, next *node.Tree) string {
	if before == nil {
		return a.start(next)
	}
	was, is := dialog(before), dialog(next)
	switch {
	case before.Screen != next.Screen:
		a.behind = ""
		return a.start(next)
	case was == "" && is != "":
		a.behind = a.focus
		return a.start(next)
	case was != "" && is == "":
		back := a.behind
		a.behind = ""
		return reachable(next, back)
	case was != is:
		return a.start(next)
	}
	return reachable(next, a.focus)
}

// start is where keys begin on a screen or in a dialog.
func (a *App) start(t *node.Tree) string {
	if !a.byKeys {
		return ""
	}
	if t.Modal() != nil {
		for _, n := range t.Focus() {
			if n.Enabled {
				return n.ID
			}
		}
		return ""
	}
	if a.talk.voice != nil && t.Voice.On {
		return reachable(t, titleID)
	}
	return ""
}

// reachable is the id if keys can come to it.
func reachable(t *node.Tree, id string) string {
	if id != "" && slices.ContainsFunc(read(nil, t.Active(), true), func(n *node.Node) bool { return n.ID == id }) {
		return id
	}
	return ""
}
