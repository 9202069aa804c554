// Package jam judges a coin acceptor's troubles over time: which of them have ended by themselves, and when so many
// came that only a person can help. It is pure; package coin tells it what the acceptor reports and how time passes,
// and asks the acceptor's self-check when it says so.
package jam

import (
	"slices"
	"time"

	"github.com/kioskd/kioskd/pkg/coin/cctalk"
)

// Bounds: three jams in ten minutes are one that stays; a trouble is over when nothing more was heard of it for a while
// and the self-check is clean then.
const (
	jamsMost  = 3
	jamsIn    = 10 * time.Minute
	Calm      = 30 * time.Second
	askEvery  = 10 * time.Second
	notBefore = time.Second // after an event that the self-check may know more of
)

// Watch keeps an acceptor's troubles. The zero value is one without any. It is a value: a copy goes on by itself.
type Watch struct {
	now      time.Duration // passed since the first
	jams     []time.Duration
	standing bool          // a trouble that may end by itself
	since    time.Duration // when it was last heard of
	asking   bool          // the self-check may know more
	next     time.Duration // when it is asked
	known    byte          // the last fault of it that was told
}

// Pass lets time pass.
func (w *Watch) Pass(d time.Duration) { w.now += d }

// Note takes an event in. jammed says that it is the third jam in ten minutes: from now on only a person helps, and
// what stood before counts no more.
func (w *Watch) Note(h cctalk.Happening) (jammed bool) {
	if h.Check && !w.asking {
		w.asking, w.next = true, w.now+notBefore
	}
	if h.Passing {
		w.stand()
	}
	if !h.Jams {
		return false
	}
	w.jams = slices.DeleteFunc(append(slices.Clone(w.jams), w.now), func(at time.Duration) bool {
		return w.now-at > jamsIn
	})
	if len(w.jams) < jamsMost {
		return false
	}
	w.jams, w.standing = nil, false
	return true
}

// stand notes a trouble that may end by itself.
func (w *Watch) stand() {
	w.standing, w.since = true, w.now
	w.next = max(w.next, w.now+Calm)
	if w.asking {
		w.next = w.now + notBefore
	}
}

// Due says that the self-check is to be asked now.
func (w *Watch) Due() bool { return (w.asking || w.standing) && w.now >= w.next }

// Verdict is what a self-check showed.
type Verdict struct {
	Mended  bool             // the trouble that stood is over
	Fault   cctalk.Condition // a fault that was not told yet; else empty
	Passing bool             // it may end by itself
}

// Checked takes the answer of the self-check in; 0 is clean.
func (w *Watch) Checked(code byte) (v Verdict) {
	w.asking, w.next = false, w.now+askEvery
	if code == 0 {
		w.known = 0
		if w.standing && w.now-w.since >= Calm {
			w.standing = false
			return Verdict{Mended: true}
		}
		return v
	}
	name, passing := cctalk.SelfCheckFault(code)
	if code != w.known {
		v.Fault, v.Passing = name, passing
	}
	w.known = code
	if w.standing = passing; passing {
		w.since = w.now
	}
	return v
}
