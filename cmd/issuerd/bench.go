//go:build bench

package main

import (
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/kioskd/kioskd/internal/bench/port"
	"github.com/kioskd/kioskd/internal/office/form"
	"github.com/kioskd/kioskd/internal/office/issuing"
)

// A bench build follows the desk's clock and takes its anchors from a file.
func init() {
	hooks.now = func() (func() time.Time, error) {
		path := os.Getenv(port.ClockEnv)
		if path == "" {
			return time.Now, nil
		}
		return port.Clock(path)
	}
	hooks.anchors = os.ReadFile
	hooks.former = func(f issuing.Former) issuing.Former {
		if dir := os.Getenv(port.PagesEnv); dir != "" {
			return keeper{f, dir}
		}
		return f
	}
}

// keeper leaves each page that is issued in a folder, for a demo that shows what the municipality made. All people of
// a bench are made up; the default build has no such thing.
type keeper struct {
	issuing.Former
	dir string
}

func (k keeper) ResidentRecord(d form.ResidentRecord) ([]form.Page, error) {
	pages, err := k.Former.ResidentRecord(d)
	if err != nil {
		return nil, err
	}
	for i, p := range pages {
		name := filepath.Join(k.dir, fmt.Sprintf("%s-%d.pdf", d.Issue, i+1))
		if err := os.WriteFile(name, p.PDF, 0o600); err != nil {
			return nil, err
		}
	}
	return pages, nil
}
