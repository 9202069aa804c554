package crashfs_test

import (
	"database/sql"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/ncruces/go-sqlite3/driver"
	"github.com/ncruces/go-sqlite3/vfs"

	"github.com/kioskd/kioskd/internal/bench/crashfs"
	"github.com/kioskd/kioskd/internal/domain"
)

// TestCrashfsFindsWrongSettings are the negative controls: each wrong setting, on a plain table of SQLite, loses
// commits or breaks files, and the right one beside it does neither.
func TestCrashfsFindsWrongSettings(t *testing.T) {
	const exclusive, wal = "PRAGMA locking_mode=EXCLUSIVE; ", "PRAGMA journal_mode=WAL; "
	const full = "PRAGMA synchronous=FULL;"
	for name, c := range map[string]struct {
		pragmas string
		forget  bool // the folder is never synced
		bad     bool
	}{ // a rollback journal is only deleted, and so needs its folder, where locks are given back
		"as the journal does":           {exclusive + wal + full, false, false},
		"synchronous=NORMAL":            {exclusive + wal + "PRAGMA synchronous=NORMAL;", false, true},
		"rollback journal and FULL":     {"PRAGMA journal_mode=DELETE; " + full, false, true},
		"the folder that is not synced": {exclusive + wal + full, true, true},
	} {
		t.Run(name, func(t *testing.T) {
			disk := crashfs.New()
			disk.NoFolderSync = c.forget
			acked := plain(t, disk, c.pragmas)
			rnd := rand.New(rand.NewPCG(*seed, 2))
			tried, bad := 0, 0
			for p := disk.Play(); p.Next(); {
				for _, part := range []crashfs.Part{crashfs.None, crashfs.All, crashfs.Some, crashfs.Some} {
					sure := 0
					for n, ops := range acked {
						if ops <= p.Done() {
							sure = n + 1
						}
					}
					tried++
					if rows, err := count(p.Image(part, rnd)); err != nil || rows < sure || rows > sure+1 {
						bad++
					}
				}
			}
			if (bad > 0) != c.bad {
				t.Errorf("%d bad images of %d", bad, tried)
			}
			t.Logf("%d bad images of %d", bad, tried)
		})
	}
}

// plain writes rows one by one, and gives the operations after which each was acknowledged.
func plain(t *testing.T, disk *crashfs.Disk, pragmas string) (acked []int) {
	t.Helper()
	db, done, err := open(disk)
	if err != nil {
		t.Fatal(err)
	}
	defer done()
	exec := func(q string, args ...any) {
		if _, err := db.Exec(q, args...); err != nil {
			t.Fatal(err)
		}
	}
	exec(pragmas)
	exec("CREATE TABLE row (n INTEGER PRIMARY KEY, body BLOB)")
	for n := range 25 {
		exec("INSERT INTO row VALUES (?, randomblob(700))", n)
		acked = append(acked, disk.Len())
		if n%10 == 9 {
			exec("PRAGMA wal_checkpoint(TRUNCATE)")
		}
	}
	return acked
}

// count gives the rows of an image; none where the table is not there yet.
func count(disk *crashfs.Disk) (rows int, err error) {
	db, done, err := open(disk)
	if err != nil {
		return 0, err
	}
	defer done()
	if _, err := db.Exec("PRAGMA locking_mode=EXCLUSIVE"); err != nil {
		return 0, err
	}
	var check string
	if err := db.QueryRow("PRAGMA integrity_check").Scan(&check); err != nil || check != "ok" {
		return 0, fmt.Errorf("%s (%w)", check, err)
	}
	var tables int
	if err := db.QueryRow("SELECT count(*) FROM sqlite_schema").Scan(&tables); err != nil || tables == 0 {
		return 0, err
	}
	return rows, db.QueryRow("SELECT count(*) FROM row").Scan(&rows)
}

func open(disk *crashfs.Disk) (db *sql.DB, done func(), err error) {
	name := "control-" + domain.NewID().String()
	vfs.Register(name, disk)
	if db, err = driver.Open("file:" + file + "?vfs=" + name); err != nil {
		return nil, nil, err
	}
	db.SetMaxOpenConns(1)
	return db, func() {
		_ = db.Close() // the image is thrown away
		vfs.Unregister(name)
	}, nil
}

// TestCrashfsFindsABadDisk are the negative controls of the sweep itself, with all that it shares between images: a
// drive that says that it has synced, a folder that is not synced, and a byte that turns in an image whose twin was
// found good.
func TestCrashfsFindsABadDisk(t *testing.T) {
	for name, spoil := range map[string]func(*crashfs.Disk){
		"a drive that lies":           func(d *crashfs.Disk) { d.Lies = true },
		"a folder that is not synced": func(d *crashfs.Disk) { d.NoFolderSync = true },
	} {
		t.Run(name, func(t *testing.T) {
			disk := crashfs.New()
			spoil(disk)
			told, err := tell(disk)
			if err != nil {
				t.Fatal(err)
			}
			if sum := sweep(told, newArchive(), 200); sum.lost+sum.corrupt == 0 {
				t.Errorf("none of %d images is bad", sum.judged)
			}
		})
	}
	t.Run("a byte that turns", func(t *testing.T) {
		told, err := tell(crashfs.New())
		if err != nil {
			t.Fatal(err)
		}
		archive, n := newArchive(), 0
		shoot(told, 200, func(s shot) {
			before := s.image.File(file)
			if len(before) < 3*4096 || len(s.image.File(file+"-wal")) > 0 {
				return // a page that its log holds again is not read
			}
			n++
			twin := crashfs.New()
			twin.Put(file, before)
			turn := 2*4096 + 97*n%4096
			before[turn] ^= 1
			turned := crashfs.New()
			turned.Put(file, before)
			if f := archive.open(twin); f.err != nil {
				t.Fatal(f.err)
			}
			if f := archive.open(turned); f.err == nil {
				t.Errorf("after %d operations byte %d turned, and nobody saw it", s.ops, turn)
			}
		})
		if n == 0 {
			t.Error("no image has an empty log")
		}
	})
}
