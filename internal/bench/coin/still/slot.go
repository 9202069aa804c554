package still

import (
	"errors"
	"fmt"

	"github.com/kioskd/kioskd/internal/bench/coin/trouble"
)

// slot is the mouth of the machine: it lets one coin through at a time, however fast they are pushed in, because an
// acceptor tells only its last five events.
type slot struct {
	waiting []piece
	open    bool // a coin has just gone through: the next one waits
	through int  // coins of a worth with several types alternate by it
}

// MaxWaiting is how many coins a person can hold before the slot.
const MaxWaiting = 64

// ErrSlotFull says that too many coins wait already.
var ErrSlotFull = errors.New("bench/coin: the slot is full; wait until coins have gone through")

// Insert drops one coin into the slot. Coins that the acceptor does not know or does not want come back.
func (u *Unit) Insert(yen int) error {
	if yen <= 0 || yen > 500 {
		return fmt.Errorf("bench/coin: there is no coin of ¥%d", yen)
	}
	if len(u.slot.waiting) >= MaxWaiting {
		return ErrSlotFull
	}
	u.flying[yen]++
	u.slot.waiting = append(u.slot.waiting, piece{yen: yen})
	if !u.slot.open {
		u.pass()
	}
	u.change()
	return nil
}

// pass lets the next coin through; its end is when none waits.
func (u *Unit) pass() {
	s := &u.slot
	for s.open = false; len(s.waiting) > 0 && !s.open; {
		c := s.waiting[0]
		s.waiting = s.waiting[1:]
		s.through++
		if u.changer != nil {
			u.changer.insert(c, s.through)
		} else {
			u.acceptor.insert(c, s.through)
		}
		s.open = u.opt.Gap > 0 && !u.troubles.armed(trouble.Rush)
	}
	if s.open {
		u.soon(u.opt.Gap, u.pass)
	}
}
