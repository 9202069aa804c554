package coin

import (
	"errors"
	"fmt"
)

// slot is the mouth of the machine: it lets one coin through at a time, however fast they are pushed in, because an
// acceptor tells only its last five events.
type slot struct {
	waiting []piece
	open    bool // a coin has just gone through: the next one waits
	through int  // coins of a worth with several types alternate by it
}

// maxWaiting is how many coins a person can hold before the slot.
const maxWaiting = 64

// ErrSlotFull says that too many coins wait already.
var ErrSlotFull = errors.New("bench/coin: the slot is full; wait until coins have gone through")

// Insert drops one coin into the slot. Coins that the acceptor does not know or does not want come back.
func (m *Machine) Insert(yen int) error {
	if yen <= 0 || yen > 500 {
		return fmt.Errorf("bench/coin: there is no coin of ¥%d", yen)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.slot.waiting) >= maxWaiting {
		return ErrSlotFull
	}
	m.flying[yen]++
	m.slot.waiting = append(m.slot.waiting, piece{yen: yen})
	if !m.slot.open {
		m.pass()
	}
	m.change()
	return nil
}

// pass lets the next coin through; its end is when none waits.
func (m *Machine) pass() {
	s := &m.slot
	for s.open = false; len(s.waiting) > 0 && !s.open; {
		c := s.waiting[0]
		s.waiting = s.waiting[1:]
		s.through++
		m.acceptor.insert(c, s.through)
		s.open = m.opt.Gap > 0 && !m.armed(Rush)
	}
	if s.open {
		m.soon(m.opt.Gap, m.pass)
	}
}
