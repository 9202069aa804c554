package terminal

import (
	"strings"
	"testing"
	"time"

	"github.com/kioskd/kioskd/internal/domain"
	"github.com/kioskd/kioskd/internal/terminal/session"
)

// linger lets nearly all of a limit pass, with a touch now and then.
func (r *rig) linger(limit time.Duration) {
	for left := limit - 20*time.Second; left > 0; left -= 100 * time.Second {
		r.wait(min(left, 100*time.Second))
		r.touch(session.VerbContinue, "")
	}
}

// TestX20_TheSlowestVisitIsPrintedAndPaid: signed notes that live as long as the table says, a resident with aids who
// uses every limit up, three copies; nothing expires on the way, and nothing is taken for a mix.
func TestX20_TheSlowestVisitIsPrintedAndPaid(t *testing.T) {
	withRig(t, func(r *rig) {
		begun := time.Now()
		r.touch(session.VerbSetAid, "speech=on")
		r.toPIN()
		if aids := r.view().Aids; aids.Pace() != domain.AidsFactor || !aids.Speech {
			t.Fatalf("%+v", aids)
		}
		r.linger(domain.PINLimit)
		r.pin("1234")
		r.at(session.RemoveCard)
		r.linger(domain.AidsFactor * domain.RemoveLimit)
		r.take()
		r.at(session.Holder)
		r.linger(domain.AwayAidsFactor * domain.AwayFromCard)
		r.touch(session.VerbItIsMe, "")
		r.touch(session.VerbPickKind, string(domain.ResidentRecord))
		r.touch(session.VerbNext, "")
		r.touch(session.VerbMore, "")
		r.touch(session.VerbMore, "")
		r.touch(session.VerbNext, "")
		r.at(session.Confirm)
		r.touch(session.VerbConfirm, "")
		r.wait(5 * time.Second)
		r.at(session.Pay)
		r.linger(domain.AidsFactor*domain.PayLimit - 10*time.Second)
		r.at(session.Pay)
		r.insert(500, 100)
		r.wait(time.Minute)
		r.at(session.TakePaper)
		if v := r.view(); v.Outcome != domain.OutcomePrintedPaid || r.printer.sheets != 3 || len(v.Faults) > 1 {
			t.Errorf("%v, %d sheets, %v", v.Outcome, r.printer.sheets, v.Faults)
		}
		if took := time.Since(begun); took < time.Hour+9*time.Minute {
			t.Errorf("the slowest visit took only %v", took)
		}
		r.books()
	}, paying)
}

// TestX20_NobodyPaysForWhatMayExpire: notes that live too short are refused before a coin is taken.
func TestX20_NobodyPaysForWhatMayExpire(t *testing.T) {
	withRig(t, func(r *rig) {
		r.center.shorter = domain.NoteLife - domain.PayLimit - domain.SettleLimit
		r.toConfirm()
		r.touch(session.VerbConfirm, "")
		r.wait(5 * time.Second)
		r.at(session.Refused)
		if got := r.view().Refusal; got != domain.DeadlinePassed {
			t.Errorf("refused as %v", got)
		}
		if strings.Contains(r.log.String(), "center.failed") {
			t.Error("refused by a note, not by the table")
		}
	}, paying)
}
