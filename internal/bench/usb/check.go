package usb

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
)

// umockdevVersion is the one whose socket protocol this package speaks; the protocol is umockdev's private matter.
const umockdevVersion = "0.17.16"

// Check tries whether processes under the preload see this bus, and whether the preload is of the known version.
// Call it once before a kiosk is started on the bus: a stranger's protocol would end it with an abort.
func (b *Bus) Check(ctx context.Context) error {
	out, err := exec.CommandContext(ctx, "umockdev-run", "--version").Output()
	if err != nil {
		return fmt.Errorf("bench/usb: umockdev-run: %w: install the Debian package umockdev", err)
	}
	if v := strings.TrimSpace(string(out)); v != umockdevVersion {
		return fmt.Errorf("bench/usb: umockdev is %s, but the simulated bus knows %s only", v, umockdevVersion)
	}
	c := exec.CommandContext(ctx, "cat", "/sys/bus/usb/devices/"+sysName(0)+"/product")
	c.Env = append(os.Environ(), b.Env()...)
	if out, err = c.CombinedOutput(); err != nil {
		return fmt.Errorf("bench/usb: a process under %s does not see the simulated bus: %w: %s", preload, err, out)
	}
	if got := strings.TrimSpace(string(out)); got != rootHub.Name {
		return fmt.Errorf("bench/usb: a process under %s sees %q, not the simulated bus", preload, got)
	}
	return nil
}
