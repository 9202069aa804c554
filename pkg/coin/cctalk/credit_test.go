package cctalk

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestCounterExamplesOfTheSpecification(t *testing.T) {
	for _, c := range []struct {
		now, last byte
		fresh     int
		lost      int
		reset     bool
	}{
		{now: 23, last: 23},
		{now: 104, last: 102, fresh: 2},
		{now: 1, last: 255, fresh: 1},
		{now: 3, last: 253, fresh: 5},
		{now: 54, last: 48, fresh: 5, lost: 1},
		{now: 0, last: 67, reset: true},
		{now: 0, last: 0},
		{now: 2, last: 0, fresh: 2},
		{now: 255, last: 254, fresh: 1},
	} {
		got := AcceptorState{Event: c.now}.Since(AcceptorState{Event: c.last})
		if len(got.Slots) != c.fresh || got.Lost != c.lost || got.Reset != c.reset {
			t.Errorf("now %d, last %d: %d new, %d lost, reset %v", c.now, c.last, len(got.Slots), got.Lost, got.Reset)
		}
	}
}

func TestNewsComeOldestFirst(t *testing.T) {
	now := AcceptorState{Event: 7, Slots: [SlotCount]Slot{{Yen: 10}, {Code: 14}, {Yen: 500}, {Yen: 50}}}
	want := []Slot{{Yen: 500}, {Code: 14}, {Yen: 10}}
	if d := cmp.Diff(want, now.Since(AcceptorState{Event: 4, Slots: [SlotCount]Slot{{Yen: 50}}}).Slots); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([SlotCount]Slot{{Yen: 500}, {Yen: 50}}, now.Before(2).Slots); d != "" {
		t.Error(d)
	}
	if e := (AcceptorState{Event: 1}).Before(2).Event; e != 254 {
		t.Errorf("two events before 1 the counter was %d", e)
	}
}

// TestACounterThatBeganAnewIsFound: a unit lost its power, and as many events came after it as before.
func TestACounterThatBeganAnewIsFound(t *testing.T) {
	type five = [SlotCount]Slot
	coin, other, worth := Slot{Yen: 500, Type: 5, Path: 4}, Slot{Code: 2}, Slot{Yen: 100, Type: 5, Path: 4}
	before := AcceptorState{Event: 2, Slots: five{coin, other}}
	for name, c := range map[string]struct {
		now   AcceptorState
		reset bool
	}{
		"nothing new":               {before, false},
		"one event more":            {AcceptorState{Event: 3, Slots: five{other, coin, other}}, false},
		"two of another life":       {AcceptorState{Event: 2, Slots: five{other, other}}, true},
		"three of another life":     {AcceptorState{Event: 3, Slots: five{other, other, coin}}, true},
		"more than it remembers":    {AcceptorState{Event: 9, Slots: five{other, other, other, other, other}}, false},
		"the same at another worth": {AcceptorState{Event: 2, Slots: five{worth, other}}, false},
	} {
		if got := c.now.Since(before); got.Reset != c.reset {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

func TestANumberThatShrankHasNotGrown(t *testing.T) {
	for _, c := range []struct {
		before, after uint32
		want          int
	}{{5, 5, 0}, {5, 7, 2}, {7, 5, 0}, {0xFFFFFF, 1, 2}, {1, 0xFFFFFF, 0}} {
		before, after := Inside{c.before, true}, Inside{c.after, true}
		if got := before.Grown(after); got != c.want {
			t.Errorf("from %d to %d: %d, want %d", c.before, c.after, got, c.want)
		}
	}
}
