package terminal

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/kioskd/kioskd/internal/domain"
	"github.com/kioskd/kioskd/internal/terminal/hand"
	"github.com/kioskd/kioskd/internal/terminal/health"
	"github.com/kioskd/kioskd/internal/terminal/journal"
	"github.com/kioskd/kioskd/internal/terminal/session"
)

// turned gives a turn of the key to the visit that waits for a clerk, or does it where nobody is here.
func (t *Terminal) turned(ctx context.Context, u hand.Turn) (session.Event, bool) {
	t.daily.Stop() // the clerk's word is written down
	kind, known := u.Says.Event()
	a := hand.Answer{}
	switch {
	case !known:
		a.Err = hand.ErrNoWait
	case u.Says == hand.Refund && t.visit.State != session.Maintenance:
		a.Err = hand.ErrClosed
	case u.Says == hand.Refund:
		a.Paid, a.Left, a.Err = t.refund(ctx, u)
		u.Answer <- a
		return session.Event{Kind: kind}, true // whatever came of it, the list may be another
	case t.visit.State == session.StaffNeeded:
		if u.Says == hand.Nothing && !t.visit.Escrow.IsZero() {
			a.Err = hand.ErrDecide
			break
		}
		t.clerk = &u // answered when the table has said what the word means
		return session.Event{Kind: kind}, true
	case t.visit.State == session.SlipWaits && u.Says == hand.Nothing: // nobody is here; the clerk has read the number
		kind = session.StaffClear
		a.Ended, a.Err = t.endStops(ctx, u.Key)
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
	for _, f := range append([]health.Fault{health.Staff, health.Tray}, health.Said[:]...) {
		if t.faults.Has(f) && (f != health.Tray || u.Says != hand.Good) {
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

// refund closes a slip, or pays a part of it. Nobody is served, so the loop may wait for the hoppers. What the hoppers
// did not give stays owed; an act that nobody can end yet ends this run when the clerk has gone.
func (t *Terminal) refund(ctx context.Context, u hand.Turn) (paid, left domain.Yen, err error) {
	ctx, cancel := context.WithTimeout(ctx, budget[session.PayChange])
	defer cancel()
	release, err := t.acts.Take(ctx)
	if err != nil {
		return 0, 0, hand.ErrBusy
	}
	defer release()
	r := journal.Refund{
		Slip: u.Slip.Number, Code: u.Slip.Code, Staff: u.Slip.Staff, WriteOff: u.Slip.From == hand.WriteOff,
	}
	switch u.Slip.From {
	case hand.Machine:
		paid, left, err = t.acts.Refund(ctx, r)
	case hand.Custody, hand.Cash, hand.WriteOff:
		paid, left, err = t.acts.HandOver(ctx, r, u.Slip.From == hand.Custody)
	default:
		err = hand.ErrSource
	}
	if t.acts.Unresolved() { // the loop hears of it, and ends this run
		t.faults.Raise(health.Coin)
	}
	if f, ok := errors.AsType[*journal.FileError](err); ok {
		t.broken("refund", f)
	}
	t.Log.Warn("a clerk closed a slip", "evt", "clerk.refund", "key", string(u.Key), "from", string(u.Slip.From),
		"slip", r.Slip, "paid", int64(paid), "left", int64(left), "err", err)
	return paid, left, err
}

// slips are what a clerk sees in an open machine: numbers and amounts, never a name.
func (t *Terminal) slips(ctx context.Context) (all []session.SlipView) {
	open, err := t.Ports.Journal.Slips(ctx, true)
	if err != nil {
		t.broken("slips", err)
	}
	for _, o := range open {
		if o.Yen == 0 {
			continue // of a visit that a crash left open: what is owed is known when it is over
		}
		all = append(all, session.SlipView{
			Number: o.Number, Owed: o.Yen, Made: o.Made.In(japan).Format("2006-01-02 15:04"), Two: o.Doubted || !o.Coded,
		})
	}
	return all
}

// japan is the time that people in front of the machine know.
var japan = time.FixedZone("JST", 9*60*60)

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
