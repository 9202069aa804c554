// Package ledger is the books of a simulated world: the journal's own, a model of it in memory, or both side by side,
// which must say the same of every call. The model is what makes a walk fast; the pair is what makes it true.
package ledger

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/kioskd/kioskd/internal/domain"
	"github.com/kioskd/kioskd/internal/terminal/journal"
	"github.com/kioskd/kioskd/pkg/coin"
)

// Time is virtual, in milliseconds since the world began.
type Time = int64

// epoch is the wall clock's beginning.
var epoch = time.Date(2026, 11, 25, 0, 0, 0, 0, time.UTC)

func wall(t Time) time.Time { return epoch.Add(time.Duration(t) * time.Millisecond) }

// Intent is an act before it is done.
type Intent struct {
	Application domain.ApplicationID
	Device      string
	Verb        string
	Plan        coin.Count
	Before      coin.Counters
}

// Left is a visit that was left open, with our numbers of its unfinished acts in their order.
type Left struct {
	journal.Left
	IDs []int
}

// Books are what survives: the journal, or the model of it.
type Books interface {
	Open(at Time, v journal.Visit) error
	Record(at Time, app domain.ApplicationID, what string, moves ...journal.Move) error
	Begin(at Time, i Intent) (act int, err error)
	Finish(at Time, act int, result journal.Result, moves ...journal.Move) error
	Close(at Time, e journal.Ending) error
	Balance(journal.Account) (domain.Count, error)
	Left() (l Left, ok bool, err error)
}

// accounts are the accounts in the order of the model's columns.
var accounts = [...]journal.Account{
	journal.World, journal.Escrow, journal.Hopper, journal.CashBox, journal.Staff, journal.Unknown,
}

func column(a journal.Account) int {
	for i, x := range accounts {
		if x == a {
			return i
		}
	}
	panic("ledger: an account that the ledger does not have")
}

// Model is the journal's model in memory: the same double entry, the same refusals.
type Model struct {
	sum  [len(accounts)]domain.Count
	acts []act
	tx   visit
	open bool
	last Time
}

type act struct {
	Intent
	result journal.Result
}

// visit is the one that is open.
type visit struct {
	journal.Visit
	at            Time
	in, out, held domain.Count
	first         int // number of the first act that can be its own
}

// New makes an empty one.
func New() *Model { return &Model{acts: make([]act, 0, 64)} }

var errModel = errors.New("ledger: the ledger refuses")

// post writes moves; of says whether they belong to the open visit.
func (l *Model) post(app domain.ApplicationID, moves []journal.Move) error {
	if !app.IsZero() && (!l.open || app != l.tx.Application) {
		return fmt.Errorf("%w: coins of a visit that is not open", errModel)
	}
	sum, tx := l.sum, l.tx
	for _, m := range moves {
		from, to := column(m.From), column(m.To)
		for d, n := range m.Coins {
			if n < 0 {
				return fmt.Errorf("%w: a move of %d pieces", errModel, n)
			}
			sum[from][d] -= n
			sum[to][d] += n
			if app.IsZero() {
				continue
			}
			if m.From == journal.World {
				tx.in[d] += n
			}
			if m.To == journal.World {
				tx.out[d] += n
			}
			if m.To == journal.Escrow {
				tx.held[d] += n
			}
			if m.From == journal.Escrow {
				tx.held[d] -= n
			}
		}
	}
	for i := 1; i < len(sum); i++ { // all but the world hold real coins
		for d, n := range sum[i] {
			if n < 0 {
				return fmt.Errorf("%w: %s holds %d of ¥%d", errModel, accounts[i], n, domain.Denomination(d).Yen())
			}
		}
	}
	l.sum, l.tx = sum, tx
	return nil
}

// Open begins a visit; there is one at a time.
func (l *Model) Open(at Time, v journal.Visit) error {
	if l.open {
		return fmt.Errorf("%w: a visit is open", errModel)
	}
	l.open, l.last, l.tx = true, at, visit{Visit: v, at: at, first: len(l.acts)}
	return nil
}

