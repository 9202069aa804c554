package card

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

const (
	driverFile      = "libifdvpcd.so"
	driverInstalled = "/usr/lib/pcsc/drivers/serial/" + driverFile
	driverPackage   = "vsmartcard-vpcd"
)

// UnpackDriver puts vpcd's driver into a folder and gives its path. It takes the one that is installed, or else fetches
// Debian's package and unpacks it there without installing it: an installed one would make the machine's own pcscd
// listen on every address. A driver that is there already is taken as it is.
func UnpackDriver(ctx context.Context, dir string) (string, error) {
	path := filepath.Join(dir, driverFile)
	if _, err := os.Stat(path); err == nil {
		return path, nil
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", err
	}
	source := driverInstalled
	if _, err := os.Stat(source); err != nil {
		if source, err = fetchDriver(ctx, dir); err != nil {
			return "", fmt.Errorf("bench/card: get %s (or install the package): %w", driverPackage, err)
		}
	}
	return path, copyFile(path, source)
}

func fetchDriver(ctx context.Context, dir string) (string, error) {
	if err := runIn(ctx, dir, "apt-get", "-q", "download", driverPackage); err != nil {
		return "", err
	}
	found, err := filepath.Glob(filepath.Join(dir, driverPackage+"_*.deb"))
	if err != nil || len(found) == 0 {
		return "", errors.Join(err, errors.New("apt-get left no package"))
	}
	if err := runIn(ctx, dir, "dpkg-deb", "--extract", found[0], "package"); err != nil {
		return "", err
	}
	return filepath.Join(dir, "package", driverInstalled), nil
}

func runIn(ctx context.Context, dir string, name string, args ...string) error {
	c := exec.CommandContext(ctx, name, args...)
	c.Dir = dir
	if out, err := c.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w: %s", name, err, out)
	}
	return nil
}

func copyFile(to, from string) error {
	b, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	return os.WriteFile(to, b, 0o644)
}
