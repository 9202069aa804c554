package crashfs_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/kioskd/kioskd/internal/bench/crashfs"
	"github.com/kioskd/kioskd/internal/domain"
	"github.com/kioskd/kioskd/internal/terminal/journal"
	"github.com/kioskd/kioskd/internal/terminal/recovery"
)

// The knobs of `make crashfs`; without them the gate is reduced.
var (
	images = flag.Int("images", 800, "how many images the gate opens")
	seed   = flag.Uint64("seed", 1, "which parts of what is not durable an image holds")
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

// judge opens an image as the next start does: every page is read, SQLite checks the file, the books are added up. lost
// reports acknowledged commits that are gone. A whole judgement also recovers it and checks all of it once more.
func (t *tale) judge(image *crashfs.Disk, ops int, whole bool) (lost, corrupt bool, err error) {
	sure, most := t.between(ops)
	j, err := journal.Open(context.Background(), file, domain.BootID{}, journal.On(image))
	if err != nil {
		return false, true, err
	}
	size, root, err := j.Head(context.Background())
	switch {
	case err != nil:
		return false, true, errors.Join(err, j.Close())
	case size < sure.size:
		return true, false, errors.Join(fmt.Errorf("%d events of %d", size, sure.size), j.Close())
	case size > most.size:
		return false, true, errors.Join(fmt.Errorf("%d events, at most %d were written", size, most.size), j.Close())
	}
	for _, a := range []ack{sure, most} {
		if a.ops > 0 && a.size == size && a.root != root {
			return false, true, errors.Join(errors.New("another tree"), j.Close())
		}
	}
	if whole {
		err = errors.Join(recoverFrom(j), j.Check(context.Background()))
	}
	err = errors.Join(err, j.Close())
	return false, err != nil, err
}

// shot is one image to be judged.
type shot struct {
	image *crashfs.Disk
	ops   int
	part  crashfs.Part
	whole bool
}

// wholeEvery is how many of the torn images of one moment are recovered; those that hold all or nothing always are.
// What is recovered is what can be read, and that is the same in nearly all images of one moment.
const wholeEvery = 8

// sweep makes about n images of a tale, spread over all its operations, and judges them on all cores.
func sweep(t *testing.T, told *tale, n int) (judged, recovered, lost, corrupt int, first error) {
	t.Helper()
	shots := make(chan shot, 64)
	var mu sync.Mutex
	var wg sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			for s := range shots {
				l, c, err := told.judge(s.image, s.ops, s.whole)
				mu.Lock()
				judged++
				if s.whole {
					recovered++
				}
				if l {
					lost++
				}
				if c {
					corrupt++
				}
				if err != nil && first == nil {
					first = fmt.Errorf("after %d operations, part %d: %w", s.ops, s.part, err)
				}
				mu.Unlock()
			}
		})
	}
	rnd := rand.New(rand.NewPCG(*seed, 1))
	open := 0 // moments at which anything is undecided
	for p := told.disk.Play(); p.Next(); {
		if !p.Settled() {
			open++
		}
	}
	step := max(1, 3*told.disk.Len()/n) // a small gate does not look at every operation
	each := max(0, float64(n-told.disk.Len()/step)/float64(open))
	due := 0.0
	for p := told.disk.Play(); p.Next(); {
		if p.Done()%step == 0 {
			shots <- shot{p.Image(crashfs.All, nil), p.Done(), crashfs.All, true}
		}
		if p.Settled() {
			continue
		}
		for due += each; due >= 1; due-- {
			part := crashfs.Some
			if rnd.IntN(20) == 0 {
				part = crashfs.None
			}
			whole := part == crashfs.None || rnd.IntN(wholeEvery) == 0
			shots <- shot{p.Image(part, rnd), p.Done(), part, whole}
		}
	}
	close(shots)
	wg.Wait()
	return judged, recovered, lost, corrupt, first
}

// TestCrashfs is the gate: whatever a cut leaves of the disk, every acknowledged commit is there, the file is whole,
// the books add up, and recovery reaches a class.
func TestCrashfs(t *testing.T) {
	begun := time.Now()
	told, err := tell(crashfs.New())
	if err != nil {
		t.Fatal(err)
	}
	judged, recovered, lost, corrupt, first := sweep(t, told, *images)
	if first != nil {
		t.Errorf("seed %d: %v", *seed, first)
	}
	t.Logf("crashfs: %d images of %d operations with %d commits, %d recovered, %d lost, %d corrupt, seed %d, %.0f s",
		judged, told.disk.Len(), len(told.acks), recovered, lost, corrupt, *seed, time.Since(begun).Seconds())
}
