package screen

import (
	"github.com/kioskd/kioskd/internal/domain"
	"github.com/kioskd/kioskd/internal/terminal/session"
	"github.com/kioskd/kioskd/internal/terminal/session/alarm"
	"github.com/kioskd/kioskd/locales"
	"github.com/kioskd/kioskd/locales/msg"
	"github.com/kioskd/kioskd/ui/kit"
	"github.com/kioskd/kioskd/ui/node"
)

// urgent is the level from which an alarm says "now".
const urgent = 3

// alarmTexts are what each alarm says, below urgent and from there.
var alarmTexts = [...][2]locales.Message{
	alarm.Card:  {msg.AlarmCard(), msg.AlarmCardNow()},
	alarm.Paper: {msg.AlarmPaper(), msg.AlarmPaperNow()},
	alarm.Found: {msg.AlarmFound(), msg.AlarmFoundNow()},
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
		ID: "wrong_sheet", Icon: "support_agent", Title: p.T(msg.WrongSheetTitle()), Text: p.T(msg.WrongSheetText()),
		Second: &kit.ButtonSpec{
			ID: "wrong_close", Label: p.T(msg.WrongSheetClose()), Icon: "arrow_back",
			Action: node.Action{Verb: session.VerbCloseOverlay},
		},
	}
	for _, a := range [...]struct {
		text locales.Message
		icon string
		says domain.FaultCode
	}{
		{msg.WrongSheetNo(), "block", domain.FaultNoSheet},
		{msg.WrongSheetBad(), "error", domain.FaultBadSheet},
		{msg.WrongSheetForeign(), "person", domain.FaultForeign},
	} {
		d.Answers = append(d.Answers, kit.ButtonSpec{
			ID: "says_" + a.says.String(), Label: p.T(a.text), Icon: a.icon,
			Action: node.Action{Verb: session.VerbNotMine, Arg: a.says.String()},
		})
	}
	return p.Dialog(d)
}

// said repeats to resident and clerk what was answered.
func (p page) said() *node.Node {
	what, _, ok := msg.Fault(p.Said)
	if !ok {
		return nil
	}
	return p.Notice(kit.Warn, "said", p.T(what))
}
