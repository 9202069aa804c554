package desk

import (
	"context"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/kioskd/kioskd/internal/bench/port"
)

// Bounds of following the kiosk.
const (
	maxWait   = 30 * time.Second       // of one long poll
	kioskWait = 20 * time.Second       // of one question to kioskd
	retry     = 100 * time.Millisecond // while kioskd is away
)

// board counts revisions and lets clients wait for the next.
type board struct {
	mu       sync.Mutex
	revision uint64
	kiosk    port.State
	running  bool
	screened uint64 // the revision at which the screen last changed
	moved    chan struct{}
}

func (b *board) init() { b.revision, b.moved = 1, make(chan struct{}) }

func (b *board) bump() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.next()
}

// next starts a new revision. mu is held.
func (b *board) next() {
	b.revision++
	close(b.moved)
	b.moved = make(chan struct{})
}

// take notes what kioskd said; running is false when it did not answer.
func (b *board) take(state port.State, running bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if running == b.running && state == b.kiosk {
		return
	}
	if state.Screen != b.kiosk.Screen || state.Entered != b.kiosk.Entered || running != b.running {
		b.screened = b.revision + 1
	}
	b.kiosk, b.running = state, running
	b.next()
}

// wait returns the revision and the kiosk's state as soon as the revision is above after, or when ctx ends.
func (b *board) wait(ctx context.Context, after uint64) (revision uint64, kiosk port.State, running bool) {
	for { // ends with ctx
		b.mu.Lock()
		revision, kiosk, running = b.revision, b.kiosk, b.running
		moved := b.moved
		b.mu.Unlock()
		if revision > after {
			return revision, kiosk, running
		}
		select {
		case <-moved:
		case <-ctx.Done():
			return revision, kiosk, running
		}
	}
}

// State is the answer of `GET /api/state`.
type State struct {
	Revision uint64 `json:"revision"`
	Kioskd   string `json:"kioskd"` // "running", "absent"
	// What kioskd says of itself; empty while it is absent.
	Screen     string     `json:"screen"`
	Session    string     `json:"session"`
	Entered    uint64     `json:"entered"` // changes of Session since kioskd's start
	Language   string     `json:"language"`
	Generation uint64     `json:"generation"`
	Boot       string     `json:"boot"`
	Visits     uint64     `json:"visits"`
	Outcome    string     `json:"outcome"`
	Refusal    string     `json:"refusal"`
	Money      port.Money `json:"money"`

	Devices       Devices `json:"devices"`
	ClockOffsetMs int64   `json:"clock_offset_ms"`
}

// Devices is what stands on the desk at a glance. Parts that are not built are absent.
type Devices struct {
	Reader  *ReaderState      `json:"reader,omitempty"`
	Coin    *Trays            `json:"coin,omitempty"`
	Printer *PrinterState     `json:"printer,omitempty"`
	Power   map[string]string `json:"power,omitempty"`
}

// ReaderState is the reader at a glance.
type ReaderState struct {
	Card string `json:"card"` // "" if none
}

// PrinterState is the printer at a glance.
type PrinterState struct {
	State  string   `json:"state"`
	Sheets []string `json:"sheets"` // ids of those in the output tray
}

// State reads everything now, or as soon as the revision is above after, at the latest when ctx ends.
func (d *Desk) State(ctx context.Context, after uint64) State {
	revision, kiosk, running := d.board.wait(ctx, after)
	s := State{Revision: revision, Kioskd: "absent"}
	if running {
		s.Kioskd, s.Screen, s.Session, s.Language = "running", kiosk.Screen, kiosk.Session, kiosk.Language
		s.Entered, s.Generation, s.Boot, s.Visits = kiosk.Entered, kiosk.Generation, kiosk.Boot, kiosk.Visits
		s.Outcome, s.Refusal, s.Money = kiosk.Outcome, kiosk.Refusal, kiosk.Money
	}
	if r := d.parts.Reader; r != nil {
		s.Devices.Reader = &ReaderState{r.Card()}
	}
	if c := d.parts.Coins; c != nil {
		trays := c.Trays()
		s.Devices.Coin = &trays
	}
	if p := d.parts.Printer; p != nil {
		s.Devices.Printer = &PrinterState{State: p.State(), Sheets: []string{}}
		for _, sheet := range p.Sheets() {
			s.Devices.Printer.Sheets = append(s.Devices.Printer.Sheets, sheet.ID)
		}
	}
	if p := d.parts.Power; p != nil {
		s.Devices.Power = p.State()
	}
	if c := d.parts.Clock; c != nil {
		s.ClockOffsetMs = c.Offset().Milliseconds()
	}
	return s
}

func (d *Desk) serveState(w http.ResponseWriter, r *http.Request) error {
	after, err := strconv.ParseUint(orZero(r.FormValue("after")), 10, 64)
	if err != nil {
		return bad("after is a revision that an earlier state gave, a whole number")
	}
	seconds, err := strconv.ParseFloat(orZero(r.FormValue("wait")), 64)
	if err != nil || seconds < 0 || seconds > maxWait.Seconds() {
		return bad("wait is in seconds, 0 to %.0f", maxWait.Seconds())
	}
	ctx, cancel := context.WithTimeout(r.Context(), time.Duration(seconds*float64(time.Second)))
	defer cancel()
	return answer(w, d.State(ctx, after))
}

func orZero(s string) string {
	if s == "" {
		return "0"
	}
	return s
}

// Run follows the kiosk and the devices until ctx ends.
func (d *Desk) Run(ctx context.Context) {
	var all sync.WaitGroup
	watch := func(changed func() <-chan struct{}) {
		all.Go(func() {
			for moved := changed(); ; moved = changed() { // ends with ctx
				d.board.bump()
				select {
				case <-moved:
				case <-ctx.Done():
					return
				}
			}
		})
	}
	if c := d.parts.Coins; c != nil {
		watch(c.Changed)
	}
	if p := d.parts.Printer; p != nil {
		watch(p.Changed)
	}
	if p := d.parts.Power; p != nil {
		watch(p.Changed)
	}
	if d.parts.Kiosk != nil {
		all.Go(func() { d.follow(ctx) })
	}
	all.Wait()
}

// follow asks kioskd for its next state, again and again. A kioskd that starts anew is asked from the beginning.
func (d *Desk) follow(ctx context.Context) {
	var last port.State
	pause := time.NewTicker(retry)
	defer pause.Stop()
	for ctx.Err() == nil {
		state, err := d.parts.Kiosk.State(ctx, last.Revision, kioskWait)
		if err != nil {
			d.board.take(port.State{}, false)
			last = port.State{}
			select {
			case <-pause.C:
			case <-ctx.Done():
			}
			continue
		}
		if state.Boot != last.Boot && last.Boot != "" {
			state.Revision = 0 // asked a new kioskd for an old one's revision
		} else if state.Entered != last.Entered {
			d.log.add("screen", state.Session)
		}
		if state.Outcome != last.Outcome || state.Visits != last.Visits {
			d.noteOutcome(state)
		}
		last = state
		d.board.take(state, true)
	}
}

func (d *Desk) noteOutcome(s port.State) {
	if s.Outcome != "" && s.Visits > 0 {
		d.log.add("outcome", s.Outcome)
	}
}
