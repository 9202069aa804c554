package coin

import (
	"fmt"
	"maps"
	"slices"
	"strings"
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
	Rush         = "rush"          // coins pass the slot without a gap, until the fault is cleared
)

// Fault is one thing to go wrong, once.
type Fault struct {
	Do     string `json:"do"`
	Device byte   `json:"device,omitempty"` // address; 0 is any
	Header byte   `json:"header,omitempty"` // for faults of the line
	Yen    int    `json:"yen,omitempty"`    // for faults of a hopper
	Code   byte   `json:"code,omitempty"`   // 0 is 1
	After  int    `json:"after,omitempty"`  // occasions that still go well
}

type fault struct {
	Fault
	id int
}

// needs says what a fault is told beside After.
type needs struct{ header, yen, code bool }

// known are the faults and what they need; of header and yen one is enough.
var known = map[string]needs{
	LoseCommand: {header: true}, LoseReply: {header: true}, CorruptReply: {header: true},
	PowerCycle: {header: true, yen: true}, JamHopper: {yen: true}, JammedHopper: {yen: true},
	JamEscrow: {}, StickEscrow: {code: true}, Astray: {code: true}, Reject: {}, Rush: {},
}

// check says what is wrong with a fault and what would be right.
func (m *Machine) check(f Fault) error {
	needs, ok := known[f.Do]
	if !ok {
		return fmt.Errorf("bench/coin: there is no fault %q; there are %s", f.Do,
			strings.Join(slices.Sorted(maps.Keys(known)), ", "))
	}
	line, hopper := f.Header != 0, f.Yen != 0
	switch {
	case line && !needs.header || hopper && !needs.yen || f.Code != 0 && !needs.code || f.Device != 0 && !line:
		return fmt.Errorf("bench/coin: fault %q takes %s", f.Do, needs)
	case (needs.header || needs.yen) && line == hopper:
		return fmt.Errorf("bench/coin: fault %q takes %s", f.Do, needs)
	case hopper && !slices.Contains(hopperYen[:], f.Yen):
		return fmt.Errorf("bench/coin: there is no hopper of ¥%d; there are %v", f.Yen, hopperYen)
	case f.Device != 0 && m.slaveAt(f.Device) == nil:
		return fmt.Errorf("bench/coin: there is no device %d; there are %+v", f.Device, m.opt.Addresses)
	case f.After < 0:
		return fmt.Errorf("bench/coin: after is 0 or more, not %d", f.After)
	}
	return nil
}

func (n needs) String() string {
	words := []string{}
	switch {
	case n.header && n.yen:
		words = append(words, "a header (and a device) or a kind of coin as yen")
	case n.header:
		words = append(words, "a header (and a device)")
	case n.yen:
		words = append(words, fmt.Sprintf("a kind of coin as yen, one of %v", hopperYen))
	}
	if n.code {
		words = append(words, "a code")
	}
	return strings.Join(append(words, "after"), ", ")
}

// AddFault arms a fault and gives its number, from 1 on.
func (m *Machine) AddFault(f Fault) (id int, err error) {
	if err := m.check(f); err != nil {
		return 0, err
	}
	if known[f.Do].code {
		f.Code = max(f.Code, 1)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.faultID++
	armed := fault{f, m.faultID}
	if f.Do != JammedHopper {
		m.faults = append(m.faults, armed)
		return m.faultID, nil
	}
	h := m.hoppers[slices.Index(hopperYen[:], f.Yen)]
	h.jam = armed.id
	m.stand(armed)
	return m.faultID, nil
}

// stand keeps a fault that has struck in mind until its jam is cleared.
func (m *Machine) stand(f fault) { m.standing = append(m.standing, f) }

// ClearFault disarms a fault, or clears the jam that it left; other faults and their jams stay. A fault that has
// happened and left nothing is fine. It says whether there ever was one of that number.
func (m *Machine) ClearFault(id int) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	one := func(f fault) bool { return f.id == id }
	m.faults = slices.DeleteFunc(m.faults, one)
	m.standing = slices.DeleteFunc(m.standing, one)
	m.free(func(jam int) bool { return jam == id })
	m.change()
	return id > 0 && id <= m.faultID
}

// ClearJams frees all that is jammed, as a clerk would.
func (m *Machine) ClearJams() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.standing = nil
	m.free(func(int) bool { return true })
	m.change()
}

func (m *Machine) free(is func(jam int) bool) {
	if is(m.escrow.jam) {
		m.escrow.fault, m.escrow.jam = 0, 0
	}
	for _, h := range m.hoppers {
		if is(h.jam) {
			h.jam = 0
		}
	}
}

// Faults says what is armed and what is jammed, by number.
func (m *Machine) Faults() map[int]Fault {
	m.mu.Lock()
	defer m.mu.Unlock()
	all := map[int]Fault{}
	for _, f := range slices.Concat(m.faults, m.standing) {
		all[f.id] = f.Fault
	}
	return all
}

// armed says whether a lasting fault is there.
func (m *Machine) armed(do string) bool {
	return slices.ContainsFunc(m.faults, func(f fault) bool { return f.Do == do })
}

// strike says whether an armed fault fits and happens now.
func (m *Machine) strike(fits func(Fault) bool) (fault, bool) {
	for i := range m.faults {
		f := &m.faults[i]
		if !fits(f.Fault) {
			continue
		}
		if f.After > 0 {
			f.After--
			return fault{}, false
		}
		struck := *f
		m.faults = slices.Delete(m.faults, i, i+1)
		return struck, true
	}
	return fault{}, false
}

func (m *Machine) lineFault(do string, addr, header byte) bool {
	_, is := m.strike(func(f Fault) bool {
		return f.Do == do && f.Header == header && (f.Device == 0 || f.Device == addr)
	})
	return is
}

func (m *Machine) hopperFault(do string, yen int) (fault, bool) {
	return m.strike(func(f Fault) bool { return f.Do == do && f.Header == 0 && f.Yen == yen })
}

// coinFault gives the code of a fault of the slot or the escrow, 0 if there is none.
func (m *Machine) coinFault(do string) byte {
	f, is := m.strike(func(f Fault) bool { return f.Do == do })
	if !is {
		return 0
	}
	return max(f.Code, 1)
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
