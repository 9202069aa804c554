package terminal

import (
	"context"
	"fmt"

	"github.com/kioskd/kioskd/internal/domain"
	"github.com/kioskd/kioskd/internal/terminal/hand"
	"github.com/kioskd/kioskd/internal/terminal/health"
	"github.com/kioskd/kioskd/internal/terminal/session"
)

// turned gives a turn of the key to the visit that waits for a clerk, or does it where nobody is here.
func (t *Terminal) turned(ctx context.Context, u hand.Turn) (session.Event, bool) {
	kind, known := u.Says.Event()
	a := hand.Answer{}
	switch {
	case !known:
		a.Err = hand.ErrNoWait
	case t.visit.State == session.StaffNeeded:
		if u.Says == hand.Nothing && !t.visit.Escrow.IsZero() {
			a.Err = hand.ErrDecide
			break
		}
		t.clerk = &u // answered when the table has said what the word means
		return session.Event{Kind: kind}, true
	case !t.visit.Nobody():
		a.Err = hand.ErrBusy
	case u.Says == hand.Nothing:
		kind = session.StaffClose
		a.Ended, a.Err = t.endStops(ctx, u.Key)
	case u.Says != hand.Open:
		a.Err = hand.ErrNoWait
	}
	u.Answer <- a
	return session.Event{Kind: kind}, a.Err == nil
}

// decided answers a clerk's word when the table has taken it. The clerk has come, so the call is over; and with no
// word, or "none", no sheet lies in tray or device any more.
func (t *Terminal) decided(ctx context.Context, before session.State) {
	u := t.clerk
	t.clerk = nil
	if t.visit.State == before {
		u.Answer <- hand.Answer{Err: hand.ErrNoUse}
		return
	}
	t.Log.Warn("a clerk decided", "evt", "clerk.says", "key", string(u.Key), "says", string(u.Says))
	a := hand.Answer{}
	for _, f := range []health.Fault{health.Staff, health.Tray} {
		if t.faults.Has(f) && (f == health.Staff || u.Says != hand.Good) {
			t.settle(ctx, f, string(u.Key))
			a.Ended = append(a.Ended, f)
		}
	}
	u.Answer <- a
}

// endStops empties the escrow into the clerk's hands and ends what this key may end. The machine is idle, so the loop
// may wait for it.
func (t *Terminal) endStops(ctx context.Context, k health.Key) (ended []health.Fault, err error) {
	ctx, cancel := context.WithTimeout(ctx, budget[session.ReturnEscrow])
	defer cancel()
	release, err := t.acts.Take(ctx) // an act whose request was given up may still be ending
	if err != nil {
		return nil, hand.ErrBusy
	}
	defer release()
	if err := t.acts.EmptyEscrow(ctx); err != nil {
		if t.acts.Unresolved() { // the loop hears of it, and ends this run
			t.faults.Raise(health.Coin)
		}
		return nil, fmt.Errorf("terminal: the escrow is not proved empty, so the kiosk stays as it is: %w", err)
	}
	t.late = domain.Count{} // they went with the rest
	if ended, err = t.faults.Turn(ctx, k); err != nil {
		t.broken("stop", err)
		return ended, err
	}
	t.Log.Warn("a clerk's key was turned", "evt", "clerk.key", "key", string(k), "ended", fmt.Sprint(ended),
		"left", t.faults.Text())
	return ended, nil
}

// raise notes a fault; one that only a person ends is written down, so that no start forgets it (D-03).
func (t *Terminal) raise(ctx context.Context, f health.Fault) {
	if err := t.faults.Note(ctx, f); err != nil {
		t.broken("stop", err)
	}
}

// settle ends a fault that somebody or something has proved over.
func (t *Terminal) settle(ctx context.Context, f health.Fault, by string) {
	if err := t.faults.End(ctx, f, by); err != nil {
		t.broken("stop", err)
	}
}
