package journal

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/kioskd/kioskd/internal/bench/crashfs"
	"github.com/kioskd/kioskd/internal/domain"
	"github.com/kioskd/kioskd/internal/terminal/journal/disk"
)

func wants(t *testing.T, err error, p Problem) {
	t.Helper()
	if !p.Wants(err) {
		t.Fatalf("%v, want a FileError: %s", err, ways[p].what)
	}
	if text := err.Error(); !strings.Contains(text, ways[p].out) {
		t.Errorf("no way out is named: %s", text)
	}
}

// busy makes a journal with a few visits, and leaves it as a process that died does: with its log.
func busy(t *testing.T, visits int) (path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "j")
	j := open(t, path)
	for range visits {
		v := sale(t, j)
		must(t, j.CloseVisit(t.Context(), now, Ending{Application: v.Application, Outcome: domain.OutcomeOwed, Owed: 500}))
	}
	sale(t, j)
	j.disk.Freeze(errors.New("the process died"))
	_ = j.db.Close() // as at a death, nothing is tidied up
	if info, err := os.Stat(path + "-wal"); err != nil || info.Size() == 0 {
		t.Fatalf("no log was left: %v", err)
	}
	return path
}

func reopen(t *testing.T, path string) error {
	t.Helper()
	j, err := Open(t.Context(), path, domain.BootID{})
	if err == nil {
		must(t, j.Close())
	}
	return err
}

func read(t *testing.T, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	must(t, err)
	return b
}

// unchanged opens a bad file and demands the problem, and that nobody touched the file.
func unchanged(t *testing.T, path string, p Problem) {
	t.Helper()
	before, log := read(t, path), []byte(nil)
	if _, err := os.Stat(path + "-wal"); err == nil {
		log = read(t, path+"-wal")
	}
	err := reopen(t, path)
	wants(t, err, p)
	if !strings.Contains(err.Error(), path) {
		t.Errorf("the file is not named: %v", err)
	}
	if !bytes.Equal(before, read(t, path)) {
		t.Error("the file was changed")
	}
	if log != nil && !bytes.Equal(log, read(t, path+"-wal")) {
		t.Error("the log was changed")
	}
}

func TestASecondProcessIsShutOut(t *testing.T) {
	path := filepath.Join(t.TempDir(), "j")
	j := open(t, path)
	begun := time.Now()
	wants(t, reopen(t, path), Owned)
	if d := time.Since(begun); d > 10*time.Second {
		t.Errorf("it took %v to say so", d)
	}
	must(t, j.Close())
	must(t, reopen(t, path))
}

func TestAFileOfAnotherVersionIsKept(t *testing.T) {
	path := filepath.Join(t.TempDir(), "j")
	j := open(t, path)
	_, err := j.db.ExecContext(t.Context(), "PRAGMA user_version=9")
	must(t, err)
	must(t, j.Close())
	unchanged(t, path, OtherVersion)
}

func TestAFileThatIsNoJournalIsKept(t *testing.T) {
	path := filepath.Join(t.TempDir(), "j")
	must(t, os.WriteFile(path, bytes.Repeat([]byte("letters "), 1000), 0o600))
	unchanged(t, path, Foreign)
}

func TestATruncatedFileIsKept(t *testing.T) {
	path := busy(t, 3)
	must(t, reopen(t, path)) // brings the log into the file
	whole := read(t, path)
	for _, size := range []int{50, 4096, len(whole) / 2, len(whole) - 1} {
		must(t, os.WriteFile(path, whole[:size], 0o600))
		unchanged(t, path, Truncated)
	}
	must(t, os.WriteFile(path, whole, 0o600))
	must(t, reopen(t, path))
}

func TestALogWithoutItsFileIsKept(t *testing.T) {
	path := busy(t, 3)
	must(t, os.Remove(path))
	wants(t, reopen(t, path), Truncated)
	if len(read(t, path+"-wal")) == 0 {
		t.Error("the log was thrown away")
	}
}

