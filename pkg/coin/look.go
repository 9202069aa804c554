package coin

import (
	"context"
	"errors"
	"time"

	"github.com/kioskd/kioskd/pkg/coin/cctalk"
	"github.com/kioskd/kioskd/pkg/coin/report"
)

// emit gives an event to whoever reads them. It never blocks the bus.
func (v *Vendor) emit(e Event) {
	if v.opening {
		v.early = append(v.early, e)
		return
	}
	select {
	case v.events <- e:
	default:
		v.doubted = true
	}
}

// look reads the acceptor's events and acts on them. A failure is counted; after enough of them the line is gone.
func (v *Vendor) look(ctx context.Context) {
	now, err := v.acceptor.Events(ctx)
	if err != nil {
		v.missed(ctx, err)
		return
	}
	v.silent = 0
	now.Inside = v.last.Inside
	n := now.Since(v.last)
	if n.Reset {
		v.wasReset(ctx, now)
		return
	}
	accepts := v.last.Accepts
	stop := n.Lost > 0
	v.landed(n)
	if stop { // told before the coins that came after them: whoever has written a coin down asks for nothing older
		v.emit(Doubtful{Reason: DoubtLost, Events: n.Lost})
	}
	for i, s := range n.Slots {
		if s.Yen != 0 { // one of unknown worth is left out, so that the counts disagree and nobody keeps it
			accepts = (accepts + 1) & 0xFFFFFF
		}
		at := now.Before(len(n.Slots) - 1 - i)
		at.Accepts = accepts
		stop = v.happened(s, at) || stop
	}
	v.last, v.last.Accepts = now, accepts
	if stop {
		v.doubted = true
	}
	if len(n.Slots) > 0 {
		v.quiet = false
		v.adjust(ctx)
	}
}

// missed counts looks without an answer.
func (v *Vendor) missed(ctx context.Context, err error) {
	if ctx.Err() != nil {
		return
	}
	if v.silent++; errors.Is(err, ErrGone) {
		v.silent = maxSilent
	}
	if v.silent >= maxSilent {
		v.mu.Lock()
		first := v.reason == nil
		v.reason = errors.Join(ErrGone, err)
		v.mu.Unlock()
		if first {
			v.emit(Gone{Err: err})
		}
	}
}

// happened reports one event; stop says that no more coins may be taken.
func (v *Vendor) happened(s Slot, at Acceptor) (stop bool) {
	if s.Type != 0 {
		return v.credit(s, at)
	}
	if v.trouble.Note(cctalk.HappeningOf(s.Code)) {
		v.emit(Fault{Part: PartAcceptor, Name: ConditionJammed, Code: s.Code})
	}
	for _, e := range report.EventsOf(s) {
		v.emit(e)
		switch e := e.(type) {
		case Rejected:
			if e.Code == 2 || e.Code >= 128 {
				v.checked = checkTime // did it lose its inhibits, or is it right to refuse?
			}
		case Doubtful:
			stop = true
		}
	}
	return stop
}

// credit books one coin.
func (v *Vendor) credit(s Slot, at Acceptor) (stop bool) {
	k, ok := KindOf(s.Yen)
	if !ok {
		v.emit(Doubtful{Reason: DoubtType, Code: s.Type})
		return true
	}
	state := v.State()
	open := state == Accepting || state == Paused
	if open {
		in := v.Deposited()
		in[k]++
		v.setIn(in)
	}
	v.emit(CoinIn{Yen: s.Yen, Late: !open, CashBox: v.boxed.Has(k) || s.Path != v.cfg.Paths[k], Now: at})
	return false
}

// adjust sets what may be inserted after something has happened: rule 4, at once.
func (v *Vendor) adjust(ctx context.Context) {
	if v.State() != Accepting {
		return
	}
	mask, reason := v.limits.Accepts(v.Deposited())
	var err error
	switch {
	case v.doubted:
		err = v.stopCoins(ctx)
	case mask == 0:
		err = v.stopCoins(ctx)
		v.emit(Stopped{Reason: reason})
	case mask != v.mask:
		v.mask = mask
		err = v.acceptor.Inhibit(ctx, mask.Yen())
	}
	if err == nil && v.State() == Accepting {
		v.ahead(ctx)
	}
	if err != nil {
		v.inhibitFailed(ctx, err)
	}
}

