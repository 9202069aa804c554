package coin

import "fmt"

// State is where the vendor stands with a person's money.
type State uint8

// The states: Closed → Idle → Accepting ⇄ Paused → Fixed → (Keeping | Returning) → Settled, and from there a new
// deposit. A failed movement ends in Unresolved, from which AdoptDeposit leads on, or a new deposit once the escrow is
// empty.
const (
	Closed State = iota
	Idle
	Accepting
	Paused
	Fixed
	Keeping
	Returning
	Settled
	Unresolved
)

var stateNames = [...]string{
	"Closed", "Idle", "Accepting", "Paused", "Fixed", "Keeping", "Returning", "Settled", "Unresolved",
}

func (s State) String() string { return stateNames[s] }

// StateError says that a verb does not fit the state; nothing was done.
type StateError struct {
	Verb  string
	State State
	Why   string // may be empty
}

func (e *StateError) Error() string {
	if e.Why != "" {
		return fmt.Sprintf("coin: %s in state %v: %s", e.Verb, e.State, e.Why)
	}
	return fmt.Sprintf("coin: %s in state %v", e.Verb, e.State)
}
