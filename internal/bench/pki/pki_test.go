package pki_test

import (
	"crypto/x509"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/kioskd/kioskd/internal/bench/pki"
	"github.com/kioskd/kioskd/internal/signed"
)

var noon = time.Date(2026, 11, 25, 3, 0, 0, 0, time.UTC)

// world is one set of keys that the tests only read; RSA keys cost time.
var world string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "pki")
	if err == nil {
		err = pki.Make(dir, noon)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	world = dir
	code := m.Run()
	_ = os.RemoveAll(dir)
	os.Exit(code)
}

func tree(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		files[strings.TrimPrefix(path, dir+"/")] = string(b)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func TestASecondMakeKeepsWhatIsThereAndABrokenOneIsMadeAnew(t *testing.T) {
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(world)); err != nil {
		t.Fatal(err)
	}
	first := tree(t, world)
	if err := pki.Make(dir, noon.AddDate(0, 1, 0)); err != nil {
		t.Fatal(err)
	}
	for name, content := range tree(t, dir) {
		if first[name] != content {
			t.Errorf("%s was changed", name)
		}
	}
	if err := os.Remove(filepath.Join(dir, "pki.stamp")); err != nil {
		t.Fatal(err)
	}
	if err := pki.Make(dir, noon); err != nil {
		t.Fatal(err)
	}
	if tree(t, dir)["centerd/note.key"] == first["centerd/note.key"] {
		t.Error("an unfinished folder was kept")
	}
}

func TestEveryFileIsItsOwnersAlone(t *testing.T) {
	err := filepath.WalkDir(world, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err == nil && info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s has mode %v", path, info.Mode())
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestNoProcessHoldsAKeyOfAnother(t *testing.T) {
	owners := map[string]string{}
	for name, content := range tree(t, world) {
		if !strings.HasSuffix(name, ".key") {
			continue
		}
		if other, ok := owners[content]; ok {
			t.Errorf("%s is the key of %s", name, other)
		}
		owners[content] = name
	}
	if len(owners) < 10 {
		t.Errorf("only %d keys", len(owners))
	}
}

func TestX17_TheListOfKeysOpensWithTwoOfThreeAndNotWithOne(t *testing.T) {
	files := tree(t, world)
	ring, err := signed.ReadAnchors([]byte(files["kioskd/keys.anchors"]), signed.EnvTest)
	if err != nil {
		t.Fatal(err)
	}
	list, err := signed.OpenKeys([]byte(files["kioskd/keys.note"]), ring, noon)
	if err != nil {
		t.Fatal(err)
	}
	if len(list.Keys) != 4 {
		t.Errorf("%d keys, want kiosk, centre and two municipalities", len(list.Keys))
	}
	ring.Keys = ring.Keys[1:2]
	if _, err := signed.OpenKeys([]byte(files["kioskd/keys.note"]), ring, noon); err == nil {
		t.Error("one anchor was enough")
	}
}

func TestEveryCardSaysTESTAndNobodysName(t *testing.T) {
	cards, err := pki.LoadCards(world)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range cards {
		if c.What["ja"] == "" || c.What["en"] == "" {
			t.Errorf("%s does not say who and what it shows", c.ID)
		}
		for _, der := range [][]byte{c.AuthCert, c.AuthCA, c.SignCert, c.SignCA} {
			if der == nil {
				continue
			}
			cert, err := x509.ParseCertificate(der)
			if err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(cert.Subject.String(), "TEST") || cert.Subject.Organization[0] == "JPKI" {
				t.Errorf("%s: subject %s", c.ID, cert.Subject)
			}
		}
	}
}
