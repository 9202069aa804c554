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
	passing map[Fault]bool // raised by Pass alone
}

// Note raises a fault, and writes a lasting one down.
func (s *Stops) Note(ctx context.Context, f Fault) error {
	s.Raise(f)
	delete(s.passing, f)
	if !Lasting(f) {
		return nil
	}
	return s.Journal.RaiseStop(context.WithoutCancel(ctx), s.Now(), f.String())
}

// Pass raises a fault that may end by itself this time, so that it is not written down. One that stands for good stays
// what it is.
func (s *Stops) Pass(f Fault) {
	if s.Has(f) {
		return
	}
	if s.passing == nil {
		s.passing = map[Fault]bool{}
	}
	s.passing[f] = true
	s.Raise(f)
}

// Passed takes away what Pass has raised. One that was noted since stays.
func (s *Stops) Passed(f Fault) {
	if s.passing[f] {
		delete(s.passing, f)
		s.Clear(f)
	}
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
	delete(s.passing, f)
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
