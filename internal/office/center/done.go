package center

import (
	"context"
	"errors"
	"slices"

	"github.com/kioskd/kioskd/internal/domain"
	"github.com/kioskd/kioskd/internal/office/store"
	"github.com/kioskd/kioskd/internal/signed"
	"github.com/kioskd/kioskd/internal/wire/centerapi"
)

// Done takes the kiosk's signed account of a visit's end, in any state, and keeps it before it answers. The same
// account again is acknowledged again; another one is a conflict. An account of an application that nobody knows here
// is kept, too: it tells of money.
func (c *Center) Done(ctx context.Context, k Peer, id domain.ApplicationID, msg []byte) (centerapi.Status, error) {
	n, hash, err := signed.Open[signed.Done](msg, c.Ring, c.Now(), signed.RoleKiosk)
	if err != nil {
		return centerapi.Status{}, &Fault{400, "BadSignature", "the account is not signed by this kiosk"}
	}
	if n.Kiosk != k.ID || n.Application != id {
		return centerapi.Status{}, &Fault{400, "Mismatch", "the account is of another kiosk or application"}
	}
	a, err := c.application(ctx, k.ID, id)
	unknown := errors.Is(err, errNotFound)
	if err != nil && !unknown {
		return centerapi.Status{}, err
	}
	fresh, err := c.keepDone(ctx, a, n, hash, msg)
	if err != nil {
		if errors.Is(err, errRequest) {
			c.count(ctx, "request_conflict")
		}
		return centerapi.Status{}, err
	}
	if fresh {
		if n.Outcome == domain.OutcomePrintedPaid && a.state == centerapi.StateReady {
			c.keepRest(k, id)
		}
		c.forget(id)
		c.nudge()
		c.Log.Info("account taken", "evt", "center.done", "application", id.String(), "outcome", n.Outcome.String())
	}
	if unknown {
		c.count(ctx, "unknown_done")
		return centerapi.Status{Rev: 1, State: centerapi.StateDone}, nil
	}
	return c.Status(ctx, k, id)
}

// keepDone writes the account, the fates of the sheets, and the letter to the issuing server, in one transaction.
func (c *Center) keepDone(
	ctx context.Context, a application, n signed.Done, hash signed.Hash, msg []byte,
) (fresh bool, err error) {
	err = c.Store.Write(context.WithoutCancel(ctx), func(t *store.Tx) error {
		fresh = false
		var held string
		switch err := t.One(`SELECT hash FROM done WHERE application=?`, []any{n.Application.String()}, &held); {
		case err == nil && held == hash.String():
			return nil
		case err == nil:
			return errRequest
		case !errors.Is(err, store.ErrNone):
			return err
		}
		fresh = true
		err := t.Exec(`INSERT INTO done (application, hash, note, received) VALUES (?, ?, ?, ?)`,
			n.Application.String(), hash.String(), msg, c.Now().UnixMilli())
		if err != nil || a.id.IsZero() {
			return err
		}
		return c.account(t, a, n, msg)
	})
	return fresh, err
}

// account draws the consequences of an account.
func (c *Center) account(t *store.Tx, a application, n signed.Done, msg []byte) error {
	if err := c.fates(t, a, n); err != nil {
		return err
	}
	err := c.move(t, a.id, step{
		from: []string{a.state}, to: centerapi.StateDone, set: `outcome=?, card=NULL`, args: []any{n.Outcome.String()},
	})
	if errors.Is(err, errLate) {
		return errState // it changed since we looked; the kiosk sends again
	}
	if err != nil || a.municipality == "" || slices.Contains(beforeMunicipality, a.state) {
		return err
	}
	if a.issue == "" {
		if slices.Contains(atMunicipality, a.state) { // it ends before anything was issued
			return c.post(t, letter{app: a.id, what: whatCancel})
		}
		return nil
	}
	if a.state == centerapi.StateCancelled && !slices.ContainsFunc(n.Sheets, inked) {
		return nil // the issuing server knows that it is void, and nothing was printed
	}
	return c.post(t, letter{app: a.id, what: whatConfirm, body: msg})
}

// inked reports whether ink may be on a sheet.
func inked(s signed.DoneSheet) bool { return s.Fate != signed.SheetUnfed }

// fates writes down what became of each sheet. An account that names sheets of another application, or another
// manifest, is kept but raises an alarm: money and paper must be looked at by a person.
func (c *Center) fates(t *store.Tx, a application, n signed.Done) error {
	fits := n.Manifest.IsZero() || n.Manifest.String() == a.manifest
	for _, s := range n.Sheets {
		state := "void"
		if s.Fate == signed.SheetPrinted {
			state = "printed"
		}
		changed, err := t.Change(`UPDATE sheet SET state=? WHERE id=? AND application=?`, state, s.ID.String(), a.id.String())
		if err != nil {
			return err
		}
		fits = fits && changed
	}
	if n.Outcome == domain.OutcomePrintedPaid && len(n.Sheets) == 0 {
		fits = false
	}
	if !fits {
		c.Log.Error("account does not fit its application", "evt", "center.mismatch", "application", a.id.String(),
			"outcome", n.Outcome.String())
		if err := t.Exec(`INSERT INTO counter (name, n) VALUES ('mismatch', 1)
			ON CONFLICT (name) DO UPDATE SET n=n+1`); err != nil {
			return err
		}
	}
	return voidSheets(t, a.id)
}
