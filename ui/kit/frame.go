package kit

import (
	"slices"
	"strings"

	"github.com/kioskd/kioskd/internal/domain"
	"github.com/kioskd/kioskd/locales"
	"github.com/kioskd/kioskd/locales/msg"
	"github.com/kioskd/kioskd/ui/node"
)

// Step is one of the five parts of a visit that the bar at the top shows.
type Step uint8

// The steps. NoStep hides the bar (idle and error screens).
const (
	NoStep Step = iota
	StepConsent
	StepIdentity
	StepCertificate
	StepPay
	StepReceive
)

var stepTexts = [...]func() locales.Message{
	StepConsent: msg.StepConsent, StepIdentity: msg.StepIdentity, StepCertificate: msg.StepCertificate,
	StepPay: msg.StepPay, StepReceive: msg.StepReceive,
}

// FrameSpec is everything around a screen's body.
type FrameSpec struct {
	Screen       string // name of the screen, see node.Tree
	Step         Step
	Title, Lead  Words
	Aside        *node.Node // what stands under the lead line and is only read: a notice
	Foot         *node.Node // in place of the footer's buttons: the languages of the first screen
	LargeLead    bool       // the lead line is what to do now, and there is room for it
	SpareLead    bool       // the lead line is not worth its room where texts are large
	Body         []*node.Node
	Primary      *ButtonSpec // the one main action, at the right above the footer
	Secondary    *ButtonSpec // beside it, outlined
	Back, Cancel bool        // footer buttons
	// CancelLabel replaces the footer's cancel text ("Finish").
	CancelLabel Words
	// NoLanguage leaves the language button out: where the language can no longer be changed.
	NoLanguage bool
	// Centered puts the body into the middle of its room: waiting screens.
	Centered bool
	Dialog   *node.Node
	Theme    string
	// Reference is the number of the visit that staff can look up; "" = none.
	Reference string
}

// The actions of the frame. Every screen's back, cancel and language buttons carry these.
var (
	ActionBack     = node.Action{Verb: "back"}
	ActionCancel   = node.Action{Verb: "cancel"}
	ActionLanguage = node.Action{Verb: "language.open"}
)

// Frame puts a body into the frame that is the same on every screen: header, steps, title, body, main action, footer.
// Upright panels have them below each other, wide ones the title at the left of the body; the low layout has all that
// can be touched in the lower 65 % (docs/ui.md).
func (k Kit) Frame(f FrameSpec) *node.Tree {
	body := k.paged(&node.Node{
		Style: node.Style{Dir: node.Column, Gap: k.MM(36), Grow: 1, Shrink: true}, Children: present(f.Body),
	}, "list")
	if f.Centered {
		body.Style.Main = node.Center
	}
	page := &node.Node{Style: node.Style{Dir: node.Column, Fill: node.Page}}
	switch {
	case k.wide():
		page.Children = present([]*node.Node{k.header(f), k.steps(f.Step), k.besides(f, body), k.footer(f)})
	case k.low():
		page.Children = present([]*node.Node{k.above(f), k.content(f, body), k.footer(f)})
	default:
		middle := k.content(f, present([]*node.Node{k.heading(f), f.Aside, body})...)
		page.Children = present([]*node.Node{k.header(f), k.steps(f.Step), middle, k.footer(f)})
	}
	root := &node.Node{Style: node.Style{Dir: node.Stack}, Children: []*node.Node{page}}
	if f.Dialog != nil {
		root.Children = append(root.Children, f.Dialog)
	}
	return &node.Tree{Screen: f.Screen, Lang: k.Lang(), Theme: f.Theme, Root: root}
}

// wide panels are lower than they are wide.
func (k Kit) wide() bool { return k.Panel.Size.X > k.Panel.Size.Y }

// lowTop is how much of the height the low layout keeps for what is only read, in percent: what can be touched begins
// below it, within the reach of somebody who sits.
const lowTop = 35

// content is what stands between header and footer, with the main action.
func (k Kit) content(f FrameSpec, parts ...*node.Node) *node.Node {
	margin := k.MM(90)
	n := &node.Node{
		Style: node.Style{
			Dir: node.Column, Gap: k.MM(36), Grow: 1, Shrink: true,
			Pad: node.Edges{Top: k.MM(70), Right: margin, Bottom: k.MM(50), Left: margin},
		},
		Children: parts,
	}
	if actions := k.actions(f); actions != nil {
		n.Children = append(n.Children, actions)
	}
	return n
}

