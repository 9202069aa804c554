package screen

import (
	"github.com/kioskd/kioskd/internal/terminal/session"
	"github.com/kioskd/kioskd/locales/msg"
	"github.com/kioskd/kioskd/ui/kit"
	"github.com/kioskd/kioskd/ui/node"
)

// overlays are what lies over any screen; a test walks them.
var overlays = [session.NumOverlays]func(page) *node.Node{
	session.OverlayLanguages: page.languageList,
	session.OverlayAids:      page.aidList,
	session.OverlayHelp:      page.help,
	session.OverlayCancel:    page.cancelling,
	session.OverlayPaper:     page.wrongSheets,
}

// cancelling asks once before money goes back and a certificate is given up, and says what will happen. The time-out
// does not ask.
func (p page) cancelling() *node.Node {
	money := p.T(msg.CancellingMoney(p.InEscrow))
	text, other := p.T(msg.CancellingNoMoney()), money
	if p.InEscrow > 0 {
		text, other = money, text
	}
	further := p.button(msg.CancellingGo(), session.VerbCloseOverlay)
	end := p.button(msg.CancellingEnd(), session.VerbCancel)
	further.ID, end.ID, end.Icon = "cancel_no", "cancel_yes", "close"
	return p.Dialog(kit.DialogSpec{
		ID: "cancelling", Icon: "cancel", Title: p.T(msg.CancellingTitle()), Text: text, OrText: other,
		Primary: *further, Second: end,
	})
}
