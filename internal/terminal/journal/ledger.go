package journal

import (
	"context"

	"github.com/kioskd/kioskd/internal/terminal/journal/books"
)

// ErrBroken says that the ledger does not add up: no coin may be taken until a person has looked.
var ErrBroken = books.ErrBroken

// Account is where coins lie. The sum over all accounts is zero for each kind, always.
type Account = books.Account

// The accounts.
const (
	World   = books.World
	Escrow  = books.Escrow
	Hopper  = books.Hopper
	CashBox = books.CashBox
	Staff   = books.Staff
	Unknown = books.Unknown
)

// Move is coins going from one account to another.
type Move = books.Move

// Balances is what lies where: the sums of the entries, which every start holds against them.
type Balances = books.Balances

// Balances gives what lies where.
func (j *Journal) Balances(ctx context.Context) (Balances, error) { return books.Kept(ctx, j.db) }

// Verify asserts every invariant of R-10 over the whole journal.
func (j *Journal) Verify(ctx context.Context) error { return books.Verify(ctx, j.db) }
