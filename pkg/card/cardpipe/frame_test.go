package cardpipe

import (
	"bytes"
	"errors"
	"testing"
)

func TestErrorsSurviveThePipe(t *testing.T) {
	t.Parallel()
	for code, sentinel := range codes {
		if err := decodeError(encodeError(sentinel)); !errors.Is(err, sentinel) {
			t.Errorf("code %d: %v", code, err)
		}
	}
	long := errors.New(string(bytes.Repeat([]byte{'x'}, 5000)))
	if err := decodeError(encodeError(long)); !errors.Is(err, errOther) || len(err.Error()) > 300 {
		t.Errorf("a long one: %v", err)
	}
	if err := decodeError(nil); !errors.Is(err, errOther) {
		t.Error(err)
	}
}

func TestFrameTruncationIsSeen(t *testing.T) {
	t.Parallel()
	frame, err := putFrame(make([]byte, maxFrame), kindTransmit, 7, []byte{0, 0, 0, 1, 0x00, 0xB0, 0x00, 0x00, 0x20})
	if err != nil {
		t.Fatal(err)
	}
	page := make([]byte, maxFrame)
	for n := range frame {
		if _, _, _, err := readFrame(bytes.NewReader(frame[:n]), page); err == nil {
			t.Errorf("%d of %d bytes passed", n, len(frame))
		}
	}
	k, number, payload, err := readFrame(bytes.NewReader(frame), page)
	if err != nil || k != kindTransmit || number != 7 || len(payload) != 9 {
		t.Errorf("%v %d %x %v", k, number, payload, err)
	}
	if _, err := putFrame(make([]byte, maxFrame), kindTransmit, 1, make([]byte, maxFrame)); err == nil {
		t.Error("a frame of more than its limit")
	}
}

func FuzzReadFrame(f *testing.F) {
	f.Add([]byte{0, 5, 1, 0, 0, 0, 0})
	f.Add([]byte{0, 6, 2, 0, 0, 0, 0, 7})
	f.Add([]byte{0xFF, 0xFF, 4})
	f.Add([]byte{0, 4, 4, 0, 0, 0})
	f.Fuzz(func(t *testing.T, in []byte) {
		k, number, payload, err := readFrame(bytes.NewReader(in), make([]byte, maxFrame))
		if err != nil {
			return
		}
		out, err := putFrame(make([]byte, maxFrame), k, number, payload)
		if err != nil || !bytes.HasPrefix(in, out) {
			t.Fatalf("%x → %x, %v", in, out, err)
		}
	})
}
