package cctalk

// Meaning is what an event of the acceptor that is no credit means for money.
type Meaning uint8

// The meanings.
const (
	CameBack Meaning = iota // a coin is with the person again, or none was concerned: no money moved
	Astray                  // a coin was let in and may be anywhere: money is in doubt
	Trouble                 // the acceptor is in trouble, and let no coin in
	LeverPushed
)

// Happening is what is known of an event code.
type Happening struct {
	Means Meaning
	Name  Condition // of the acceptor; empty where the event says nothing of it
	// Passing says that the trouble may end by itself, as a blocked light barrier does when the coin rolls on. All else
	// needs a person.
	Passing bool
	Jams    bool // a jam, if it comes three times in ten minutes
	Check   bool // the self-check (header 232) may know more
}

// happenings are the events that are more than a coin that came back. ccTalk 4.7 part 3, header 229; whether a coin
// was let in is the column "coin rejected" of its table, as makers' drivers print it: what is neither yes nor before
// the gate is money in doubt.
var happenings = map[byte]Happening{
	6:   {Means: Astray},                                                    // credit sensor timeout
	7:   {Means: Astray},                                                    // sorter opto timeout
	9:   {Check: true},                                                      // accept gate not ready
	10:  {Check: true},                                                      // credit sensor not ready
	11:  {Check: true},                                                      // sorter not ready
	12:  {Check: true},                                                      // reject coin not cleared
	13:  {Check: true},                                                      // validation sensor not ready
	14:  {Means: Astray, Jams: true, Check: true},                           // credit sensor blocked
	15:  {Means: Trouble, Name: ConditionJammed, Passing: true, Jams: true}, // sorter opto blocked
	16:  {Means: Astray},                                                    // credit sequence error
	17:  {Means: Astray},                                                    // coin going backwards
	18:  {Means: Astray},                                                    // coin too fast over the credit sensor
	19:  {Means: Astray, Jams: true, Check: true},                           // coin too slow over the credit sensor
	20:  {Means: Astray, Name: ConditionManipulated},                        // coin on string
	21:  {Means: Astray},                                                    // dual coin entry opto timeout
	22:  {Check: true},                                                      // dual coin entry opto not seen
	23:  {Means: Astray},                                                    // credit sensor reached too early
	26:  {Means: Trouble, Name: ConditionJammed, Passing: true, Jams: true}, // reject sensor blocked
	27:  {Means: Astray},                                                    // games overload: accepted, no credit
	28:  {Means: Astray},                                                    // coin meter pulses exceeded: likewise
	29:  {Means: Astray, Name: ConditionInoperative},                        // accept gate open, not closed
	30:  {Means: Trouble, Name: ConditionInoperative},                       // accept gate closed, not open
	31:  {Means: Astray},                                                    // manifold opto timeout
	32:  {Means: Trouble, Name: ConditionJammed, Passing: true},             // manifold opto blocked
	33:  {Check: true},                                                      // manifold not ready
	34:  {Means: Trouble, Name: ConditionInoperative},                       // security status changed
	35:  {Means: Trouble, Name: ConditionInoperative},                       // motor exception
	36:  {Means: Astray},                                                    // swallowed coin
	39:  {Means: Astray},                                                    // coin incorrectly sorted
	40:  {Means: Astray, Name: ConditionManipulated},                        // external light attack
	253: {Means: Trouble, Name: ConditionInoperative},                       // data block request
	254: {Means: LeverPushed},                                               // coin return lever
	255: {Means: Trouble, Name: ConditionInoperative, Passing: true},        // unspecified alarm
}

// HappeningOf tells what an event code other than 0 means. What is not in the table is a coin that came back: 1 to 5,
// 8, 24, 25, 37, 38, 128 to 159 by the specification; of others the acceptor's counts tell whether a coin stayed.
func HappeningOf(code byte) Happening { return happenings[code] }

// passingFaults are the faults of the self-check that may end by themselves: sensors that something covers, supply,
// temperature, an open door (ccTalk 4.7 part 3, table of header 232).
var passingFaults = map[byte]Condition{
	3: ConditionJammed, 8: ConditionJammed, 18: ConditionJammed, 49: ConditionJammed, 33: ConditionInoperative,
	34: ConditionInoperative, 51: ConditionInoperative,
}

// SelfCheckFault tells what a fault code other than 0 of the acceptor's self-check means, and whether it may end by
// itself.
func SelfCheckFault(code byte) (name Condition, passing bool) {
	if name, passing = passingFaults[code]; passing {
		return name, true
	}
	switch code {
	case 20, 41: // coin on string sensor
		return ConditionManipulated, false
	case 19, 42, 43: // return mechanism, accept gate
		return ConditionJammed, false
	default:
		return ConditionInoperative, false
	}
}
