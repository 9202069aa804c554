package health

import (
	"context"
	"time"

	"github.com/kioskd/kioskd/internal/domain"
)

// Book keeps what only a person can end. *journal.Journal is one.
type Book interface {
	RaiseStop(ctx context.Context, at time.Time, fault string) error
	Stops(context.Context) ([]string, error)
	ClearStop(ctx context.Context, at time.Time, fault, by string) error
}

// Stops are faults of which the lasting ones stand in the journal, so that no start forgets them. It belongs to one
// goroutine.
type Stops struct {
	Faults
	Journal Book
	Now     func() time.Time
}

// Note raises a fault, and writes a lasting one down.
func (s *Stops) Note(ctx context.Context, f Fault) error {
	s.Raise(f)
	if !Lasting(f) {
		return nil
	}
	return s.Journal.RaiseStop(context.WithoutCancel(ctx), s.Now(), f.String())
}

// Remember raises what stood against service before this start.
func (s *Stops) Remember(ctx context.Context) error {
	stops, err := s.Journal.Stops(ctx)
	for _, code := range stops {
		f, ok := domain.ParseFault(code)
		if !ok { // a newer program wrote it: somebody who knows it must look
			f = Stop
		}
		s.Raise(f)
	}
	return err
}

// End ends a fault; by is a role, or the device that proved it, never a name.
func (s *Stops) End(ctx context.Context, f Fault, by string) error {
	if !s.Has(f) {
		return nil
	}
	if Lasting(f) {
		if err := s.Journal.ClearStop(context.WithoutCancel(ctx), s.Now(), f.String(), by); err != nil {
			return err
		}
	}
	s.Clear(f)
	return nil
}

// Turn ends everything that a key ends.
func (s *Stops) Turn(ctx context.Context, k Key) (ended []Fault, err error) {
	for _, f := range s.All() {
		if !EndedBy(f, k) {
			continue
		}
		if err := s.End(ctx, f, string(k)); err != nil {
			return ended, err
		}
		ended = append(ended, f)
	}
	return ended, nil
}
