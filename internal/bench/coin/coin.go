// Package coin is a coin vendor that is not there: internal/bench/coin/still, which stands still, driven by the clock,
// behind a lock, and hung on a USB adapter ([NewAdapter]) or a connection in memory ([Machine.Dial]).
//
// Who calls it: the desk (a person drops coins, empties the tray, makes things fail) and tests.
package coin

import (
	"sync"
	"time"

	"github.com/kioskd/kioskd/internal/bench/coin/still"
	"github.com/kioskd/kioskd/internal/bench/coin/trouble"
)

// What the machine is made of, under the names that its callers use.
type (
	Coins     = still.Coins
	Trays     = still.Trays
	Options   = still.Options
	Addresses = still.Addresses
	CoinType  = still.CoinType
	Seen      = still.Seen
	Fault     = trouble.Fault
)

// Defaults is the reference machine at the speed of a real one.
func Defaults() Options { return still.Defaults() }

// ErrSlotFull says that too many coins wait already.
var ErrSlotFull = still.ErrSlotFull

// Faults that tests name.
const (
	LoseCommand  = trouble.LoseCommand
	LoseReply    = trouble.LoseReply
	CorruptReply = trouble.CorruptReply
	PowerCycle   = trouble.PowerCycle
	JamHopper    = trouble.JamHopper
	JammedHopper = trouble.JammedHopper
	JamEscrow    = trouble.JamEscrow
	StickEscrow  = trouble.StickEscrow
	Astray       = trouble.Astray
	Reject       = trouble.Reject
	Rush         = trouble.Rush
)

// Machine is the coin vendor. Its methods may be called from any goroutine.
type Machine struct {
	began time.Time
	ready chan struct{} // one token when there is something to read

	mu      sync.Mutex
	unit    *still.Unit
	moved   uint64
	changed chan struct{} // closed at the next change
	timer   *time.Timer   // until the next thing is due
	due     time.Duration // what the timer waits for
	cable   Cable         // as last told
	dialled map[int]func()
	dials   int
	watcher func(Cable)
	news    []func() // for those outside, told one after another and without the lock
	telling bool
}

// Cable is how the machine hangs on the host.
type Cable struct {
	In   bool // the plug is in
	Held bool // another program holds the interface
}

// New makes a machine that is switched on, and at whose pace time passes from now.
func New(o Options) *Machine {
	m := &Machine{
		began: time.Now(), unit: still.New(o), ready: make(chan struct{}, 1), changed: make(chan struct{}),
		cable: Cable{In: true}, dialled: map[int]func(){},
	}
	m.moved = m.unit.Moved()
	return m
}

// do lets happen what is due, does something, and sees to what follows.
func (m *Machine) do(something func(u *still.Unit)) {
	m.mu.Lock()
	defer m.mu.Unlock()
	now := time.Since(m.began)
	m.unit.Advance(now)
	something(m.unit)
	m.unit.Advance(now) // what takes no time
	m.follow()
	if m.telling {
		return // whoever tells will tell this too
	}
	m.telling = true
	for len(m.news) > 0 {
		tell := m.news[0]
		m.news = m.news[1:]
		m.mu.Unlock()
		tell()
		m.mu.Lock()
	}
	m.telling = false
}

// follow tells whoever waits, and sets the timer for what comes next. The lock is held.
func (m *Machine) follow() {
	if now := m.unit.Moved(); now != m.moved {
		m.moved = now
		close(m.changed)
		m.changed = make(chan struct{})
	}
	if m.unit.Saying() > 0 {
		select {
		case m.ready <- struct{}{}:
		default:
		}
	}
	for _, in := range m.unit.Plugs() {
		m.rehang(Cable{in, m.unit.Held()})
	}
	if held := m.unit.Held(); held != m.cable.Held {
		m.rehang(Cable{m.cable.In, held})
	}
	due, ok := m.unit.Due()
	if m.timer != nil && ok && due == m.due {
		return
	}
	if m.timer != nil {
		m.timer.Stop()
		m.timer = nil
	}
	if ok {
		m.due = due
		m.timer = time.AfterFunc(due-time.Since(m.began), m.wake)
	}
}

