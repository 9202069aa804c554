package kit

import (
	"strconv"

	"github.com/kioskd/kioskd/locales/msg"
	"github.com/kioskd/kioskd/ui/node"
)

// PINLength is how many digits the PIN of the card's authentication key has.
const PINLength = 4

// The actions of the PIN pad. Their arguments are secret: see node.Action.Secret.
var (
	ActionPINDelete = node.Action{Verb: "pin.delete"}
	ActionPINClear  = node.Action{Verb: "pin.clear"}
)

// ActionPINDigit is the action of one digit key.
func ActionPINDigit(digit int) node.Action {
	return node.Action{Verb: "pin.digit", Arg: strconv.Itoa(digit)}
}

// PINBoxes shows how many digits are in. Only the count reaches this function; the digits are nowhere near a screen.
func (k Kit) PINBoxes(count int) *node.Node {
	row := k.Row(50)
	row.Style.Main = node.Center
	row.ID, row.Role = "pin.boxes", node.RoleStatus
	speaks(row, k.T(msg.PINCount(PINLength, count)))
	for i := range PINLength {
		box := &node.Node{Style: node.Style{
			Dir: node.Stack, Main: node.Center, Cross: node.Center, Width: k.MM(190), Height: k.MM(210), Radius: k.MM(30),
			Fill: node.Surface, Border: node.Outline, BorderWidth: 3,
		}}
		if i == count {
			box.Style.Border, box.Style.BorderWidth = node.Primary, 6
		}
		if i < count {
			dot := &node.Node{Style: node.Style{Width: k.MM(70), Height: k.MM(70), Radius: k.MM(35), Fill: node.Ink}}
			box.Children = []*node.Node{dot}
		}
		row.Children = append(row.Children, box)
	}
	return row
}

// PINPad is the 3 × 4 pad: fixed order, 0 in the middle of the last row, clear left, delete right. The keys show
// nothing when they are pressed (reference ui.md §3).
func (k Kit) PINPad() *node.Node {
	grid := speaks(&node.Node{ID: "pin.pad", Role: node.RoleGroup, Style: node.Style{
		Dir: node.Grid, Columns: 3, Gap: k.MM(32),
	}}, k.T(msg.PINPad()))
	for _, digit := range []int{1, 2, 3, 4, 5, 6, 7, 8, 9} {
		grid.Children = append(grid.Children, k.digitKey(digit))
	}
	grid.Children = append(grid.Children,
		k.wordKey(ButtonSpec{ID: "pin.clear", Label: k.T(msg.PINClear()), Action: ActionPINClear}),
		k.digitKey(0),
		k.wordKey(ButtonSpec{ID: "pin.delete", Label: k.T(msg.PINDelete()), Icon: "backspace", Action: ActionPINDelete}))
	grid.Style.Width = k.MM(1240)
	hold := k.Row(0, grid)
	hold.Style.Main = node.Center
	return hold
}

func (k Kit) digitKey(digit int) *node.Node {
	text := k.label(Title, node.Ink, k.Number(digit))
	text.Style.TextSide = node.Center
	n := k.key(text)
	n.ID, n.Action = "pin."+strconv.Itoa(digit), ActionPINDigit(digit)
	return speaks(n, k.Number(digit))
}

func (k Kit) wordKey(b ButtonSpec) *node.Node {
	text := k.label(Caption, node.Primary, b.Label)
	text.Style.Font = k.Font(Label)
	if k.Large() { // beside its symbol, in a key that does not grow
		text.Style.Font = Kit{Panel: k.Panel}.Font(Label)
	}
	text.Style.TextSide, text.Style.MaxLines = node.Center, 2
	n := k.key(text)
	if b.Icon != "" {
		icon := k.Icon(b.Icon, 70, node.Primary)
		n.Children = []*node.Node{icon, text}
	}
	n.ID, n.Action = b.ID, b.Action
	return speaks(n, b.Label)
}

func (k Kit) key(text *node.Node) *node.Node {
	return &node.Node{
		Role: node.RoleKey, Focusable: true, Enabled: true, Quiet: true,
		Style: node.Style{
			Dir: node.Column, Main: node.Center, Height: k.MM(224), Radius: k.MM(30), Pad: node.Sides(0, k.MM(10)),
			Fill: node.Surface, Border: node.Outline, BorderWidth: 2, Shadow: true,
		},
		Children: []*node.Node{text},
	}
}