// above is the upper part of the low layout: nothing in it can be touched.
func (k Kit) above(f FrameSpec) *node.Node {
	heading := k.heading(f)
	heading.Style.Pad = node.Sides(0, k.MM(90))
	return &node.Node{
		Style:    node.Style{Dir: node.Column, Height: k.Panel.Size.Y * lowTop / 100},
		Children: present([]*node.Node{k.header(f), k.steps(f.Step), Spring(), heading, Spring()}),
	}
}

// besides is the middle of a wide panel: the title at the left, what can be done at the right.
func (k Kit) besides(f FrameSpec, body *node.Node) *node.Node {
	left := k.heading(f)
	left.Style.Width = k.Panel.Size.X * 38 / 100
	left.Style.Pad = node.Edges{Top: k.MM(70), Left: k.MM(90)}
	right := k.content(f, body)
	right.Style.Pad = node.Edges{Top: k.MM(50), Right: k.MM(90), Bottom: k.MM(40), Left: k.MM(60)}
	return &node.Node{
		Style: node.Style{Dir: node.Row, Grow: 1, Shrink: true}, Children: []*node.Node{left, right},
	}
}

func (k Kit) header(f FrameSpec) *node.Node {
	name := k.label(Name, node.Ink, k.T(msg.AppName()))
	name.Style.MaxLines = 2
	h := &node.Node{
		Style: node.Style{
			Dir: node.Row, Cross: node.Center, Gap: k.MM(40), MinHeight: k.MM(230), Fill: node.Surface,
			Pad: node.Sides(k.MM(30), k.MM(90)),
		},
		Children: []*node.Node{k.Icon("article", 90, node.Primary), Grow(name)},
	}
	if k.wide() {
		h.Style.MinHeight, h.Style.Pad = k.MM(180), node.Sides(k.MM(20), k.MM(90))
	}
	if !f.NoLanguage && !k.low() {
		h.Children = append(h.Children, k.languageButton())
	}
	return h
}

// low is the low layout, which only an upright panel has.
func (k Kit) low() bool { return k.Low && !k.wide() }

// languageButton shows the language in its own script, and "Language" for those who cannot read it.
func (k Kit) languageButton() *node.Node {
	english := k
	english.Texts = k.Texts.In(domain.English)
	word, label := english.T(msg.AppLanguage()), k.T(msg.AppLanguageName())
	if k.Texts.Lang() == domain.Japanese {
		label = word
	}
	return k.Button(ButtonSpec{
		ID: "language", Label: label, Icon: "language", Look: Pill, Action: ActionLanguage, Speak: word,
	})
}

func (k Kit) steps(now Step) *node.Node {
	if now == NoStep {
		return nil
	}
	row := &node.Node{Style: node.Style{
		Dir: node.Row, Gap: k.MM(20), Fill: node.Surface,
		Pad: node.Edges{Right: k.MM(90), Bottom: k.MM(30), Left: k.MM(90)},
	}}
	for s := StepConsent; s <= StepReceive; s++ {
		row.Children = append(row.Children, k.step(s, now))
	}
	if k.Large() { // five words do not stand beside each other: only the step of now is named
		label := k.Text(Caption, node.Primary, k.T(stepTexts[now]()))
		label.Style.Font.Bold = true
		pad := row.Style.Pad
		row.Style.Fill, row.Style.Pad = node.NoColour, node.Edges{}
		row = k.Column(10, row, Centered(label))
		row.Style.Fill, row.Style.Pad = node.Surface, pad
	}
	row.Role, row.ID = node.RoleProgress, "steps"
	return speaks(row, k.T(msg.StepSpoken(int(StepReceive), int(now))))
}

func (k Kit) step(s, now Step) *node.Node {
	ink, bar, height, set := node.InkSoft, node.Hairline, 8, Caption
	font := k.Font(set)
	switch {
	case s < now:
		bar, height = node.Primary, 8
	case s == now:
		ink, bar, height = node.Primary, node.Primary, 16
		font.Bold = true
	}
	text := k.label(set, ink, k.T(stepTexts[s]()))
	text.Style.Font, text.Style.TextSide, text.Style.MaxLines = font, node.Center, 2
	label := k.Row(8, Grow(text))
	if s < now {
		text.Style.Grow = 0
		label = k.Row(8, k.Icon("check", 40, node.Primary), text)
		label.Style.Main = node.Center
	}
	line := &node.Node{Style: node.Style{Height: k.MM(height), Fill: bar, Radius: k.MM(height) / 2}}
	hold := &node.Node{
		Style: node.Style{Dir: node.Column, Main: node.Center, Height: k.MM(16)}, Children: []*node.Node{line},
	}
	n := k.Column(10, hold, label)
	if k.Large() {
		n = hold
	}
	n.Style.Grow = 1
	return n
}

