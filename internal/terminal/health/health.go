// Package health keeps what stands against service now: facts in, one question out. It never holds money; the session
// and the journal do.
package health

import (
	"maps"
	"slices"
	"strings"

	"github.com/kioskd/kioskd/internal/domain"
)

// Fault is a reason why nobody can be served; what is declared of it stands in domain.
type Fault = domain.FaultCode

// The faults, as the terminal speaks of them.
const (
	Reader   = domain.FaultReader
	Stop     = domain.FaultStop
	Staff    = domain.FaultStaff
	LateCoin = domain.FaultLateCoin
	Tray     = domain.FaultTray
	Coin     = domain.FaultCoin
	Journal  = domain.FaultJournal
	Printer  = domain.FaultPrinter
	CoinPart = domain.FaultCoinPart
	Center   = domain.FaultCenter
	Clock    = domain.FaultClock
	Renewed  = domain.FaultRenewed
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
	Staff: {Clerk, Service}, LateCoin: {Clerk, Service}, Tray: {Clerk, Service}, CoinPart: {Clerk, Service},
	Stop: {Service}, Renewed: {Service},
	domain.FaultNoSheet: {Clerk, Service}, domain.FaultBadSheet: {Clerk, Service},
	domain.FaultForeign: {Clerk, Service},
}

// Lasting reports that only a person ends the fault, so that it outlives every start (D-03, X-12).
func Lasting(f Fault) bool { return len(endedBy[f]) > 0 }

// Said are what a resident says of the sheets; whoever decides about those has heard it.
var Said = [...]Fault{domain.FaultNoSheet, domain.FaultBadSheet, domain.FaultForeign}

// EndedBy reports whether a turn of the key ends the fault.
func EndedBy(f Fault, k Key) bool { return slices.Contains(endedBy[f], k) }

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

// All gives the faults in the order of their numbers.
func (f *Faults) All() []Fault { return slices.Sorted(maps.Keys(f.set)) }

// Text names the faults in small print, in a fixed order.
func (f *Faults) Text() string {
	var all []string
	for _, x := range f.All() {
		all = append(all, x.String())
	}
	return strings.Join(all, " ")
}
