package desk

import (
	"context"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/kioskd/kioskd/internal/bench/port"
)

// redrawn is a kiosk that draws one screen anew: its generation grows with each of the first looks.
type redrawn struct {
	panel
	looks, changes int
	changed        time.Time // when a new generation was last given
}

func (r *redrawn) Tree(context.Context) ([]byte, error) {
	r.looks++
	if r.looks <= r.changes {
		r.changed = time.Now()
	}
	return fmt.Appendf(nil, `{"screen":"K07","generation":%d}`, 40+min(r.looks, r.changes)), nil
}

func onK07(kiosk Kiosk) *Desk {
	d := New(Parts{Kiosk: kiosk})
	d.board.kiosk = port.State{Screen: "K07"}
	return d
}

func TestTouch_waits_for_the_guard_of_a_redraw_of_the_same_screen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		kiosk := &redrawn{changes: 30}
		d := onK07(kiosk)
		if err := d.settled(t.Context(), kiosk); err != nil {
			t.Fatal(err)
		}
		if waited := time.Since(kiosk.changed); waited < settle || waited > settle+2*look {
			t.Errorf("a touch %v after the last change of a target, want %v", waited, settle)
		}
	})
}

func TestTouch_does_not_wait_where_nothing_moved(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		kiosk := &redrawn{changes: 1}
		d := onK07(kiosk)
		for range 2 {
			if err := d.settled(t.Context(), kiosk); err != nil {
				t.Fatal(err)
			}
		}
		if waited := time.Since(kiosk.changed); waited > settle+2*look {
			t.Errorf("two touches on one generation took %v", waited)
		}
	})
}

func TestTouch_gives_up_waiting_for_a_screen_that_never_rests(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		kiosk, start := &redrawn{changes: 1 << 30}, time.Now()
		if err := onK07(kiosk).settled(t.Context(), kiosk); err != nil {
			t.Fatal(err)
		}
		if waited := time.Since(start); waited != paintLimit {
			t.Errorf("gave up after %v, want %v", waited, paintLimit)
		}
	})
}
