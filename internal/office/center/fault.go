package center

import (
	"context"
	"errors"
	"net/http"

	"github.com/kioskd/kioskd/internal/domain"
	"github.com/kioskd/kioskd/internal/office/jpki"
	"github.com/kioskd/kioskd/internal/signed"
	"github.com/kioskd/kioskd/internal/wire/centerapi"
	"github.com/kioskd/kioskd/internal/wire/issuingapi"
)

// Fault is an answer that is neither success nor a refusal.
type Fault struct {
	Status int    // of HTTP
	Code   string // of api/openapi.yaml
	Detail string // English, short, nothing personal
}

func (e *Fault) Error() string { return "center: " + e.Code + ": " + e.Detail }

func bad(detail string) error { return &Fault{http.StatusBadRequest, "BadRequest", detail} }

var (
	errNotFound = &Fault{http.StatusNotFound, "NotFound", "no such application of this kiosk"}
	errGone     = &Fault{http.StatusGone, "Gone", "erased; the application has ended"}
	errState    = &Fault{http.StatusConflict, "StateConflict", "not in this state"}
	errRequest  = &Fault{http.StatusConflict, "RequestConflict", "sent before with another content"}
	errBusy     = &Fault{http.StatusServiceUnavailable, "Busy", "too many open applications"}
)

func refused(r domain.RefusalReason) error { return &centerapi.Refused{Reason: r} }

// mismatch says that two things of one application do not belong together (D-03). Proved is true where the
// municipality's own signature stands under it.
type mismatch struct {
	proved bool
	err    error
}

func (e *mismatch) Error() string { return "center: mismatch: " + e.err.Error() }

func (e *mismatch) Unwrap() error { return e.err }

// reasonOf gives what the resident is told of an error; what is not understood is a fault of the server behind.
func reasonOf(err error) domain.RefusalReason {
	if e, ok := errors.AsType[*centerapi.Refused](err); ok {
		return e.Reason
	}
	if e, ok := errors.AsType[*jpki.Error](err); ok {
		return e.Reason
	}
	if e, ok := errors.AsType[*issuingapi.Refusal](err); ok {
		return e.Reason
	}
	if _, ok := errors.AsType[*mismatch](err); ok {
		return domain.DocumentMismatch
	}
	if _, ok := errors.AsType[*signed.MismatchError](err); ok {
		return domain.DocumentMismatch
	}
	if e, ok := errors.AsType[*issuingapi.ProtocolError](err); ok {
		switch e.Code {
		case "BindingMismatch", "RequestConflict", issuingapi.CodeChainInvalid:
			return domain.DocumentMismatch
		case "DeadlinePassed":
			return domain.DeadlinePassed
		}
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return domain.DeadlinePassed
	}
	return domain.ServerUnreachable
}
