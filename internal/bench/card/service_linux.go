package card

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// A service is one running pcscd in its namespace.
type service struct {
	space   *space
	command *exec.Cmd
	ended   chan struct{}
	address string
}

const (
	startLimit = 20 * time.Second // a loaded machine takes a few
	stopLimit  = 5 * time.Second
)

// startService lays the folder out, enters a namespace where that folder is /run, and starts pcscd there.
func startService(ctx context.Context, c Config) (*service, error) {
	if err := layOut(ctx, c); err != nil {
		return nil, err
	}
	log, err := os.OpenFile(filepath.Join(c.Dir, "pcscd.log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, err
	}
	defer log.Close()
	sp, err := enterSpace(c.Dir)
	if err != nil {
		return nil, err
	}
	s := &service{space: sp, ended: make(chan struct{}), address: fmt.Sprintf("127.0.0.1:%d", c.Port)}
	// Errors only: at a higher level pcscd writes every command into its log, PINs too.
	s.command = exec.Command(pcscdPath(), "--foreground", "--error", "--config", "/run/conf")
	s.command.Env = append(os.Environ(), "PCSCLITE_HP_DROPDIR=/run/none") // no USB readers: they are the machine's
	s.command.Stdout, s.command.Stderr = log, log
	s.command.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := sp.do(s.command.Start); err != nil {
		sp.close()
		return nil, err
	}
	go func() {
		_ = s.command.Wait()
		close(s.ended)
	}()
	if err := s.ready(ctx, c); err != nil {
		return nil, errors.Join(err, s.stop())
	}
	return s, nil
}

// pcscdPath finds the daemon where Debian puts it: a user's PATH has no sbin.
func pcscdPath() string {
	if path, err := exec.LookPath("pcscd"); err == nil {
		return path
	}
	return "/usr/sbin/pcscd"
}

// layOut makes the folder that becomes /run. A socket or pid file that was left over is removed.
func layOut(ctx context.Context, c Config) error {
	if err := os.RemoveAll(filepath.Join(c.Dir, "pcscd")); err != nil {
		return err
	}
	for _, dir := range []string{"pcscd", "conf", "none", "driver"} {
		if err := os.MkdirAll(filepath.Join(c.Dir, dir), 0o755); err != nil {
			return err
		}
	}
	driver := filepath.Join(c.Dir, "driver", driverFile)
	if c.Driver == "" {
		if _, err := UnpackDriver(ctx, filepath.Dir(driver)); err != nil {
			return err
		}
	} else if c.Driver != driver {
		if err := copyFile(driver, c.Driver); err != nil {
			return err
		}
	}
	// Never "host:port": in that reversed mode pcscd aborts whenever the card's end is gone.
	conf := fmt.Sprintf("FRIENDLYNAME \"Virtual PCD\"\nDEVICENAME /dev/null:0x%04X\nLIBPATH /run/driver/%s\n"+
		"CHANNELID 0x%04X\n", c.Port, driverFile, c.Port)
	return os.WriteFile(filepath.Join(c.Dir, "conf", "vpcd"), []byte(conf), 0o644)
}

// ready waits until clients and cards can connect. Bound: startLimit.
func (s *service) ready(ctx context.Context, c Config) error {
	ctx, cancel := context.WithTimeout(ctx, startLimit)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-s.ended:
			return fmt.Errorf("pcscd ended: %v; see %s/pcscd.log", s.command.ProcessState, c.Dir)
		case <-ctx.Done():
			return fmt.Errorf("pcscd does not listen; see %s/pcscd.log: %w", c.Dir, ctx.Err())
		case <-tick.C:
		}
		if s.listens(c.Port) && socketTakes(filepath.Join(c.Dir, "pcscd", "pcscd.comm")) {
			return nil
		}
	}
}

// listens looks into the namespace's table of sockets; connecting would insert a card.
func (s *service) listens(port uint16) bool {
	table, err := os.ReadFile(fmt.Sprintf("/proc/%d/net/tcp", s.command.Process.Pid))
	const listening = "0A"
	return err == nil && strings.Contains(string(table), fmt.Sprintf(":%04X 00000000:0000 %s", port, listening))
}

func socketTakes(path string) bool {
	conn, err := net.Dial("unix", path)
	if err != nil {
		return false
	}
	_ = conn.Close()
	return true
}

// dial connects a card to vpcd from inside the namespace.
func (s *service) dial(ctx context.Context) (conn net.Conn, err error) {
	err = s.space.do(func() error {
		var d net.Dialer
		conn, err = d.DialContext(ctx, "tcp4", s.address)
		return err
	})
	return conn, err
}

// stop ends pcscd, politely at first, and leaves the namespace, which ends with its last process.
func (s *service) stop() error {
	defer s.space.close()
	_ = s.command.Process.Signal(syscall.SIGTERM)
	limit := time.NewTimer(stopLimit)
	defer limit.Stop()
	select {
	case <-s.ended:
		return nil
	case <-limit.C:
	}
	_ = s.command.Process.Kill()
	<-s.ended
	return nil
}
