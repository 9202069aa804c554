// Package ports names everything outside the terminal's loop, as the loop sees it.
package ports

import (
	"context"
	"io"

	"github.com/kioskd/kioskd/internal/domain"
	"github.com/kioskd/kioskd/internal/signed"
	"github.com/kioskd/kioskd/internal/terminal/session"
	"github.com/kioskd/kioskd/internal/terminal/sheet"
	"github.com/kioskd/kioskd/internal/wire/centerapi"
	"github.com/kioskd/kioskd/pkg/card"
	"github.com/kioskd/kioskd/pkg/coin"
	"github.com/kioskd/kioskd/pkg/printer"
	"github.com/kioskd/kioskd/ui"
)

// Coins is the coin vendor. *coin.Vendor is one. Only acts calls what moves coins.
type Coins interface {
	Events() <-chan coin.Event
	Counters(context.Context) (coin.Counters, error)
	BeginDeposit(context.Context, coin.Limits) error
	Settle(context.Context) (coin.Count, error)
	FixDeposit(context.Context) error
	EndDeposit(context.Context, coin.End) error
	TestHoppers(context.Context, coin.Count) error
	Payout(context.Context, coin.Count) (coin.Count, error)
	AdoptDeposit(context.Context, coin.Count) error
	Deposited() coin.Count
	State() coin.State
}

// Printer is the printer. *printer.Device is one. Only acts prints.
type Printer interface {
	Capabilities() printer.Capabilities
	Ready(context.Context) (printer.Status, error)
	Counters(context.Context) (printer.Counters, error)
	CreateJob(context.Context, printer.Ticket) (printer.JobID, error)
	Unfinished(context.Context) ([]printer.JobStatus, error)
	SendDocument(context.Context, printer.JobID, io.Reader) error
	Follow(context.Context, printer.JobID) (printer.JobStatus, error)
	Cancel(context.Context, printer.JobID) error
}

// Panel is the screen.
type Panel interface {
	Show(session.View)
	Events() <-chan ui.Event
	// Wipe overwrites the picture and forgets every text of the visit.
	Wipe()
}

// Reader is the card reader, behind its child process. *cardpipe.Child is one.
type Reader interface {
	Events() <-chan card.Event
	Connect(ctx context.Context, reader string) (card.Card, error)
}

// Center is the certificate centre. *centerapi.Client is one.
type Center interface {
	Heartbeat(context.Context, centerapi.Heartbeat) (centerapi.HeartbeatAnswer, error)
	Challenge(context.Context, centerapi.ChallengeRequest) (centerapi.ChallengeAnswer, error)
	Authenticate(context.Context, domain.ApplicationID, centerapi.Authentication) ([]byte, domain.MunicipalityCode, error)
	Another(context.Context, domain.ApplicationID, centerapi.AnotherRequest) error
	Choices(context.Context, domain.ApplicationID) (centerapi.Choices, error)
	Order(context.Context, domain.ApplicationID, []byte) error
	Wait(context.Context, domain.ApplicationID, int64) (centerapi.Status, error)
	Page(context.Context, domain.ApplicationID, int) ([]byte, error)
	Done(context.Context, domain.ApplicationID, []byte) error
	Cancel(context.Context, domain.ApplicationID) error
}

// Pages renders pages in a child process of their own and makes sheets of them. May be nil where nothing is printed.
type Pages interface {
	// Check renders every page dry and judges it (printer §5); an error says that nothing may be printed of it.
	Check(ctx context.Context, pdfs [][]byte) error
	// Write writes one copy as raster: each page as a front with its back, every note and digest checked again just
	// before its bytes leave (D-02).
	Write(ctx context.Context, w io.Writer, caps printer.Capabilities, c Copy) error
}

// Copy is one copy of a verified document.
type Copy struct {
	Manifest signed.Manifest
	Delivery signed.Delivery
	N        int // which copy, 1 …
	PDFs     [][]byte
	Kiosk    domain.KioskID
	Proof    sheet.Proof // what each sheet is held against just before it leaves
}
