package still

import (
	"encoding/hex"
	"slices"
	"time"

	"github.com/kioskd/kioskd/internal/bench/coin/trouble"
)

// armed is a fault that waits to happen, or that happened and left something that stands.
type armed struct {
	trouble.Fault
	id   int
	free func() // takes away what stands; nil while it waits
}

// troubles are the faults of a unit.
type troubles struct {
	waiting  []armed
	standing []armed
	last     int // number of the newest
}

// armed says whether a lasting fault is there.
func (t *troubles) armed(do string) bool {
	return slices.ContainsFunc(t.waiting, func(f armed) bool { return f.Do == do })
}

// strike says whether a fault that fits happens now; what still goes well counts.
func (t *troubles) strike(fits func(trouble.Fault) bool) (armed, bool) {
	for i := range t.waiting {
		f := &t.waiting[i]
		if !fits(f.Fault) {
			continue
		}
		if f.After > 0 {
			f.After--
			return armed{}, false
		}
		struck := *f
		if f.Do == trouble.Busy && f.Pieces > 1 {
			f.Pieces--
			return struck, true
		}
		t.waiting = slices.Delete(t.waiting, i, i+1)
		return struck, true
	}
	return armed{}, false
}

// strike is for faults of coins and of the escrow.
func (u *Unit) strike(do string) (armed, bool) {
	return u.troubles.strike(func(f trouble.Fault) bool { return f.Do == do })
}

func (u *Unit) happens(do string) bool {
	_, is := u.strike(do)
	return is
}

func (u *Unit) lineStrike(do string, addr, header byte) (armed, bool) {
	return u.troubles.strike(func(f trouble.Fault) bool {
		return f.Do == do && f.Header == header && (f.Device == 0 || f.Device == addr)
	})
}

func (u *Unit) lineFault(do string, addr, header byte) bool {
	_, is := u.lineStrike(do, addr, header)
	return is
}

func (u *Unit) hopperFault(do string, yen int) (armed, bool) {
	return u.troubles.strike(func(f trouble.Fault) bool { return f.Do == do && f.Header == 0 && f.Yen == yen })
}

// busyOr answers BUSY where a fault says so; the command is not carried out then.
func (u *Unit) busyOr(addr, header byte, obey func() reply) reply {
	if u.lineFault(trouble.Busy, addr, header) {
		return reply{header: headBusy}
	}
	return obey()
}

// babble lets the foreign bytes of a fault pass: host and devices hear them.
func (u *Unit) babble(f armed) {
	b, _ := hex.DecodeString(f.Hex) // checked when it was armed
	u.utter(b)
	if u.on {
		u.line.heard = append(u.line.heard, b...)
		u.line.gap++
		gap := u.line.gap
		u.soon(frameGap, func() {
			if u.line.gap == gap {
				u.line.heard = nil
			}
		})
	}
}

// stand keeps a fault that has struck in mind until a clerk, or its removal, frees what it left.
func (u *Unit) stand(f armed, free func()) {
	f.free = free
	u.troubles.standing = append(u.troubles.standing, f)
}

// AddFault arms a fault and gives its number, from 1 on. It refuses what makes no sense and says what would.
func (u *Unit) AddFault(f trouble.Fault) (id int, err error) {
	if f, err = f.Check(u.opt.Addresses.list()); err != nil {
		return 0, err
	}
	if f.Do == trouble.Refill {
		if err := u.Refill(f.Yen, f.Pieces); err != nil {
			return 0, err
		}
	}
	u.troubles.last++
	a := armed{Fault: f, id: u.troubles.last}
	if !u.atOnce(a) {
		u.troubles.waiting = append(u.troubles.waiting, a)
	}
	u.change()
	return a.id, nil
}

// atOnce lets happen what does not wait for an occasion, and lets wait what waits for a byte.
func (u *Unit) atOnce(a armed) bool {
	switch {
	case a.Do == trouble.Refill: // done
	case a.Do == trouble.JammedHopper:
		h := u.hopperOf(a.Yen)
		h.jam++
		u.stand(a, func() { h.jam-- })
	case a.Do == trouble.SwapDevice:
		u.slaveAt(a.Device).replace()
		if u.on {
			u.cycle()
		}
	case a.Do == trouble.Foreign && a.Header == 0:
		u.babble(a)
	case a.Do == trouble.PullLever && a.Header == 0 && a.Byte == 0:
		u.Lever()
	case a.Byte > 0:
		u.AtByte(a.Byte, func() {
			if i := slices.IndexFunc(u.troubles.waiting, func(w armed) bool { return w.id == a.id }); i >= 0 {
				u.troubles.waiting = slices.Delete(u.troubles.waiting, i, i+1)
				u.onByte(a)
			}
		})
		return false
	default:
		return false
	}
	return true
}

// onByte is what waited for a byte.
func (u *Unit) onByte(a armed) {
	switch a.Do {
	case trouble.PowerCycle:
		u.cycle()
	case trouble.PullLever:
		u.Lever()
	case trouble.Unplug:
		u.plug(false)
		u.later(time.Duration(a.Ms)*time.Millisecond, func() { u.plug(true) })
	default:
		panic("bench/coin: a fault that waits for no byte waited for one")
	}
}

// Held says whether another program holds the USB interface.
func (u *Unit) Held() bool { return u.troubles.armed(trouble.HoldInterface) }

// ClearFault disarms a fault, or clears the jam that it left; other faults and their jams stay. A fault that has
// happened and left nothing is fine. It says whether there ever was one of that number.
func (u *Unit) ClearFault(id int) bool {
	t := &u.troubles
	one := func(f armed) bool { return f.id == id }
	if i := slices.IndexFunc(t.waiting, one); i >= 0 {
		f := t.waiting[i]
		t.waiting = slices.Delete(t.waiting, i, i+1)
		u.ended(f.Do)
	}
	if i := slices.IndexFunc(t.standing, one); i >= 0 {
		free := t.standing[i].free
		t.standing = slices.Delete(t.standing, i, i+1)
		free()
	}
	u.change()
	return id > 0 && id <= t.last
}

// ended is what follows when a lasting fault ends: a way that was blocked is free.
func (u *Unit) ended(do string) {
	if do != trouble.BlockChute || u.troubles.armed(do) {
		return
	}
	for yen, n := range u.chute {
		for range n {
			u.stuck.take(yen)
		}
		u.tray[yen] += n
	}
	u.chute = Coins{}
}

// ClearJams frees all that is jammed and opens all that is blocked or full, as a clerk would.
func (u *Unit) ClearJams() {
	all := u.troubles.standing
	u.troubles.standing = nil
	for _, f := range all {
		f.free()
	}
	seen := func(f armed) bool { return f.Do == trouble.BlockChute || f.Do == trouble.FullEscrow }
	u.troubles.waiting = slices.DeleteFunc(u.troubles.waiting, seen)
	u.ended(trouble.BlockChute)
	u.change()
}

// Faults says what is armed and what is jammed, by number.
func (u *Unit) Faults() map[int]trouble.Fault {
	all := map[int]trouble.Fault{}
	for _, f := range slices.Concat(u.troubles.waiting, u.troubles.standing) {
		all[f.id] = f.Fault
	}
	return all
}
