package screen

import (
	"github.com/kioskd/kioskd/internal/domain"
	"github.com/kioskd/kioskd/internal/terminal/session"
	"github.com/kioskd/kioskd/internal/terminal/session/alarm"
	"github.com/kioskd/kioskd/ui/kit"
	"github.com/kioskd/kioskd/ui/node"
)

// urgent is the level from which an alarm says "now".
const urgent = 3

// alarmTexts are what each alarm says, below urgent and from there.
var alarmTexts = [...][2]string{
	alarm.Card:  {"alarm.card", "alarm.card_now"},
	alarm.Paper: {"alarm.paper", "alarm.paper_now"},
	alarm.Found: {"alarm.found", "alarm.found_now"},
}

// reminder says that something still lies there, more urgently as time goes by. Its room is kept from the beginning, so
// that nothing moves under a finger when it appears.
func (p page) reminder(what alarm.What) *node.Node {
	texts := alarmTexts[what]
	calm := p.Notice(kit.Warn, "alarm", p.T(texts[0]))
	now := p.Notice(kit.Bad, "alarm", p.T(texts[1]))
	words := now.Children[1]
	words.Style.Font = p.Font(kit.Large)
	words.Style.Font.Bold = true
	switch {
	case p.Ring.What != what || !p.Ring.Rings():
		return kit.Reserve(p.Column(0), calm, now)
	case p.Ring.Level < urgent:
		return kit.Reserve(calm, now)
	default:
		return kit.Reserve(now, calm)
	}
}

// alarmed is the hero of a screen, or a warning where the alarm is urgent.
func (p page) alarmed(icon string) *node.Node {
	hero := p.Hero(icon)
	if p.Ring.Level >= urgent {
		disc := hero.Children[0]
		disc.Style.Fill = node.ErrorGround
		disc.Children[0] = p.Icon("warning", 360, node.ErrorInk)
	}
	return hero
}

// wrongSheets asks what is wrong with the sheets: three answers of equal weight, each of which calls staff.
func (p page) wrongSheets() *node.Node {
	d := kit.DialogSpec{
		ID: "wrong_sheet", Icon: "support_agent", Title: p.T("wrong_sheet.title"), Text: p.T("wrong_sheet.text"),
		Second: &kit.ButtonSpec{
			ID: "wrong_close", Label: p.T("wrong_sheet.close"), Icon: "arrow_back",
			Action: node.Action{Verb: session.VerbCloseOverlay},
		},
	}
	for _, a := range [...]struct {
		text, icon string
		says       domain.FaultCode
	}{
		{"no", "block", domain.FaultNoSheet}, {"bad", "error", domain.FaultBadSheet},
		{"foreign", "person", domain.FaultForeign},
	} {
		d.Answers = append(d.Answers, kit.ButtonSpec{
			ID: "wrong_" + a.text, Label: p.T("wrong_sheet." + a.text), Icon: a.icon,
			Action: node.Action{Verb: session.VerbNotMine, Arg: a.says.String()},
		})
	}
	return p.Dialog(d)
}

// said repeats to resident and clerk what was answered.
func (p page) said() *node.Node {
	info, ok := p.Said.Info()
	if !ok {
		return nil
	}
	return p.Notice(kit.Warn, "said", p.T("fault."+info.Code))
}
