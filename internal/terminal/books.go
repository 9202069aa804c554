package terminal

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/kioskd/kioskd/internal/domain"
	"github.com/kioskd/kioskd/internal/signed"
	"github.com/kioskd/kioskd/internal/terminal/account"
	"github.com/kioskd/kioskd/internal/terminal/health"
	"github.com/kioskd/kioskd/internal/terminal/journal"
	"github.com/kioskd/kioskd/internal/terminal/outbox"
	"github.com/kioskd/kioskd/internal/terminal/recovery"
	"github.com/kioskd/kioskd/internal/terminal/session"
)

// openVisit writes the visit into the journal before the order leaves.
func (t *Terminal) openVisit(ctx context.Context) {
	o, ok := t.visit.Order()
	if !ok || t.opened {
		return
	}
	err := t.Ports.Journal.OpenVisit(ctx, t.Now(), journal.Visit{
		Application: t.visit.Application, Kind: o.Kind, Fee: o.Fee, Copies: o.Copies,
	})
	if err != nil {
		t.broken("open", err)
		return
	}
	t.opened = true
}

// closeVisit writes outcome and claims, and puts the kiosk's account of the visit into the outbox, in one transaction.
func (t *Terminal) closeVisit(ctx context.Context, f session.Effect) {
	t.Log.Info("visit ended", "evt", "visit.closed", "outcome", f.Outcome.String(), "owed", int64(f.Yen))
	if !t.opened {
		return
	}
	t.nameSlip(ctx, f.Yen)
	if t.acts.Unresolved() { // the next start closes it; it must not offer coins to whoever stands there then
		if err := t.Ports.Journal.Record(ctx, t.Now(), journal.Event{
			Application: t.visit.Application, Type: visitLeft,
		}); err != nil {
			t.broken("close", err)
		}
		t.opened = false
		return
	}
	e := journal.Ending{
		Application: t.visit.Application, Outcome: f.Outcome, Good: t.visit.CopiesGood, Revenue: t.visit.Earned(),
		Owed: f.Yen,
	}
	note, err := t.doneNote(ctx, f, t.slip.Number)
	if err != nil {
		t.Log.Error("no account for the centre", "evt", "done.note", "err", err)
	}
	e.Done = note
	if err := t.Ports.Journal.CloseVisit(ctx, t.Now(), e); err != nil {
		t.broken("close", err)
	}
	t.opened = false
}

// visitLeft is the event of a visit whose resident was told what is owed, while an act of it had no end yet.
const visitLeft = "visit.left"

// nameSlip gives a number and a code to what is owed, before anybody is shown it.
func (t *Terminal) nameSlip(ctx context.Context, owed domain.Yen) {
	if owed <= 0 || !t.opened || t.slip.Number != "" {
		return
	}
	var err error
	if t.slip, err = t.Ports.Journal.SlipFor(ctx, t.Now(), t.visit.Application); err != nil {
		t.broken("slip", err)
	}
}

// doneNote is the kiosk's signed account. It is made only where a sheet may lie in the world; else the application is
// cancelled.
func (t *Terminal) doneNote(ctx context.Context, f session.Effect, slip string) ([]byte, error) {
	h, p := t.held, account.Printing{Good: t.visit.CopiesGood}
	if f.Outcome == domain.OutcomeOwed && t.visit.Printing > p.Good {
		p.UnderWay = t.visit.Printing
	}
	h.mu.Lock()
	doc := account.Of(h.hash, h.delivery)
	h.mu.Unlock()
	return t.sealDone(ctx, doc, p, signed.Done{
		Application: t.visit.Application, Outcome: f.Outcome, In: t.visit.In, Out: t.visit.Back.Plus(t.visit.PaidOut),
		Revenue: t.visit.Earned(), Owed: f.Yen, OwedSlip: slip,
	})
}

// sealDone completes and signs an account; nil where no sheet may lie in the world.
func (t *Terminal) sealDone(ctx context.Context, doc account.Document, p account.Printing, n signed.Done,
) ([]byte, error) {
	if doc.Manifest.IsZero() || !p.Any() {
		return nil, nil
	}
	size, root, err := t.Ports.Journal.Head(ctx)
	if err != nil {
		return nil, err
	}
	n.Env, n.Kiosk, n.Boot = t.Identity.Env, t.Identity.Kiosk, t.Identity.Boot
	n.Manifest, n.Generation, n.Sheets = doc.Manifest, doc.Generation, doc.Fates(p)
	n.CopiesGood, n.AuditSize, n.AuditRoot, n.Made = p.Good, size, root, t.Now().UTC()
	before, after, err := t.Ports.Journal.PrintCounters(ctx, n.Application)
	if err != nil {
		return nil, err
	}
	n.ImpressionsBefore, n.ImpressionsAfter = account.Impressions(before), account.Impressions(after)
	msg, _, err := signed.Seal(n, t.Identity.Note)
	return msg, err
}