// TestOneFlippedByteIsFound flips bytes all over the file, one at a time; each must be found before a coin is taken.
func TestOneFlippedByteIsFound(t *testing.T) {
	path := busy(t, 3)
	must(t, reopen(t, path))
	whole := read(t, path)
	for at := 0; at < len(whole); at += 1499 {
		bad := bytes.Clone(whole)
		bad[at] ^= 0x20
		must(t, os.WriteFile(path, bad, 0o600))
		err := reopen(t, path)
		if _, ok := errors.AsType[*FileError](err); !ok {
			t.Fatalf("byte %d of %d: %v", at, len(whole), err)
		}
		if !bytes.Equal(bad, read(t, path)) {
			t.Fatalf("byte %d: the file was changed", at)
		}
	}
}

// TestOneFlippedByteOfTheLogIsFound: SQLite itself ends the log before the flipped byte, and commits that were
// acknowledged are gone without a word.
func TestOneFlippedByteOfTheLogIsFound(t *testing.T) {
	path := filepath.Join(t.TempDir(), "j")
	j := open(t, path)
	sale(t, j)
	for range 8 {
		must(t, j.Record(t.Context(), now, Event{Type: "x"}))
	}
	last := int(j.disk.LogSize())
	must(t, j.Record(t.Context(), now, Event{Type: "x"}))
	must(t, j.Record(t.Context(), now, Event{Type: "x"}))
	j.disk.Freeze(errors.New("the process died"))
	_ = j.db.Close() // as at a death
	file, log := read(t, path), read(t, path+"-wal")
	for at := 0; at < last; at += 1999 {
		bad := bytes.Clone(log)
		bad[at] ^= 1
		must(t, os.WriteFile(path, file, 0o600))
		must(t, os.WriteFile(path+"-wal", bad, 0o600))
		if err := reopen(t, path); !Damaged.Wants(err) {
			t.Fatalf("byte %d of %d: %v", at, len(log), err)
		}
	}
	must(t, os.WriteFile(path, file, 0o600))
	must(t, os.WriteFile(path+"-wal", log[:len(log)-700], 0o600)) // what a cut leaves
	must(t, reopen(t, path))
}

func TestSettingsAreReadBack(t *testing.T) {
	j := open(t, filepath.Join(t.TempDir(), "j"))
	for _, p := range pragmas {
		if p.name == "journal_mode" || p.name == "locking_mode" {
			continue // cannot be changed while the file is held
		}
		bad := map[string]string{"2": "1", "1": "0", "0": "1"}[p.want]
		_, err := j.db.ExecContext(t.Context(), "PRAGMA "+p.name+"="+bad)
		must(t, err)
		wants(t, j.settings(t.Context()), Failed)
		_, err = j.db.ExecContext(t.Context(), "PRAGMA "+p.name+"="+p.set)
		must(t, err)
		must(t, j.settings(t.Context()))
	}
}

// TestR04_TheNthWriteOrSyncFails lets each write, truncation and sync fail once. From then on every write is refused
// with the cause, nothing more reaches the disk, and what was acknowledged is there at the next start.
func TestR04_TheNthWriteOrSyncFails(t *testing.T) {
	for _, cause := range []error{syscall.EIO, syscall.ENOSPC} {
		failed := 0
		for n := 0; ; n++ {
			disk := crashfs.New()
			struck := -1
			disk.Fail = func(i int, op crashfs.Op) error {
				if i != n || op.Kind == crashfs.Create || op.Kind == crashfs.Delete {
					return nil
				}
				struck = i
				return cause
			}
			acknowledged, err := use(t, disk)
			if struck < 0 && disk.Len() < n {
				break
			}
			if struck < 0 {
				continue
			}
			failed++
			if err == nil {
				t.Fatalf("operation %d failed with %v, and nobody said so", n, cause)
			}
			if want := map[error]Problem{syscall.EIO: Failed, syscall.ENOSPC: Full}[cause]; !want.Wants(err) {
				t.Fatalf("operation %d: %v", n, err)
			}
			disk.Fail = nil
			j, err := Open(t.Context(), "/j", domain.BootID{}, On(disk))
			if err != nil {
				t.Fatalf("after operation %d: %v", n, err)
			}
			if size, _, err := j.Head(t.Context()); err != nil || size < acknowledged {
				t.Fatalf("after operation %d: %d events of %d (%v)", n, size, acknowledged, err)
			}
			must(t, j.Close())
		}
		if failed < 30 {
			t.Errorf("%v: only %d operations could fail", cause, failed)
		}
	}
}

