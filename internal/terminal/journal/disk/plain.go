package disk

import (
	"errors"
	"io/fs"
	"os"
)

// plain is a file of the machine, for reading.
type plain struct{ *os.File }

func (p plain) Size() (int64, error) {
	info, err := p.Stat()
	if err != nil {
		return 0, err
	}
	return info.Size(), nil
}

// openPlain gives a file for reading, or nil where there is none.
func openPlain(path string) (source, error) {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return plain{f}, nil
}
