package port

import (
	"context"
	"sync"
)

// Board holds the newest [State] and lets any number of readers wait for the next one. A kiosk publishes on it; its
// [Kiosk].State is [Board.Wait].
type Board struct {
	mu    sync.Mutex
	state State
	moved chan struct{} // closed when the state changes
}

// NewBoard returns a board with the state zero, revision 0.
func NewBoard() *Board { return &Board{moved: make(chan struct{})} }

// Publish puts s up with the next revision, which it returns; s.Revision and s.Entered are not looked at. A state equal
// to the one on the board changes nothing.
func (b *Board) Publish(s State) uint64 {
	b.mu.Lock()
	defer b.mu.Unlock()
	s.Revision, s.Entered = b.state.Revision, b.state.Entered
	if s.Session != b.state.Session {
		s.Entered++
	}
	if s == b.state && s.Revision > 0 {
		return s.Revision
	}
	s.Revision++
	b.state = s
	close(b.moved)
	b.moved = make(chan struct{})
	return s.Revision
}

// Wait returns the state as soon as its revision is above after, or when ctx ends.
func (b *Board) Wait(ctx context.Context, after uint64) State {
	for { // ends with ctx
		b.mu.Lock()
		state, moved := b.state, b.moved
		b.mu.Unlock()
		if state.Revision > after {
			return state
		}
		select {
		case <-moved:
		case <-ctx.Done():
			return state
		}
	}
}
