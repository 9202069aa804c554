package card

import (
	"bytes"
	"encoding/asn1"
	"testing"
)

func TestOuterLength(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		head []byte
		want int // -1: refused
	}{
		"short_form":               {[]byte{0x30, 0x05}, 7},
		"one_length_byte":          {[]byte{0x30, 0x81, 0x80}, 131},
		"two_length_bytes":         {[]byte{0x30, 0x82, 0x05, 0x15}, 4 + 0x515},
		"not_minimal":              {[]byte{0x30, 0x82, 0x00, 0x9F}, 4 + 0x9F},
		"four_bytes_not_minimal":   {[]byte{0x30, 0x84, 0x00, 0x00, 0x01, 0x00}, 6 + 0x100},
		"largest":                  {[]byte{0x30, 0x82, 0x80, 0x00}, 4 + maxFile},
		"too_long":                 {[]byte{0x30, 0x82, 0x80, 0x01}, -1},
		"too_long_for_any_integer": {[]byte{0x30, 0x84, 0xFF, 0xFF, 0xFF, 0xFF}, -1},
		"indefinite":               {[]byte{0x30, 0x80, 0x00}, -1},
		"five_length_bytes":        {[]byte{0x30, 0x85, 0, 0, 0, 0, 1}, -1},
		"cut_in_the_length":        {[]byte{0x30, 0x82, 0x05}, -1},
		"no_sequence":              {[]byte{0x31, 0x05}, -1},
		"one_byte":                 {[]byte{0x30}, -1},
		"nothing":                  {nil, -1},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := outerLength(tt.head)
			if err != nil {
				got = -1
			}
			if got != tt.want {
				t.Errorf("got %d (%v), want %d", got, err, tt.want)
			}
		})
	}
}

func FuzzMinimalHead(f *testing.F) {
	f.Add([]byte{0x30, 0x82, 0x00, 0x02, 0x05, 0x00})
	f.Add([]byte{0x30, 0x02, 0x05, 0x00, 0xFF})
	f.Add(append([]byte{0x30, 0x81, 0x90}, make([]byte, 0x90)...))
	f.Fuzz(func(t *testing.T, in []byte) {
		out, err := minimalHead(in)
		if err != nil {
			return
		}
		var raw asn1.RawValue
		rest, err := asn1.Unmarshal(out, &raw)
		if err != nil || len(rest) != 0 || !bytes.Contains(in, raw.Bytes) {
			t.Fatalf("%x → %x: %v", in, out, err)
		}
	})
}
