package crash

import (
	"context"
	"fmt"
	"testing/synctest"

	"github.com/kioskd/kioskd/internal/terminal/hand"
	"github.com/kioskd/kioskd/internal/terminal/session"
)

// maxRefunds bounds how often the clerk comes for what is owed: once for each life, and a few for short payouts.
const maxRefunds = 2 * maxLives

// refund lets the clerk close every slip that is open, in an opened machine. again reports that there was one, or that
// the process ended meanwhile.
func (r *resident) refund(p *process) (again bool, err error) {
	open, err := p.journal.Slips(context.Background(), true)
	if err != nil || len(open) == 0 {
		return false, err
	}
	r.spoke = true // what falls from now on falls before a clerk
	if r.refunds++; r.refunds > maxRefunds {
		return false, fmt.Errorf("crash: %d slips stay open, whoever comes: %+v", len(open), open)
	}
	r.w.machine.ClearJams()
	if err := r.turn(p, hand.Open); err != nil {
		return false, fmt.Errorf("crash: the machine does not open: %w", err)
	}
	synctest.Wait() // the list is drawn after the answer
	for _, s := range p.panel.shown().Slips {
		slip := hand.Slip{Number: s.Number, Staff: [2]string{"s1", "s2"}, From: r.w.script.Refund}
		if code := r.codes[s.Number]; !s.Two && code != "" {
			slip.Code, slip.Staff[1] = code, ""
		}
		_ = r.say(p, hand.Turn{Says: hand.Refund, Slip: slip}) // the journal says what came of it
		synctest.Wait()
	}
	_ = r.turn(p, hand.Nothing) // where it is not heard, the clerk says it again
	r.pass(p, round)
	r.turned = false // what stands against service now came after the clerk's last look
	return true, nil
}

// remember notes the code that a screen shows the resident.
func (r *resident) remember(v session.View) {
	if v.Claim != "" {
		r.codes[v.Slip] = v.Claim
	}
}
