package center

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/kioskd/kioskd/internal/domain"
	"github.com/kioskd/kioskd/internal/office/store"
	"github.com/kioskd/kioskd/internal/wire/centerapi"
)

// application is what the database knows of one application.
type application struct {
	id           domain.ApplicationID
	kiosk        domain.KioskID
	state        string
	rev          int64
	reason       string
	municipality domain.MunicipalityCode
	manifest     string
	issue        string
}

const columns = `id, kiosk, state, rev, reason, municipality, manifest, issue`

func (a *application) scan(r store.Row) error {
	var id string
	if err := r.Scan(&id, &a.kiosk, &a.state, &a.rev, &a.reason, &a.municipality, &a.manifest, &a.issue); err != nil {
		return err
	}
	return a.id.UnmarshalText([]byte(id))
}

// isOpen is the condition of an application that has not ended, in a form that the index of states serves: the table
// grows for years, and this is asked at every hello.
var isOpen = `state IN ('` + strings.Join(open, `','`) + `')`

// applications reads rows by a condition that this package wrote itself.
func (c *Center) applications(ctx context.Context, where string, args ...any) ([]application, error) {
	var list []application
	err := c.Store.Read(ctx, func(t *store.Tx) error {
		return t.Each(`SELECT `+columns+` FROM application WHERE `+where, args, func(r store.Row) error {
			var a application
			err := a.scan(r)
			list = append(list, a)
			return err
		})
	})
	return list, err
}

// application reads one application of a kiosk. Another kiosk's is not found: ids are no bearer tokens (D-07).
func (c *Center) application(ctx context.Context, k domain.KioskID, id domain.ApplicationID) (application, error) {
	list, err := c.applications(ctx, `id=? AND kiosk=?`, id.String(), string(k))
	if err != nil {
		return application{}, err
	}
	if len(list) == 0 {
		return application{}, errNotFound
	}
	return list[0], nil
}

// step is one conditional change of an application's state, with what is written beside it.
type step struct {
	from []string
	to   string
	set  string // further columns, "a=?, b=?"
	args []any
}

// errLate: the application is no longer where this step starts. The step's fruit is dropped and counted (D-04).
var errLate = errors.New("center: the application has ended meanwhile")

// move makes a step in a transaction; where the application stands elsewhere it is errLate.
func (c *Center) move(t *store.Tx, id domain.ApplicationID, s step) error {
	set := ""
	if s.set != "" {
		set = ", " + s.set
	}
	args := append([]any{s.to, c.Now().UnixMilli()}, s.args...)
	args = append(args, id.String())
	for _, f := range s.from {
		args = append(args, f)
	}
	moved, err := t.Change(`UPDATE application SET state=?, rev=rev+1, changed=?`+set+` WHERE id=? AND state IN (`+
		strings.TrimSuffix(strings.Repeat("?,", len(s.from)), ",")+`)`, args...)
	if err == nil && !moved {
		return errLate
	}
	return err
}

// advance makes a step by itself and tells those who wait. It is written even where the caller's time is over, so that
// a late answer is seen to be one.
func (c *Center) advance(ctx context.Context, v *visit, s step) error {
	err := c.Store.Write(context.WithoutCancel(ctx), func(t *store.Tx) error { return c.move(t, v.id, s) })
	if err == nil {
		v.notify()
	}
	return err
}

// The states by what has happened.
var (
	beforeMunicipality = []string{
		centerapi.StateChallenged, centerapi.StateAuthenticating, centerapi.StateAuthenticated,
	}
	atMunicipality = []string{centerapi.StateChoosing, centerapi.StateChosen, centerapi.StateOrdered}
	issued         = []string{centerapi.StateReady, centerapi.StateAwaiting}
	open           = slices.Concat(beforeMunicipality, atMunicipality, issued)
)

// end closes an application, tells the municipality where it was asked, and wipes the visit. It is no error where the
// application has ended already.
func (c *Center) end(ctx context.Context, a application, to string, reason domain.RefusalReason) error {
	code := ""
	if reason != domain.NoRefusal {
		code = reason.Code()
	}
	err := c.Store.Write(ctx, func(t *store.Tx) error {
		for _, from := range open { // the state tells whom to tell; one of them fits at most
			err := c.move(t, a.id, step{from: []string{from}, to: to, set: `reason=?, card=NULL`, args: []any{code}})
			if errors.Is(err, errLate) {
				continue
			}
			// What was issued and has run out, runs out at the issuing server, too; a late account must find it there.
			if err != nil || slices.Contains(beforeMunicipality, from) ||
				to == centerapi.StateExpired && slices.Contains(issued, from) {
				return err
			}
			if err := voidSheets(t, a.id); err != nil {
				return err
			}
			return c.post(t, letter{app: a.id, what: whatCancel})
		}
		return nil
	})
	if err != nil {
		return err
	}
	c.forget(a.id)
	c.nudge()
	c.Log.Info("application ended", "evt", "center.ended", "application", a.id.String(), "state", to, "reason", code)
	return nil
}

// voidSheets ends the sheet ids of an application that were never printed.
func voidSheets(t *store.Tx, id domain.ApplicationID) error {
	return t.Exec(`UPDATE sheet SET state='void' WHERE application=? AND state='reserved'`, id.String())
}

// abandon ends what a kiosk or this process lost. What was issued is not void yet: the kiosk may have printed it, and
// its signed account, which it sends until it is acknowledged, tells.
func (c *Center) abandon(ctx context.Context, a application, reason domain.RefusalReason) error {
	err := c.Store.Write(ctx, func(t *store.Tx) error {
		return c.move(t, a.id, step{from: issued, to: centerapi.StateAwaiting, set: `card=NULL`})
	})
	if errors.Is(err, errLate) {
		return c.end(ctx, a, centerapi.StateCancelled, reason)
	}
	if err == nil {
		c.forget(a.id)
	}
	return err
}

// Sweep ends applications whose time is over and counts them.
func (c *Center) Sweep(ctx context.Context) error {
	c.rests.Drop("", c.Now())
	over, err := c.applications(ctx, `deadline<? AND `+isOpen,
		c.Now().UnixMilli())
	if err != nil {
		return err
	}
	for _, a := range over {
		if err := c.end(ctx, a, centerapi.StateExpired, domain.DeadlinePassed); err != nil {
			return err
		}
	}
	return nil
}

// count adds one to a counter that an operator reads.
func (c *Center) count(ctx context.Context, name string) {
	err := c.Store.Write(ctx, func(t *store.Tx) error {
		return t.Exec(`INSERT INTO counter (name, n) VALUES (?, 1) ON CONFLICT (name) DO UPDATE SET n=n+1`, name)
	})
	if err != nil {
		c.Log.Error("counter", "evt", "center.counter", "counter", name, "err", err)
	}
}

// Counter reads a counter: kiosk_crowded, late_answer, mismatch, request_conflict, unknown_done.
func (c *Center) Counter(ctx context.Context, name string) (n int64, err error) {
	err = c.Store.Read(ctx, func(t *store.Tx) error {
		return t.One(`SELECT n FROM counter WHERE name=?`, []any{name}, &n)
	})
	if errors.Is(err, store.ErrNone) {
		return 0, nil
	}
	return n, err
}
