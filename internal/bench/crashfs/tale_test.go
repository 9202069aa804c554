package crashfs_test

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/kioskd/kioskd/internal/bench/crashfs"
	"github.com/kioskd/kioskd/internal/domain"
	"github.com/kioskd/kioskd/internal/terminal/journal"
	"github.com/kioskd/kioskd/internal/terminal/recovery"
)

// tale is what a journal did on a disk, and what it had acknowledged when.
type tale struct {
	disk *crashfs.Disk
	acks []ack
}

// ack is a write that returned: so many operations of the disk were done, and the audit tree was this.
type ack struct {
	ops  int
	size int64
	root [32]byte
}

const file = "/var/lib/kioskd/journal"

var noon = time.Date(2026, 11, 25, 3, 0, 0, 0, time.UTC)

// teller plays visits on a journal and notes each acknowledgement.
type teller struct {
	*journal.Journal
	tale *tale
	fail error
}

func (t *teller) did(err error) {
	size, root, headErr := t.Head(context.Background())
	if t.fail = errors.Join(t.fail, err, headErr); t.fail == nil {
		t.tale.acks = append(t.tale.acks, ack{t.tale.disk.Len(), size, root})
	}
}

func coins(tens, fifties, hundreds, fiveHundreds int32) domain.Count {
	return domain.Count{tens, fifties, hundreds, fiveHundreds}
}

func (t *teller) coin(app domain.ApplicationID, c domain.Count) {
	t.did(t.Record(context.Background(), noon, journal.Event{
		Application: app, Type: "coin.in", Body: make([]byte, 120),
		Moves: []journal.Move{{From: journal.World, To: journal.Escrow, Coins: c}},
	}))
}

// act is an act with its intent; with no result the process dies in the middle of it.
func (t *teller) act(app domain.ApplicationID, device, verb string, r journal.Result, moves ...journal.Move) {
	a, err := t.Begin(context.Background(), noon, journal.Intent{
		Application: app, Device: device, Verb: verb, Before: make([]byte, 200), Arg: make([]byte, 40),
	})
	t.did(err)
	if r != "" {
		t.did(t.Finish(context.Background(), noon, a, journal.Finding{Result: r, After: make([]byte, 200), Moves: moves}))
	}
}

func (t *teller) visit(fee domain.Yen, copies int) domain.ApplicationID {
	app := domain.NewApplicationID()
	t.did(t.OpenVisit(context.Background(), noon, journal.Visit{
		Application: app, Kind: domain.ResidentRecord, Fee: fee, Copies: copies,
	}))
	return app
}

func (t *teller) end(e journal.Ending) { t.did(t.CloseVisit(context.Background(), noon, e)) }

// tell is one day of a kiosk: a sale with change, one with a refund, one with a jam, one that the power ends in its
// payout, and the start that recovers it.
func tell(disk *crashfs.Disk) (*tale, error) {
	told := &tale{disk: disk}
	for life := range 2 {
		j, err := journal.Open(context.Background(), file, domain.BootID{}, journal.On(disk))
		if err != nil {
			return nil, err
		}
		t := &teller{Journal: j, tale: told}
		if life == 0 {
			t.day()
		} else {
			t.fail = errors.Join(t.fail, recoverFrom(j))
			t.did(nil)
			t.sale()
		}
		if t.fail != nil {
			return nil, t.fail
		}
		if err := j.Close(); err != nil {
			return nil, err
		}
	}
	return told, nil
}

// sale is one with change.
func (t *teller) sale() {
	app := t.visit(200, 1)
	t.coin(app, coins(0, 0, 0, 1))
	t.act(app, "printer", "print", journal.Done)
	t.act(app, "coin", "keep", journal.Done, journal.Move{
		From: journal.Escrow, To: journal.Hopper, Coins: coins(0, 0, 0, 1),
	})
	t.act(app, "coin", "payout", journal.Done, journal.Move{
		From: journal.Hopper, To: journal.World, Coins: coins(0, 0, 3, 0),
	})
	t.end(journal.Ending{
		Application: app, Outcome: domain.OutcomePrintedPaid, Good: 1, Revenue: 200, Done: make([]byte, 900),
	})
}

func (t *teller) day() {
	t.did(t.Record(context.Background(), noon, journal.Event{Type: "float", Moves: []journal.Move{
		{From: journal.World, To: journal.Hopper, Coins: coins(40, 20, 40, 10)},
	}}))
	t.sale()
	refund := t.visit(300, 1)
	for range 5 {
		t.coin(refund, coins(0, 1, 0, 0))
	}
	t.act(refund, "coin", "repay", journal.Done, journal.Move{
		From: journal.Escrow, To: journal.World, Coins: coins(0, 5, 0, 0),
	})
	t.end(journal.Ending{Application: refund, Outcome: domain.OutcomeRefunded})
	jam := t.visit(600, 3) // the second copy jams: one is good, one hopper pays short, the rest is owed
	t.coin(jam, coins(0, 0, 1, 0))
	t.coin(jam, coins(0, 0, 0, 1))
	t.act(jam, "printer", "print", journal.Done)
	t.act(jam, "printer", "print", journal.Unsure)
	t.act(jam, "coin", "keep", journal.Done, journal.Move{
		From: journal.Escrow, To: journal.Hopper, Coins: coins(0, 0, 1, 1),
	})
	t.act(jam, "coin", "payout", journal.Partial, journal.Move{
		From: journal.Hopper, To: journal.World, Coins: coins(0, 0, 2, 0),
	})
	_, err := t.SlipFor(context.Background(), noon, jam)
	t.did(err)
	t.end(journal.Ending{Application: jam, Outcome: domain.OutcomeOwed, Good: 1, Revenue: 200, Owed: 200})
	t.did(t.RaiseStop(context.Background(), noon, "staff"))
	cut := t.visit(200, 1)
	t.coin(cut, coins(0, 0, 0, 1))
	t.act(cut, "printer", "print", journal.Done)
	t.act(cut, "coin", "payout", "")
}

// recoverFrom is what a start does with what was left, with counters that prove nothing; it reaches a class.
func recoverFrom(j *journal.Journal) error {
	ctx := context.Background()
	l, open, err := j.Left(ctx)
	if err != nil || !open {
		return err
	}
	for _, u := range l.Acts {
		if err := j.Finish(ctx, noon, u.Act, journal.Finding{Result: journal.Unsure}); err != nil {
			return err
		}
	}
	if l, _, err = j.Left(ctx); err != nil {
		return err
	}
	return j.CloseVisit(ctx, noon, recovery.Ending(l))
}

// between gives what must be there after so many operations, and what may be there at most.
func (t *tale) between(ops int) (sure, most ack) {
	n, _ := slices.BinarySearchFunc(t.acks, ops, func(a ack, ops int) int {
		if a.ops <= ops {
			return -1
		}
		return 1
	})
	if n > 0 {
		sure = t.acks[n-1]
	}
	if most = sure; n < len(t.acks) {
		most = t.acks[n]
	}
	return sure, most
}
