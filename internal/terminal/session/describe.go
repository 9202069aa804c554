package session

import "github.com/kioskd/kioskd/internal/terminal/session/times"

// Branch is one outcome of a cell of the table, in words.
type Branch struct {
	Event Kind
	Own   bool   // of the state's row; else the column's default
	When  string // the condition; "" holds always
	Does  []string
	Next  State
	Stays bool
	Why   string // where it stays and does nothing
}

// Facts are what every state says of itself.
type Facts struct {
	Idle, Act               int // seconds: without a touch before the countdown, or of the act
	Cancel, Money, Personal bool
}

// Facts gives what a state says of itself.
func (s State) Facts() Facts {
	i := states[s]
	return Facts{i.idle, i.act, i.cancel, i.money, i.personal}
}

// Branches gives a state's row with the defaults filled in, event by event: for docs/session.md.
func (s State) Branches() (all []Branch) {
	for k := range numKinds {
		cell := rows[s][k]
		own := cell != nil
		if !own {
			cell = every[k]
		}
		for _, b := range cell {
			one := Branch{
				Event: k, Own: own, When: b.when.name, Next: b.next, Stays: b.next == same || b.next == s, Why: b.why,
			}
			for _, a := range b.do {
				one.Does = append(one.Does, a.name)
			}
			all = append(all, one)
		}
	}
	return all
}

// NumPhases is how many phases there are, Countdown the seconds of the time-out dialogue.
const (
	NumPhases = int(numPhases)
	Countdown = times.Countdown
)
