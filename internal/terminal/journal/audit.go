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

func hashReader(ctx context.Context, q interface {
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
},
) tlog.HashReaderFunc {
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
	if err := j.db.QueryRowContext(ctx, "SELECT count(*) FROM ev").Scan(&size); err != nil {
		return 0, root, fmt.Errorf("journal: audit: %w", err)
	}
	h, err := tlog.TreeHash(size, hashReader(ctx, j.db))
	if err != nil {
		return 0, root, fmt.Errorf("journal: audit: %w", err)
	}
	return size, h, nil
}
