package card

import (
	"encoding/binary"
	"fmt"
	"io"
	"net"

	"github.com/kioskd/kioskd/pkg/card/cardtest"
)

// A slot is a card's end of vpcd's connection. The frame, both ways (vsmartcard, vpcd.c):
//
//	offset 0   length n   2 bytes, big-endian
//	offset 2   n bytes
//
// From vpcd, n = 1 is a control byte: 00 power off, 01 power on, 02 reset, none of them answered; 04 asks for the ATR.
// Longer frames are commands. To vpcd go ATRs and answers; a closed connection is a removed card.
type slot struct {
	conn   net.Conn
	card   *cardtest.Card
	faults *faults
	count  func(ins byte)
	done   chan struct{}
}

// Control bytes.
const (
	controlOff   = 0x00
	controlOn    = 0x01
	controlReset = 0x02
	controlATR   = 0x04
)

// serve speaks for the card until the connection ends. It returns with the card's power off.
func (s *slot) serve() error {
	defer s.card.PowerOff()
	defer s.conn.Close()
	var frame [2 + 0xFFFF]byte
	for {
		if _, err := io.ReadFull(s.conn, frame[:2]); err != nil {
			return err
		}
		n := int(binary.BigEndian.Uint16(frame[:2]))
		if _, err := io.ReadFull(s.conn, frame[2:2+n]); err != nil {
			return err
		}
		err := s.handle(frame[2 : 2+n])
		clear(frame[:2+n]) // it may have held a PIN
		if err != nil {
			return err
		}
	}
}

func (s *slot) handle(b []byte) error {
	if len(b) == 0 {
		return nil
	}
	if len(b) > 1 {
		return s.command(b)
	}
	switch b[0] {
	case controlOff:
		s.card.PowerOff()
	case controlOn:
		s.card.PowerOn()
	case controlReset:
		s.card.Reset()
	case controlATR:
		return s.reply(s.card.ATR())
	}
	return nil
}

func (s *slot) command(apdu []byte) error {
	if len(apdu) > 1 {
		s.count(apdu[1])
	}
	answer, err := s.faults.before(apdu, s.conn)
	if err != nil {
		return err
	}
	if answer == nil {
		if answer, err = s.card.Transmit(noDeadline, apdu); err != nil {
			answer = []byte{0x6F, 0x00}
		}
	}
	return s.reply(answer)
}

func (s *slot) reply(b []byte) error {
	out := binary.BigEndian.AppendUint16(make([]byte, 0, 2+len(b)), uint16(len(b)))
	if _, err := s.conn.Write(append(out, b...)); err != nil {
		return fmt.Errorf("answer to vpcd: %w", err)
	}
	return nil
}