// use writes until something fails, then tries to go on. It gives the events that were acknowledged.
func use(t *testing.T, disk *crashfs.Disk) (acknowledged int64, err error) {
	t.Helper()
	j, err := Open(context.Background(), "/j", domain.BootID{}, On(disk))
	if err != nil {
		return 0, err
	}
	for range 6 {
		if err = j.Record(t.Context(), now, Event{Type: "x"}); err != nil {
			break
		}
		acknowledged++
		if err = j.Checkpoint(t.Context()); err != nil {
			break
		}
	}
	if err != nil {
		before := disk.Len()
		for range 3 {
			if again := j.Record(t.Context(), now, Event{Type: "y"}); again == nil {
				t.Fatal("written after a failure")
			}
		}
		_ = j.Close() // says so once more
		if disk.Len() != before {
			t.Fatalf("%d operations after a failure", disk.Len()-before)
		}
		return acknowledged, err
	}
	return acknowledged, j.Close()
}

func TestTheLogIsBroughtInWithoutAnIdleMoment(t *testing.T) {
	j := open(t, filepath.Join(t.TempDir(), "j"))
	most := int64(0)
	for range 60 {
		must(t, j.Record(t.Context(), now, Event{Type: "x", Body: make([]byte, 200<<10)}))
		most = max(most, j.disk.LogSize())
	}
	if most > logLimit {
		t.Errorf("a log of %d bytes", most)
	}
	must(t, j.Close())
}

func TestR08_NoVisitBeginsOnADiskThatIsNearlyFull(t *testing.T) {
	j := open(t, filepath.Join(t.TempDir(), "j"))
	v := sale(t, j)
	j.free = func(string) (int64, error) { return reserve - 1, nil }
	must(t, j.CloseVisit(t.Context(), now, Ending{Application: v.Application, Outcome: domain.OutcomeOwed, Owed: 500}))
	wants(t, j.OpenVisit(t.Context(), now, Visit{Application: domain.NewApplicationID(), Copies: 1}), Full)
	j.free = func(string) (int64, error) { return reserve, nil }
	sale(t, j)
}

func TestR06_AFileIsKeptUnderANameWithTheTime(t *testing.T) {
	path := busy(t, 2)
	file, log := read(t, path), read(t, path+"-wal")
	kept, err := disk.Keep(path, now)
	must(t, err)
	if want := path + ".kept-20261125T030000Z"; kept != want {
		t.Errorf("%s, want %s", kept, want)
	}
	if !bytes.Equal(file, read(t, kept)) || !bytes.Equal(log, read(t, kept+"-wal")) {
		t.Error("it is not what it was")
	}
	must(t, reopen(t, path))
	if _, err := disk.Keep(path, now); err == nil {
		t.Error("a kept file was overwritten")
	}
	must(t, reopen(t, kept))
}

func TestAFolderThatMayNotBeSyncedIsFoundAtTheStart(t *testing.T) {
	err := reopen(t, filepath.Join(t.TempDir(), "no", "j"))
	if err == nil || !strings.Contains(err.Error(), fmt.Sprint(syscall.ENOENT)) {
		t.Errorf("%v", err)
	}
}
