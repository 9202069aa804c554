// Package audit is the journal's audit tree (RFC 6962) over every event: each event has a leaf, written in the
// transaction of the thing itself, and heads are kept, so that a file that was written anew does not fit. The journal
// alone calls it; it opens and keeps nothing.
package audit

import (
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/kioskd/kioskd/internal/domain"
	"github.com/kioskd/kioskd/internal/terminal/journal/tree"
)

// Line is one event as it stands in the audit tree.
type Line struct {
	Seq         int64 // from 1, without a gap
	Time        time.Time
	Boot        domain.ID
	Application domain.ApplicationID // zero: of no visit
	Type        string
	Body        []byte
}

// leaf is what an event hashes to: length-prefixed fields, so that no two events are one text.
func (l Line) leaf() []byte {
	b := []byte("kioskd/event/1\n")
	b = binary.BigEndian.AppendUint64(b, uint64(l.Seq))
	b = binary.BigEndian.AppendUint64(b, uint64(l.Time.UnixMilli()))
	for _, f := range [][]byte{l.Boot[:], l.Application.ID[:], []byte(l.Type), l.Body} {
		b = binary.BigEndian.AppendUint32(b, uint32(len(f)))
		b = append(b, f...)
	}
	return b
}

// Reader is a connection or a transaction.
type Reader interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// Append writes an event and its leaf, and gives its number.
func Append(ctx context.Context, tx *sql.Tx, l Line) (seq int64, err error) {
	if l.Body == nil {
		l.Body = []byte{}
	}
	var app any
	if !l.Application.IsZero() {
		app = l.Application.ID[:]
	}
	err = tx.QueryRowContext(ctx,
		"INSERT INTO ev (tx, boot, wall_ms, type, body) VALUES (?, ?, ?, ?, ?) RETURNING seq",
		app, l.Boot[:], l.Time.UnixMilli(), l.Type, l.Body).Scan(&l.Seq)
	if err != nil {
		return 0, fmt.Errorf("journal: event: %w", err)
	}
	made, err := tlog.StoredHashes(l.Seq-1, l.leaf(), hashReader(ctx, tx))
	if err != nil {
		return 0, fmt.Errorf("journal: audit: %w", err)
	}
	first := tlog.StoredHashCount(l.Seq - 1)
	for i, h := range made {
		if _, err := tx.ExecContext(ctx, "INSERT INTO leafhash (n, h) VALUES (?, ?)", first+int64(i), h[:]); err != nil {
			return 0, fmt.Errorf("journal: audit: %w", err)
		}
	}
	return l.Seq, nil
}

func hashReader(ctx context.Context, q Reader) tlog.HashReaderFunc {
	return func(indexes []int64) ([]tlog.Hash, error) {
		out := make([]tlog.Hash, len(indexes))
		for i, n := range indexes {
			var h []byte
			if err := q.QueryRowContext(ctx, "SELECT h FROM leafhash WHERE n = ?", n).Scan(&h); err != nil {
				return nil, fmt.Errorf("journal: audit hash %d: %w", n, err)
			}
			copy(out[i][:], h)
		}
		return out, nil
	}
}

// Head is the size and root of the tree.
func Head(ctx context.Context, q Reader) (size int64, root [32]byte, err error) {
	if err := q.QueryRowContext(ctx, "SELECT coalesce(max(seq), 0) FROM ev").Scan(&size); err != nil {
		return 0, root, fmt.Errorf("journal: audit: %w", err)
	}
	h, err := tlog.TreeHash(size, hashReader(ctx, q))
	if err != nil {
		return 0, root, fmt.Errorf("journal: audit: %w", err)
	}
	return size, h, nil
}

// Events gives every event, oldest first.
func Events(ctx context.Context, q Reader, each func(Line) error) error {
	rows, err := q.QueryContext(ctx, "SELECT seq, wall_ms, boot, coalesce(tx, x''), type, body FROM ev ORDER BY seq")
	if err != nil {
		return fmt.Errorf("journal: events: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var l Line
		var wall int64
		var boot, app []byte
		if err := rows.Scan(&l.Seq, &wall, &boot, &app, &l.Type, &l.Body); err != nil {
			return fmt.Errorf("journal: events: %w", err)
		}
		l.Time = time.UnixMilli(wall)
		copy(l.Boot[:], boot)
		copy(l.Application.ID[:], app)
		if err := each(l); err != nil {
			return err
		}
	}
	return rows.Err()
}

// Verify makes the tree anew from the events, and holds it against the hashes that are kept and every head. An error
// of reading and a tree that does not fit differ by ErrOther.
func Verify(ctx context.Context, q Reader) (size int64, err error) {
	kept, err := heads(ctx, q)
	if err != nil {
		return 0, err
	}
	t := tree.New(kept)
	err = Events(ctx, q, func(l Line) error {
		if err := t.Add(l.Seq, l.leaf()); err != nil {
			return fmt.Errorf("%w: %w", ErrOther, err)
		}
		return nil
	})
	if err != nil {
		return t.Size(), err
	}
	all, err := hashes(ctx, q)
	if err != nil {
		return t.Size(), err
	}
	if err := t.End(all); err != nil {
		return t.Size(), fmt.Errorf("%w: %w", ErrOther, err)
	}
	return t.Size(), nil
}

// ErrOther says that the events are not those of which the tree was made.
var ErrOther = errors.New("journal: the audit tree is not that of the events")

func hashes(ctx context.Context, q Reader) (all []tlog.Hash, err error) {
	rows, err := q.QueryContext(ctx, "SELECT h FROM leafhash ORDER BY n")
	if err != nil {
		return nil, fmt.Errorf("journal: hashes: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var h []byte
		if err := rows.Scan(&h); err != nil {
			return nil, fmt.Errorf("journal: hashes: %w", err)
		}
		all = append(all, tlog.Hash(h))
	}
	return all, rows.Err()
}

func heads(ctx context.Context, q Reader) (map[int64]tlog.Hash, error) {
	rows, err := q.QueryContext(ctx, "SELECT size, root FROM head")
	if err != nil {
		return nil, fmt.Errorf("journal: heads: %w", err)
	}
	defer rows.Close()
	heads := map[int64]tlog.Hash{}
	for rows.Next() {
		var size int64
		var root []byte
		if err := rows.Scan(&size, &root); err != nil {
			return nil, fmt.Errorf("journal: heads: %w", err)
		}
		heads[size] = tlog.Hash(root)
	}
	return heads, rows.Err()
}
