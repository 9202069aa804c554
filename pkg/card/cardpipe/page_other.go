//go:build !linux

package cardpipe

// newPage gives memory for one frame; here it is only wiped, not locked.
func newPage() ([]byte, error) { return make([]byte, maxFrame), nil }

func freePage(b []byte) { clear(b) }
