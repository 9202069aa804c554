package health

import (
	"context"
	"time"
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
	if !f.Lasting() {
		return nil
	}
	return s.Journal.RaiseStop(context.WithoutCancel(ctx), s.Now(), string(f))
}

// Remember raises what stood against service before this start.
func (s *Stops) Remember(ctx context.Context) error {
	stops, err := s.Journal.Stops(ctx)
	for _, f := range stops {
		s.Raise(Fault(f))
	}
	return err
}

// End ends a fault; by is a role, or the device that proved it, never a name.
func (s *Stops) End(ctx context.Context, f Fault, by string) error {
	if !s.Has(f) {
		return nil
	}
	if f.Lasting() {
		if err := s.Journal.ClearStop(context.WithoutCancel(ctx), s.Now(), string(f), by); err != nil {
			return err
		}
	}
	s.Clear(f)
	return nil
}

// Turn ends everything that a key ends.
func (s *Stops) Turn(ctx context.Context, k Key) (ended []Fault, err error) {
	for _, f := range s.All() {
		if !f.EndedBy(k) {
			continue
		}
		if err := s.End(ctx, f, string(k)); err != nil {
			return ended, err
		}
		ended = append(ended, f)
	}
	return ended, nil
}
