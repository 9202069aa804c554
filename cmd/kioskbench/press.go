package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/kioskd/kioskd/internal/bench/desk"
	"github.com/kioskd/kioskd/internal/bench/printer"
)

// press is the desk's printer.
type press struct {
	*printer.Printer

	mu     sync.Mutex
	taken  int // sheets that were taken so far: ids go on from there
	last   int
	faults map[int]string // obstacles by number
}

var (
	_ desk.Printer = (*press)(nil)
	_ desk.Faults  = (*press)(nil)
)

func newPress(p *printer.Printer) *press { return &press{Printer: p, faults: map[int]string{}} }

// number gives the sheets of the tray ids that never come again.
func (p *press) number(sheets []printer.Sheet) []desk.Sheet {
	list := []desk.Sheet{}
	for i, s := range sheets {
		list = append(list, desk.Sheet{
			ID: strconv.Itoa(p.taken + i + 1), Front: s.Front.Full, Back: s.Back.Full,
			FrontPreview: s.Front.Preview, BackPreview: s.Back.Preview,
		})
	}
	return list
}

func (p *press) Sheets() []desk.Sheet {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.number(p.Printer.Sheets())
}

func (p *press) Take() []desk.Sheet {
	p.mu.Lock()
	defer p.mu.Unlock()
	list := p.number(p.Printer.Take())
	p.taken += len(list)
	return list
}

func (p *press) State() string { return p.Levels().State }
func (p *press) Seen() any     { return p.Levels() }

// obstacles are the printer-state-reasons that the desk can set (RFC 8011 §5.4.12, PWG 5100.9), without their suffix.
var obstacles = []string{
	"cover-open", "developer-empty", "developer-low", "door-open", "fuser-over-temp", "fuser-under-temp", "input-tray-missing",
	"interlock-open", "marker-supply-empty", "marker-supply-low", "marker-waste-almost-full", "marker-waste-full",
	"media-empty", "media-jam", "media-low", "media-needed", "opc-life-over", "opc-near-eol", "other", "output-area-almost-full",
	"output-area-full", "output-tray-missing", "paused", "toner-empty", "toner-low",
}

// knownObstacle takes a reason with or without its suffix.
func knownObstacle(reason string) bool {
	for _, suffix := range []string{"-error", "-warning", "-report"} {
		if base, ok := strings.CutSuffix(reason, suffix); ok {
			reason = base
			break
		}
	}
	return slices.Contains(obstacles, reason)
}

// AddFault puts an obstacle in the printer's way, by its printer-state-reasons keyword.
func (p *press) AddFault(description json.RawMessage) (int, error) {
	f, err := desk.Decode[struct {
		Reason string `json:"reason"`
	}](description)
	if err != nil {
		return 0, fmt.Errorf("a printer's fault has a reason: %w", err)
	}
	if !knownObstacle(f.Reason) {
		return 0, fmt.Errorf("reason %q is none of %s, each with -error, -warning, -report or nothing behind it", f.Reason,
			strings.Join(obstacles, ", "))
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.last++
	p.faults[p.last] = f.Reason
	p.Set(f.Reason, true)
	return p.last, nil
}

// RemoveFault takes the obstacle away, unless another fault is the same one.
func (p *press) RemoveFault(number int) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	reason, standing := p.faults[number]
	delete(p.faults, number)
	if standing && !slices.Contains(slices.Collect(maps.Values(p.faults)), reason) {
		p.Set(reason, false)
	}
	return everGiven(number, number > 0 && number <= p.last)
}

func (p *press) Faults() map[int]any {
	p.mu.Lock()
	defer p.mu.Unlock()
	all := map[int]any{}
	for n, reason := range p.faults {
		all[n] = map[string]string{"reason": reason}
	}
	return all
}
