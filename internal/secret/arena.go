package secret

import (
	"errors"
	"fmt"
	"log/slog"
	"sync"
)

// ArenaLimit bounds the bytes of one arena: the largest delivery with its pictures and pages.
const ArenaLimit = 256 << 20

// Errors of an arena.
var (
	ErrArenaFull  = errors.New("secret: the arena's limit is reached; this visit holds more than any delivery may")
	ErrArenaWiped = errors.New("secret: the arena is wiped; a new visit needs a new arena")
)

// Arena holds the personal bytes of one visit: pictures, pages, rasters. All of them end at once with [Arena.Wipe].
type Arena struct{ state *arenaState }

type arenaState struct {
	mu      sync.RWMutex // read-held while a Doc is viewed: Wipe waits for the viewers
	regions []*region
	used    int
	wiped   bool
}

// NewArena returns an empty arena; it holds no memory until the first [Arena.Put].
func NewArena() *Arena { return &Arena{state: &arenaState{}} }

// Put moves b into the arena: the bytes are copied and b is cleared, so that the heap keeps nothing.
func (a *Arena) Put(b []byte) (Doc, error) {
	doc, err := a.Alloc(len(b))
	if err != nil {
		return Doc{}, err
	}
	doc.View(func(to []byte) { copy(to, b) })
	clear(b)
	return doc, nil
}

// Alloc makes a zeroed Doc of n bytes, to be filled inside [Doc.View].
func (a *Arena) Alloc(n int) (Doc, error) {
	if n < 0 {
		return Doc{}, fmt.Errorf("secret: %d bytes cannot be kept", n)
	}
	s := a.state
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.wiped {
		return Doc{}, ErrArenaWiped
	}
	if n > ArenaLimit-s.used {
		return Doc{}, ErrArenaFull
	}
	memory, err := newRegion(max(n, 1))
	if err != nil {
		return Doc{}, err
	}
	s.regions = append(s.regions, memory)
	s.used += len(memory.bytes)
	return Doc{&doc{arena: s, bytes: memory.bytes[:n:n]}}, nil
}

// Len is the number of bytes that the arena holds, rounded up to pages.
func (a *Arena) Len() int {
	a.state.mu.RLock()
	defer a.state.mu.RUnlock()
	return a.state.used
}

// Wipe zeroes and frees everything. It waits for running [Doc.View] calls; every later one is told that nothing is
// there. It may be called again.
func (a *Arena) Wipe() {
	s := a.state
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, memory := range s.regions {
		memory.free()
	}
	s.regions, s.used, s.wiped = nil, 0, true
}

// String returns "[redacted]".
func (a Arena) String() string { return redactedText }

// Format writes "[redacted]" for every verb.
func (a Arena) Format(s fmt.State, _ rune) { write(s, redactedText) }

// LogValue returns "[redacted]".
func (a Arena) LogValue() slog.Value { return logged(redactedText) }

// MarshalJSON returns "[redacted]" as a JSON string.
func (a Arena) MarshalJSON() ([]byte, error) { return quoted(redactedText), nil }

// Doc is one run of bytes in an arena. The zero Doc is empty. Printed it is "[redacted]".
type Doc struct{ doc *doc }

type doc struct {
	arena *arenaState
	bytes []byte
}

// View calls f with the bytes and reports whether they still exist. f must not keep the slice, nor call its arena.
func (d Doc) View(f func(b []byte)) bool {
	if d.doc == nil {
		return false
	}
	d.doc.arena.mu.RLock()
	defer d.doc.arena.mu.RUnlock()
	if d.doc.arena.wiped {
		return false
	}
	f(d.doc.bytes)
	return true
}

// Len is the number of bytes; 0 once the arena is wiped.
func (d Doc) Len() (n int) {
	d.View(func(b []byte) { n = len(b) })
	return n
}

// String returns "[redacted]".
func (d Doc) String() string { return redactedText }

// GoString returns "[redacted]".
func (d Doc) GoString() string { return redactedText }

// Format writes "[redacted]" for every verb.
func (d Doc) Format(s fmt.State, _ rune) { write(s, redactedText) }

// LogValue returns "[redacted]".
func (d Doc) LogValue() slog.Value { return logged(redactedText) }

// MarshalJSON returns "[redacted]" as a JSON string.
func (d Doc) MarshalJSON() ([]byte, error) { return quoted(redactedText), nil }

// MarshalText returns "[redacted]".
func (d Doc) MarshalText() ([]byte, error) { return []byte(redactedText), nil }
