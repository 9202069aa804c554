package center

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/kioskd/kioskd/internal/domain"
	"github.com/kioskd/kioskd/internal/office/store"
	"github.com/kioskd/kioskd/internal/wire/issuingapi"
)

// What an issuing server is told.
const (
	whatConfirm = "confirm"
	whatCancel  = "cancel"
)

// letter is one message to an issuing server; where it goes stands in the application.
type letter struct {
	app  domain.ApplicationID
	what string
	body []byte // the kiosk's account; only in a confirmation
}

// post puts a letter into the outbox, in the transaction that makes it necessary. Each is written once.
func (c *Center) post(t *store.Tx, l letter) error {
	body := l.body
	if body == nil {
		body = []byte{}
	}
	return t.Exec(`INSERT INTO outbox
			(application, what, request, municipality, kiosk, issue, body, state, attempts, due)
		SELECT id, ?, ?, municipality, kiosk, issue, ?, 'waiting', 0, ? FROM application WHERE id=?
		ON CONFLICT DO NOTHING`,
		l.what, domain.NewID().String(), body, c.Now().UnixMilli(), l.app.String())
}

// nudge lets Run look at the outbox at once.
func (c *Center) nudge() {
	select {
	case c.wake <- struct{}{}:
	default:
	}
}

// pending is a letter as it waits.
type pending struct {
	app      domain.ApplicationID
	what     string
	request  domain.RequestID
	binding  issuingapi.Binding
	issue    domain.IssueID
	body     []byte
	attempts int
}

// One round of the outbox takes so many letters, to so many municipalities at once; each attempt may take so long.
const (
	roundLetters = 100
	roundTowns   = 8
	letterLimit  = 10 * time.Second
)

// Flush sends what is due. A letter that does not arrive waits longer each time, up to an hour, and is never given up;
// one that is answered with a refusal is set aside for a person. A municipality that does not answer makes no other
// one wait.
func (c *Center) Flush(ctx context.Context) error {
	list, err := c.due(ctx)
	if err != nil {
		return err
	}
	towns := map[domain.MunicipalityCode][]pending{}
	for _, p := range list {
		towns[p.binding.Municipality] = append(towns[p.binding.Municipality], p)
	}
	var group sync.WaitGroup
	errs, slots := make(chan error, len(towns)), make(chan struct{}, roundTowns)
	for m, letters := range towns {
		slots <- struct{}{}
		group.Go(func() {
			defer func() { <-slots }()
			errs <- c.carry(ctx, m, letters)
		})
	}
	group.Wait()
	close(errs)
	for one := range errs {
		err = errors.Join(err, one)
	}
	return err
}

// carry sends one municipality's letters in their order. After one that did not arrive the others wait, too, so that
// the letters to a dead server do not fill every round.
func (c *Center) carry(ctx context.Context, m domain.MunicipalityCode, letters []pending) error {
	for _, p := range letters {
		sent := c.send(ctx, p)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err := c.noted(ctx, p, sent); err != nil {
			return err
		}
		if sent != nil && !final(sent) {
			return c.Store.Write(ctx, func(t *store.Tx) error {
				now := c.Now()
				return t.Exec(`UPDATE outbox SET due=? WHERE state='waiting' AND due<=? AND municipality=?`,
					now.Add(firstWait).UnixMilli(), now.UnixMilli(), string(m))
			})
		}
	}
	return nil
}

func (c *Center) due(ctx context.Context) ([]pending, error) {
	var list []pending
	err := c.Store.Read(ctx, func(t *store.Tx) error {
		return t.Each(`SELECT application, what, request, municipality, kiosk, issue, body, attempts FROM outbox
			WHERE state='waiting' AND due<=? ORDER BY due LIMIT ?`, []any{c.Now().UnixMilli(), roundLetters},
			func(r store.Row) error {
				var p pending
				var app, request, issue string
				err := r.Scan(&app, &p.what, &request, &p.binding.Municipality, &p.binding.Kiosk, &issue, &p.body, &p.attempts)
				if err != nil {
					return err
				}
				if issue != "" {
					err = p.issue.UnmarshalText([]byte(issue))
				}
				err = errors.Join(err, p.app.UnmarshalText([]byte(app)), p.request.UnmarshalText([]byte(request)))
				p.binding.Application = p.app
				list = append(list, p)
				return err
			})
	})
	return list, err
}

func (c *Center) send(ctx context.Context, p pending) error {
	service, err := c.issuing(p.binding.Municipality)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, letterLimit)
	defer cancel()
	if p.what == whatConfirm {
		_, err = service.ConfirmPrinted(ctx, issuingapi.ConfirmRequest{
			RequestID: p.request, Binding: p.binding, Issue: p.issue, Done: p.body,
		})
		return err
	}
	_, err = service.Cancel(ctx, issuingapi.CancelRequest{RequestID: p.request, Binding: p.binding, Reason: "Ended"})
	return err
}

// Waits of the outbox: the first, doubled each time, at most the last.
const (
	firstWait = 5 * time.Second
	lastWait  = time.Hour
)

// noted notes how an attempt went.
func (c *Center) noted(ctx context.Context, p pending, sent error) error {
	state, due := "sent", c.Now()
	if sent != nil {
		state, due = "waiting", due.Add(min(lastWait, firstWait<<min(p.attempts, 10)))
		if final(sent) {
			state = "failed"
			c.Log.Error("the issuing server refuses a letter", "evt", "center.letter", "application", p.app.String(),
				"what", p.what, "err", sent)
		}
	}
	return c.Store.Write(ctx, func(t *store.Tx) error {
		return t.Exec(`UPDATE outbox SET state=?, attempts=attempts+1, due=? WHERE application=? AND what=?`,
			state, due.UnixMilli(), p.app.String(), p.what)
	})
}

// final reports whether asking again is no use.
func final(err error) bool {
	if e, ok := errors.AsType[*issuingapi.ProtocolError](err); ok {
		switch e.Code {
		case "SchemaInvalid", "ActionMismatch", "VersionUnsupported", "NotAuthorized", "RequestConflict", "BindingMismatch",
			"StateConflict":
			return true
		}
	}
	_, refusal := errors.AsType[*issuingapi.Refusal](err)
	return refusal
}
