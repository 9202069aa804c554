// Package health keeps what stands against service now: facts in, one question out. It never holds money; the session
// and the journal do.
package health

import (
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
	Coin     Fault = "coin"      // the coin vendor is needed and is not there
	Journal  Fault = "journal"   // the journal cannot write
	Printer  Fault = "printer"   // the printer is needed and is not there
)

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

// Text names the faults in small print, in a fixed order.
func (f *Faults) Text() string {
	var all []string
	for k := range f.set {
		all = append(all, string(k))
	}
	slices.Sort(all)
	return strings.Join(all, " ")
}