// wake is the timer's.
func (m *Machine) wake() {
	m.mu.Lock()
	m.timer = nil
	m.mu.Unlock()
	m.do(func(*still.Unit) {})
}

// rehang ends connections that lost their cable, and tells who watches it. The lock is held.
func (m *Machine) rehang(c Cable) {
	m.cable = c
	if !c.In || c.Held {
		for _, end := range m.dialled {
			m.news = append(m.news, end)
		}
	}
	if watcher := m.watcher; watcher != nil {
		m.news = append(m.news, func() { watcher(c) })
	}
}

// Watch has a function called whenever the cable changes, in order; it may call the machine. Call it once, before the
// machine is used.
func (m *Machine) Watch(cable func(Cable)) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.watcher = cable
}

// AtByte calls a function when n more bytes, 1 or more, have gone over the line, both ways together: at that byte no
// later one has passed. The function must not call the machine.
func (m *Machine) AtByte(n int, do func()) { m.do(func(u *still.Unit) { u.AtByte(n, do) }) }

// Bytes counts what has gone over the line so far, both ways together.
func (m *Machine) Bytes() (n int) {
	m.do(func(u *still.Unit) { n = u.Bytes() })
	return n
}

// Trays says where every coin is: the physical truth.
func (m *Machine) Trays() (t Trays) {
	m.do(func(u *still.Unit) { t = u.Trays() })
	return t
}

// Bounced counts the coins that came straight back from the acceptor, so far: they were never the machine's.
func (m *Machine) Bounced() (c Coins) {
	m.do(func(u *still.Unit) { c = u.Bounced() })
	return c
}

// Changed gives a channel that is closed when a coin or a device's state next changes.
func (m *Machine) Changed() <-chan struct{} {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.changed
}

// Insert drops one coin into the slot. Coins that the acceptor does not know or does not want come back. The slot lets
// one coin through at a time; ErrSlotFull says that too many wait before it.
func (m *Machine) Insert(yen int) (err error) {
	m.do(func(u *still.Unit) { err = u.Insert(yen) })
	return err
}

// Take empties the return tray.
func (m *Machine) Take() (taken Coins) {
	m.do(func(u *still.Unit) { taken = u.Take() })
	return taken
}

// Lever pushes the return lever.
func (m *Machine) Lever() { m.do((*still.Unit).Lever) }

// Refill puts n coins into the hopper of a kind by hand; with n below 0 it takes some out.
func (m *Machine) Refill(yen, n int) (err error) {
	m.do(func(u *still.Unit) { err = u.Refill(yen, n) })
	return err
}

// EmptyCashBox takes the cash box's coins out.
func (m *Machine) EmptyCashBox() (taken Coins) {
	m.do(func(u *still.Unit) { taken = u.EmptyCashBox() })
	return taken
}

// Power switches the machine on or off. Coins stay where they are; counts that a real unit keeps are kept.
func (m *Machine) Power(on bool) { m.do(func(u *still.Unit) { u.Power(on) }) }

// On says whether the machine has power.
func (m *Machine) On() (on bool) {
	m.do(func(u *still.Unit) { on = u.On() })
	return on
}

// Frames says how often each device was given each command.
func (m *Machine) Frames() (seen map[Seen]int) {
	m.do(func(u *still.Unit) { seen = u.Frames() })
	return seen
}

// AddFault arms a fault and gives its number, from 1 on. It refuses what makes no sense and says what would.
func (m *Machine) AddFault(f Fault) (id int, err error) {
	m.do(func(u *still.Unit) { id, err = u.AddFault(f) })
	return id, err
}

// ClearFault disarms a fault, or clears the jam that it left; other faults and their jams stay. A fault that has
// happened and left nothing is fine. It says whether there ever was one of that number.
func (m *Machine) ClearFault(id int) (was bool) {
	m.do(func(u *still.Unit) { was = u.ClearFault(id) })
	return was
}

// ClearJams frees all that is jammed, as a clerk would.
func (m *Machine) ClearJams() { m.do((*still.Unit).ClearJams) }

// Faults says what is armed and what is jammed, by number.
func (m *Machine) Faults() (all map[int]Fault) {
	m.do(func(u *still.Unit) { all = u.Faults() })
	return all
}
