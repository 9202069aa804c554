package node

import (
	"encoding/json"
	"image"
)

// private stands in the JSON for what only the resident may see.
const private = "[private]"

// screenJSON is the form of a tree on the desk's /api/screen.json.
type screenJSON struct {
	Screen     string     `json:"screen"`
	Generation uint64     `json:"generation"`
	Lang       string     `json:"lang"`
	Width      int        `json:"width"`
	Height     int        `json:"height"`
	Nodes      []nodeJSON `json:"nodes"`
}

type nodeJSON struct {
	ID       string     `json:"id,omitempty"`
	Role     Role       `json:"role"`
	Text     string     `json:"text"`
	Rect     rectJSON   `json:"rect"`
	Enabled  bool       `json:"enabled"`
	Selected bool       `json:"selected,omitempty"`
	Action   bool       `json:"action,omitempty"` // a touch does something
	Spoken   string     `json:"spoken"`
	Children []nodeJSON `json:"children,omitempty"`
}

type rectJSON struct {
	X int `json:"x"`
	Y int `json:"y"`
	W int `json:"w"`
	H int `json:"h"`
}

// MarshalJSON gives the tree without layout boxes: id, role, text, rectangle in panel pixels, enabled, spoken text. The
// text of a control is what is written on it, whatever it says aloud.
// Private texts are there as "[private]" only; what was pressed on a PIN pad is nowhere in it.
func (t *Tree) MarshalJSON() ([]byte, error) {
	s := screenJSON{Screen: t.Screen, Generation: t.Generation, Lang: t.Lang, Nodes: []nodeJSON{}}
	if t.Root != nil {
		s.Width, s.Height = t.Root.Rect.Dx(), t.Root.Rect.Dy()
		s.Nodes = append(s.Nodes, describe(t.active(), false)...)
	}
	return json.Marshal(s)
}

// describe gives the node with its described children, or only those where the node itself has no role.
func describe(n *Node, hidden bool) []nodeJSON {
	if n.Hidden {
		return nil
	}
	hidden = hidden || n.Private
	var below []nodeJSON
	for _, c := range n.Children {
		below = append(below, describe(c, hidden)...)
	}
	if n.Role == RoleNone && n.ID == "" {
		return below
	}
	text, secret := label(n)
	d := nodeJSON{
		ID: n.ID, Role: n.Role, Text: text, Rect: rectOf(n.Rect), Enabled: n.Enabled,
		Selected: n.Selected, Action: n.Focusable && n.Enabled && n.Action != Action{}, Spoken: n.Spoken(), Children: below,
	}
	if hidden {
		d.Spoken = private
	}
	if secret || hidden && text != "" {
		d.Text = private
	}
	return []nodeJSON{d}
}

// label is the text that is seen on the node: its own, and that of parts which the JSON does not list by themselves,
// as the words on a button. secret says that some of it is for the resident alone.
func label(n *Node) (text string, secret bool) {
	text = Plain(n.Content())
	secret = n.Private && (text != "" || n.Kind == Picture)
	for _, c := range n.Children {
		if c.Hidden || c.Role != RoleNone || c.ID != "" {
			continue
		}
		more, hidden := label(c)
		secret = secret || hidden
		if text != "" && more != "" {
			text += " "
		}
		text += more
	}
	return text, secret
}

func rectOf(r image.Rectangle) rectJSON { return rectJSON{r.Min.X, r.Min.Y, r.Dx(), r.Dy()} }
