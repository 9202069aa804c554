package main

import (
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/note"
)

// TestOwnKeyIsThePublicHalf over many keys: half of all base64 texts of this length hold a plus sign.
func TestOwnKeyIsThePublicHalf(t *testing.T) {
	for range 64 {
		secret, public, err := note.GenerateKey(rand.Reader, "kioskd.kiosk/K-000001")
		if err != nil {
			t.Fatal(err)
		}
		want, err := base64.StdEncoding.DecodeString(strings.SplitN(public, "+", 3)[2])
		if err != nil {
			t.Fatal(err)
		}
		if got, err := ownKey(secret); err != nil || !bytes.Equal(got, want[1:]) {
			t.Errorf("%x, want %x: %v", got, want[1:], err)
		}
	}
	for _, bad := range []string{"", "PRIVATE+KEY+a+b", "PRIVATE+KEY+a+b+AQ==", "PRIVATE+KEY+a+b+!"} {
		if _, err := ownKey(bad); err == nil {
			t.Errorf("%q was taken for a key", bad)
		}
	}
}

func TestAKeyThatOthersCanReadIsRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "note.key")
	for mode, good := range map[os.FileMode]bool{0o600: true, 0o400: true, 0o640: false, 0o604: false} {
		if err := errors.Join(os.WriteFile(path, []byte("x"), 0o600), os.Chmod(path, mode)); err != nil {
			t.Fatal(err)
		}
		if err := private(path); (err == nil) != good {
			t.Errorf("mode %#o: %v", mode, err)
		}
	}
	if private(path+".none") == nil {
		t.Error("a key that is not there was taken")
	}
}
