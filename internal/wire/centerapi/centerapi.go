// Package centerapi is the interface between a kiosk and the centre (証明書交付センター): the types of api/openapi.yaml
// and the kiosk's client. The centre's handlers use the same types; nothing here decides anything.
//
// What the client gives back is what the centre said. Notes are not opened here: the terminal holds them against its
// own visit. The client keeps no answer and writes no log.
package centerapi

import (
	"errors"

	"github.com/kioskd/kioskd/internal/domain"
)

//go:generate go tool -modfile=../../../tools/go.mod oapi-codegen -config oapi-codegen.yaml ../../../api/openapi.yaml

// States of an application at the centre; an open list on the wire.
const (
	StateChallenged     = "challenged"     // the nonces are drawn
	StateAuthenticating = "authenticating" // the responder is being asked
	StateAuthenticated  = "authenticated"
	StateChoosing       = "choosing" // the issuing server is being asked for choices
	StateChosen         = "chosen"   // choices are there
	StateOrdered        = "ordered"  // the issuing server is making the certificate
	StateReady          = "ready"    // manifest, delivery and pages are there
	StateAwaiting       = "awaiting" // pages are erased, the kiosk's account is still awaited
	StateDone           = "done"     // the kiosk's account is here
	StateRefused        = "refused"
	StateCancelled      = "cancelled"
	StateExpired        = "expired"
)

// Final reports whether nothing more will come of an application in this state.
func Final(state string) bool {
	switch state {
	case StateDone, StateRefused, StateCancelled, StateExpired:
		return true
	}
	return false
}

// Refused is a decision: the centre, the validation or the issuing server refuses. It is never retried.
type Refused struct{ Reason domain.RefusalReason }

func (e *Refused) Error() string { return "centerapi: refused: " + e.Reason.Code() }

// Errors of the client beside *Refused.
var (
	// ErrUnreachable: no connection, no answer in time, or a centre that says it is too busy. Money and paper are not
	// touched by it; the visit ends politely, and the next call tries a fresh connection.
	ErrUnreachable = errors.New("centerapi: the centre cannot be reached")
	// ErrProtocol: an answer that ought not to be; somebody must look at it.
	ErrProtocol = errors.New("centerapi: the centre's answer is not of the interface")
)

// Refusal is the reason of a status; NoRefusal where there is none.
func (s Status) Refusal() domain.RefusalReason {
	if s.Reason == "" {
		return domain.NoRefusal
	}
	r, _ := domain.ParseReason(s.Reason)
	return r
}
