package cctalk

import (
	"bytes"
	"context"
	"errors"
	"net"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// talk runs a bus against a peer that is given each frame it hears and says what it wants.
func talk(
	t *testing.T, opt BusOptions, peer func(nth int, heard []byte) []byte, run func(*testing.T, *Bus, *atomic.Int32),
) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		host, far := net.Pipe()
		b := NewBus(FromConn(host), opt)
		ctx, cancel := context.WithCancel(t.Context())
		go b.Listen(ctx)
		var heard atomic.Int32
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			buf := make([]byte, 512)
			for {
				n, err := far.Read(buf)
				if err != nil {
					return
				}
				nth := int(heard.Add(1))
				if _, err := far.Write(peer(nth, buf[:n])); err != nil {
					return
				}
			}
		}()
		run(t, b, &heard)
		cancel()
		if err := errors.Join(host.Close(), far.Close()); err != nil {
			t.Error(err)
		}
		<-ended
	})
}

var (
	pollReply = []byte{1, 0, 2, 0, 0xFD}
	poll      = Request{To: 2, Header: hdrSimplePoll}
	dispense  = Request{To: 3, Header: hdrHopperDispense, Data: []byte{1, 2, 3, 1}, Want: 1}
)

var echoes = BusOptions{Echo: true}

// echoed is what the line gives back and then the answer.
func echoed(p []byte) []byte { return append(bytes.Clone(p), pollReply...) }

func TestAnswersAreFoundBehindEchoStrangersAndCuts(t *testing.T) {
	for name, c := range map[string]struct {
		opt   BusOptions
		reply func(heard []byte) []byte
		good  bool
	}{
		"plain":                  {reply: func([]byte) []byte { return pollReply }, good: true},
		"echo":                   {opt: echoes, reply: echoed, good: true},
		"echo that differs":      {opt: echoes, reply: func([]byte) []byte { return echoed([]byte{9, 0, 1, 254, 0xF8}) }},
		"echo not told of":       {reply: echoed, good: true},
		"another device first":   {reply: func([]byte) []byte { return echoed([]byte{1, 0, 3, 0, 0xFC}) }, good: true},
		"only another device":    {reply: func([]byte) []byte { return []byte{1, 0, 3, 0, 0xFC} }},
		"bytes behind the frame": {reply: func([]byte) []byte { return append(bytes.Clone(pollReply), 7) }},
		"wrong length":           {reply: func([]byte) []byte { return []byte{1, 1, 2, 0, 7, 0xF5} }},
		"wrong header":           {reply: func([]byte) []byte { return []byte{1, 0, 2, 9, 0xF4} }},
		"cut off":                {reply: func([]byte) []byte { return pollReply[:3] }},
		"a modem's command":      {reply: func([]byte) []byte { return []byte("AT\r\n\x00\x00\x00") }},
		"nothing":                {reply: func([]byte) []byte { return nil }},
	} {
		talk(t, c.opt, func(_ int, p []byte) []byte { return c.reply(p) }, func(t *testing.T, b *Bus, heard *atomic.Int32) {
			_, err := b.Do(t.Context(), poll)
			if (err == nil) != c.good {
				t.Errorf("%s: %v", name, err)
			}
			want := maxSends
			if c.good {
				want = 1
			}
			if int(heard.Load()) != want {
				t.Errorf("%s: sent %d times, want %d", name, heard.Load(), want)
			}
		})
	}
}

func TestWhatMovesMoneyIsSentOnce(t *testing.T) {
	for name, reply := range map[string][]byte{
		"silence": nil, "damage": {1, 1, 3, 0, 1, 0xFB}, "busy": {1, 0, 3, 6, 0xF6}, "no": {1, 0, 3, 5, 0xF7},
	} {
		for _, r := range []Request{
			dispense,
			{To: 85, Header: hdrEscrowOperate, Data: []byte{1}},
			{To: 55, Header: HeaderPayMoney},
			{To: 3, Header: hdrPurge},
			{To: 3, Header: hdrReset},
			{To: 3, Header: 77},
		} {
			talk(t, BusOptions{}, func(int, []byte) []byte { return reply }, func(t *testing.T, b *Bus, heard *atomic.Int32) {
				if _, err := b.Do(t.Context(), r); err == nil || heard.Load() != 1 {
					t.Errorf("%s on header %d: sent %d times, %v", name, r.Header, heard.Load(), err)
				}
			})
		}
	}
}

func TestAReadIsRepeatedUntilItIsHeard(t *testing.T) {
	for name, first := range map[string][]byte{"silence": nil, "busy": {1, 0, 2, 6, 0xF7}, "damage": {1, 0, 2, 0, 0xFE}} {
		talk(t, BusOptions{}, func(nth int, _ []byte) []byte {
			if nth < maxSends {
				return first
			}
			return pollReply
		}, func(t *testing.T, b *Bus, heard *atomic.Int32) {
			if _, err := b.Do(t.Context(), poll); err != nil || heard.Load() != maxSends {
				t.Errorf("%s: %d times, %v", name, heard.Load(), err)
			}
		})
	}
	talk(t, BusOptions{}, func(int, []byte) []byte { return []byte{1, 0, 2, 5, 0xF8} },
		func(t *testing.T, b *Bus, heard *atomic.Int32) {
			if _, err := b.Do(t.Context(), poll); !errors.Is(err, ErrRefused) || heard.Load() != 1 {
				t.Errorf("NAK: %d times, %v", heard.Load(), err)
			}
		})
}

func TestALateAnswerIsNotTakenForTheNextOne(t *testing.T) {
	talk(t, BusOptions{}, func(nth int, _ []byte) []byte {
		if nth == 1 {
			<-time.After(replyLimit + time.Millisecond) // given up by then
			return []byte{1, 1, 3, 0, 7, 0xF4}
		}
		return []byte{1, 1, 3, 0, 8, 0xF3}
	}, func(t *testing.T, b *Bus, _ *atomic.Int32) {
		if _, err := b.Do(t.Context(), dispense); !errors.Is(err, ErrNoReply) {
			t.Errorf("first: %v", err)
		}
		<-time.After(10 * time.Millisecond)
		if data, err := b.Do(t.Context(), dispense); err != nil || data[0] != 8 {
			t.Errorf("second: %v, %v", data, err)
		}
	})
}

func TestADeviceInCRCMode(t *testing.T) {
	answer, err := Frame{Dest: 1, Header: hdrReply}.Append(nil, CRC16)
	if err != nil {
		t.Fatal(err)
	}
	talk(t, BusOptions{CRC16: []byte{2}}, func(_ int, p []byte) []byte {
		if !bytes.Equal(p, []byte{2, 0, 0xB1, 0xFE, 0x60}) {
			t.Errorf("heard % X", p)
		}
		return answer
	}, func(t *testing.T, b *Bus, _ *atomic.Int32) {
		if _, err := b.Do(t.Context(), poll); err != nil {
			t.Error(err)
		}
	})
}

func TestAClosedLineIsGone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		host, far := net.Pipe()
		b := NewBus(FromConn(host), BusOptions{})
		go b.Listen(t.Context())
		if err := errors.Join(host.Close(), far.Close()); err != nil {
			t.Error(err)
		}
		synctest.Wait()
		if _, err := b.Do(t.Context(), poll); !errors.Is(err, ErrGone) {
			t.Errorf("%v", err)
		}
	})
}
