package screen

import (
	"github.com/kioskd/kioskd/internal/domain"
	"github.com/kioskd/kioskd/internal/terminal/session"
	"github.com/kioskd/kioskd/locales/msg"
	"github.com/kioskd/kioskd/ui/kit"
	"github.com/kioskd/kioskd/ui/node"
)

func consent(p page) kit.FrameSpec {
	points := p.Panelled(80,
		p.need("badge", msg.ConsentCard()), p.need("verified_user", msg.ConsentData()),
		p.need("person", msg.ConsentSelf()), p.need("payments", msg.ConsentMoney()))
	return kit.FrameSpec{
		Body:      []*node.Node{points},
		Primary:   p.forward(msg.ConsentAgree(), session.VerbAgree),
		Secondary: p.button(msg.ConsentDecline(), session.VerbDecline),
	}
}

// language is the list of languages as a screen of its own.
func language(p page) kit.FrameSpec {
	f := kit.FrameSpec{NoLanguage: true}
	for _, lang := range domain.Langs {
		f.Body = append(f.Body, p.languageCard(lang))
	}
	return f
}

func (p page) languageCard(lang domain.Lang) *node.Node {
	return p.Card(kit.CardSpec{
		ID: "lang_" + string(lang), Name: p.set.kit(lang).T(msg.AppLanguageName()), Compact: true,
		Action: node.Action{Verb: session.VerbPickLang, Arg: string(lang)}, Selected: lang == p.Texts.Lang(),
	})
}

// languageList lies over any other screen when its language button was touched.
func (p page) languageList() *node.Node {
	title := kit.Centered(p.Text(kit.Title, node.Ink, p.T(msg.AppChooseLanguage())))
	title.ID, title.Role = "languages.title", node.RoleHeading
	card := p.Column(32, title)
	for _, lang := range domain.Langs {
		card.Children = append(card.Children, p.languageCard(lang))
	}
	card.Style.Fill, card.Style.Radius, card.Style.Pad = node.Page, p.MM(50), node.All(p.MM(80))
	card.Style.Border, card.Style.BorderWidth = node.Outline, 2
	return &node.Node{
		ID: "languages", Role: node.RoleDialog, Enabled: true,
		Style:    node.Style{Dir: node.Column, Main: node.Center, Fill: node.Scrim, Pad: node.Sides(0, p.MM(200))},
		Children: []*node.Node{card},
	}
}

func scope(p page) kit.FrameSpec {
	return kit.FrameSpec{Body: []*node.Node{
		p.Card(kit.CardSpec{
			ID: "scope_home", Icon: "location_home", Name: p.T(msg.ScopeHome()), Detail: p.T(msg.ScopeHomeDetail()),
			Action: node.Action{Verb: session.VerbPickScope, Arg: "home"},
		}),
		p.Card(kit.CardSpec{
			ID: "scope_other", Icon: "family_restroom", Name: p.T(msg.ScopeDomicile()), Detail: p.T(msg.ScopeDomicileDetail()),
			Action: node.Action{Verb: session.VerbPickScope, Arg: "other"}, Disabled: true,
		}),
	}}
}
