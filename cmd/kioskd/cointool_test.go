package main

import (
	"context"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"

	bench "github.com/kioskd/kioskd/internal/bench/coin"
	"github.com/kioskd/kioskd/pkg/coin"
	"github.com/kioskd/kioskd/pkg/coin/cointest"
)

// benchLine is a line to a simulated machine.
type benchLine struct {
	coin.Port
	conn net.Conn
}

func (l benchLine) Close() error { return l.conn.Close() }

func benchDialer(m *bench.Machine) coin.Dialer {
	return func(context.Context) (coin.Line, error) {
		conn := m.Dial()
		return benchLine{coin.FromConn(conn), conn}, nil
	}
}

func TestCoinStatusAndTestSayWhatIsThere(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := bench.New(bench.Defaults())
		var out strings.Builder
		if err := showCoins(t.Context(), &out, benchDialer(m), coin.DefaultConfig(), true); err != nil {
			t.Fatal(err)
		}
		for _, want := range []string{
			"85 Escrow: ", "escrow: empty, level 0", "hopper of ¥100: ok, 0 coins paid", "hopper of ¥500: ok",
		} {
			if !strings.Contains(out.String(), want) {
				t.Errorf("no %q in:\n%s", want, &out)
			}
		}
		if _, err := m.AddFault(bench.Fault{Do: bench.JammedHopper, Yen: 50}); err != nil {
			t.Fatal(err)
		}
		out.Reset()
		err := showCoins(t.Context(), &out, benchDialer(m), coin.DefaultConfig(), true)
		if err == nil || !strings.Contains(out.String(), "hopper of ¥50 is jammed") {
			t.Errorf("%v\n%s", err, &out)
		}
		if m.Trays().Return.Total() != 0 {
			t.Error("a coin moved")
		}
	})
}

func TestARecordedTraceCanBePlayedBack(t *testing.T) {
	path := filepath.Join(t.TempDir(), "trace")
	synctest.Test(t, func(t *testing.T) {
		var out strings.Builder
		m := bench.New(bench.Defaults())
		if err := recordCoins(t.Context(), &out, benchDialer(m), coin.DefaultConfig(), path); err != nil {
			t.Fatal(err)
		}
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		playback, err := cointest.NewPlayback(strings.NewReader(string(text)))
		if err != nil {
			t.Fatal(err)
		}
		v := coin.NewVendor(playback, coin.DefaultConfig())
		if err := v.Open(t.Context()); err != nil {
			t.Errorf("%v", err)
		}
		if got := v.Parts(); len(got) != 6 || got[0].Product != "SIM-CA" {
			t.Errorf("%+v", got)
		}
		if err := v.Close(); err != nil {
			t.Error(err)
		}
		if err := recordCoins(t.Context(), &out, benchDialer(m), coin.DefaultConfig(), path); err == nil {
			t.Error("a trace was overwritten")
		}
	})
}
