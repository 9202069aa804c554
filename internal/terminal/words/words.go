// Package words turns what devices say into the words of the trade.
package words

import (
	"errors"

	"github.com/kioskd/kioskd/internal/domain"
	"github.com/kioskd/kioskd/internal/terminal/journal"
	"github.com/kioskd/kioskd/internal/terminal/session"
	"github.com/kioskd/kioskd/pkg/card"
	"github.com/kioskd/kioskd/pkg/coin"
	"github.com/kioskd/kioskd/pkg/printer"
)

// cards are the reasons for what a card or reader said.
var cards = []struct {
	err    error
	reason domain.RefusalReason
}{
	{card.ErrNotMyNumberCard, domain.NotMyNumberCard},
	{card.ErrJukiCard, domain.JukiCardEnded},
	{card.ErrPhone, domain.PhoneUnsupported},
	{card.ErrUnknownGeneration, domain.UnknownGeneration},
	{card.ErrNoAuthCertificate, domain.NoAuthCertificate},
	{card.ErrCertificateExpired, domain.CertExpired},
	{card.ErrCertificateNotYetValid, domain.CertNotYetValid},
	{card.ErrPINBlocked, domain.PINBlocked},
	{card.ErrRemoved, domain.CardRemovedTooEarly},
	{card.ErrBusy, domain.CardBusy},
}

// Card is the reason for what a card or reader said.
func Card(err error) domain.RefusalReason {
	for _, c := range cards {
		if errors.Is(err, c.err) {
			return c.reason
		}
	}
	return domain.CardUnreadable
}

var results = map[printer.Outcome]journal.Result{
	printer.Printed: journal.Done, printer.NotPrinted: journal.NotDone, printer.Partly: journal.Partial,
	printer.Unknown: journal.Unsure,
}

// Result is what the journal writes of a copy.
func Result(o printer.Outcome) journal.Result { return results[o] }

var evidence = map[printer.Outcome]session.Evidence{
	printer.NotPrinted: session.EvidenceNotPrinted, printer.Partly: session.EvidencePartly,
	printer.Unknown: session.EvidenceUnknown,
}

// Copy is what the session hears of a copy.
func Copy(o printer.Outcome) session.Event {
	if o == printer.Printed {
		return session.Event{Kind: session.CopyPrinted}
	}
	return session.Event{Kind: session.CopyFailed, Evidence: evidence[o]}
}

// Deposit says to the resident why coins were not taken, or not fixed and so given back.
func Deposit(err error) domain.RefusalReason {
	full, is := errors.AsType[*coin.EscrowError](err)
	if errors.Is(err, coin.ErrNoRoom) || is && full.Full() {
		return domain.EscrowFull
	}
	if errors.Is(err, coin.ErrNoRefund) {
		return domain.ChangeUnavailable
	}
	return domain.CoinsNotReady // a doubted deposit too: it can only be repaid
}
