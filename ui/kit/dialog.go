package kit

import "github.com/kioskd/kioskd/ui/node"

// DialogSpec is a question that lies over the screen and takes all input.
type DialogSpec struct {
	ID          string
	Icon        string
	Title, Text Words
	// OrText is what may stand in the text's place while the dialog is shown; none = nothing.
	OrText Words
	// Seconds left, shown as a large number; 0 = no countdown.
	Seconds int
	Primary ButtonSpec   // the main answer; without an id there is none
	Answers []ButtonSpec // of equal weight, one below the other
	Second  *ButtonSpec
}

// Dialog dims the screen and puts a card into the middle.
func (k Kit) Dialog(d DialogSpec) *node.Node {
	card := k.Column(44)
	card.Style.Fill, card.Style.Radius, card.Style.Pad = node.Surface, k.MM(50), node.All(k.MM(90))
	card.Style.Border, card.Style.BorderWidth = node.Outline, 2
	if d.Icon != "" && d.Seconds == 0 {
		card.Children = append(card.Children, k.Icon(d.Icon, 160, node.Primary))
	}
	if d.Seconds > 0 {
		card.Children = append(card.Children, k.countdown(d.Seconds))
	}
	title := Centered(k.Text(Title, node.Ink, d.Title))
	title.ID, title.Role = d.ID+".title", node.RoleHeading
	card.Children = append(card.Children, title)
	if !d.Text.None() {
		text := Centered(k.Text(Lead, node.InkSoft, d.Text))
		if !d.OrText.None() {
			Reserve(text, k.Text(Lead, node.InkSoft, d.OrText))
		}
		card.Children = append(card.Children, text)
	}
	if primary := d.Primary; primary.ID != "" {
		primary.Look = Filled
		card.Children = append(card.Children, k.Button(primary))
	}
	for _, a := range d.Answers {
		card.Children = append(card.Children, k.Button(a))
	}
	if d.Second != nil {
		card.Children = append(card.Children, k.Button(*d.Second))
	}
	return &node.Node{
		ID: d.ID, Role: node.RoleDialog, Enabled: true, Speak: d.Title.Then("\n", d.Text).spoken(),
		Say: heard(d.Title, d.Text),
		Style: node.Style{
			Dir: node.Column, Main: node.Center, Fill: node.Scrim, Pad: node.Sides(0, k.MM(150)),
		},
		Children: []*node.Node{card},
	}
}

func (k Kit) countdown(seconds int) *node.Node {
	number := Centered(k.Text(Display, node.Primary, k.Number(seconds)))
	number.ID, number.Role = "countdown", node.RoleStatus
	disc := &node.Node{
		Style: node.Style{
			Dir: node.Column, Main: node.Center, Width: k.MM(340), Height: k.MM(340), Radius: k.MM(170),
			Fill: node.Surface, Border: node.Primary, BorderWidth: k.MM(14),
		},
		Children: []*node.Node{number},
	}
	row := k.Row(0, disc)
	row.Style.Main = node.Center
	return row
}
