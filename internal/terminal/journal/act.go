package journal

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/kioskd/kioskd/internal/domain"
	"github.com/kioskd/kioskd/internal/terminal/journal/books"
)

// Intent is an act before it is done: what is asked of which device, and the device's own counters before.
type Intent struct {
	Application domain.ApplicationID // zero: of no visit, a clerk's
	Device      string               // coin, printer
	Verb        string               // repay, keep, payout, print, empty
	Arg         []byte
	Before      []byte
}

// Act is an intent that is on the disk. Only Begin makes one, so whoever holds one may act, once.
type Act struct {
	id  int64
	app domain.ApplicationID
}

// IsZero reports that this is no act.
func (a Act) IsZero() bool { return a.id == 0 }

// Result is what the counters proved of an act.
type Result string

// The results. Unknown stops the machine; nobody guesses (reliability §1.4).
const (
	Done    Result = "done"
	NotDone Result = "not_done"
	Partial Result = "partial"
	Unsure  Result = "unknown"
)

// Begin writes an intent down. When it returns, the device may be asked, once.
func (j *Journal) Begin(ctx context.Context, at time.Time, i Intent) (Act, error) {
	var a Act
	err := j.write(ctx, func(tx *sql.Tx) (err error) {
		a, err = j.beginAct(ctx, tx, at, i)
		return err
	})
	if err != nil {
		return Act{}, err
	}
	return a, nil
}

func (j *Journal) beginAct(ctx context.Context, tx *sql.Tx, at time.Time, i Intent) (Act, error) {
	a := Act{app: i.Application}
	err := tx.QueryRowContext(ctx, `INSERT INTO act (tx, n, device, verb, arg, before)
		SELECT ?1, coalesce(max(n), 0) + 1, ?2, ?3, ?4, ?5 FROM act WHERE tx IS ?1 RETURNING id`,
		key(i.Application), i.Device, i.Verb, notNil(i.Arg), notNil(i.Before)).Scan(&a.id)
	if err != nil {
		return a, fmt.Errorf("journal: act: %w", err)
	}
	return a, j.event(ctx, tx, at, Event{
		Application: i.Application, Type: "act.begun", Body: []byte(i.Device + " " + i.Verb),
	})
}

func notNil(b []byte) []byte {
	if b == nil {
		return []byte{}
	}
	return b
}

// Finding is what was found after an act.
type Finding struct {
	Result Result
	After  []byte // the device's counters
	Moves  []Move // coins that moved, as counted
}

// Finish writes what was found, with the coins that moved, in one transaction.
func (j *Journal) Finish(ctx context.Context, at time.Time, a Act, f Finding) error {
	if a.IsZero() {
		return errors.New("journal: finish of an act that was never begun")
	}
	return j.write(ctx, func(tx *sql.Tx) error {
		done, err := tx.ExecContext(ctx, "UPDATE act SET result = ?, after = ? WHERE id = ? AND result IS NULL",
			string(f.Result), notNil(f.After), a.id)
		if err != nil {
			return fmt.Errorf("journal: act: %w", err)
		}
		if n, err := done.RowsAffected(); err != nil || n != 1 {
			return fmt.Errorf("journal: act %d was finished before (%v)", a.id, err)
		}
		if err := books.Post(ctx, tx, a.app, a.id, f.Moves); err != nil {
			return err
		}
		err = j.event(ctx, tx, at, Event{Application: a.app, Type: "act.finished", Body: []byte(f.Result)})
		if err != nil || a.app.IsZero() {
			return err
		}
		return j.refunded(ctx, tx, at, a, f.Result)
	})
}

// Unfinished is an act whose end is not known: the process died in between.
type Unfinished struct {
	Act    Act
	Device string
	Verb   string
	Arg    []byte
	Before []byte
}

// Left is the visit that a crash or power loss left open.
type Left struct {
	Visit
	Opened time.Time
	Last   time.Time    // of the newest event of all
	In     domain.Count // pieces put in
	Out    domain.Count // pieces given out
	Held   domain.Count // of them in escrow, as booked
	Acts   []Unfinished
	Prints []Result // of every print act, in order; "" where it is not known
}

