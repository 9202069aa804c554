package terminal

import (
	"context"
	"time"

	"github.com/kioskd/kioskd/internal/domain"
	"github.com/kioskd/kioskd/internal/terminal/health"
	"github.com/kioskd/kioskd/internal/terminal/journal"
	"github.com/kioskd/kioskd/internal/terminal/session"
)

// carryOut does one effect. Requests run beside the loop, one at a time, and answer with the request's id; all else is
// done before the next effect.
func (t *Terminal) carryOut(ctx context.Context, f session.Effect) {
	if f.Kind == session.PrintCopy {
		t.raise(ctx, health.Tray) // before the first byte; ended when somebody says that all was taken
	}
	if f.Kind.Asks() != nil {
		t.ask(ctx, f)
		return
	}
	switch f.Kind {
	case session.Arm:
		d := t.patience(f.Ms)
		if t.visit.Await != 0 { // a device or a peer is waited for
			d = time.Duration(f.Ms) * time.Millisecond
		}
		t.idle.Arm(f.ID, d)
	case session.ArmCap:
		t.limit.Arm(f.ID, t.patience(f.Ms))
	case session.OpenVisit:
		t.openVisit(ctx)
	case session.ForgetDocument:
		t.forgetDocument()
	case session.ForgetCard:
		t.held.forgetCard()
	case session.WipePIN:
		t.pin.Wipe()
	case session.PowerOffCard:
		t.card.PowerOff(ctx, t.Log)
	case session.Abandon:
		if t.asked != nil {
			t.asked()
			t.asked = nil
		}
	case session.CancelAtCenter:
		t.cancelAtCenter(ctx)
	case session.LateCoin:
		t.Log.Error("coin outside a deposit", "evt", "coin.late", "yen", int64(f.Yen))
		t.raise(ctx, health.LateCoin)
	case session.Close:
		t.closeVisit(ctx, f)
	case session.Alarm:
		t.Log.Error("stop: a person must clear this", "evt", "alarm", "reason", f.Reason.Code())
		t.raise(ctx, health.Stop)
	case session.CallStaff:
		t.Log.Warn("staff is called", "evt", "staff.called", "for", f.Fault.String())
		t.raise(ctx, health.Staff)
		if f.Fault != domain.NoFault {
			t.raise(ctx, f.Fault)
		}
	default:
		t.Log.Error("effect without a hand", "evt", "bug", "effect", f.Kind.String())
	}
}

// budget is how long each request may take; the session's own time-outs are longer (internal/domain, X-20).
var budget = map[session.EffectKind]time.Duration{
	session.Identify:     15 * time.Second,
	session.GetChallenge: domain.ValidationBudget,
	session.Sign:         20 * time.Second,
	session.Authenticate: domain.ValidationBudget + 3*time.Second,
	session.FetchChoices: domain.ChoicesBudget,
	session.Compare:      15 * time.Second,
	session.Reapply:      domain.ValidationBudget + 3*time.Second,
	session.RequestIssue: domain.IssueBudget + 10*time.Second,
	session.CheckPages:   domain.DownloadBudget,
	session.OpenDeposit:  15 * time.Second,
	session.FixDeposit:   25 * time.Second,
	session.ReturnEscrow: 50 * time.Second,
	session.KeepEscrow:   25 * time.Second,
	session.PayChange:    30 * time.Second,
	session.PrintCopy:    75 * time.Second,
	session.Wipe:         10 * time.Second,
}

