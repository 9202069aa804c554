package usb

import (
	"bytes"
	"testing"
)

// FuzzFTDI holds the reader of FTDI's packets against the obvious one, for every cut of a transfer.
func FuzzFTDI(f *testing.F) {
	f.Add([]byte{0x01, 0x60}, 64)
	f.Add(append([]byte{0x01, 0x60}, bytes.Repeat([]byte{7}, 130)...), 64)
	f.Add([]byte{}, 512)
	f.Fuzz(func(t *testing.T, raw []byte, packet int) {
		if packet <= ftdiStatus || packet > 1024 {
			return // OpenFTDI refuses such packets; USB has none larger
		}
		var want []byte
		for i, b := range raw {
			if i%packet >= ftdiStatus {
				want = append(want, b)
			}
		}
		if got := stripFTDI(bytes.Clone(raw), packet); !bytes.Equal(got, want) {
			t.Errorf("%x in packets of %d gives %x, want %x", raw, packet, got, want)
		}
	})
}
