// Package printer is a simulated A4 duplex printer with a driverless protocol: IPP 2.0 and PWG raster in, finished
// sheets in an output tray out, counted by the machine itself.
//
// It is a model with state, not a recording: paper and toner run down, an obstacle stops it in the middle of a job,
// and what lies in the tray is what a person would take. It knows two plugs: a USB device with two IPP-over-USB
// interfaces ([Printer.USB]) and a plain TCP listener for tools ([Printer.Serve]).
//
// Who calls it: kioskbench and tests. It shares no code with kioskd's client but the raster codec.
//
// Sources: RFC 8010, 8011; PWG 5100.12; PWG 5102.4; IPP over USB 1.0.
package printer

import (
	"crypto/rand"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/kioskd/kioskd/pkg/printer/pwg"
)

// maxTray is how many sheets the output tray holds.
const maxTray = 100

// Options is how one machine is built.
type Options struct {
	Serial       string        // "" = "SIM0001"
	SheetBack    pwg.SheetBack // how it wants backs
	GreyOnly     bool          // offers sgray_8 only
	NoSheetCount bool          // tells no job-media-sheets-completed and no life counters
	OneInterface bool          // one 7/1/4 interface instead of two
	Reprints     bool          // offers Restart-Job, which kioskd must refuse
	Paper        int           // sheets loaded; 0 = 250
	SheetTime    time.Duration // from fed to stacked
}

// Printer is one machine.
type Printer struct {
	opt  Options
	uuid string
	born time.Time

	mu          sync.Mutex
	changed     chan struct{} // closed and replaced at each change
	jobs        []*job
	lastID      int
	running     bool // the engine has work
	paper       int
	toner       int // percent
	impressions int // life counters
	sheets      int
	tray        []Sheet
	obstacles   map[string]bool // printer-state-reasons set from outside
	operations  map[string]int  // how often each was asked
	refused     int             // answers that were no success
}

// New builds a machine; nothing runs yet.
func New(o Options) *Printer {
	if o.Serial == "" {
		o.Serial = "SIM0001"
	}
	if o.Paper == 0 {
		o.Paper = 250
	}
	return &Printer{
		opt: o, uuid: newUUID(), born: time.Now(), changed: make(chan struct{}), paper: o.Paper, toner: 100,
		obstacles: map[string]bool{}, operations: map[string]int{},
	}
}

// newUUID makes a random UUID URN.
func newUUID() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails
	return fmt.Sprintf("urn:uuid:%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}

// wake tells waiters of a change. mu is held.
func (p *Printer) wake() {
	close(p.changed)
	p.changed = make(chan struct{})
}

// Set puts an obstacle in the machine's way or takes it away: a printer-state-reasons keyword with its suffix, as
// media-jam-error, cover-open, toner-low-warning. The machine stops unless the suffix is -report or -warning.
func (p *Printer) Set(reason string, on bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if on {
		p.obstacles[reason] = true
	} else {
		delete(p.obstacles, reason)
	}
	p.wake()
}

// Load adds sheets to the paper tray.
func (p *Printer) Load(sheets int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.paper += sheets
	p.wake()
}

// Sheets shows what lies in the output tray, oldest first.
func (p *Printer) Sheets() []Sheet {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.tray)
}

// Take empties the output tray.
func (p *Printer) Take() []Sheet {
	p.mu.Lock()
	defer p.mu.Unlock()
	out := p.tray
	p.tray = nil
	p.wake()
	return out
}

// Levels is what a person sees on the machine.
type Levels struct {
	State       string         `json:"state"` // idle, processing, stopped
	Reasons     []string       `json:"reasons"`
	Paper       int            `json:"paper"`       // sheets loaded
	Toner       int            `json:"toner"`       // percent
	Tray        int            `json:"tray"`        // sheets in the output tray
	Impressions int            `json:"impressions"` // life counter: sides
	Sheets      int            `json:"sheets"`      // life counter
	Jobs        int            `json:"jobs"`        // not final
	Operations  map[string]int `json:"operations"`  // IPP operations by name
	Refused     int            `json:"refused"`     // answered with an error
}

// Levels reads everything at once.
func (p *Printer) Levels() Levels {
	p.mu.Lock()
	defer p.mu.Unlock()
	l := Levels{
		State: stateNames[p.state()], Reasons: p.reasons(), Paper: p.paper, Toner: p.toner, Tray: len(p.tray),
		Impressions: p.impressions, Sheets: p.sheets, Operations: maps.Clone(p.operations), Refused: p.refused,
	}
	for _, j := range p.jobs {
		if !j.state.final() {
			l.Jobs++
		}
	}
	return l
}

// Changed returns a channel that closes at the next change, for whoever waits without asking again and again.
func (p *Printer) Changed() <-chan struct{} {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.changed
}

// PowerCycle switches the machine off and on: every job is forgotten, the tray and the counters stay.
func (p *Printer) PowerCycle() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, j := range p.jobs {
		if !j.state.final() {
			j.finish(jobAborted, "aborted-by-system")
		}
	}
	p.jobs = nil
	p.wake()
}

// Printer states (RFC 8011 §5.4.11).
const (
	stateIdle       = 3
	stateProcessing = 4
	stateStopped    = 5
)

var stateNames = map[int]string{stateIdle: "idle", stateProcessing: "processing", stateStopped: "stopped"}

// reasons lists printer-state-reasons, sorted; none = empty. mu is held.
func (p *Printer) reasons() []string {
	set := maps.Clone(p.obstacles)
	if p.paper == 0 {
		set["media-empty-error"] = true
	} else if p.paper < 20 {
		set["media-low-report"] = true
	}
	if len(p.tray) >= maxTray {
		set["output-area-full-error"] = true
	}
	return slices.Sorted(maps.Keys(set))
}

// blocked reports that nothing can be fed. mu is held.
func (p *Printer) blocked() bool {
	for _, r := range p.reasons() {
		if !strings.HasSuffix(r, "-report") && !strings.HasSuffix(r, "-warning") {
			return true
		}
	}
	return false
}

// state is printer-state. An empty paper tray alone stops nothing that does not want paper. mu is held.
func (p *Printer) state() int {
	for r := range p.obstacles {
		if !strings.HasSuffix(r, "-report") && !strings.HasSuffix(r, "-warning") {
			return stateStopped
		}
	}
	switch {
	case p.running && p.blocked():
		return stateStopped
	case p.running:
		return stateProcessing
	}
	return stateIdle
}
