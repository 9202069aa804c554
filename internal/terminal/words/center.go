package words

import (
	"errors"

	"github.com/kioskd/kioskd/internal/domain"
	"github.com/kioskd/kioskd/internal/signed"
	"github.com/kioskd/kioskd/internal/terminal/sheet"
	"github.com/kioskd/kioskd/internal/wire/centerapi"
)

// Center is the reason for an error of the centre, or of what it sent. A thing that does not belong to this visit, or
// that the wrong one signed, is DocumentMismatch: a stop, never a retry (D-03). What only came too late is no mix.
func Center(err error) domain.RefusalReason {
	if errors.Is(err, signed.ErrExpired) {
		return domain.DeadlinePassed
	}
	for _, bad := range []error{signed.ErrForm, signed.ErrSignature, signed.ErrNewer} {
		if errors.Is(err, bad) {
			return domain.DocumentMismatch
		}
	}
	if _, ok := errors.AsType[*signed.MismatchError](err); ok {
		return domain.DocumentMismatch
	}
	if _, ok := errors.AsType[*sheet.MixError](err); ok {
		return domain.DocumentMismatch
	}
	if r, ok := errors.AsType[*centerapi.Refused](err); ok {
		return r.Reason
	}
	return domain.CenterUnreachable
}