// Large says that texts need more room than a line of several leaves them.
func (k Kit) Large() bool { return k.size() > 125 }

// heading reserves two lines for the title and the lead, so that nothing jumps when the language changes.
func (k Kit) heading(f FrameSpec) *node.Node {
	title := k.Text(Title, node.Ink, f.Title)
	title.ID, title.Role = "title", node.RoleHeading
	title.Style.MaxLines = 2
	if k.Large() || k.wide() {
		title.Style.MaxLines = 4
	}
	column := k.Column(20, title)
	column.Style.Pad.Bottom = k.MM(24)
	if !f.Lead.None() && !(f.SpareLead && k.Large()) {
		set := Lead
		if f.LargeLead {
			set = Large
		}
		lead := k.Text(set, node.InkSoft, f.Lead)
		lead.ID = "lead"
		lead.Style.MaxLines = 4
		if k.Large() || k.wide() {
			lead.Style.MaxLines = 0
		}
		column.Children = append(column.Children, lead)
	}
	if f.Aside != nil && (k.wide() || k.low()) { // what is only read does not take the room of what is touched
		column.Children = append(column.Children, f.Aside)
	}
	return column
}

// actions is the row of the main action: it stands at the right, what is beside it at the left.
func (k Kit) actions(f FrameSpec) *node.Node {
	if f.Primary == nil && f.Secondary == nil {
		return nil
	}
	row := k.Row(40)
	if f.Secondary != nil {
		row.Children = append(row.Children, k.Button(*f.Secondary))
	}
	if f.Primary == nil || !f.Primary.Wide {
		row.Children = append(row.Children, Spring())
	}
	if f.Primary != nil {
		p := *f.Primary
		p.Look = Filled
		n := k.Button(p)
		n.Style.MinWidth = k.MM(780)
		if k.wide() {
			n.Style.MinWidth = k.MM(600)
		}
		if p.Wide {
			Grow(n)
		}
		row.Children = append(row.Children, n)
	}
	if k.Large() && f.Secondary != nil && f.Primary != nil {
		return k.Column(32, row.Children[0], row.Children[2])
	}
	return row
}

// footer has the buttons that every screen shares. Where there are none it is only their room, so that the main action
// is where it always is, or the margin where there is no main action.
func (k Kit) footer(f FrameSpec) *node.Node {
	language := k.low() && !f.NoLanguage
	switch {
	case f.Foot != nil:
		return f.Foot
	case !f.Back && !f.Cancel && f.Reference == "" && !language:
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
	if language {
		foot.Children = append(foot.Children, k.Row(0, Spring(), k.languageButton()))
	}
	if f.Back || f.Cancel || len(foot.Children) == 0 {
		foot.Children = append(foot.Children, row)
	}
	foot.Style.Main, foot.Style.Fill = node.Center, node.Surface
	foot.Style.MinHeight, foot.Style.Pad = k.MM(280), node.Sides(k.MM(40), k.MM(90))
	if k.wide() {
		foot.Style.MinHeight, foot.Style.Pad = k.MM(220), node.Sides(k.MM(25), k.MM(90))
	}
	return foot
}

func isSpring(n *node.Node) bool { return n.Style.Grow > 0 && len(n.Children) == 0 }

// reference is the number that a resident can name when the machine has failed.
func (k Kit) reference(number string) *node.Node {
	name := k.T(msg.CommonReception())
	n := Grow(k.Column(0, k.label(Caption, node.InkSoft, name), k.label(Label, node.Ink, k.Code(number))))
	n.ID, n.Role, n.Enabled = "reference", node.RoleText, true
	return speaks(n, name, k.Verbatim(number))
}

// group is how many characters of a number a person reads at once.
const group = 4

// Spaced writes a number that somebody copies by hand in groups.
func Spaced(number string) string {
	if strings.ContainsAny(number, "- ") {
		return number
	}
	var b strings.Builder
	for i, r := range number {
		if i > 0 && i%group == 0 {
			b.WriteRune('\u00a0')
		}
		b.WriteRune(r)
	}
	return b.String()
}