// Record books coins that moved by themselves.
func (l *Model) Record(at Time, app domain.ApplicationID, _ string, moves ...journal.Move) error {
	if err := l.post(app, moves); err != nil {
		return err
	}
	l.last = at
	return nil
}

// Begin writes an intent down.
func (l *Model) Begin(at Time, i Intent) (int, error) {
	if !i.Application.IsZero() && (!l.open || i.Application != l.tx.Application) {
		return 0, fmt.Errorf("%w: an act of a visit that is not open", errModel)
	}
	l.last, l.acts = at, append(l.acts, act{Intent: i})
	return len(l.acts) - 1, nil
}

// Finish writes down what was found of an act.
func (l *Model) Finish(at Time, n int, result journal.Result, moves ...journal.Move) error {
	if l.acts[n].result != "" {
		return fmt.Errorf("%w: the act was finished before", errModel)
	}
	if err := l.post(l.acts[n].Application, moves); err != nil {
		return err
	}
	l.acts[n].result, l.last = result, at
	return nil
}

// Close ends a visit, and refuses an ending in which a yen is missing or whose class is not true of it: R-10 (d) and
// (e), with part_paid. More paid out than was due is the operator's loss.
func (l *Model) Close(at Time, e journal.Ending) error {
	if !l.open || e.Application != l.tx.Application {
		return fmt.Errorf("%w: no such visit is open", errModel)
	}
	in, out, t := l.tx.in.Total(), l.tx.out.Total(), l.tx
	missing := in - e.Revenue - out - e.Owed
	ok := e.Revenue == t.Fee/domain.Yen(t.Copies)*domain.Yen(e.Good)
	switch e.Outcome {
	case domain.OutcomeNothing:
		ok = ok && e.Good == 0 && in == 0 && out == 0
	case domain.OutcomePrintedPaid:
		ok = ok && e.Good == t.Copies
	case domain.OutcomePartPaid:
		ok = ok && e.Good > 0 && e.Good < t.Copies
	case domain.OutcomeRefunded:
		ok = ok && e.Good == 0 && in > 0
	case domain.OutcomeOwed:
		ok = ok && missing == 0
	default:
		ok = false
	}
	if !ok || missing > 0 || (e.Owed > 0) != (e.Outcome == domain.OutcomeOwed) {
		return fmt.Errorf("%w: %s: %d copies of %d, in %d, revenue %d, out %d, owed %d", errModel, e.Outcome, e.Good,
			t.Copies, in, e.Revenue, out, e.Owed)
	}
	l.open, l.last = false, at
	l.acts = l.acts[:l.tx.first]
	return nil
}

// Balance is what lies in an account.
func (l *Model) Balance(a journal.Account) (domain.Count, error) { return l.sum[column(a)], nil }

// Left gives the visit that is open.
func (l *Model) Left() (left Left, ok bool, err error) {
	if !l.open {
		return left, false, nil
	}
	t := l.tx
	left.Left = journal.Left{
		Visit: t.Visit, Opened: wall(t.at), Last: wall(l.last), In: t.in, Out: t.out, Held: t.held,
	}
	for n := t.first; n < len(l.acts); n++ {
		a := l.acts[n]
		if a.Application != t.Application {
			continue
		}
		if a.Device == "printer" {
			left.Prints = append(left.Prints, a.result)
		}
		if a.result == "" {
			left.IDs = append(left.IDs, n)
			left.Acts = append(left.Acts, journal.Unfinished{
				Device: a.Device, Verb: a.Verb, Arg: encoded(a.Plan), Before: encoded(a.Before),
			})
		}
	}
	return left, true, nil
}

func encoded(v any) []byte {
	b, err := json.Marshal(v)
	if err != nil {
		panic("ledger: counters cannot be written: " + err.Error()) // they are plain structs of numbers
	}
	return b
}
