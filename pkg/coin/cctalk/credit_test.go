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
		got := AcceptorState{Event: c.now}.Since(c.last)
		if len(got.Slots) != c.fresh || got.Lost != c.lost || got.Reset != c.reset {
			t.Errorf("now %d, last %d: %d new, %d lost, reset %v", c.now, c.last, len(got.Slots), got.Lost, got.Reset)
		}
	}
}

func TestNewsComeOldestFirst(t *testing.T) {
	now := AcceptorState{Event: 7, Slots: [SlotCount]Slot{{Yen: 10}, {Code: 14}, {Yen: 500}, {Yen: 50}}}
	want := []Slot{{Yen: 500}, {Code: 14}, {Yen: 10}}
	if d := cmp.Diff(want, now.Since(4).Slots); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([SlotCount]Slot{{Yen: 500}, {Yen: 50}}, now.Before(2).Slots); d != "" {
		t.Error(d)
	}
	if e := (AcceptorState{Event: 1}).Before(2).Event; e != 254 {
		t.Errorf("two events before 1 the counter was %d", e)
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
