package daemon

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"time"
)

// Bounds of every server. WriteTimeout is each one's own: it follows from its longest answer.
const (
	headerTime   = 5 * time.Second
	readTime     = 15 * time.Second
	idleTime     = 2 * time.Minute
	headerBytes  = 16 << 10
	shutdownTime = 10 * time.Second
)

// Service is what a server serves and does.
type Service struct {
	Name string                // in the log: centerd
	HTTP *http.Server          // Handler, TLSConfig and WriteTimeout are set; Serve sets the other bounds
	Jobs func(context.Context) // runs beside it until its context ends
	Log  *slog.Logger
}

// Serve answers on the address of the settings until ctx ends, lets what is being answered end, and then ends the jobs:
// when it comes back, nothing of the service runs.
func (s Settings) Serve(ctx context.Context, v Service) error {
	listener, err := net.Listen("tcp", s.Listen)
	if err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	address := listener.Addr().String()
	if err := writeAddress(s.AddrFile, address); err != nil {
		return errors.Join(err, listener.Close())
	}
	jobs, stop := context.WithCancel(ctx)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		v.Jobs(jobs)
	}()
	defer func() { stop(); <-ended }()
	h := v.HTTP
	h.ReadHeaderTimeout, h.ReadTimeout, h.IdleTimeout, h.MaxHeaderBytes = headerTime, readTime, idleTime, headerBytes
	h.ErrorLog = slog.NewLogLogger(v.Log.Handler(), slog.LevelDebug)
	v.Log.Info("ready", "evt", v.Name+".ready", "address", address)
	return answer(ctx, h, listener)
}

// answer serves a listener until ctx ends. What is still being answered after shutdownTime is cut off.
func answer(ctx context.Context, h *http.Server, l net.Listener) error {
	ended := make(chan error, 1)
	go func() { ended <- h.ServeTLS(l, "", "") }()
	select {
	case err := <-ended:
		return fmt.Errorf("serve: %w", err)
	case <-ctx.Done():
	}
	quiet, stop := context.WithTimeout(context.WithoutCancel(ctx), shutdownTime)
	defer stop()
	if err := h.Shutdown(quiet); err != nil {
		return errors.Join(fmt.Errorf("stop: %w", err), h.Close())
	}
	return nil
}

// writeAddress puts the chosen address in place in one step, so that a reader never sees half of it.
func writeAddress(path, address string) error {
	if path == "" {
		return nil
	}
	if err := os.WriteFile(path+".new", []byte(address+"\n"), 0o600); err != nil {
		return fmt.Errorf("addr_file: %w", err)
	}
	if err := os.Rename(path+".new", path); err != nil {
		return fmt.Errorf("addr_file: %w", err)
	}
	return nil
}
