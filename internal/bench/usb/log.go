package usb

import (
	"encoding/json"
	"io"
	"sync"
)

// maxRecords bounds the log: older transfers are dropped.
const maxRecords = 4096

// Record is one transfer, without its content: pages and coins are nobody's business here.
type Record struct {
	Number   int    `json:"n"` // per device, from 1
	Port     int    `json:"port"`
	Address  int    `json:"address"`
	Endpoint uint8  `json:"endpoint"`
	Setup    *Setup `json:"setup,omitempty"`
	Asked    int    `json:"asked"`
	Actual   int    `json:"actual"`
	Status   int    `json:"status"` // 0 or negative errno
}

// Log keeps the last transfers of a bus.
type Log struct {
	mu   sync.Mutex
	list []Record
}

// add records one ended URB; the plug's mu is held.
func (l *Log) add(p *plug, u *urb) {
	p.seen++
	r := Record{
		Number: p.seen, Port: p.port, Address: p.address, Endpoint: u.endpoint,
		Asked: u.length, Actual: u.actual, Status: u.status,
	}
	if u.kind == urbControl {
		s := u.setup
		r.Setup = &s
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.list) == maxRecords {
		l.list = append(l.list[:0], l.list[maxRecords/2:]...)
	}
	l.list = append(l.list, r)
}

// Records returns a copy.
func (l *Log) Records() []Record {
	l.mu.Lock()
	defer l.mu.Unlock()
	return append([]Record(nil), l.list...)
}

// WriteJSON writes one line a transfer.
func (l *Log) WriteJSON(w io.Writer) error {
	e := json.NewEncoder(w)
	for _, r := range l.Records() {
		if err := e.Encode(r); err != nil {
			return err
		}
	}
	return nil
}
