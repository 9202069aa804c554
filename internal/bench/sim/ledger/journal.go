package ledger

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"

	"github.com/kioskd/kioskd/internal/domain"
	"github.com/kioskd/kioskd/internal/terminal/journal"
)

// Real is the journal itself, as books of a walk.
type Real struct {
	Journal *journal.Journal

	acts []journal.Act
}

var _ Books = (*Real)(nil)

// Open begins a visit.
func (b *Real) Open(at Time, v journal.Visit) error {
	return b.Journal.OpenVisit(context.Background(), wall(at), v)
}

// Record books coins that moved by themselves.
func (b *Real) Record(at Time, app domain.ApplicationID, what string, moves ...journal.Move) error {
	return b.Journal.Record(context.Background(), wall(at), journal.Event{Application: app, Type: what, Moves: moves})
}

// Begin writes an intent down.
func (b *Real) Begin(at Time, i Intent) (int, error) {
	a, err := b.Journal.Begin(context.Background(), wall(at), journal.Intent{
		Application: i.Application, Device: i.Device, Verb: i.Verb, Arg: encoded(i.Plan), Before: encoded(i.Before),
	})
	if err != nil {
		return 0, err
	}
	b.acts = append(b.acts, a)
	return len(b.acts) - 1, nil
}

// Finish writes down what was found of an act.
func (b *Real) Finish(at Time, n int, result journal.Result, moves ...journal.Move) error {
	return b.Journal.Finish(context.Background(), wall(at), b.acts[n], journal.Finding{Result: result, Moves: moves})
}

// Close ends a visit.
func (b *Real) Close(at Time, e journal.Ending) error {
	return b.Journal.CloseVisit(context.Background(), wall(at), e)
}

// Balance is what lies in an account.
func (b *Real) Balance(a journal.Account) (domain.Count, error) {
	all, err := b.Journal.Balances(context.Background())
	return all[a], err
}

// Left gives the visit that is open.
func (b *Real) Left() (l Left, ok bool, err error) {
	if l.Left, ok, err = b.Journal.Left(context.Background()); err != nil || !ok {
		return l, ok, err
	}
	for _, u := range l.Acts {
		n := slices.Index(b.acts, u.Act)
		if n < 0 {
			return l, ok, errors.New("ledger: the journal names an act that it never made")
		}
		l.IDs = append(l.IDs, n)
	}
	return l, ok, nil
}

// Pair keeps the model and the journal side by side: both must say the same of every call, and hold the same.
type Pair struct {
	Model   *Model
	Journal *Real
	Calls   int

	twins []int // the journal's number of each act of the model
}

var _ Books = (*Pair)(nil)

// ErrDiffer says that the model and the journal do not agree.
var ErrDiffer = errors.New("ledger: model and journal differ")

func (p *Pair) same(what string, a, b error) error {
	p.Calls++
	if (a == nil) != (b == nil) {
		return fmt.Errorf("%w: %s: %v, %v", ErrDiffer, what, a, b)
	}
	return a
}

// Open begins a visit in both.
func (p *Pair) Open(at Time, v journal.Visit) error {
	return p.same("open", p.Model.Open(at, v), p.Journal.Open(at, v))
}

// Record books in both.
func (p *Pair) Record(at Time, app domain.ApplicationID, what string, moves ...journal.Move) error {
	return p.same(what, p.Model.Record(at, app, what, moves...), p.Journal.Record(at, app, what, moves...))
}

// Begin begins an act in both.
func (p *Pair) Begin(at Time, i Intent) (int, error) {
	n, err := p.Model.Begin(at, i)
	twin, twinErr := p.Journal.Begin(at, i)
	for len(p.twins) <= n {
		p.twins = append(p.twins, 0)
	}
	p.twins[n] = twin
	return n, p.same("begin", err, twinErr)
}

// Finish ends an act in both.
func (p *Pair) Finish(at Time, n int, result journal.Result, moves ...journal.Move) error {
	return p.same("finish", p.Model.Finish(at, n, result, moves...), p.Journal.Finish(at, p.twins[n], result, moves...))
}

// Close ends a visit in both, after which all accounts must be equal.
func (p *Pair) Close(at Time, e journal.Ending) error {
	if err := p.same("close", p.Model.Close(at, e), p.Journal.Close(at, e)); err != nil {
		return err
	}
	return p.Compare()
}

// Compare holds all accounts of both against each other.
func (p *Pair) Compare() error {
	all, err := p.Journal.Journal.Balances(context.Background())
	if err != nil {
		return err
	}
	for i, a := range accounts {
		if p.Model.sum[i] != all[a] {
			return fmt.Errorf("%w: %s: %v, %v", ErrDiffer, a, p.Model.sum[i], all[a])
		}
	}
	return nil
}

// Balance is the model's; Compare holds it against the journal's.
func (p *Pair) Balance(a journal.Account) (domain.Count, error) { return p.Model.Balance(a) }

// Left gives what was left open, in both the same.
func (p *Pair) Left() (Left, bool, error) {
	a, open, err := p.Model.Left()
	b, twin, twinErr := p.Journal.Left()
	if err := p.same("left", err, twinErr); err != nil {
		return a, open, err
	}
	for i := range b.Acts {
		b.Acts[i].Act = journal.Act{} // only the journal has them
	}
	a.Opened, a.Last = b.Opened, b.Last // the clock is the same; the zone is not
	if open != twin || !reflect.DeepEqual(a.Left, b.Left) {
		return a, open, fmt.Errorf("%w: left %+v, %+v", ErrDiffer, a.Left, b.Left)
	}
	return a, open, p.Compare()
}
