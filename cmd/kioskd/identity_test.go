package main

import (
	"crypto/rand"
	"testing"

	"golang.org/x/mod/sumdb/note"
)

func TestOwnKeyIsThePublicHalfOfTheNoteKey(t *testing.T) {
	for range 64 { // half of all keys have a plus sign in their base64
		private, public, err := note.GenerateKey(rand.Reader, "kioskd.kiosk/K-000001")
		if err != nil {
			t.Fatal(err)
		}
		own, err := ownKey(private + "\n")
		if err != nil {
			t.Fatal(err)
		}
		want, err := note.NewEd25519VerifierKey("kioskd.kiosk/K-000001", own)
		if err != nil || want != public {
			t.Errorf("%v, %s is not %s", err, want, public)
		}
	}
	for _, bad := range []string{"", "PRIVATE+KEY+a", "PRIVATE+KEY+a+00000000+AQ==", "PRIVATE+KEY+a+00000000+?"} {
		if _, err := ownKey(bad); err == nil {
			t.Errorf("%q is a key", bad)
		}
	}
}
