package crashfs

import (
	"bytes"
	"math/rand/v2"
	"testing"

	"github.com/ncruces/go-sqlite3/vfs"
)

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// log makes a log file that was synced once with "aa", and then got "b…" over it and beyond, unsynced.
func log(t *testing.T, d *Disk) vfs.File {
	t.Helper()
	f, _, err := d.Open("/log", vfs.OPEN_WAL|vfs.OPEN_CREATE|vfs.OPEN_READWRITE)
	must(t, err)
	_, err = f.WriteAt([]byte("aa"), 0)
	must(t, err)
	must(t, f.Sync(0))
	_, err = f.WriteAt(bytes.Repeat([]byte("b"), 3*sector), 1)
	must(t, err)
	return f
}

func end(d *Disk) *Player {
	p := d.Play()
	for p.Next() {
	}
	return p
}

func TestOnlyWhatWasSyncedIsSure(t *testing.T) {
	d := New()
	log(t, d)
	p := end(d)
	if got := p.Image(None, nil).File("/log"); string(got) != "aa" {
		t.Errorf("none: %q", got)
	}
	if got := p.Image(All, nil).File("/log"); len(got) != 1+3*sector || !bytes.Equal(got, d.File("/log")) {
		t.Errorf("all: %d bytes", len(got))
	}
	torn, whole := 0, d.File("/log")
	for seed := range uint64(50) {
		got := p.Image(Some, rand.New(rand.NewPCG(seed, 1))).File("/log")
		if got[0] != 'a' {
			t.Fatalf("a durable byte changed: %q", got[:2])
		}
		if len(got) > 2 && !bytes.Equal(got, whole) {
			torn++
		}
	}
	if torn == 0 {
		t.Error("no image is torn")
	}
}

func TestANameIsDurableWithItsFolder(t *testing.T) {
	for _, forget := range []bool{false, true} {
		d := New()
		d.NoFolderSync = forget
		log(t, d)
		if got := end(d).Image(None, nil).File("/log"); (got == nil) != forget {
			t.Errorf("folder sync forgotten %v: %q", forget, got)
		}
	}
}

func TestADeletedFileMayComeBack(t *testing.T) {
	d := New()
	must(t, log(t, d).Sync(0))
	must(t, d.Delete("/log", false))
	p := end(d)
	if p.Image(None, nil).File("/log") == nil || p.Image(All, nil).File("/log") != nil {
		t.Error("a name that was not synced away is gone, or one that was stays")
	}
	if ok, _ := d.Access("/log", 0); ok {
		t.Error("it is still there for the running process")
	}
}

func TestATruncationIsPending(t *testing.T) {
	d := New()
	f := log(t, d)
	must(t, f.Truncate(0))
	p := end(d)
	if got := p.Image(None, nil).File("/log"); string(got) != "aa" {
		t.Errorf("%q", got)
	}
	if got := p.Image(All, nil).File("/log"); len(got) != 0 {
		t.Errorf("%q", got)
	}
	if p.Settled() {
		t.Error("nothing seems to be open")
	}
	must(t, f.Sync(0))
	if !end(d).Settled() {
		t.Error("something seems to be open")
	}
}

func TestAForkStillHasWhatIsNotDurable(t *testing.T) {
	d := New()
	log(t, d)
	f := d.Fork(d.Len())
	if !bytes.Equal(f.File("/log"), d.File("/log")) {
		t.Error("the next process does not see what the last one wrote")
	}
	if got := end(f).Image(None, nil).File("/log"); string(got) != "aa" {
		t.Errorf("a cut after it leaves %d bytes", len(got))
	}
	image := end(f).Image(None, nil)
	if got := image.Fork(0).File("/log"); string(got) != "aa" {
		t.Errorf("an image of an image has %q", got)
	}
}
