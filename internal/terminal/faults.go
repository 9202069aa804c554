package terminal

import (
	"slices"
	"strings"

	"github.com/kioskd/kioskd/internal/terminal/session"
)

// Fault is a reason why nobody can be served; its text is the small print for staff.
type Fault string

// The faults.
const (
	FaultReader   Fault = "reader"    // no reader, or its service is down
	FaultStop     Fault = "stop"      // D-03: pages or a person did not match; cleared by a person
	FaultStaff    Fault = "staff"     // a clerk was called and has not come
	FaultLateCoin Fault = "late-coin" // a coin came outside a deposit
	FaultCoin     Fault = "coin"      // the coin vendor is needed and is not there
	FaultJournal  Fault = "journal"   // the journal cannot write
	FaultPrinter  Fault = "printer"   // the printer is needed and is not there
)

// clearedByStaff are the faults that end only by a person.
var clearedByStaff = []Fault{FaultStop, FaultStaff, FaultLateCoin}

// faults is what stands against service now. It belongs to the loop.
type faults struct {
	set   map[Fault]bool
	news  chan struct{}
	state bool // a look is due
}

// closed is a channel that is always ready.
var ready = func() chan struct{} {
	c := make(chan struct{})
	close(c)
	return c
}()

func (f *faults) raise(x Fault) { f.set[x], f.state = true, true }

func (f *faults) clear(x ...Fault) {
	for _, k := range x {
		delete(f.set, k)
	}
	f.state = true
}

// look asks for the faults to be held against the state once more.
func (f *faults) look() { f.state = true }

func (f *faults) changed() <-chan struct{} {
	if f.state {
		return ready
	}
	return f.news
}

func (f *faults) text() string {
	var all []string
	for k := range f.set {
		all = append(all, string(k))
	}
	slices.Sort(all)
	return strings.Join(all, " ")
}

// faultEvent holds the faults against the state: only an idle machine goes out of service or comes back.
func (t *Terminal) faultEvent() (session.Event, bool) {
	t.faults.state = false
	switch {
	case t.visit.State == session.OutOfService && len(t.faults.set) == 0:
		return session.Event{Kind: session.FaultCleared}, true
	case t.visit.Idle() && t.visit.State != session.OutOfService && len(t.faults.set) > 0:
		return session.Event{Kind: session.FaultSet}, true
	default:
		return session.Event{}, false
	}
}

// Clear is a clerk's word that tray, devices and reader are empty and the cause is gone.
func (t *Terminal) Clear() session.Event { return session.Event{Kind: session.StaffClear} }
