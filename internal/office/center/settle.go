package center

import (
	"context"
	"errors"

	"github.com/kioskd/kioskd/internal/domain"
	"github.com/kioskd/kioskd/internal/office/store"
	"github.com/kioskd/kioskd/internal/wire/centerapi"
)

// settle gives the end of a piece of work its consequences: a late answer is dropped and counted, a mismatch stops,
// every other failure refuses the application. It returns what the kiosk is told.
func (c *Center) settle(v *visit, err error) error {
	if err == nil {
		return nil
	}
	ctx := context.WithoutCancel(v.ctx)
	if errors.Is(err, errLate) {
		v.wipe() // what came late came after the wiping
		c.count(ctx, "late_answer")
		c.Log.Warn("late answer dropped", "evt", "center.late", "application", v.id.String())
		return refused(domain.DeadlinePassed)
	}
	if _, ok := errors.AsType[*Fault](err); ok {
		return err
	}
	if m, ok := errors.AsType[*mismatch](err); ok {
		c.alarm(ctx, v, m)
	}
	reason := reasonOf(err)
	c.Log.Warn("refused", "evt", "center.refused", "application", v.id.String(), "reason", reason.Code(), "err", err)
	c.finish(application{id: v.id, kiosk: v.kiosk.ID}, centerapi.StateRefused, reason)
	return refused(reason)
}

// finish ends an application where nobody is left to be told of an error.
func (c *Center) finish(a application, to string, reason domain.RefusalReason) {
	if err := c.end(context.Background(), a, to, reason); err != nil {
		c.Log.Error("application not ended", "evt", "center.end", "application", a.id.String(), "err", err)
	}
}

// goOn refuses what is still open of a municipality that was stopped meanwhile: nothing more of it is asked for
// or handed out. Letters still go: what became of money and paper must be told.
func (c *Center) goOn(ctx context.Context, m domain.MunicipalityCode) error {
	var stopped bool
	err := c.Store.Read(ctx, func(t *store.Tx) error {
		return t.One(`SELECT EXISTS (SELECT 1 FROM stopped WHERE municipality=?)`, []any{string(m)}, &stopped)
	})
	if err == nil && stopped {
		return refused(domain.Maintenance)
	}
	return err
}

// alarm records a mismatch. One that the municipality's own signature proves stops the municipality until a person
// clears it; any other may be the connection's fault and stops this application only.
func (c *Center) alarm(ctx context.Context, v *visit, m *mismatch) {
	c.count(ctx, "mismatch")
	c.Log.Error("documents do not belong together", "evt", "center.mismatch", "application", v.id.String(),
		"municipality", string(v.assertion.note.Municipality), "proved", m.proved, "err", m.err)
	if !m.proved {
		return
	}
	err := c.Store.Write(ctx, func(t *store.Tx) error {
		return t.Exec(`INSERT INTO stopped (municipality, application, why, since) VALUES (?, ?, ?, ?)
			ON CONFLICT (municipality) DO NOTHING`,
			string(v.assertion.note.Municipality), v.id.String(), m.err.Error(), c.Now().UnixMilli())
	})
	if err != nil {
		c.Log.Error("municipality not stopped", "evt", "center.stop", "err", err)
	}
}
