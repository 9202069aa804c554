// Package health keeps what stands against service now: facts in, one question out. It never holds money; the session
// and the journal do.
package health

import (
	"maps"
	"slices"
	"strings"
)

// Fault is a reason why nobody can be served; its text is the small print for staff.
type Fault string

// The faults.
const (
	Reader   Fault = "reader"    // no reader, or its service is down
	Stop     Fault = "stop"      // D-03: pages or a person did not match; cleared by a person
	Staff    Fault = "staff"     // a clerk was called and has not come
	LateCoin Fault = "late-coin" // a coin came outside a deposit
	Tray     Fault = "tray"      // a sheet may lie in the tray or in the printer, and nobody has said that it was taken
	Coin     Fault = "coin"      // the coin vendor is needed and is not there
	Journal  Fault = "journal"   // the journal cannot write
	Printer  Fault = "printer"   // the printer is needed and is not there
)

// Key is a key that a person turns at the machine. Maintenance mode will know who turned it.
type Key string

// The keys.
const (
	Clerk   Key = "clerk"   // of the shop: has emptied the tray and looked into the machine
	Service Key = "service" // of the operator: has also looked into why pages or a person did not match
)

// endedBy says which key ends a fault. A fault that is not here ends by itself, when its cause does.
var endedBy = map[Fault][]Key{
	Staff: {Clerk, Service}, LateCoin: {Clerk, Service}, Tray: {Clerk, Service}, Stop: {Service},
}

// Lasting reports that only a person ends the fault, so that it outlives every start (D-03, X-12).
func (f Fault) Lasting() bool { return len(endedBy[f]) > 0 }

// EndedBy reports whether a turn of the key ends the fault.
func (f Fault) EndedBy(k Key) bool { return slices.Contains(endedBy[f], k) }

// Faults is the set of them. It belongs to one goroutine. The zero value is a machine without a fault.
type Faults struct {
	set  map[Fault]bool
	news bool // somebody should look
}

// Raise adds a fault.
func (f *Faults) Raise(x Fault) {
	if f.set == nil {
		f.set = map[Fault]bool{}
	}
	f.set[x], f.news = true, true
}

// Clear takes a fault away.
func (f *Faults) Clear(x Fault) {
	delete(f.set, x)
	f.news = true
}

// Has reports a fault.
func (f *Faults) Has(x Fault) bool { return f.set[x] }

// Any reports whether there is a fault at all.
func (f *Faults) Any() bool { return len(f.set) > 0 }

// Look asks for the faults to be held against the state of the machine once more.
func (f *Faults) Look() { f.news = true }

// Looked says that this was done.
func (f *Faults) Looked() { f.news = false }

// ready is a channel that is always ready.
var ready = func() chan struct{} {
	c := make(chan struct{})
	close(c)
	return c
}()

// Changed is ready as long as somebody should look.
func (f *Faults) Changed() <-chan struct{} {
	if f.news {
		return ready
	}
	return nil
}

// All gives the faults in a fixed order.
func (f *Faults) All() []Fault { return slices.Sorted(maps.Keys(f.set)) }

// Text names the faults in small print, in a fixed order.
func (f *Faults) Text() string {
	var all []string
	for _, x := range f.All() {
		all = append(all, string(x))
	}
	return strings.Join(all, " ")
}
