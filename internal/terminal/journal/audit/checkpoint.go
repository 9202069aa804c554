package audit

import (
	"context"
	"database/sql"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// Checkpoint is a head of the tree as the kiosk signs it: a C2SP tlog-checkpoint (https://c2sp.org/tlog-checkpoint)
// with three extension lines, in this order.
type Checkpoint struct {
	Kiosk  string // origin is "kioskd/<kiosk>"
	Size   int64
	Root   tlog.Hash
	Ledger [32]byte // SHA-256 of the balances' canonical lines: "account coin pieces", sorted
	Config string   // version of the configuration, or "none"
	Sealed bool     // the last of a run that ended well
}

// Text is what is signed.
func (c Checkpoint) Text() string {
	sealed, config := "no", c.Config
	if c.Sealed {
		sealed = "yes"
	}
	if config == "" {
		config = "none"
	}
	return fmt.Sprintf("kioskd/%s\n%d\n%s\nledger %s\nconfig %s\nsealed %s\n", c.Kiosk, c.Size,
		base64.StdEncoding.EncodeToString(c.Root[:]), hex.EncodeToString(c.Ledger[:]), config, sealed)
}

// Sign gives the signed note.
func (c Checkpoint) Sign(s note.Signer) ([]byte, error) {
	msg, err := note.Sign(&note.Note{Text: c.Text()}, s)
	if err != nil {
		return nil, fmt.Errorf("journal: checkpoint: %w", err)
	}
	return msg, nil
}

// Keep writes a head down: size, root and boot as rows, and the signed note, or nil.
func Keep(ctx context.Context, tx *sql.Tx, c Checkpoint, l Line, msg []byte) error {
	_, err := tx.ExecContext(ctx, "INSERT OR IGNORE INTO head (size, root, boot, wall_ms, note) VALUES (?, ?, ?, ?, ?)",
		c.Size, c.Root[:], l.Boot[:], l.Time.UnixMilli(), msg)
	if err != nil {
		return fmt.Errorf("journal: head: %w", err)
	}
	return nil
}

// Signatures says what the signed heads prove.
type Signatures struct {
	Signed   int   // heads with a good signature
	Unsigned int   // heads that were kept without a key
	Covered  int64 // events under the last signed head; what came after it is unsealed
	Sealed   bool  // that head is the last of a run that ended well
}

// VerifySignatures opens the note of every head, which must be of this kiosk and of this head. A head without a note,
// behind one that has a note, was not written by the kiosk.
func VerifySignatures(ctx context.Context, q Reader, kiosk string, v note.Verifier) (s Signatures, err error) {
	rows, err := q.QueryContext(ctx, "SELECT size, root, note FROM head ORDER BY size")
	if err != nil {
		return s, fmt.Errorf("journal: heads: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var size int64
		var root, msg []byte
		if err := rows.Scan(&size, &root, &msg); err != nil {
			return s, fmt.Errorf("journal: heads: %w", err)
		}
		if msg == nil && s.Signed == 0 {
			s.Unsigned++
			continue
		}
		n, err := note.Open(msg, note.VerifierList(v))
		if err != nil {
			return s, fmt.Errorf("%w: the head of %d events: %w", ErrOther, size, err)
		}
		lines := strings.Split(n.Text, "\n")
		want := []string{"kioskd/" + kiosk, strconv.FormatInt(size, 10), base64.StdEncoding.EncodeToString(root)}
		if len(lines) != 7 || strings.Join(lines[:3], "\n") != strings.Join(want, "\n") {
			return s, fmt.Errorf("%w: the head of %d events has the note of another", ErrOther, size)
		}
		s.Signed, s.Covered, s.Sealed = s.Signed+1, size, lines[5] == "sealed yes"
	}
	return s, rows.Err()
}
