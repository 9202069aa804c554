package screen

import (
	"strconv"

	"github.com/kioskd/kioskd/internal/domain"
	"github.com/kioskd/kioskd/internal/terminal/session"
	"github.com/kioskd/kioskd/internal/terminal/session/aids"
	"github.com/kioskd/kioskd/locales"
	"github.com/kioskd/kioskd/locales/msg"
	"github.com/kioskd/kioskd/ui/kit"
	"github.com/kioskd/kioskd/ui/node"
)

var sizeTexts = [...]func() locales.Message{
	aids.Size100: msg.AidsSize100, aids.Size125: msg.AidsSize125, aids.Size150: msg.AidsSize150,
	aids.Size200: msg.AidsSize200,
}

var themeTexts = [...]func() locales.Message{
	aids.ThemeDefault: msg.AidsThemeDefault, aids.ThemeHighLight: msg.AidsThemeHighLight,
	aids.ThemeHighDark: msg.AidsThemeHighDark, aids.ThemeLowGlare: msg.AidsThemeLowGlare,
}

// aidList are the settings of the visit. Each touch changes one of them at once, on this screen too.
func (p page) aidList() *node.Node {
	sizes := &node.Node{Style: node.Style{Dir: node.Grid, Columns: len(aids.Sizes), Gap: p.MM(32)}}
	for _, z := range aids.Sizes {
		sizes.Children = append(sizes.Children, p.Choice(kit.ChoiceSpec{
			ID: "size_" + z.String(), Label: p.T(msg.AidsSample()), Speak: p.T(sizeTexts[z]()), Percent: z.Percent(),
			Selected: z == p.Aids.Size, Action: set(aids.Set(aids.NameSize, z.String())),
		}))
	}
	themes := &node.Node{Style: node.Style{Dir: node.Grid, Columns: 2, Gap: p.MM(32)}}
	for _, th := range aids.Themes {
		themes.Children = append(themes.Children, p.Choice(kit.ChoiceSpec{
			ID: "theme_" + th.String(), Label: p.T(themeTexts[th]()), Selected: th == p.Aids.Theme,
			Action: set(aids.Set(aids.NameTheme, th.String())),
		}))
	}
	body := p.Column(36, p.group(msg.AidsSize()), sizes, p.group(msg.AidsTheme()), themes,
		p.aidSwitch(aids.NameLow, msg.AidsLow(), p.Aids.Low))
	if p.Texts.Lang() == domain.Japanese {
		body.Children = append(body.Children, p.aidSwitch(aids.NameEasy, msg.AidsEasy(), p.Aids.Easy))
	}
	if p.set.Speaks {
		body.Children = append(body.Children, p.speech()...)
	}
	return p.Sheet("aids", p.T(msg.AidsTitle()), *p.button(msg.AidsClose(), session.VerbCloseOverlay), body)
}

// speech is whether the visit is spoken to, how loud and how fast.
func (p page) speech() []*node.Node {
	return []*node.Node{
		p.aidSwitch(aids.NameSpeech, msg.AidsSpeech(), p.Aids.Speech),
		// always there, so that nothing moves when speech is turned on
		p.level(aids.NameVolume, msg.AidsVolume(), msg.AidsSofter(), msg.AidsLouder(), p.Aids.Volume(),
			aids.MinVolume, aids.MaxVolume),
		p.level(aids.NameRate, msg.AidsRate(), msg.AidsSlower(), msg.AidsFaster(), p.Aids.Rate(),
			aids.MinRate, aids.MaxRate),
	}
}

func set(arg string) node.Action { return node.Action{Verb: session.VerbSetAid, Arg: arg} }

// group names what the choices below it are about.
func (p page) group(m locales.Message) *node.Node { return p.Text(kit.Label, node.InkSoft, p.T(m)) }

// aidSwitch is a setting that is on or off.
func (p page) aidSwitch(name string, label locales.Message, on bool) *node.Node {
	return p.Card(kit.CardSpec{
		ID: "aid_" + name, Name: p.T(label), Compact: true, Choice: node.RoleCheck, Selected: on,
		Action: set(aids.Switch(name, !on)),
	})
}

// level is a setting between two bounds, with a button to each side.
func (p page) level(name string, label, down, up locales.Message, now, least, most int) *node.Node {
	off := !p.Aids.Speech
	to := func(n int) node.Action { return set(aids.Set(name, strconv.Itoa(n))) }
	value := kit.Centered(p.Text(kit.Name, node.Ink, p.T(msg.AidsLevel(most, now))))
	value.ID, value.Role = "aid_"+name, node.RoleStatus
	less := kit.ButtonSpec{
		ID: name + "_down", Icon: "remove", Label: p.T(down), Action: to(max(least, now-1)), Disabled: off || now <= least,
	}
	more := kit.ButtonSpec{
		ID: name + "_up", Icon: "add", Label: p.T(up), Action: to(min(most, now+1)), Disabled: off || now >= most,
	}
	if p.Large() { // the symbols say it; their words are heard
		less.Speak, less.Label, more.Speak, more.Label = less.Label, kit.Words{}, more.Label, kit.Words{}
	}
	return p.Column(16, p.group(label), p.Row(32, p.Button(less), kit.Grow(value), p.Button(more)))
}

// help says whom to call and what to tell them.
func (p page) help() *node.Node {
	facts := []kit.Fact{}
	if p.set.Machine != "" {
		facts = append(facts, p.told("machine", msg.HelpMachine(), p.set.Machine))
	}
	if p.Slip != "" || p.AppShort != "" {
		facts = append(facts, p.number())
	}
	if p.set.Phone != "" {
		facts = append(facts, p.told("phone", msg.HelpPhone(), p.set.Phone))
	}
	body := p.Column(50, kit.Centered(p.Text(kit.Lead, node.Ink, p.T(msg.HelpText()))))
	if len(facts) > 0 {
		body.Children = append(body.Children, p.Facts(facts))
	}
	switch p.State.Phase() {
	case session.PhasePay, session.PhasePrint, session.PhaseStaff: // coins or sheets may be in the machine
		body.Children = append(body.Children, p.Notice(kit.Info, "help_safe", p.T(msg.HelpSafe())))
	default: // nothing is at stake
	}
	return p.Sheet("call_staff", p.T(msg.HelpTitle()), *p.button(msg.HelpClose(), session.VerbCloseOverlay), body)
}

// told is a number that is read out to somebody.
func (p page) told(id string, name locales.Message, value string) kit.Fact {
	return kit.Fact{ID: id, Name: p.T(name), Value: p.Verbatim(value), Strong: true}
}
