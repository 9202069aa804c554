package card

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"testing"
	"time"

	"github.com/kioskd/kioskd/pkg/card/cardtest"
)

// vpcd is the other end of a slot.
type vpcd struct {
	t    *testing.T
	conn net.Conn
	done chan error
	card *cardtest.Card
	seen map[byte]int
	f    *faults
}

func plug(t *testing.T) *vpcd {
	t.Helper()
	here, there := net.Pipe()
	v := &vpcd{t: t, conn: here, done: make(chan error, 1), card: cardtest.New(cardtest.Config{}), f: newFaults()}
	v.seen = map[byte]int{}
	s := &slot{conn: there, card: v.card, faults: v.f, count: func(ins byte) { v.seen[ins]++ }, done: make(chan struct{})}
	go func() { v.done <- s.serve() }()
	t.Cleanup(func() { _ = here.Close() })
	return v
}

func (v *vpcd) send(b ...byte) {
	v.t.Helper()
	frame := binary.BigEndian.AppendUint16(nil, uint16(len(b)))
	if _, err := v.conn.Write(append(frame, b...)); err != nil {
		v.t.Fatal(err)
	}
}

func (v *vpcd) receive() ([]byte, error) {
	var head [2]byte
	if _, err := io.ReadFull(v.conn, head[:]); err != nil {
		return nil, err
	}
	b := make([]byte, binary.BigEndian.Uint16(head[:]))
	_, err := io.ReadFull(v.conn, b)
	return b, err
}

func (v *vpcd) want(want ...byte) {
	v.t.Helper()
	got, err := v.receive()
	if err != nil || !bytes.Equal(got, want) {
		v.t.Fatalf("got %x, %v; want %x", got, err, want)
	}
}

var selectAP = []byte{0x00, 0xA4, 0x04, 0x0C, 0x0A, 0xD3, 0x92, 0xF0, 0x00, 0x26, 0x01, 0x00, 0x00, 0x00, 0x01}

func TestSlotSpeaksForTheCard(t *testing.T) {
	t.Parallel()
	v := plug(t)
	v.send(controlATR)
	v.want(cardtest.DefaultATR...)
	v.send(selectAP...)
	v.want(0x6F, 0x00) // no power yet
	v.send(controlOn)
	v.send(selectAP...)
	v.want(0x90, 0x00)
	v.send(0x00, 0xA4, 0x02, 0x0C, 0x02, 0x00, 0x18)
	v.want(0x90, 0x00)
	v.send(controlReset)
	v.send(0x00, 0x20, 0x00, 0x80)
	v.want(0x69, 0x86) // nothing selected after a reset
	if !v.card.Stats().Powered || v.seen[0xA4] != 3 || v.seen[0x20] != 1 {
		t.Errorf("%+v, %v", v.card.Stats(), v.seen)
	}
	_ = v.conn.Close()
	if err := <-v.done; !errors.Is(err, io.EOF) {
		t.Error(err)
	}
	if v.card.Stats().Powered {
		t.Error("the card has power outside the reader")
	}
}

func TestFaultsHappenOnceAtTheirCommand(t *testing.T) {
	t.Parallel()
	v := plug(t)
	v.send(controlOn)
	v.f.add(Fault{Do: ActAnswer, INS: 0xA4, Nth: 2, SW: 0x6F00})
	v.send(selectAP...)
	v.want(0x90, 0x00)
	v.send(selectAP...)
	v.want(0x6F, 0x00)
	v.send(selectAP...)
	v.want(0x90, 0x00)
	v.f.add(Fault{Do: ActDelay, For: time.Millisecond})
	v.send(selectAP...)
	v.want(0x90, 0x00)
	v.f.add(Fault{Do: ActRemove})
	v.send(selectAP...)
	if _, err := v.receive(); err == nil {
		t.Error("a removed card answered")
	}
	if len(v.f.list()) != 0 {
		t.Errorf("left over: %v", v.f.list())
	}
}

func TestStallEndsWithTheFaultOrTheCard(t *testing.T) {
	t.Parallel()
	v := plug(t)
	v.send(controlOn)
	id := v.f.add(Fault{Do: ActStall})
	v.send(selectAP...)
	v.f.remove(id) // before or after the command met it: both must end
	v.want(0x90, 0x00)

	v = plug(t)
	v.send(controlOn)
	v.f.add(Fault{Do: ActStall})
	v.send(selectAP...)
	_ = v.conn.Close()
	if err := <-v.done; err == nil {
		t.Error("the slot outlived its connection")
	}
}
