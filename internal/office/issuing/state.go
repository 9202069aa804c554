package issuing

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/kioskd/kioskd/internal/domain"
	"github.com/kioskd/kioskd/internal/office/store"
	"github.com/kioskd/kioskd/internal/signed"
	"github.com/kioskd/kioskd/internal/wire/issuingapi"
)

// Unknown is the state of an application that never came here; it stands in a StateConflict only.
const Unknown issuingapi.State = "Unknown"

// opening is what an application begins with.
type opening struct {
	binding   issuingapi.Binding
	expires   time.Time
	challenge signed.Hash          // zero for one that never proved anything
	first     domain.ApplicationID // the challenge's own; another one where the holder wants another certificate
}

// receive opens an application, or finds it open for the same binding. One that was refused is refused again.
func (s *Server) receive(ctx context.Context, o opening) error {
	b := o.binding
	return s.Store.Write(ctx, func(t *store.Tx) error {
		if o.first != b.Application {
			if err := s.follows(t, o); err != nil {
				return err
			}
		}
		challenge := ""
		if !o.challenge.IsZero() {
			challenge = o.challenge.String()
		}
		err := t.Exec(`INSERT INTO application (id, municipality, kiosk, state, since, expires, challenge)
			VALUES (?, ?, ?, ?, ?, ?, ?)`, b.Application.String(), string(b.Municipality), string(b.Kiosk),
			string(issuingapi.StateReceived), s.Now().UnixMilli(), o.expires.UnixMilli(), challenge)
		if !errors.Is(err, store.ErrExists) {
			return err
		}
		now, err := s.statusIn(t, b)
		switch {
		case err != nil:
			return err
		case now.State == issuingapi.StateRefused:
			return s.refusedBefore(t, b)
		case now.State != issuingapi.StateReceived:
			return stateConflict(now.State)
		}
		return nil
	})
}

// follows says whether an application may stand under the challenge of an earlier one: that one came here, from
// the same kiosk and for the same municipality; all before it were issued, or are on paper, since a kiosk serves the
// next one when the last is paid; and one assertion carries domain.MaxApplications. The card signed once, so this
// server counts by itself what the centre calls another certificate.
func (s *Server) follows(t *store.Tx, o opening) error {
	var before, first int
	var open issuingapi.State
	err := t.Each(`SELECT id, municipality, kiosk, state FROM application WHERE challenge=? AND id<>?`,
		[]any{o.challenge.String(), o.binding.Application.String()}, func(r store.Row) error {
			var id string
			var b issuingapi.Binding
			var state issuingapi.State
			if err := r.Scan(&id, &b.Municipality, &b.Kiosk, &state); err != nil {
				return err
			}
			before++
			if id == o.first.String() && b.Municipality == o.binding.Municipality && b.Kiosk == o.binding.Kiosk {
				first++
			}
			if state != issuingapi.StateIssued && state != issuingapi.StatePrinted {
				open = state
			}
			return nil
		})
	switch {
	case err != nil:
		return err
	case first == 0:
		return bindingMismatch()
	case open != "":
		return stateConflict(open)
	case before >= domain.MaxApplications:
		return chainInvalid(errors.New("more applications than one assertion carries"))
	}
	return nil
}

func (s *Server) refusedBefore(t *store.Tx, b issuingapi.Binding) error {
	var code string
	if err := t.One(`SELECT reason FROM application WHERE id=?`, []any{b.Application.String()}, &code); err != nil {
		return err
	}
	reason, _ := domain.ParseReason(code)
	return refusal(reason, b.Application)
}

// move changes the state by one conditional update; where the state is another one it is StateConflict with that.
func (s *Server) move(t *store.Tx, b issuingapi.Binding, from []issuingapi.State, to issuingapi.State) error {
	marks := strings.Repeat("?,", len(from)-1) + "?"
	args := []any{string(to), s.Now().UnixMilli(), b.Application.String(), string(b.Municipality), string(b.Kiosk)}
	for _, f := range from {
		args = append(args, string(f))
	}
	ok, err := t.Change(`UPDATE application SET state=?, since=?
		WHERE id=? AND municipality=? AND kiosk=? AND state IN (`+marks+`)`, args...)
	if err != nil || ok {
		return err
	}
	now, err := s.statusIn(t, b)
	if err != nil {
		return err
	}
	return stateConflict(now.State)
}

// statusIn reads where an application stands. Another binding is an error, not another application (D-03).
func (s *Server) statusIn(t *store.Tx, b issuingapi.Binding) (issuingapi.StatusAnswer, error) {
	var a issuingapi.StatusAnswer
	var m domain.MunicipalityCode
	var k domain.KioskID
	var since int64
	var issue string
	err := t.One(`SELECT a.municipality, a.kiosk, a.state, a.since, coalesce(i.id, '')
		FROM application a LEFT JOIN issue i ON i.application = a.id WHERE a.id=?`, []any{b.Application.String()},
		&m, &k, &a.State, &since, &issue)
	switch {
	case errors.Is(err, store.ErrNone):
		return a, stateConflict(Unknown)
	case err != nil:
		return a, err
	case m != b.Municipality || k != b.Kiosk:
		return a, bindingMismatch()
	}
	a.Binding, a.Since = b, time.UnixMilli(since).UTC()
	if issue != "" {
		err = a.Issue.UnmarshalText([]byte(issue))
	}
	return a, err
}

