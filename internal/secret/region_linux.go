package secret

import (
	"fmt"
	"os"
	"syscall"
)

// madvDontDump leaves a range out of core dumps (madvise(2), since Linux 3.4). Package syscall does not name it.
const madvDontDump = 0x10

// region is memory of our own outside the Go heap, between two pages that cannot be read.
type region struct {
	whole  []byte // with both guard pages
	bytes  []byte // the usable part, whole pages
	locked bool   // not swapped: mlock succeeded
}

// newRegion maps at least size bytes, zeroed.
func newRegion(size int) (*region, error) {
	page := os.Getpagesize()
	inner := (size + page - 1) / page * page
	whole, err := syscall.Mmap(-1, 0, inner+2*page, syscall.PROT_NONE, syscall.MAP_ANON|syscall.MAP_PRIVATE)
	if err != nil {
		return nil, fmt.Errorf("secret: map %d bytes: %w", inner, err)
	}
	bytes := whole[page : page+inner : page+inner]
	if err := syscall.Mprotect(bytes, syscall.PROT_READ|syscall.PROT_WRITE); err != nil {
		_ = syscall.Munmap(whole)
		return nil, fmt.Errorf("secret: open %d bytes: %w", inner, err)
	}
	for _, advice := range []int{madvDontDump, syscall.MADV_DONTFORK} {
		if err := syscall.Madvise(bytes, advice); err != nil {
			_ = syscall.Munmap(whole)
			return nil, fmt.Errorf("secret: advise %#x: %w", advice, err)
		}
	}
	return &region{whole: whole, bytes: bytes, locked: syscall.Mlock(bytes) == nil}, nil
}

// free wipes the region and gives it back. Its bytes must not be touched afterwards: the process would end.
func (r *region) free() {
	clear(r.bytes)
	_ = syscall.Munmap(r.whole) // also unlocks; can only fail for a range that is not ours
	r.whole, r.bytes = nil, nil
}
