package kit

import "github.com/kioskd/kioskd/ui/node"

// Set names a type size of the design system.
type Set uint8

// The type sizes (em in tenths of a millimetre, weight, line height; reference ui.md §3).
const (
	Display Set = iota // one number that the whole screen is about
	Title
	Name
	Button
	Amount
	Large // what a screen with room asks for: read from where one stands
	Lead
	Body
	Label
	Caption // the steps of the header, and the name of a number
	Small   // staff codes only: never something a resident must read
)

var sets = [...]struct {
	tenths int
	bold   bool
	line   int
	slow   bool // large already: it grows half as fast as the text size
}{
	Display: {160, true, 120, true},
	Title:   {84, true, 128, true},
	Name:    {62, true, 128, false},
	Button:  {54, true, 125, false},
	Amount:  {56, true, 125, false},
	Large:   {60, false, 142, true},
	Lead:    {52, false, 145, false},
	Body:    {49, false, 150, false},
	Label:   {48, true, 130, false},
	Caption: {41, false, 130, false},
	Small:   {36, false, 140, false},
}

// Font is the type size in pixels of the panel.
func (k Kit) Font(s Set) node.Font {
	t := sets[s]
	size := k.Em(t.tenths)
	if t.slow { // half as fast
		size = (size + k.MM(t.tenths)) / 2
	}
	return node.Font{Size: size, Bold: t.bold, LinePercent: t.line}
}

// Text is a paragraph that is read as plain text.
func (k Kit) Text(s Set, ink node.Colour, text Words) *node.Node {
	return speaks(&node.Node{
		Kind: node.Text, Role: node.RoleText, Runs: text.runs(), Style: node.Style{Font: k.Font(s), Ink: ink},
	}, text)
}

// label is text inside a control: the control speaks for it.
func (k Kit) label(s Set, ink node.Colour, text Words) *node.Node {
	n := k.Text(s, ink, text)
	n.Role, n.Speak, n.Say = node.RoleNone, "", nil
	return n
}

// Icon is a symbol of paint's table, as decoration.
func (k Kit) Icon(name string, tenths int, ink node.Colour) *node.Node {
	size := (k.MM(tenths) + k.Em(tenths)) / 2 // beside words that grow; a symbol needs less of it
	return &node.Node{Kind: node.Icon, Icon: name, Style: node.Style{Font: node.Font{Size: size}, Ink: ink}}
}

// Column puts nodes below each other with a gap in tenths of a millimetre.
func (k Kit) Column(gap int, children ...*node.Node) *node.Node {
	return &node.Node{Style: node.Style{Dir: node.Column, Gap: k.MM(gap)}, Children: present(children)}
}

// Row puts nodes side by side, each at its own height in the middle.
func (k Kit) Row(gap int, children ...*node.Node) *node.Node {
	return &node.Node{Style: node.Style{Dir: node.Row, Gap: k.MM(gap), Cross: node.Center}, Children: present(children)}
}

// Spring takes all room that is left.
func Spring() *node.Node { return &node.Node{Style: node.Style{Grow: 1}} }

// Grow makes a node take the room that is left.
func Grow(n *node.Node) *node.Node {
	n.Style.Grow = 1
	return n
}

// Centered sets a text in the middle of its line.
func Centered(n *node.Node) *node.Node {
	n.Style.TextSide = node.Center
	return n
}

func present(nodes []*node.Node) []*node.Node {
	kept := make([]*node.Node, 0, len(nodes))
	for _, n := range nodes {
		if n != nil {
			kept = append(kept, n)
		}
	}
	return kept
}
