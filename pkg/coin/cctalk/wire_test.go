package cctalk

import (
	"bufio"
	"bytes"
	"encoding/hex"
	"errors"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// golden is one line of testdata/golden.hex: what a frame says and its bytes.
type golden struct {
	name  string
	sum   Checksum
	frame Frame
	bytes []byte
}

func readGolden(t testing.TB) []golden {
	t.Helper()
	file, err := os.Open("testdata/golden.hex")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	var all []golden
	for lines := bufio.NewScanner(file); lines.Scan(); {
		line := strings.TrimSpace(lines.Text())
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		parts := strings.Split(line, "|")
		if len(parts) != 4 {
			t.Fatalf("line %q has %d parts, not 4", line, len(parts))
		}
		all = append(all, parseGolden(t, parts))
	}
	return all
}

func parseGolden(t testing.TB, parts []string) golden {
	t.Helper()
	g := golden{name: strings.TrimSpace(parts[0])}
	head := strings.Fields(parts[1])
	num := func(s string) byte {
		n, err := strconv.ParseUint(s, 10, 8)
		if err != nil {
			t.Fatalf("%s: %v", g.name, err)
		}
		return byte(n)
	}
	g.frame = Frame{Dest: num(head[0]), Source: num(head[1]), Header: num(head[2])}
	if head[3] == "crc" {
		g.sum = CRC16
	}
	g.frame.Data = unhex(t, parts[2])
	g.bytes = unhex(t, parts[3])
	return g
}

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	p, err := hex.DecodeString(strings.Join(strings.Fields(s), ""))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestGoldenFramesBothWays(t *testing.T) {
	all := readGolden(t)
	if len(all) < 24 {
		t.Fatalf("only %d golden frames", len(all))
	}
	for _, g := range all {
		t.Run(g.name, func(t *testing.T) {
			made, err := g.frame.Append(nil, g.sum)
			if err != nil || !bytes.Equal(made, g.bytes) {
				t.Errorf("made % X (%v), want % X", made, err, g.bytes)
			}
			read, n, err := Decode(g.bytes, g.sum)
			if err != nil || n != len(g.bytes) {
				t.Fatalf("decode took %d: %v", n, err)
			}
			want := g.frame
			if g.sum == CRC16 {
				want.Source = 0
			}
			if d := cmp.Diff(want, read, cmp.Comparer(bytes.Equal)); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestEveryTruncationIsShortAndEveryFlippedBitIsSeen(t *testing.T) {
	for _, g := range readGolden(t) {
		for cut := range g.bytes {
			if _, n, err := Decode(g.bytes[:cut], g.sum); !errors.Is(err, ErrShort) || n != 0 {
				t.Errorf("%s cut at %d: took %d, %v", g.name, cut, n, err)
			}
		}
		for i := range g.bytes {
			if i == 1 && g.sum == Simple {
				continue // a shorter length can hit a sum of 0 by chance; the bus sees the bytes left over
			}
			for bit := range 8 {
				bad := bytes.Clone(g.bytes)
				bad[i] ^= 1 << bit
				if f, _, err := Decode(bad, g.sum); err == nil {
					t.Errorf("%s: bit %d of byte %d flipped reads as %+v", g.name, bit, i, f)
				}
			}
		}
	}
}

func TestCRCOfTheCheckString(t *testing.T) {
	if got := crc16(0, []byte("123456789")); got != 0x31C3 {
		t.Errorf("CRC is %04X, want 31C3", got)
	}
}

func TestTooMuchDataIsRefused(t *testing.T) {
	if _, err := (Frame{Data: make([]byte, MaxData+1)}).Append(nil, Simple); err == nil {
		t.Error("253 data bytes were framed")
	}
	long := append([]byte{2, 253, 1, 229}, make([]byte, 254)...)
	if _, n, err := Decode(long, Simple); err == nil || n == 0 {
		t.Errorf("a length of 253 was read: %d, %v", n, err)
	}
}

func FuzzDecode(f *testing.F) {
	for _, g := range readGolden(f) {
		f.Add(g.bytes, g.sum == CRC16)
	}
	f.Fuzz(func(t *testing.T, p []byte, crc bool) {
		sum := Simple
		if crc {
			sum = CRC16
		}
		frame, n, err := Decode(p, sum)
		if n > len(p) || (err == nil && n < 5) {
			t.Fatalf("took %d of %d bytes: %v", n, len(p), err)
		}
		if err != nil {
			return
		}
		again, err := frame.Append(nil, sum)
		if err != nil || !bytes.Equal(again, p[:n]) {
			t.Fatalf("% X came back as % X (%v)", p[:n], again, err)
		}
	})
}
