package coin

import (
	"fmt"
	"slices"
)

// What can be made to go wrong.
const (
	LoseCommand  = "lose-command"  // the next command with the header does not reach the device
	LoseReply    = "lose-reply"    // it is carried out and its answer is lost
	CorruptReply = "corrupt-reply" // its answer comes damaged
	PowerCycle   = "power-cycle"   // power fails for a moment: after the command, or after a hopper's coin (Yen)
	JamHopper    = "jam-hopper"    // the hopper of ¥Yen jams instead of paying
	JammedHopper = "jammed-hopper" // the hopper of ¥Yen is jammed already, and says so when it is asked
	JamEscrow    = "jam-escrow"    // the flap jams in its next movement
	StickEscrow  = "stick-escrow"  // Code coins stay behind in the next movement
	Astray       = "astray"        // the next coin is accepted and reported as event Code, not as a credit
	Reject       = "reject"        // the next coin is taken for a bad one and falls into the return tray
)

// Fault is one thing to go wrong, once.
type Fault struct {
	Do     string `json:"do"`
	Device byte   `json:"device,omitempty"` // address; 0 is any
	Header byte   `json:"header,omitempty"` // for faults of the line
	Yen    int    `json:"yen,omitempty"`    // for faults of a hopper
	Code   byte   `json:"code,omitempty"`
	After  int    `json:"after,omitempty"` // occasions that still go well
}

type fault struct {
	Fault
	id int
}

// AddFault arms a fault and gives its number.
func (m *Machine) AddFault(f Fault) (id int, err error) {
	line := []string{LoseCommand, LoseReply, CorruptReply, PowerCycle}
	hoppers := []string{JamHopper, JammedHopper, PowerCycle}
	coins := []string{JamEscrow, StickEscrow, Astray, Reject}
	switch {
	case f.Header != 0 && slices.Contains(line, f.Do):
	case f.Yen != 0 && slices.Contains(hoppers, f.Do):
	case slices.Contains(coins, f.Do):
		f.Code = max(f.Code, 1)
	default:
		return 0, fmt.Errorf("bench/coin: fault %q needs a header (%v), a kind of coin (%v) or is one of %v",
			f.Do, line, hoppers, coins)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.faultID++
	if f.Do == JammedHopper {
		for _, h := range m.hoppers {
			h.jammed = h.jammed || h.yen == f.Yen
		}
		return m.faultID, nil
	}
	m.faults = append(m.faults, fault{f, m.faultID})
	return m.faultID, nil
}

// ClearFault disarms a fault; with a fault that has happened it clears the jam that is left.
func (m *Machine) ClearFault(id int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.faults = slices.DeleteFunc(m.faults, func(f fault) bool { return f.id == id })
	m.change()
}

// ClearJams frees all that is jammed, as a clerk would.
func (m *Machine) ClearJams() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.escrow.fault = 0
	for _, h := range m.hoppers {
		h.jammed = false
	}
	m.change()
}

// Faults says what is armed, by number.
func (m *Machine) Faults() map[int]Fault {
	m.mu.Lock()
	defer m.mu.Unlock()
	all := map[int]Fault{}
	for _, f := range m.faults {
		all[f.id] = f.Fault
	}
	return all
}

// strike says whether an armed fault fits and happens now.
func (m *Machine) strike(fits func(Fault) bool) (Fault, bool) {
	for i := range m.faults {
		f := &m.faults[i]
		if !fits(f.Fault) {
			continue
		}
		if f.After > 0 {
			f.After--
			return Fault{}, false
		}
		struck := f.Fault
		m.faults = slices.Delete(m.faults, i, i+1)
		return struck, true
	}
	return Fault{}, false
}

func (m *Machine) lineFault(do string, addr, header byte) bool {
	_, is := m.strike(func(f Fault) bool {
		return f.Do == do && f.Header == header && (f.Device == 0 || f.Device == addr)
	})
	return is
}

func (m *Machine) hopperFault(do string, yen int) bool {
	_, is := m.strike(func(f Fault) bool { return f.Do == do && f.Header == 0 && f.Yen == yen })
	return is
}

// coinFault gives the code of a fault of the slot or the escrow, 0 if there is none.
func (m *Machine) coinFault(do string) byte {
	f, _ := m.strike(func(f Fault) bool { return f.Do == do })
	return f.Code
}

// cycle is a short loss of power.
func (m *Machine) cycle() {
	m.powerOff()
	m.later(m.opt.PowerUp, func() {
		if !m.on {
			m.powerOn()
		}
	})
}