// account is a visit's account after a crash: what the journal holds of it.
func (t *Terminal) account(ctx context.Context, l journal.Left, e journal.Ending) ([]byte, error) {
	body, ok, err := t.Ports.Journal.Last(ctx, l.Application, account.Held)
	if err != nil || !ok {
		return nil, err
	}
	doc, err := account.Parse(body)
	if err != nil {
		return nil, err
	}
	slip := ""
	if e.Owed > 0 {
		s, err := t.Ports.Journal.SlipFor(ctx, t.Now(), l.Application)
		if err != nil {
			return nil, err
		}
		slip = s.Number
	}
	return t.sealDone(ctx, doc, recovery.Printed(l), signed.Done{
		Application: l.Application, Outcome: e.Outcome, In: l.In, Out: l.Out, Revenue: e.Revenue, Owed: e.Owed,
		OwedSlip: slip,
	})
}

// Outbox is where the accounts wait for the centre. Run it beside Run.
func (t *Terminal) Outbox() outbox.Outbox {
	return outbox.Outbox{Journal: t.Ports.Journal, Center: t.Ports.Center, Now: t.Now, Log: t.Log}
}

// recoverLimit is R-18: recovery ends before the first screen.
const recoverLimit = 30 * time.Second

// recover ends what a crash or a power loss left open. It is one path for both, and it may be interrupted and begun
// again. It gives money to nobody: what is not proved is owed and a person must look, and what may go back is only
// offered to whoever stands at the panel.
func (t *Terminal) recover(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, recoverLimit)
	defer cancel()
	unsure, err := t.restart.Loose(ctx)
	if err != nil {
		return fmt.Errorf("terminal: recovery: %w", err)
	}
	if unsure {
		t.raise(ctx, health.Staff)
	}
	left, ok, err := t.Ports.Journal.Left(ctx)
	if err != nil {
		return err
	}
	if ok {
		if err := t.recoverVisit(ctx, left); err != nil {
			return fmt.Errorf("terminal: recovery: %w", err)
		}
	}
	if t.cutOff == nil {
		t.lookIntoEscrow(ctx)
	}
	if t.Ports.Printer == nil {
		return nil
	}
	if err := t.restart.ClearPrinter(ctx); err != nil {
		t.Log.Error("the printer is not proved empty", "evt", "print.leftover", "err", err)
		t.raise(ctx, health.Tray)
	}
	return nil
}

func (t *Terminal) recoverVisit(ctx context.Context, left journal.Left) error {
	t.Log.Warn("a visit was cut off", "evt", "recover", "acts", len(left.Acts), "in", int64(left.In.Total()))
	last := left.Last
	found, err := t.restart.Acts(ctx, left)
	if err != nil {
		return err
	}
	if found.Doubted { // as when it is told while the visit lives
		t.raise(ctx, health.Staff)
	}
	left, ok, err := t.Ports.Journal.Left(ctx) // what the acts really did is booked now
	if err != nil || !ok {
		return errors.Join(err, errors.New("the visit is gone"))
	}
	if len(left.Prints) > 0 && !recovery.Printed(left).Any() {
		t.settle(ctx, health.Tray, "printer") // proved: no sheet came out
	}
	_, told, err := t.Ports.Journal.Last(ctx, left.Application, visitLeft)
	if err != nil {
		return err
	}
	if !found.Unsure && !told && recovery.Returnable(left) && t.justNow(ctx, last) {
		t.Log.Warn("coins are offered back", "evt", "recover.offer", "yen", int64(left.Held.Total()))
		t.opened, t.late = true, left.Held
		t.cutOff = &session.Event{
			Kind: session.CutOff, Application: left.Application, Yen: left.Fee, N: left.Copies, Count: left.Held,
		}
		return nil
	}
	e := recovery.Ending(left)
	if found.Unsure || e.Owed > 0 || !left.Held.IsZero() || recovery.Printed(left).Any() {
		t.raise(ctx, health.Staff)
	}
	if e.Done, err = t.account(ctx, left, e); err != nil {
		t.Log.Error("no account for the centre", "evt", "done.note", "err", err)
	}
	if err := t.Ports.Journal.CloseVisit(ctx, t.Now(), e); err != nil {
		return err
	}
	t.Log.Warn("recovered", "evt", "recover.done", "outcome", e.Outcome.String(), "owed", int64(e.Owed))
	return nil
}

// justNow is X-01's second condition: the machine was down for a short while by its own clock, and the centre says
// that this clock is right.
func (t *Terminal) justNow(ctx context.Context, last time.Time) bool {
	const shortly = 120 * time.Second
	if down := t.Now().Sub(last); down < 0 || down > shortly {
		return false
	}
	answer, err := t.Ports.Center.Heartbeat(ctx, t.beat())
	return err == nil && answer.ClockOk
}

// lookIntoEscrow calls a clerk where coins of before lie in the escrow: until somebody has taken them, neither a start
// nor a clerk's word may put the kiosk into service.
func (t *Terminal) lookIntoEscrow(ctx context.Context) {
	clear, err := t.restart.EscrowClear(ctx)
	if err != nil || !clear {
		t.Log.Warn("the escrow is not proved empty", "evt", "coin.escrow", "err", err)
		t.raise(ctx, health.Staff)
	}
}