// refused notes a refusal. The reason that is kept is the one that leaves the house.
func (s *Server) refused(ctx context.Context, b issuingapi.Binding, r domain.RefusalReason) error {
	return s.Store.Write(ctx, func(t *store.Tx) error {
		_, err := t.Change(`UPDATE application SET state=?, since=?, reason=? WHERE id=? AND state IN (?, ?)`,
			string(issuingapi.StateRefused), s.Now().UnixMilli(), r.Code(), b.Application.String(),
			string(issuingapi.StateReceived), string(issuingapi.StateDeciding))
		return err
	})
}

// abandon ends an application whose work did not end well or in time (D-04). It runs although ctx is over.
func (s *Server) abandon(ctx context.Context, b issuingapi.Binding) {
	ctx, stop := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
	defer stop()
	err := s.Store.Write(ctx, func(t *store.Tx) error {
		_, err := t.Change(`UPDATE application SET state=?, since=? WHERE id=? AND state IN (?, ?)`,
			string(issuingapi.StateCancelled), s.Now().UnixMilli(), b.Application.String(),
			string(issuingapi.StateReceived), string(issuingapi.StateDeciding))
		return err
	})
	if err != nil {
		s.Log.ErrorContext(ctx, "abandon", "evt", "issuing.abandon", "application", b.Application.String(), "err", err)
	}
	s.forget(b.Application)
}

// GetStatus says where an application stands.
func (s *Server) GetStatus(ctx context.Context, r issuingapi.StatusRequest) (a issuingapi.StatusAnswer, err error) {
	err = s.Store.Read(ctx, func(t *store.Tx) (err error) {
		a, err = s.statusIn(t, r.Binding)
		return err
	})
	return a, err
}

// Cancel ends an application; an issued certificate becomes void. Where it has ended already the answer is how.
// An application that never came here is closed all the same, so that it cannot come late.
func (s *Server) Cancel(ctx context.Context, r issuingapi.CancelRequest) (a issuingapi.StatusAnswer, err error) {
	if _, served := s.Signers[r.Binding.Municipality]; !served {
		return a, notServed(r.Binding.Municipality)
	}
	err = s.receive(ctx, opening{binding: r.Binding, expires: s.Now(), first: r.Binding.Application})
	if err != nil && !isClosed(err) {
		return a, err
	}
	err = s.Store.Write(ctx, func(t *store.Tx) error {
		for _, step := range []struct{ from, to issuingapi.State }{
			{issuingapi.StateReceived, issuingapi.StateCancelled},
			{issuingapi.StateDeciding, issuingapi.StateCancelled},
			{issuingapi.StateIssued, issuingapi.StateVoided},
		} {
			if err := s.move(t, r.Binding, []issuingapi.State{step.from}, step.to); err != nil && !isStateConflict(err) {
				return err
			}
		}
		a, err = s.statusIn(t, r.Binding)
		return err
	})
	if err == nil {
		s.forget(r.Binding.Application)
	}
	return a, err
}

// isClosed reports whether an application was found ended.
func isClosed(err error) bool {
	_, refused := errors.AsType[*issuingapi.Refusal](err)
	return refused || isStateConflict(err)
}

func isStateConflict(err error) bool {
	p, ok := errors.AsType[*issuingapi.ProtocolError](err)
	return ok && p.Code == issuingapi.CodeStateConflict
}

// Sweep ends what has run out: open applications, and certificates that nobody confirmed. Their bytes are
// overwritten, the record stays.
func (s *Server) Sweep(ctx context.Context) error {
	now := s.Now()
	err := s.Store.Write(ctx, func(t *store.Tx) error {
		for from, to := range map[issuingapi.State]issuingapi.State{
			issuingapi.StateReceived: issuingapi.StateCancelled, issuingapi.StateDeciding: issuingapi.StateCancelled,
			issuingapi.StateIssued: issuingapi.StateExpired,
		} {
			err := t.Exec(`UPDATE application SET state=?, since=? WHERE state=? AND expires<?`, string(to), now.UnixMilli(),
				string(from), now.UnixMilli())
			if err != nil {
				return err
			}
		}
		return nil
	})
	s.forgetOld(now)
	return err
}

// ended reports whether nothing can follow a state but accounts.
func ended(st issuingapi.State) bool {
	return slices.Contains([]issuingapi.State{
		issuingapi.StatePrinted, issuingapi.StateVoided, issuingapi.StateExpired, issuingapi.StateRefused,
		issuingapi.StateCancelled,
	}, st)
}
