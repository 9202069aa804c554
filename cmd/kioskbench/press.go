package main

import (
	"encoding/json"
	"errors"
	"strconv"
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

// AddFault puts an obstacle in the printer's way, by its printer-state-reasons keyword.
func (p *press) AddFault(description json.RawMessage) (int, error) {
	var f struct {
		Reason string `json:"reason"`
	}
	if err := json.Unmarshal(description, &f); err != nil {
		return 0, err
	}
	if f.Reason == "" {
		return 0, errors.New("a printer's fault has a reason, such as media-jam-error or cover-open-error")
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.last++
	p.faults[p.last] = f.Reason
	p.Set(f.Reason, true)
	return p.last, nil
}

func (p *press) RemoveFault(number int) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	reason, ok := p.faults[number]
	if !ok {
		return desk.ErrUnknown
	}
	delete(p.faults, number)
	p.Set(reason, false)
	return nil
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
