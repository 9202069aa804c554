package main

import (
	"context"
	"net"
	"testing"
	"testing/synctest"
	"time"

	bench "github.com/kioskd/kioskd/internal/bench/coin"
	"github.com/kioskd/kioskd/pkg/coin"
)

type benchLine struct {
	coin.Port
	conn net.Conn
}

func (l benchLine) Close() error { return l.conn.Close() }

func TestTheSameCoinsComeBack(t *testing.T) {
	for name, c := range map[string]struct {
		insert    []int
		interrupt bool
	}{"price": {[]int{100, 50, 50}, false}, "interrupt": {[]int{100}, true}} {
		synctest.Test(t, func(t *testing.T) {
			m := bench.New(bench.Defaults())
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			total := 0
			for n, yen := range c.insert {
				total += yen
				time.AfterFunc(time.Duration(5+n)*time.Second, func() {
					if err := m.Insert(yen); err != nil {
						t.Error(err)
					}
				})
			}
			if c.interrupt {
				time.AfterFunc(10*time.Second, cancel)
			}
			dial := func(context.Context) (coin.Line, error) {
				conn := m.Dial()
				return benchLine{coin.FromConn(conn), conn}, nil
			}
			if err := take(ctx, dial, coin.DefaultConfig(), 200); err != nil {
				t.Fatal(err)
			}
			if got := m.Trays().Return.Total(); got != total {
				t.Errorf("%s: ¥%d came back of ¥%d", name, got, total)
			}
		})
	}
}
