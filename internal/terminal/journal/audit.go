package journal

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"golang.org/x/mod/sumdb/note"

	"github.com/kioskd/kioskd/internal/terminal/journal/audit"
	"github.com/kioskd/kioskd/internal/terminal/journal/books"
)

// Line is one event as it stands in the audit tree.
type Line = audit.Line

// SignedBy gives the kiosk's key, which signs every head of the audit tree that is kept, and the version of the
// configuration, which stands in it. Without it heads are kept unsigned.
func SignedBy(s note.Signer, config string) Option {
	return func(j *Journal) { j.signer, j.config = s, config }
}

// event writes an event and its leaf of the audit tree, in the transaction of the thing itself.
func (j *Journal) event(ctx context.Context, tx *sql.Tx, at time.Time, e Event) error {
	seq, err := audit.Append(ctx, tx, Line{
		Time: at, Boot: j.boot.ID, Application: e.Application, Type: e.Type, Body: e.Body,
	})
	if err != nil || seq%headEvery != 0 {
		return err
	}
	return j.keepHead(ctx, tx, at, false)
}

// headEvery is how many events lie between two heads that are kept, at most. One is kept at the end of each visit too,
// and one at the end of a run.
const headEvery = 256

// keepHead writes the tree's size and root down, signed, so that a tree that was written anew does not fit.
func (j *Journal) keepHead(ctx context.Context, tx *sql.Tx, at time.Time, sealed bool) error {
	c := audit.Checkpoint{Kiosk: string(j.kiosk), Config: j.config, Sealed: sealed}
	size, root, err := audit.Head(ctx, tx)
	if err != nil {
		return err
	}
	c.Size, c.Root = size, root
	var msg []byte
	if j.signer != nil {
		if c.Ledger, err = books.Hash(ctx, tx); err != nil {
			return err
		}
		if msg, err = c.Sign(j.signer); err != nil {
			return err
		}
	}
	return audit.Keep(ctx, tx, c, Line{Time: at, Boot: j.boot.ID}, msg)
}

// Seal writes down that this run ends well, under a head that says so. A journal into which nothing can be written any
// more is not sealed, and its error was told before.
func (j *Journal) Seal(ctx context.Context, at time.Time) error {
	if j.usable() != nil {
		return nil
	}
	return j.write(ctx, func(tx *sql.Tx) error {
		if err := j.event(ctx, tx, at, Event{Type: "run.ended"}); err != nil {
			return err
		}
		return j.keepHead(ctx, tx, at, true)
	})
}

// Head is the size and root of the audit tree (RFC 6962).
func (j *Journal) Head(ctx context.Context) (size int64, root [32]byte, err error) {
	return audit.Head(ctx, j.db)
}

// Events gives every event, oldest first.
func (j *Journal) Events(ctx context.Context, each func(Line) error) error {
	return audit.Events(ctx, j.db, each)
}

// VerifyTree makes the audit tree anew from the events, and holds it against the hashes that are kept and every head.
func (j *Journal) VerifyTree(ctx context.Context) (size int64, err error) {
	size, err = audit.Verify(ctx, j.db)
	return size, other(err)
}

// VerifyHeads holds the signature of every head against the kiosk's public key.
func (j *Journal) VerifyHeads(ctx context.Context, v note.Verifier) (audit.Signatures, error) {
	s, err := audit.VerifySignatures(ctx, j.db, string(j.kiosk), v)
	return s, other(err)
}

func other(err error) error {
	if errors.Is(err, audit.ErrOther) {
		return fmt.Errorf("%w: %w", ErrBroken, err)
	}
	return err
}
