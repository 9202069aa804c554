package alarm

import (
	"slices"
	"testing"
	"time"

	"github.com/kioskd/kioskd/internal/domain"
)

// rise lets nobody take the thing, and says when each level began.
func rise(t *testing.T, w What, pace int) (at []int) {
	t.Helper()
	now, r := 0, Ring{What: w}
	for {
		after, ok := r.Next(pace)
		if !ok {
			return at
		}
		if after <= 0 {
			t.Fatalf("%v: level %d begins %d s after the one before", w, r.Level+1, after)
		}
		now += after
		before := r
		if r = r.Risen(); r.Level != before.Level+1 || r.What != w || !r.Rings() {
			t.Fatalf("%+v after %+v", r, before)
		}
		at = append(at, now)
	}
}

// TestTheTimes: the card's are the same for everybody; those of paper and of what was found are longer with aids.
func TestTheTimes(t *testing.T) {
	for _, c := range []struct {
		what What
		pace int
		want []int
	}{
		{Card, 1, []int{3, 10, 20, 30}},
		{Card, 3, []int{3, 10, 20, 30}},
		{Paper, 1, []int{10, 25, 40, 55}},
		{Paper, 2, []int{20, 50, 80, 110}},
		{Paper, 3, []int{30, 75, 120, 165}},
		{Found, 1, []int{5, 30, 60, 120}},
		{Found, 3, []int{15, 90, 180, 360}},
		{Found, 0, []int{5, 30, 60, 120}},
		{Paper, 100, []int{30, 75, 120, 165}},
		{Nothing, 1, nil},
	} {
		if got := rise(t, c.what, c.pace); !slices.Equal(got, c.want) {
			t.Errorf("%v × %d: %v, want %v", c.what, c.pace, got, c.want)
		}
	}
}

// TestX12_TheLastAlarmComesBeforeStaffIsCalled: whoever is still there is reminded four times before the tray is taken
// for left.
func TestX12_TheLastAlarmComesBeforeStaffIsCalled(t *testing.T) {
	if last := Paper.At(Levels, domain.AidsFactor); time.Duration(last)*time.Second >= domain.TakeLimit {
		t.Errorf("the last alarm comes after %d s, staff is called after %v", last, domain.TakeLimit)
	}
}

func TestEachLevelHasItsChime(t *testing.T) {
	all := Chimes()
	if len(all) != 3*Levels || len(slices.Compact(slices.Sorted(slices.Values(all)))) != len(all) {
		t.Errorf("%q", all)
	}
	if r := (Ring{Paper, 3}); r.Chime() != "chime.paper.3" || !slices.Contains(all, r.Chime()) {
		t.Errorf("%q", r.Chime())
	}
	for _, r := range []Ring{{}, {What: Card}, {Level: 2}} {
		if r.Chime() != "" || r.Rings() {
			t.Errorf("%+v: %q", r, r.Chime())
		}
	}
	if top := (Ring{Card, Levels}); top.Risen() != top {
		t.Errorf("beyond the last level: %+v", top.Risen())
	}
	if (Ring{}).Risen() != (Ring{}) {
		t.Error("nothing rises")
	}
}
