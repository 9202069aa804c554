//go:build judge

package e2e

import (
	"bytes"
	"strings"
	"testing"

	"github.com/kioskd/kioskd/internal/bench/resident"
)

// TestX11_TwoCertificatesInOneVisit, by touch: one PIN, one signature, two orders, two payments, two sheets.
func TestX11_TwoCertificatesInOneVisit(t *testing.T) {
	w := newWorld(t)
	before := w.devices(t)
	r := w.play(t, resident.Another("hanako", "hanako", 500))
	if r.Outcome != "printed_paid" || len(r.Sheets) != 2 || r.YenIn != 1000 || r.YenBack != 600 || len(r.Refusals) != 0 {
		t.Errorf("%s, %d sheets, in %d, back %d, refusals %v", r.Outcome, len(r.Sheets), r.YenIn, r.YenBack, r.Refusals)
	}
	after := w.devices(t)
	if n := after.Reader.Signatures - before.Reader.Signatures; n != 1 {
		t.Errorf("the card signed %d times", n)
	}
	if n := after.acts().Jobs - before.acts().Jobs; n != 2 || after.Reader.Powered {
		t.Errorf("%d jobs; the card has power: %v", n, after.Reader.Powered)
	}
	if len(r.Sheets) == 2 && bytes.Equal(r.Sheets[0].Front, r.Sheets[1].Front) { // ids and 電子契印 are each one's own
		t.Error("the second sheet is the first one")
	}
	w.fine(t) // the centre and the issuing server have closed both
	b := w.books(t)
	paid := 0
	for _, o := range b.outcomes {
		if o == "printed_paid" {
			paid++
		}
	}
	if paid != 2 || b.revenue != 400 || b.owed != 0 {
		t.Errorf("books %+v", b)
	}
	for _, wrong := range w.moneyAgrees(b, w.scene(t).Devices.Coin) {
		t.Error(wrong)
	}
}

// TestX10_AnotherCardForAnotherCertificateEndsTheVisit: whoever comes after the holder sees nothing and gets nothing.
func TestX10_AnotherCardForAnotherCertificateEndsTheVisit(t *testing.T) {
	w := shared(t)
	signed := w.devices(t).Reader.Signatures
	r := w.play(t, resident.Another("hanako", "tsuji", 100, 100))
	passed := strings.Join(r.Passed(), " ")
	if !refusedFor(r, "OtherCard") || len(r.Sheets) != 1 || strings.Count(passed, "Holder") != 1 {
		t.Errorf("refusals %v, %d sheets, passed %v", r.Refusals, len(r.Sheets), passed)
	}
	if n := w.devices(t).Reader.Signatures - signed; n != 1 {
		t.Errorf("%d signatures", n)
	}
	w.fine(t)
}
