package issuing

import (
	"context"
	"errors"
	"fmt"

	"github.com/kioskd/kioskd/internal/domain"
	"github.com/kioskd/kioskd/internal/office/store"
	"github.com/kioskd/kioskd/internal/signed"
	"github.com/kioskd/kioskd/internal/wire/issuingapi"
)

// ConfirmPrinted takes the kiosk's signed account of a certificate's end: Printed where at least one copy is good,
// Voided else. After Expired it is accepted and becomes a mismatch for a person. The same account again is the same
// answer; another one is a conflict.
func (s *Server) ConfirmPrinted(
	ctx context.Context, r issuingapi.ConfirmRequest,
) (a issuingapi.StatusAnswer, err error) {
	if _, served := s.Signers[r.Binding.Municipality]; !served {
		return a, notServed(r.Binding.Municipality)
	}
	d, hash, err := signed.Open[signed.Done](r.Done, s.Ring, s.Now(), signed.RoleKiosk)
	if err != nil {
		return a, chainInvalid(err)
	}
	if d.Kiosk != r.Binding.Kiosk || d.Application != r.Binding.Application {
		return a, bindingMismatch()
	}
	err = s.Store.Write(ctx, func(t *store.Tx) error {
		a, err = s.confirm(t, r, d, hash)
		return err
	})
	if err == nil {
		s.forget(r.Binding.Application)
	}
	return a, err
}

func (s *Server) confirm(
	t *store.Tx, r issuingapi.ConfirmRequest, d signed.Done, hash signed.Hash,
) (issuingapi.StatusAnswer, error) {
	now, err := s.statusIn(t, r.Binding)
	if err != nil {
		return now, err
	}
	var manifest, done string
	var copies int
	var fee domain.Yen
	err = t.One(`SELECT manifest, done, copies, fee FROM issue WHERE id=? AND application=?`,
		[]any{r.Issue.String(), r.Binding.Application.String()}, &manifest, &done, &copies, &fee)
	switch {
	case errors.Is(err, store.ErrNone):
		return now, stateConflict(now.State)
	case err != nil:
		return now, err
	case done == hash.String():
		return now, nil
	case done != "":
		return now, stateConflict(now.State)
	case manifest != d.Manifest.String() || d.CopiesGood > copies:
		return now, bindingMismatch()
	}
	to := issuingapi.StateVoided
	if d.CopiesGood > 0 {
		to = issuingapi.StatePrinted
	}
	if ended(now.State) {
		if to == issuingapi.StatePrinted {
			if err := s.mismatch(t, r.Binding, "ConfirmAfter"+string(now.State), d.Outcome.String()); err != nil {
				return now, err
			}
		}
	} else if err := s.move(t, r.Binding, []issuingapi.State{issuingapi.StateIssued}, to); err != nil {
		return now, err
	}
	if err := s.checkMoney(t, r.Binding, d, fee/domain.Yen(copies)); err != nil {
		return now, err
	}
	err = t.Exec(`UPDATE issue SET done=?, outcome=?, copies_good=?, revenue=? WHERE id=?`, hash.String(),
		d.Outcome.String(), d.CopiesGood, int64(d.Revenue), r.Issue.String())
	if err != nil {
		return now, err
	}
	return s.statusIn(t, r.Binding)
}

// checkMoney opens a case where the money kept is not that of the good copies.
func (s *Server) checkMoney(t *store.Tx, b issuingapi.Binding, d signed.Done, unit domain.Yen) error {
	want := unit * domain.Yen(d.CopiesGood)
	detail := fmt.Sprintf("%d of %d yen", d.Revenue, want)
	switch {
	case d.Revenue < want:
		return s.mismatch(t, b, "PrintedNotPaid", detail)
	case d.Revenue > want:
		return s.mismatch(t, b, "PaidNotPrinted", detail)
	}
	return nil
}

// mismatch opens a case for a person; nothing here closes one (D-10).
func (s *Server) mismatch(t *store.Tx, b issuingapi.Binding, kind, detail string) error {
	return t.Exec(`INSERT INTO mismatch (at, application, kind, detail) VALUES (?, ?, ?, ?)`, s.Now().UnixMilli(),
		b.Application.String(), kind, detail)
}

// disagree opens a case outside a transaction; it runs although ctx is over.
func (s *Server) disagree(ctx context.Context, b issuingapi.Binding, kind string, cause *issuingapi.ProtocolError) {
	ctx = context.WithoutCancel(ctx)
	s.Log.ErrorContext(ctx, "mismatch", "evt", "issuing.mismatch", "kind", kind, "application", b.Application.String(),
		"err", cause)
	err := s.Store.Write(ctx, func(t *store.Tx) error { return s.mismatch(t, b, kind, cause.Code) })
	if err != nil {
		s.Log.ErrorContext(ctx, "mismatch not kept", "evt", "issuing.mismatch", "err", err)
	}
}
