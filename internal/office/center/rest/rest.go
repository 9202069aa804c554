// Package rest keeps, in memory and for a few minutes, what the card of a finished application proved, so that its
// holder may apply for another certificate under the same assertion. The centre fills it and asks it; it decides
// nothing but when something is forgotten.
package rest

import (
	"sync"
	"time"

	"github.com/kioskd/kioskd/internal/domain"
	"github.com/kioskd/kioskd/internal/signed"
	"github.com/kioskd/kioskd/internal/wire/issuingapi"
)

// Rest is what stays of an application that was printed and paid for: the card signed once and is not asked again.
// Choices, order, manifest, pages and pictures are gone by then.
type Rest struct {
	Kiosk        domain.KioskID
	Key          signed.Hash      // of the kiosk's TLS key
	Chain        issuingapi.Chain // without an order; certificate, signature and answer are bytes of its own
	Subject      domain.Subject
	Message      []byte // the assertion as it came
	Assertion    signed.Assertion
	Hash         signed.Hash // of the assertion
	Applications int         // under the assertion so far
	Until        time.Time
}

// Wipe overwrites what names a person.
func (r *Rest) Wipe() {
	for _, b := range [][]byte{r.Chain.Certificate, r.Chain.Signature, r.Chain.OCSP} {
		clear(b)
	}
	*r = Rest{}
}

// Shelf is all that is kept. Its methods may be called from any goroutine; the zero value is empty.
type Shelf struct {
	mu   sync.Mutex
	kept map[domain.ApplicationID]*Rest
}

// Keep keeps what an application proved; the shelf owns it.
func (s *Shelf) Keep(id domain.ApplicationID, r *Rest) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.kept == nil {
		s.kept = map[domain.ApplicationID]*Rest{}
	}
	s.kept[id] = r
}

// Take gives what an application proved, once, and to the kiosk and key that it belongs to.
func (s *Shelf) Take(k domain.KioskID, key signed.Hash, id domain.ApplicationID) (*Rest, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.kept[id]
	if r == nil || r.Kiosk != k || r.Key != key {
		return nil, false
	}
	delete(s.kept, id)
	return r, true
}

// Drop wipes what is kept of one kiosk, where somebody else begins there or it was started anew, and of every kiosk
// what nobody asked for in time. "" is no kiosk.
func (s *Shelf) Drop(k domain.KioskID, now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for id, r := range s.kept {
		if r.Kiosk == k || !now.Before(r.Until) {
			r.Wipe()
			delete(s.kept, id)
		}
	}
}

// Len is how many applications are kept.
func (s *Shelf) Len() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.kept)
}