// ahead lets the acceptor itself stop before a coin comes that is not wanted any more. A failure leaves it shut: what
// it refuses is told, and leads here again.
func (v *Vendor) ahead(ctx context.Context) {
	_ = v.acceptor.Limit(ctx, byte(v.limits.Ahead(v.Deposited())))
}

// landed notes for an escrow without a level that a coin may lie in it now.
func (v *Vendor) landed(n cctalk.News) {
	may := n.Lost > 0
	for _, s := range n.Slots {
		may = may || s.Type != 0 || cctalk.HappeningOf(s.Code).Means == cctalk.Astray
	}
	v.escrow.Filled = v.cfg.NoLevel && (v.escrow.Filled || may)
}

// stopCoins turns the acceptor off; a deposit that was open to coins is paused.
func (v *Vendor) stopCoins(ctx context.Context) error {
	err := v.acceptor.Accept(ctx, false)
	if v.State() == Accepting {
		v.setState(Paused)
	}
	return err
}

// inhibitFailed is for an acceptor that may take what it should not.
func (v *Vendor) inhibitFailed(ctx context.Context, err error) {
	v.doubted = true
	if errors.Is(err, ErrInhibit) {
		v.emit(Doubtful{Reason: DoubtInhibit})
	}
	_ = v.stopCoins(ctx) // a line that is lost shows at the next look
}

// wasReset deals with an acceptor that lost power: it refuses coins since, and its events of before are lost.
func (v *Vendor) wasReset(ctx context.Context, now Acceptor) {
	accepts := v.last.Accepts
	v.last, v.last.Accepts = now, accepts
	v.quiet, v.agrees = false, false
	count, err := v.acceptor.Accepts(ctx)
	v.escrow.Filled = v.cfg.NoLevel && (v.escrow.Filled || err != nil || count != accepts)
	state := v.State()
	if state != Accepting && state != Paused {
		return
	}
	v.doubted = true
	missed := 0
	if err == nil {
		missed = cctalk.Counted24(accepts, count)
	}
	_ = v.stopCoins(ctx)
	v.emit(Doubtful{Reason: DoubtReset, Events: missed})
}

// recheck reads the inhibits back now and then while coins are taken: an acceptor that lost power before its first
// event does not show it in its counter.
func (v *Vendor) recheck(ctx context.Context, passed time.Duration) {
	if v.checked += passed; v.State() != Accepting || v.checked < checkTime {
		return
	}
	v.checked = 0
	err := v.acceptor.CheckInhibit(ctx, v.mask.Yen())
	if err == nil {
		var on bool
		if on, err = v.acceptor.IsAccepting(ctx); err == nil && !on {
			err = ErrInhibit
		}
	}
	if errors.Is(err, ErrInhibit) {
		v.inhibitFailed(ctx, err)
	}
}

// mend asks the acceptor's self-check where that may tell more of a trouble, or that it is over.
func (v *Vendor) mend(ctx context.Context, passed time.Duration) {
	if v.trouble.Pass(passed); !v.trouble.Due() {
		return
	}
	if code, err := v.acceptor.SelfCheck(ctx); err == nil { // a line that is lost shows at the next look
		v.judge(code)
	}
}

// judge tells what a self-check showed.
func (v *Vendor) judge(code byte) {
	switch verdict := v.trouble.Checked(code); {
	case verdict.Mended:
		v.emit(Mended{Part: PartAcceptor})
	case verdict.Fault != "":
		v.emit(Fault{Part: PartAcceptor, Name: verdict.Fault, Code: code, Passing: verdict.Passing})
	}
}

// tend passes time in an act while still looking at the acceptor: a coin that comes now must be known.
func (v *Vendor) tend(ctx context.Context, d time.Duration) error {
	err := cctalk.Pause(ctx, d)
	v.trouble.Pass(d)
	if err == nil && v.silent < maxSilent {
		v.look(ctx)
	}
	return err
}
