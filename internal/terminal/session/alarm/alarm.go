// Package alarm is what calls a person back who forgets something: what lies there, how urgently the screen and the
// loudspeaker say so, and when. terminal keeps the alarm that stands; screen and speaker read it from the View. Nothing
// here acts, and it decides nothing: the visit goes its way by the session's table.
package alarm

import (
	"strconv"

	"github.com/kioskd/kioskd/internal/domain"
)

// What lies where its owner could leave it.
type What uint8

// The things. Found is one whose owner did not come back: staff or the next person finds it.
const (
	Nothing What = iota
	Card
	Paper
	Found
	numWhat
)

var names = [numWhat]string{Nothing: "", Card: "card", Paper: "paper", Found: "found"}

func (w What) String() string { return names[w] }

// Levels is how often an alarm rises; there it stays until the thing is gone.
const Levels = 4

// at says when each level begins, in seconds, counted from the moment at which the thing could be taken. The card's
// are fixed: it
// is the key to somebody's identity, and nothing is to be read before it is taken.
var at = [numWhat][Levels]int{
	Card:  {3, 10, 20, 30},
	Paper: {10, 25, 40, 55},
	Found: {5, 30, 60, 120},
}

// paced are the things whose times a resident with aids has longer.
var paced = [numWhat]bool{Paper: true, Found: true}

// At is when a level of 1 to Levels begins, in seconds from the moment at which the thing could be taken. pace is 1 to
// domain.AidsFactor.
func (w What) At(level, pace int) int {
	if !paced[w] {
		pace = 1
	}
	return at[w][level-1] * max(1, min(pace, domain.AidsFactor))
}

// Ring is the alarm that stands. It can be compared; the zero value is none.
type Ring struct {
	What  What
	Level uint8 // 0: it lies there, and nobody is reminded yet; 1 to Levels
}

// Next is how many seconds pass until the alarm rises once more; ok is false where it does not: nothing lies there, or
// it is at its height.
func (r Ring) Next(pace int) (after int, ok bool) {
	if r.What == Nothing || r.Level >= Levels {
		return 0, false
	}
	after = r.What.At(int(r.Level)+1, pace)
	if r.Level > 0 {
		after -= r.What.At(int(r.Level), pace)
	}
	return after, true
}

// Risen is the alarm one level higher.
func (r Ring) Risen() Ring {
	if r.What != Nothing && r.Level < Levels {
		r.Level++
	}
	return r
}

// Rings reports that a person is to be reminded.
func (r Ring) Rings() bool { return r.What != Nothing && r.Level > 0 }

// Chime is the id of the sound of this level, such as "chime.card.2", or "" for none. It is played once, when the level
// begins, and never together with speech.
func (r Ring) Chime() string {
	if !r.Rings() {
		return ""
	}
	return "chime." + r.What.String() + "." + strconv.Itoa(int(r.Level))
}

// Chimes are the ids of all sounds, for the room that must have them.
func Chimes() (all []string) {
	for w := Card; w < numWhat; w++ {
		for level := range uint8(Levels) {
			all = append(all, Ring{w, level + 1}.Chime())
		}
	}
	return all
}
