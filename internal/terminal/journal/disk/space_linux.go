package disk

import "golang.org/x/sys/unix"

// Free is how many bytes an unprivileged program may still write beside a file.
func Free(folder string) (int64, error) {
	var s unix.Statfs_t
	if err := unix.Statfs(folder, &s); err != nil {
		return 0, err
	}
	return int64(s.Bavail) * s.Bsize, nil
}
