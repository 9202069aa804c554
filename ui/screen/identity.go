package screen

import (
	"github.com/kioskd/kioskd/internal/terminal/session"
	"github.com/kioskd/kioskd/internal/terminal/session/alarm"
	"github.com/kioskd/kioskd/locales/msg"
	"github.com/kioskd/kioskd/ui/kit"
	"github.com/kioskd/kioskd/ui/node"
)

func placeCard(p page) kit.FrameSpec { return p.waiting("contactless") }

func readingCard(p page) kit.FrameSpec { return p.waiting("badge") }

// lastTry warns before the PIN that could lock the card for good.
func lastTry(p page) kit.FrameSpec {
	return kit.FrameSpec{
		Lead: p.lead(), LargeLead: true,
		Body: []*node.Node{
			p.Notice(kit.Warn, "last_try_help", p.T(msg.LastTryHelp())), kit.Spring(), p.Hero("warning"), kit.Spring(),
		},
		Primary: p.forward(msg.LastTryGo(), session.VerbContinue),
	}
}

// maxTries is how many wrong PINs lock the card (domain K07).
const maxTries = 3

// enterPIN knows how many digits are in, never which. The notice keeps the room of every other notice of this screen,
// so that no key moves: a fast second digit meets the key that it was meant for.
func enterPIN(p page) kit.FrameSpec {
	notice := p.tries(p.WrongPIN, p.Tries)
	for n := range maxTries {
		kit.Reserve(notice, p.tries(true, n+1), p.tries(false, n+1))
	}
	submit := p.button(msg.EnterPINSubmit(), session.VerbSubmitPIN)
	submit.ID, submit.Disabled = "pin.submit", p.PINCount < kit.PINLength
	return kit.FrameSpec{
		Lead:      p.lead(),
		Aside:     notice,
		SpareLead: true,
		Body:      []*node.Node{kit.Spring(), p.PINBoxes(p.PINCount), kit.Spring(), p.PINPad(), kit.Spring()},
		Primary:   submit,
	}
}

// tries says how often a PIN may still be tried, and that the last one was wrong.
func (p page) tries(wrong bool, left int) *node.Node {
	text := p.T(msg.EnterPINTries(left))
	if wrong {
		return p.Notice(kit.Bad, "tries", p.T(msg.EnterPINWrong()).Then(sentenceBreak, text))
	}
	return p.Notice(kit.Info, "tries", text)
}

// authenticating also serves the comparison of a card that was placed again: it says the same about the card.
func authenticating(p page) kit.FrameSpec {
	f := kit.FrameSpec{LargeLead: true, Body: []*node.Node{p.Hero("verified_user")}, Centered: true}
	switch {
	case p.CardGone:
		f.Lead = p.T(msg.AuthenticatingWait())
	case p.Signed:
		f.Lead = p.T(msg.AuthenticatingTake())
	default:
		f.Lead = p.T(msg.AuthenticatingHold())
	}
	return f
}

// placeAgain asks for the card that signed; one that lies there already must be lifted first.
func placeAgain(p page) kit.FrameSpec {
	f := p.waiting("contactless")
	if p.CardOn {
		f.Lead = p.T(msg.PlaceAgainLift())
	}
	return f
}

func removeCard(p page) kit.FrameSpec {
	return kit.FrameSpec{
		Lead: p.lead(), LargeLead: true,
		Body: []*node.Node{p.reminder(alarm.Card), kit.Spring(), p.alarmed("output"), kit.Spring()},
	}
}

// holder shows the municipality's picture of who the card belongs to and asks whether that is right.
func holder(p page) kit.FrameSpec {
	caption := p.Text(kit.Label, node.InkSoft, p.T(msg.HolderPicture()))
	name := p.Picture(p.Holder.String(), 160)
	name.ID = "holder_picture"
	return kit.FrameSpec{
		Lead:      p.lead(),
		Body:      []*node.Node{p.Panelled(40, caption, name), kit.Spring(), p.Hero("person"), kit.Spring()},
		Primary:   p.forward(msg.HolderYes(), session.VerbItIsMe),
		Secondary: p.button(msg.HolderNo(), session.VerbNotMe),
	}
}
