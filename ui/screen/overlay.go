package screen

import (
	"github.com/kioskd/kioskd/internal/terminal/session"
	"github.com/kioskd/kioskd/ui/kit"
	"github.com/kioskd/kioskd/ui/node"
)

// overlays are what lies over any screen; a test walks them.
var overlays = [session.NumOverlays]func(page) *node.Node{
	session.OverlayLanguages: page.languageList,
	session.OverlayCancel:    page.cancelling,
	session.OverlayPaper:     page.wrongSheets,
}

// cancelling asks once before money goes back and a certificate is given up, and says what will happen. The time-out
// does not ask.
func (p page) cancelling() *node.Node {
	money := p.T("cancelling.money", p.amountArgs(p.InEscrow))
	text, other := p.T("cancelling.no_money"), money
	if p.InEscrow > 0 {
		text, other = money, text
	}
	further, end := p.button("cancelling.go", session.VerbCloseOverlay), p.button("cancelling.end", session.VerbCancel)
	further.ID, end.ID, end.Icon = "cancel_no", "cancel_yes", "close"
	return p.Dialog(kit.DialogSpec{
		ID: "cancelling", Icon: "cancel", Title: p.T("cancelling.title"), Text: text, OrText: other,
		Primary: *further, Second: end,
	})
}
