// Package sim is what the simulated worlds below it share: the hash of a trace, by which two runs of one seed are
// compared, and the fates of the disk.
//
// Worlds stand in walk (the pure session, a million events) and in crash (the real kiosk, dying at every gate).
// docs/simulation.md says which drives what, and why.
package sim

// Hash is FNV-1a over what a world notes, 64 bits: a run is replayed faithfully if its hash is the same again. The
// zero value is ready.
type Hash struct {
	sum uint64
	n   int
}

const (
	offset = 14695981039346656037
	prime  = 1099511628211
)

func (h *Hash) octet(b byte) { h.sum = (h.sum ^ uint64(b)) * prime }

// Number adds a number.
func (h *Hash) Number(v int64) {
	if h.n++; h.n == 1 {
		h.sum = offset
	}
	for i := range 8 {
		h.octet(byte(v >> (8 * i)))
	}
}

// Text adds a text with its length.
func (h *Hash) Text(s string) {
	h.Number(int64(len(s)))
	for i := range len(s) {
		h.octet(s[i])
	}
}

// Sum is the hash of all that was added.
func (h *Hash) Sum() uint64 { return h.sum }

// Len is how many things were added.
func (h *Hash) Len() int { return h.n }
