package still

import (
	"slices"

	"github.com/kioskd/kioskd/internal/bench/coin/trouble"
)

// Headers of answers.
const (
	headReply = 0
	headNAK   = 5
	headBusy  = 6
)

// reply is what a device answers.
type reply struct {
	header byte
	data   []byte
}

func ack(data ...byte) reply { return reply{header: headReply, data: data} }

var nak = reply{header: headNAK}

// slave is one device on the line.
type slave interface {
	identity() identity
	// answer carries out a command that is not about identity.
	answer(header byte, data []byte) reply
	// reset is header 1, and what a loss of power does.
	reset()
	// replace puts another part of the same make in its place, with another serial number; coins stay where they are.
	replace()
	// wind sets its event counter, as many events would.
	wind(to byte)
}

// identity is what a device says it is.
type identity struct {
	category, product string
	serial            uint32
}

// usesCRC says how the device at an address protects its frames.
func (u *Unit) usesCRC(addr byte) bool { return slices.Contains(u.opt.CRC16, addr) }

// slaveAt finds the device at an address.
func (u *Unit) slaveAt(addr byte) slave {
	if u.changer != nil {
		if addr == u.opt.Addresses.Changer {
			return u.changer
		}
		return nil
	}
	switch addr {
	case u.opt.Addresses.Acceptor:
		return &u.acceptor
	case u.opt.Addresses.Escrow:
		return &u.escrow
	}
	if i := slices.Index(u.opt.Addresses.Hoppers[:], addr); i >= 0 {
		return u.hoppers[i]
	}
	return nil
}

// swapStep is how far apart the serial numbers of a part and of its replacement are.
const swapStep = 0x100

// obey has the device carry out a command.
func (u *Unit) obey(s slave, header byte, data []byte) reply {
	id := s.identity()
	switch header {
	case 254:
		return ack()
	case 246:
		return ack([]byte("KKD")...)
	case 245:
		if f, is := u.troubles.strike(func(f trouble.Fault) bool {
			return f.Do == trouble.WindCounter && u.slaveAt(f.Device) == s
		}); is {
			s.wind(f.Code)
		}
		return ack([]byte(id.category)...)
	case 244:
		return ack([]byte(id.product)...)
	case 242:
		return ack(byte(id.serial), byte(id.serial>>8), byte(id.serial>>16))
	case 241:
		return ack([]byte("SIM-1.0")...)
	case 192:
		return ack([]byte("TEST")...)
	case 4:
		return ack(1, 4, 7)
	case 1:
		s.reset()
		return ack()
	default:
		return s.answer(header, data)
	}
}

// bytes24 is a 24-bit counter, lowest byte first.
func bytes24(n uint32) reply { return ack(byte(n), byte(n>>8), byte(n>>16)) }
