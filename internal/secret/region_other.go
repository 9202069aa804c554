//go:build !linux

package secret

// region is memory that is wiped when freed. Only Linux gives it guard pages, a lock and no dump: elsewhere the
// program is developed, not run.
type region struct {
	bytes  []byte
	locked bool
}

func newRegion(size int) (*region, error) { return &region{bytes: make([]byte, size)}, nil }

func (r *region) free() {
	clear(r.bytes)
	r.bytes = nil
}
