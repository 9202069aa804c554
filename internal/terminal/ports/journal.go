package ports

import (
	"context"
	"time"

	"github.com/kioskd/kioskd/internal/domain"
	"github.com/kioskd/kioskd/internal/terminal/health"
	"github.com/kioskd/kioskd/internal/terminal/journal"
	"github.com/kioskd/kioskd/internal/terminal/outbox"
)

// Journal is what survives power loss. *journal.Journal is one, and the only one that makes an act: whoever stands
// between can let the process die before or after a write, and nothing else.
type Journal interface {
	health.Book
	outbox.Journal

	OpenVisit(ctx context.Context, at time.Time, v journal.Visit) error
	CloseVisit(ctx context.Context, at time.Time, e journal.Ending) error
	SlipFor(ctx context.Context, at time.Time, app domain.ApplicationID) (journal.Slip, error)
	Record(ctx context.Context, at time.Time, e journal.Event) error
	Begin(ctx context.Context, at time.Time, i journal.Intent) (journal.Act, error)
	Finish(ctx context.Context, at time.Time, a journal.Act, f journal.Finding) error
	BeginRefund(ctx context.Context, at time.Time, r journal.Refund, i journal.Intent) (journal.Act, error)
	Settle(ctx context.Context, at time.Time, r journal.Refund) (domain.Yen, error)

	Left(context.Context) (l journal.Left, ok bool, err error)
	Loose(context.Context) ([]journal.Unfinished, error)
	Last(ctx context.Context, app domain.ApplicationID, types ...string) (body []byte, ok bool, err error)
	Slips(ctx context.Context, open bool) ([]journal.Owed, error)
	Owing(ctx context.Context, slip string) (journal.Owed, error)
	Balances(context.Context) (journal.Balances, error)
	PrintCounters(ctx context.Context, app domain.ApplicationID) (before, after []byte, err error)
	LastCounters(ctx context.Context, device string) (after []byte, ok bool, err error)
	Disown(why error) error
	Head(context.Context) (size int64, root [32]byte, err error)
	Verify(context.Context) error
	LastCheck(context.Context) (at time.Time, ok bool, err error)
	CheckWhole(ctx context.Context, at time.Time) error
}

var _ Journal = (*journal.Journal)(nil)
