package walk

import (
	"context"
	"flag"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/kioskd/kioskd/internal/bench/crashfs"
	"github.com/kioskd/kioskd/internal/bench/sim/ledger"
	"github.com/kioskd/kioskd/internal/domain"
	"github.com/kioskd/kioskd/internal/terminal/journal"
	"github.com/kioskd/kioskd/internal/terminal/session"
)

// The knobs of `make sim-walk`; without them the walk is reduced.
var (
	seeds = flag.Int("seeds", 400, "how many seeds to walk, each twice")
	first = flag.Uint64("seed", 1, "the first seed")
	books = flag.Int("journals", 12, "how many of them to walk with the real journal beside the model")
)

// kept are the seeds that once failed, for ever.
func kept(t *testing.T) (all []uint64) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", "seeds", "walk.txt"))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		word, _, _ := strings.Cut(strings.TrimSpace(line), " ")
		if word == "" || word == "#" {
			continue
		}
		n, err := strconv.ParseUint(word, 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, n)
	}
	return all
}

// count is what all walks did.
type count struct {
	sync.Mutex
	walks, events, crashes, strange int
	another                         int
	faults                          Faults
	classes                         [6]int
}

func (c *count) add(r Result) {
	c.Lock()
	defer c.Unlock()
	c.walks++
	c.events += r.Events
	c.crashes += r.Crashes
	c.strange += r.Strange
	c.another += r.Another
	c.faults |= r.Faults
	for i, n := range r.Classes {
		c.classes[i] += n
	}
}

// parallel gives seeds to as many walkers as there are cores.
func parallel(all []uint64, walk func(uint64)) {
	next := make(chan uint64)
	var walkers sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		walkers.Go(func() {
			for s := range next {
				walk(s)
			}
		})
	}
	for _, s := range all {
		next <- s
	}
	close(next)
	walkers.Wait()
}

func list(from uint64, n int) (all []uint64) {
	for i := range uint64(n) {
		all = append(all, from+i)
	}
	return all
}

// TestSimWalk is the gate: the invariants hold after each event, and each seed walks the same way twice.
func TestSimWalk(t *testing.T) {
	begun := time.Now()
	var c count
	all := append(kept(t), list(*first, *seeds)...)
	parallel(all, func(seed uint64) {
		r := Run(seed, Options{})
		c.add(r)
		if r.Wrong != "" {
			t.Errorf("seed %d: %s (%d events; %s)", seed, r.Wrong, r.Events, r.Faults)
		}
		if again := Run(seed, Options{}); again.Hash != r.Hash || again.Events != r.Events {
			t.Errorf("seed %d: walked as %x and then as %x", seed, r.Hash, again.Hash)
		}
	})
	took := time.Since(begun).Seconds()
	if c.faults != Every && c.walks > 300 {
		t.Errorf("only %d of %d kinds of fault happened: %s", c.faults.Len(), Every.Len(), c.faults)
	}
	if c.another < c.walks/50 {
		t.Errorf("only %d other certificates in %d walks", c.another, c.walks)
	}
	t.Logf("sim-walk: %d events of %d seeds, each twice with equal hashes, %d kinds of fault, %d crashes, %d late "+
		"answers dropped, %d other certificates, visits %v, %.0f events/s, seed %d, %.1f s", c.events, c.walks,
		c.faults.Len(), c.crashes, c.strange, c.another, classes(c.classes), float64(2*c.events)/took, *first, took)
}

// TestSimWalkWithTheJournal walks with the real journal beside the model: both must say the same of every call.
func TestSimWalkWithTheJournal(t *testing.T) {
	begun := time.Now()
	var c count
	var calls int
	all := append(kept(t), list(*first, *books)...)
	parallel(all, func(seed uint64) { // on disks in memory: what the machine's own disk needs for a sync is not the matter
		disk := crashfs.New()
		disk.Forget = true
		on := journal.On(disk)
		j, err := journal.Open(context.Background(), "walk", domain.BootID{}, on)
		if err != nil {
			t.Error(err)
			return
		}
		p := &ledger.Pair{Model: ledger.New(), Journal: &ledger.Real{Journal: j}}
		r := Run(seed, Options{Books: p})
		c.add(r)
		if err := p.Compare(); err != nil && r.Wrong == "" {
			r.Wrong = err.Error()
		}
		if err := j.Verify(context.Background()); err != nil && r.Wrong == "" {
			r.Wrong = err.Error()
		}
		if r.Wrong != "" {
			t.Errorf("seed %d: %s (%d events; %s)", seed, r.Wrong, r.Events, r.Faults)
		}
		c.Lock()
		calls += p.Calls
		c.Unlock()
		if err := j.Close(); err != nil {
			t.Error(err)
		}
	})
	took := time.Since(begun).Seconds()
	t.Logf("sim-walk with the journal: %d events of %d seeds, %d calls of model and journal agree, visits %v, "+
		"%.0f events/s, seed %d, %.1f s", c.events, c.walks, calls, classes(c.classes), float64(c.events)/took, *first, took)
}

