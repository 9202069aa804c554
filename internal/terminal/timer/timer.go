// Package timer is a time-out with the id of the session's request. It can be hurried, so that a test of the whole
// program need not wait for people.
package timer

import "time"

// Timer is one time-out. It belongs to one goroutine.
type Timer struct {
	t     *time.Timer
	id    uint32
	until time.Time
}

// New makes a timer that is not armed.
func New() *Timer {
	t := time.NewTimer(time.Hour)
	t.Stop()
	return &Timer{t: t}
}

// Arm lets it end after d; what was armed before is forgotten.
func (t *Timer) Arm(id uint32, d time.Duration) {
	t.id, t.until = id, time.Now().Add(d)
	t.t.Reset(d)
}

// Stop forgets what was armed.
func (t *Timer) Stop() {
	t.until = time.Time{}
	t.t.Stop()
}

// Hurry lets what is left pass n times faster, n at least 1.
func (t *Timer) Hurry(n int) {
	if left := time.Until(t.until); left > 0 {
		t.Arm(t.id, left/time.Duration(n))
	}
}

// ID is the request of the time-out.
func (t *Timer) ID() uint32 { return t.id }

// C is where the timer says that it is over.
func (t *Timer) C() <-chan time.Time { return t.t.C }
