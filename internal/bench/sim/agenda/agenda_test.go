package agenda

import (
	"math/rand/v2"
	"testing"
)

func TestThingsComeInTheOrderOfTimeAndTie(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	var q Queue
	last := Thing{At: -1}
	for i := range 2000 {
		q.Push(Thing{At: last.At + 1 + rnd.Int64N(9), Tie: rnd.Uint32N(3)})
		if i%3 != 0 {
			continue
		}
		next := q.Pop()
		if next.At < last.At || next.At == last.At && next.Tie < last.Tie {
			t.Fatalf("%+v after %+v", next, last)
		}
		last = next
	}
	for len(q) > 0 {
		next := q.Pop()
		if next.At < last.At || next.At == last.At && next.Tie < last.Tie {
			t.Fatalf("%+v after %+v", next, last)
		}
		last = next
	}
}
