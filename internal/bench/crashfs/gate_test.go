package crashfs_test

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/kioskd/kioskd/internal/bench/crashfs"
)

// The knobs of `make crashfs`; without them the gate is reduced.
var (
	images = flag.Int("images", 800, "how many images the gate judges")
	seed   = flag.Uint64("seed", 1, "which parts of what is not durable an image holds")
)

// shot is one image to be judged.
type shot struct {
	image *crashfs.Disk
	ops   int
	part  crashfs.Part
}

// account is what a sweep counted.
type account struct {
	judged, lost, corrupt int
	first                 error // the first that is bad
}

// sweep makes n images of a tale or a few more, spread over all its operations, and judges them on all cores.
func sweep(told *tale, archive *archive, n int) (sum account) {
	shots := make(chan shot, 64)
	var mu sync.Mutex
	var wg sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			for s := range shots {
				lost, err := told.verdict(archive.open(s.image), s.ops)
				mu.Lock()
				sum.judged++
				switch {
				case lost:
					sum.lost++
				case err != nil:
					sum.corrupt++
				}
				if err != nil && sum.first == nil {
					sum.first = fmt.Errorf("after %d operations, part %d: %w", s.ops, s.part, err)
				}
				mu.Unlock()
			}
		})
	}
	shoot(told, n, func(s shot) {
		s.image.Forget = true
		shots <- s
	})
	close(shots)
	wg.Wait()
	return sum
}

// shoot makes n images of a tale or a few more, spread over all its operations.
func shoot(told *tale, n int, take func(shot)) {
	rnd := rand.New(rand.NewPCG(*seed, 1))
	open := 0 // moments at which anything is undecided
	for p := told.disk.Play(); p.Next(); {
		if !p.Settled() {
			open++
		}
	}
	step := max(1, 3*told.disk.Len()/n) // a small gate does not look at every operation
	each := max(0, float64(n-told.disk.Len()/step)/float64(open))
	due := 1.0 // what rounding would take away
	for p := told.disk.Play(); p.Next(); {
		if p.Done()%step == 0 {
			take(shot{p.Image(crashfs.All, nil), p.Done(), crashfs.All})
		}
		if p.Settled() {
			continue
		}
		for due += each; due >= 1; due-- {
			part := crashfs.Some
			if rnd.IntN(20) == 0 {
				part = crashfs.None
			}
			take(shot{p.Image(part, rnd), p.Done(), part})
		}
	}
}

// TestCrashfs is the gate: whatever a cut leaves of the disk, every acknowledged commit is there, the file is whole,
// the books add up, and recovery reaches a class.
func TestCrashfs(t *testing.T) {
	begun := time.Now()
	told, err := tell(crashfs.New())
	if err != nil {
		t.Fatal(err)
	}
	archive := newArchive()
	sum := sweep(told, archive, *images)
	if sum.first != nil {
		t.Errorf("seed %d: %v", *seed, sum.first)
	}
	t.Logf("crashfs: %d images of %d operations with %d commits, %d of them distinct, %d files recovered, "+
		"%d lost, %d corrupt, seed %d, %.0f s", sum.judged, told.disk.Len(), len(told.acks), len(archive.all),
		len(archive.files), sum.lost, sum.corrupt, *seed, time.Since(begun).Seconds())
}