// ask starts a request. What it needs of the visit is copied here, in the loop.
func (t *Terminal) ask(ctx context.Context, f session.Effect) {
	limit := budget[f.Kind]
	if f.Kind == session.PrintCopy { // printer §7: 60 s and 10 s a sheet
		limit += time.Duration(t.visit.Sheets/max(1, t.visit.Copies)) * 10 * time.Second
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	t.asked = cancel
	work := t.work(f)
	go func() {
		defer cancel()
		e := work(ctx)
		e.ID = f.ID
		select {
		case t.answers <- e:
		case <-time.After(time.Minute): // the loop ended; nobody waits for the answer
		}
	}()
}

// work gives the function that does a request. It runs outside the loop and must touch only what it is given.
func (t *Terminal) work(f session.Effect) func(context.Context) session.Event {
	h, visit := t.held, t.visit
	switch f.Kind {
	case session.Identify:
		return func(ctx context.Context) session.Event { return t.identify(ctx, h) }
	case session.GetChallenge:
		return func(ctx context.Context) session.Event { return t.getChallenge(ctx, h, visit) }
	case session.Sign:
		return func(ctx context.Context) session.Event { return t.sign(ctx, h, visit) }
	case session.Authenticate:
		return func(ctx context.Context) session.Event { return t.authenticate(ctx, h, visit) }
	case session.FetchChoices:
		return func(ctx context.Context) session.Event { return t.fetchChoices(ctx, h, visit) }
	case session.Compare:
		return func(ctx context.Context) session.Event { return t.compare(ctx, h) }
	case session.Reapply:
		return func(ctx context.Context) session.Event { return t.reapply(ctx, h, visit) }
	case session.RequestIssue:
		return func(ctx context.Context) session.Event { return t.requestIssue(ctx, h, visit) }
	case session.RegisterDomicile: // no centre takes it yet, so no kiosk offers it
		return refusing(session.CenterFailed, domain.HonsekiNotRegistered)
	case session.CheckPages:
		return func(ctx context.Context) session.Event { return t.checkPages(ctx, h) }
	case session.PrintCopy:
		return t.acts.Alone(func(ctx context.Context) session.Event { return t.print(ctx, h, visit, f.N) })
	case session.Wipe:
		return t.wipe()
	default:
		return t.coinWork(f, visit)
	}
}

// coinWork gives the function that moves coins.
func (t *Terminal) coinWork(f session.Effect, v session.Visit) func(context.Context) session.Event {
	if t.acts.Coins == nil { // the deposit cannot open, so nothing else will be asked for
		return refusing(f.Kind.Asks()[len(f.Kind.Asks())-1], domain.CoinsNotReady)
	}
	a, app, cashBox, late := t.acts, v.Application, t.toCashBox, t.late
	if f.Kind == session.ReturnEscrow || f.Kind == session.KeepEscrow {
		t.late = domain.Count{} // they go with this act
	}
	return a.Alone(func(ctx context.Context) session.Event {
		switch f.Kind {
		case session.OpenDeposit:
			return a.Open(ctx, app, f.Yen)
		case session.FixDeposit:
			return a.Fix(ctx, f.Yen)
		case session.ReturnEscrow:
			return a.Return(ctx, app, late)
		case session.KeepEscrow:
			return a.Keep(ctx, app, cashBox, late)
		default:
			return a.PayChange(ctx, app, f.Yen)
		}
	})
}

func refusing(k session.Kind, r domain.RefusalReason) func(context.Context) session.Event {
	return func(context.Context) session.Event { return session.Event{Kind: k, Reason: r} }
}

// wipe erases everything personal and begins a new, empty hold.
func (t *Terminal) wipe() func(context.Context) session.Event {
	old := t.held
	if !t.late.IsZero() || !t.visit.Lost.IsZero() { // it may lie in the escrow; the next visit has no part in it
		t.acts.Doubt()
	}
	t.held, t.opened, t.toCashBox, t.late = newHeld(), false, domain.Count{}, domain.Count{}
	if t.visit.State == session.SlipWaits {
		t.slip.Code = "" // not for whoever passes by; the number stands until somebody has read it
	} else {
		t.slip = journal.Slip{}
	}
	t.pin.Wipe()
	return func(ctx context.Context) session.Event {
		t.card.PowerOff(ctx, t.Log)
		old.wipe()
		t.Ports.Panel.Wipe()
		t.acts.LookForPrinter(ctx)
		return session.Event{Kind: session.Wiped}
	}
}

// cancelLimit bounds the good-bye to the centre.
const cancelLimit = 5 * time.Second

// cancelAtCenter tells the centre that the application is over. Nobody waits for it: a centre that is not reached
// ends the application by its own deadline (D-04).
func (t *Terminal) cancelAtCenter(ctx context.Context) {
	if !t.held.known() {
		return
	}
	app := t.visit.Application
	go func() {
		ctx, cancel := context.WithTimeout(ctx, cancelLimit)
		defer cancel()
		if err := t.Ports.Center.Cancel(ctx, app); err != nil {
			t.Log.Warn("cancel not delivered", "evt", "center.cancel", "err", err)
		}
	}()
}
