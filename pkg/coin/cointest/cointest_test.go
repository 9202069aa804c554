package cointest

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"testing/synctest"

	bench "github.com/kioskd/kioskd/internal/bench/coin"
	"github.com/kioskd/kioskd/pkg/coin"
)

func TestARecordedOpeningPlaysBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var trace bytes.Buffer
		conn := bench.New(bench.Defaults()).Dial()
		recorder := NewRecorder(coin.FromConn(conn), &trace)
		v := coin.NewVendor(recorder, coin.DefaultConfig())
		if err := v.Open(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(v.Close(), conn.Close(), recorder.Err()); err != nil {
			t.Fatal(err)
		}
		text := trace.String()
		play(t, text, coin.DefaultConfig(), true)
		other := coin.DefaultConfig()
		other.Escrow = 86 // the negative control: a program that says something else
		play(t, text, other, false)
	})
}

func play(t *testing.T, trace string, cfg coin.Config, same bool) {
	t.Helper()
	playback, err := NewPlayback(strings.NewReader("# a remark\n\n" + trace))
	if err != nil {
		t.Fatal(err)
	}
	v := coin.NewVendor(playback, cfg)
	openErr := v.Open(t.Context())
	if err := errors.Join(openErr, v.Close(), playback.Close()); (err == nil) != same {
		t.Errorf("played back: %v", err)
	}
}

func TestWhatIsNoTraceIsRefused(t *testing.T) {
	for _, text := range []string{"02 00", "> 0", ">", "< XX", "02"} {
		if _, err := NewPlayback(strings.NewReader(text)); err == nil {
			t.Errorf("%q was read", text)
		}
	}
	p, err := NewPlayback(strings.NewReader("> 01 02\n< 03"))
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Close(); err == nil {
		t.Error("a trace that was not played closed well")
	}
}
