package journal

import (
	"context"
	"database/sql"
	"encoding/binary"
	"fmt"
	"time"

	"golang.org/x/mod/sumdb/tlog"
)

// event writes an event and its leaf of the audit tree, in the transaction of the thing itself.
func (j *Journal) event(ctx context.Context, tx *sql.Tx, at time.Time, e Event) error {
	var seq int64
	err := tx.QueryRowContext(ctx,
		"INSERT INTO ev (tx, boot, wall_ms, type, body) VALUES (?, ?, ?, ?, ?) RETURNING seq",
		key(e.Application), j.boot.ID[:], millis(at), e.Type, notNil(e.Body)).Scan(&seq)
	if err != nil {
		return fmt.Errorf("journal: event: %w", err)
	}
	hashes, err := tlog.StoredHashes(seq-1, leaf(seq, j.boot.ID[:], millis(at), e), hashReader(ctx, tx))
	if err != nil {
		return fmt.Errorf("journal: audit: %w", err)
	}
	at0 := tlog.StoredHashCount(seq - 1)
	for i, h := range hashes {
		if _, err := tx.ExecContext(ctx, "INSERT INTO leafhash (n, h) VALUES (?, ?)", at0+int64(i), h[:]); err != nil {
			return fmt.Errorf("journal: audit: %w", err)
		}
	}
	if seq%headEvery == 0 {
		return j.keepHead(ctx, tx, at)
	}
	return nil
}

// headEvery is how many events lie between two heads that are kept, at most. One is kept at the end of each visit too.
const headEvery = 256

// keepHead writes the tree's size and root down, so that a tree that was written anew does not fit.
func (j *Journal) keepHead(ctx context.Context, tx *sql.Tx, at time.Time) error {
	size, root, err := head(ctx, tx)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, "INSERT OR IGNORE INTO head (size, root, boot, wall_ms) VALUES (?, ?, ?, ?)", size,
		root[:], j.boot.ID[:], millis(at))
	if err != nil {
		return fmt.Errorf("journal: head: %w", err)
	}
	return nil
}

// leaf is what an event hashes to: length-prefixed fields, so that no two events are one text.
func leaf(seq int64, boot []byte, wall int64, e Event) []byte {
	b := []byte("kioskd/event/1\n")
	b = binary.BigEndian.AppendUint64(b, uint64(seq))
	b = binary.BigEndian.AppendUint64(b, uint64(wall))
	for _, f := range [][]byte{boot, e.Application.ID[:], []byte(e.Type), e.Body} {
		b = binary.BigEndian.AppendUint32(b, uint32(len(f)))
		b = append(b, f...)
	}
	return b
}

// rowReader is a connection or a transaction.
type rowReader interface {
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

func hashReader(ctx context.Context, q rowReader) tlog.HashReaderFunc {
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

// Head is the size and root of the audit tree (RFC 6962).
func (j *Journal) Head(ctx context.Context) (size int64, root [32]byte, err error) {
	return head(ctx, j.db)
}

func head(ctx context.Context, q rowReader) (size int64, root [32]byte, err error) {
	if err := q.QueryRowContext(ctx, "SELECT coalesce(max(seq), 0) FROM ev").Scan(&size); err != nil {
		return 0, root, fmt.Errorf("journal: audit: %w", err)
	}
	h, err := tlog.TreeHash(size, hashReader(ctx, q))
	if err != nil {
		return 0, root, fmt.Errorf("journal: audit: %w", err)
	}
	return size, h, nil
}
