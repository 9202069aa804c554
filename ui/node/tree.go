package node

import "image"

// Tree is one laid-out screen.
type Tree struct {
	// Screen names the screen and its page ("Confirm", "SelectDetails.2"). Two trees of one name that offer the same
	// actions in the same places are the same generation: a PIN pad with one more box filled is not a new screen.
	Screen string
	// Lang is the language of the visit (BCP 47).
	Lang string
	// Theme is the name of the theme to paint with; "" is the default.
	Theme string
	Root  *Node
	// Voice is how the visit wants to be spoken to; the zero value is silence.
	Voice Voice
	// Pages is which page of each pager is wanted, from 0, by the id of its column. Layout keeps it within what there is.
	Pages map[string]int
	// Generation is given by the app when the tree is shown; a tap counts only for the generation it was aimed at.
	Generation uint64
}

// Voice is how a visit wants to be spoken to.
type Voice struct {
	On     bool
	Volume int // 1 to 5
	Rate   int // 1 slow, 2, 3 fast
}

// Layout lays the tree out for a panel of the given size.
func (t *Tree) Layout(m Measurer, panel image.Point) {
	layout(t.Root, m, image.Rectangle{Max: panel}, t.Pages)
}

// Modal is the dialog that takes all input, or nil. The last one in the tree wins: it lies on top.
func (t *Tree) Modal() *Node {
	var modal *Node
	t.Root.Walk(func(n *Node) bool {
		if n.Role == RoleDialog {
			modal = n
		}
		return true
	})
	return modal
}

// active is the part of the tree that takes input.
func (t *Tree) active() *Node {
	if d := t.Modal(); d != nil {
		return d
	}
	return t.Root
}

// Hit is the topmost node with an action under the point, or nil. Disabled nodes are hit too; the app drops the tap.
func (t *Tree) Hit(p image.Point) *Node { return hit(t.active(), p) }

func hit(n *Node, p image.Point) *Node {
	if n == nil || n.Hidden || !p.In(n.Rect) {
		return nil
	}
	for i := len(n.Children) - 1; i >= 0; i-- {
		if h := hit(n.Children[i], p); h != nil {
			return h
		}
	}
	if n.Focusable {
		return n
	}
	return nil
}

// Focus is the nodes that keys can reach, in reading order.
func (t *Tree) Focus() []*Node {
	var order []*Node
	t.active().shownNodes(func(n *Node) {
		if n.Focusable {
			order = append(order, n)
		}
	})
	return order
}

// Find is the node with the id, or nil.
func (t *Tree) Find(id string) *Node {
	var found *Node
	t.Root.Walk(func(n *Node) bool {
		if n.ID == id {
			found = n
		}
		return found == nil
	})
	return found
}

// SameTargets tells whether both trees are the same screen with the same actions in the same places, so that a tap
// aimed at one means the same in the other.
func (t *Tree) SameTargets(u *Tree) bool {
	if t.Screen != u.Screen || t.Lang != u.Lang {
		return false
	}
	a, b := t.Focus(), u.Focus()
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i].ID != b[i].ID || a[i].Action != b[i].Action || a[i].Rect != b[i].Rect {
			return false
		}
	}
	return true
}