// Left gives what was left open; ok is false where nothing was.
func (j *Journal) Left(ctx context.Context) (l Left, ok bool, err error) {
	var id []byte
	var opened, fee int64
	err = j.db.QueryRowContext(ctx, "SELECT id, opened_ms, kind, fee_yen, copies FROM tx WHERE outcome IS NULL").
		Scan(&id, &opened, &l.Kind, &fee, &l.Copies)
	if errors.Is(err, sql.ErrNoRows) {
		return l, false, nil
	}
	if err != nil {
		return l, false, fmt.Errorf("journal: left: %w", err)
	}
	copy(l.Application.ID[:], id)
	l.Opened, l.Fee = time.UnixMilli(opened), domain.Yen(fee)
	var last int64
	if err := j.db.QueryRowContext(ctx, "SELECT wall_ms FROM ev ORDER BY seq DESC LIMIT 1").Scan(&last); err != nil {
		return l, false, fmt.Errorf("journal: left: %w", err)
	}
	l.Last = time.UnixMilli(last)
	if err := j.leftCoins(ctx, id, &l); err != nil {
		return l, false, err
	}
	return l, true, j.leftActs(ctx, id, &l)
}

func (j *Journal) leftCoins(ctx context.Context, id []byte, l *Left) error {
	const where = "SELECT account, coin, sum(pieces) FROM entry WHERE tx = ? AND "
	for query, into := range map[string]*domain.Count{
		where + "account = 'world' AND pieces < 0 GROUP BY account, coin": &l.In,
		where + "account = 'world' AND pieces > 0 GROUP BY account, coin": &l.Out,
		where + "account = 'escrow' GROUP BY account, coin":               &l.Held,
	} {
		b, err := books.Sums(ctx, j.db, query, id)
		if err != nil {
			return err
		}
		for _, c := range b {
			*into = c
		}
	}
	for d := range l.In {
		l.In[d] = -l.In[d]
	}
	return nil
}

func (j *Journal) leftActs(ctx context.Context, id []byte, l *Left) error {
	return j.acts(ctx, func(u Unfinished, r Result) {
		if u.Device == "printer" {
			l.Prints = append(l.Prints, r)
		}
		if r == "" {
			l.Acts = append(l.Acts, u)
		}
	}, "tx = ?", id)
}

// PrintCounters gives the printer's counters before a visit's first copy and after its last; nil where it has none.
func (j *Journal) PrintCounters(ctx context.Context, app domain.ApplicationID) (before, after []byte, err error) {
	const first = "SELECT n, before, after FROM act WHERE tx = ? AND device = 'printer' ORDER BY n LIMIT 1"
	const last = "SELECT n, before, after FROM act WHERE tx = ? AND device = 'printer' ORDER BY n DESC LIMIT 1"
	var n int
	var skip []byte
	err = j.db.QueryRowContext(ctx, first, app.ID[:]).Scan(&n, &before, &skip)
	if err == nil {
		err = j.db.QueryRowContext(ctx, last, app.ID[:]).Scan(&n, &skip, &after)
	}
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil, nil
	}
	if err != nil {
		return nil, nil, fmt.Errorf("journal: print counters: %w", err)
	}
	return before, after, nil
}

// LastCounters gives the counters of a device after its newest act; ok is false where it never acted, or where its last
// act has no proved end.
func (j *Journal) LastCounters(ctx context.Context, device string) (after []byte, ok bool, err error) {
	var result string
	err = j.db.QueryRowContext(ctx, `SELECT coalesce(after, x''), coalesce(result, '') FROM act WHERE device = ?
		ORDER BY id DESC LIMIT 1`, device).Scan(&after, &result)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, fmt.Errorf("journal: last counters: %w", err)
	}
	proved := Result(result) == Done || Result(result) == NotDone || Result(result) == Partial
	return after, proved && len(after) > 0, nil
}

// Loose gives the acts whose end is not known and that are of no open visit: a clerk's, and the payout of a refund.
func (j *Journal) Loose(ctx context.Context) (loose []Unfinished, err error) {
	err = j.acts(ctx, func(u Unfinished, _ Result) { loose = append(loose, u) },
		`result IS NULL AND NOT EXISTS (SELECT 1 FROM tx WHERE tx.id = act.tx AND tx.outcome IS NULL)`)
	return loose, err
}

// acts gives acts in their order, with their results; "" where one is not known.
func (j *Journal) acts(ctx context.Context, each func(Unfinished, Result), where string, args ...any) error {
	rows, err := j.db.QueryContext(ctx,
		"SELECT id, tx, device, verb, arg, before, coalesce(result, '') FROM act WHERE "+where+" ORDER BY id", args...)
	if err != nil {
		return fmt.Errorf("journal: acts: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var u Unfinished
		var app []byte
		var result Result
		if err := rows.Scan(&u.Act.id, &app, &u.Device, &u.Verb, &u.Arg, &u.Before, &result); err != nil {
			return fmt.Errorf("journal: acts: %w", err)
		}
		copy(u.Act.app.ID[:], app)
		each(u, result)
	}
	return rows.Err()
}
