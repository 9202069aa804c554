package cardpipe

import "syscall"

// newPage gives memory for one frame, outside Go's heap, that is neither swapped nor dumped where the system allows it.
// The caller gives it back with freePage.
func newPage() ([]byte, error) {
	b, err := syscall.Mmap(-1, 0, maxFrame, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_ANON|syscall.MAP_PRIVATE)
	if err != nil {
		return nil, err
	}
	const dontDump = 16 // MADV_DONTDUMP
	_ = syscall.Mlock(b)
	_ = syscall.Madvise(b, dontDump)
	return b, nil
}

func freePage(b []byte) {
	clear(b)
	_ = syscall.Munmap(b)
}