func classes(n [6]int) string {
	var all []string
	for o := domain.OutcomeNothing; o <= domain.OutcomeOwed; o++ {
		all = append(all, o.String()+" "+strconv.Itoa(n[o]))
	}
	return strings.Join(all, ", ")
}

type (
	residents = session.Visit
	event     = session.Event
	effects   = []session.Effect
)

// broken is a table with one cell that is wrong.
type broken struct {
	name string
	step Step
}

// as lets the table take an event as if the visit stood elsewhere.
func as(s session.State, v session.Visit, e session.Event) (session.Visit, []session.Effect) {
	v.State = s
	return session.Step(v, e)
}

var brokenTables = []broken{
	{"a credit while printing is ignored", func(v residents, e event) (residents, effects) {
		if v.State == session.Printing && e.Kind == session.CoinIn {
			return v, nil
		}
		return session.Step(v, e)
	}},
	{"the time-out of printing returns all (D-12)", func(v residents, e event) (residents, effects) {
		if v.State == session.Printing && e.Kind == session.TimedOut && !session.Stranger(v, e) {
			return as(session.Settling, v, e)
		}
		return session.Step(v, e)
	}},
	{"an unknown print is printed again", func(v residents, e event) (residents, effects) {
		next, out := session.Step(v, e)
		if v.State == session.Printing && e.Kind == session.CopyFailed && next.State == session.StaffNeeded {
			next.State, next.Await, next.Asked, next.Last = session.Printing, next.Last+1, session.PrintCopy, next.Last+1
			out = append(out, session.Effect{Kind: session.PrintCopy, ID: next.Await, N: v.Printing})
		}
		return next, out
	}},
	{"an answer of another request is taken (D-04)", func(v residents, e event) (residents, effects) {
		if session.Stranger(v, e) && v.Await != 0 && e.Kind != session.TimedOut && e.Kind != session.CapReached {
			v.Countdown++
			return v, nil
		}
		return session.Step(v, e)
	}},
	{"a failed return leaves the coins to nobody", func(v residents, e event) (residents, effects) {
		next, out := session.Step(v, e)
		if v.State == session.Returning && e.Kind == session.ReturnFailed {
			next.Owed = 0
		}
		return next, out
	}},
	{"the change is never paid", func(v residents, e event) (residents, effects) {
		next, out := session.Step(v, e)
		for i, f := range out {
			if f.Kind == session.PayChange {
				next.State, next.Due, next.Await = session.TakePaper, 0, 0
				next.Outcome = domain.OutcomePrintedPaid
				out[i] = session.Effect{Kind: session.Close, Outcome: next.Outcome}
			}
		}
		return next, out
	}},
	{"another certificate before the last is settled (X-11)", func(v residents, e event) (residents, effects) {
		if v.State == session.TakePaper && e.Kind == session.Taken && v.Outcome == domain.OutcomeOwed {
			v.Outcome, v.Owed, v.Lost = domain.OutcomePrintedPaid, 0, domain.Count{}
		}
		return session.Step(v, e)
	}},
	{"another certificate with the choices of the last (X-11)", func(v residents, e event) (residents, effects) {
		next, out := session.Step(v, e)
		if next.Before != v.Before && next.State == session.PlaceAgain {
			next.Offer = v.Offer
		}
		return next, out
	}},
	{"a screen without a way out", func(v residents, e event) (residents, effects) {
		if v.State == session.Settling && (e.Kind == session.FixFailed || e.Kind == session.TimedOut) {
			return v, nil
		}
		return session.Step(v, e)
	}},
}

// TestTheWalkFindsABrokenTable is the negative control: each table with a broken cell must be found.
func TestTheWalkFindsABrokenTable(t *testing.T) {
	for _, b := range brokenTables {
		t.Run(b.name, func(t *testing.T) {
			for seed := range uint64(3000) {
				if r := Run(seed, Options{Step: b.step}); r.Wrong != "" {
					t.Logf("seed %d: %s", seed, r.Wrong)
					return
				}
			}
			t.Error("3000 seeds walked past it")
		})
	}
}

// TestTheModelFindsAJournalThatDiffers is the negative control of the agreement.
func TestTheModelFindsAJournalThatDiffers(t *testing.T) {
	j, err := journal.Open(t.Context(), filepath.Join(t.TempDir(), "j"), domain.BootID{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = j.Close() }()
	p := &ledger.Pair{Model: ledger.New(), Journal: &ledger.Real{Journal: j}}
	one := journal.Move{From: journal.World, To: journal.Hopper, Coins: stock}
	if err := p.Journal.Record(0, domain.ApplicationID{}, "stray", one); err != nil {
		t.Fatal(err)
	}
	if r := Run(1, Options{Books: p}); r.Wrong == "" {
		t.Error("the walk did not see that the journal holds more")
	}
}

func BenchmarkWalk(b *testing.B) {
	events := 0
	for seed := range uint64(b.N) {
		events += Run(seed, Options{}).Events
	}
	b.ReportMetric(float64(events)/b.Elapsed().Seconds(), "events/s")
}
