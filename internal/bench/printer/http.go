package printer

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strconv"

	ipp "github.com/OpenPrinting/goipp"
)

// ServeHTTP answers IPP at /ipp/print and nothing else: other probes of a host (eSCL, web pages) get 404.
func (p *Printer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path != "/ipp/print" {
		http.NotFound(w, r)
		return
	}
	if r.Method != http.MethodPost || r.Header.Get("Content-Type") != "application/ipp" {
		http.Error(w, "POST application/ipp", http.StatusBadRequest)
		return
	}
	request := &ipp.Message{}
	if err := request.Decode(r.Body); err != nil {
		http.Error(w, "not an IPP message", http.StatusBadRequest)
		return
	}
	answer := p.handle(request, r.Body)
	// The rest of a refused document is read too: a pipe has no other end.
	if _, err := io.Copy(io.Discard, r.Body); err != nil {
		return
	}
	var b bytes.Buffer
	if err := answer.Encode(&b); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/ipp")
	w.Header().Set("Content-Length", strconv.Itoa(b.Len()))
	_, _ = w.Write(b.Bytes()) // the other side is gone: nobody to tell
}

// server makes an HTTP server without time limits: a pipe stays open as long as the device is plugged in.
func (p *Printer) server() *http.Server {
	return &http.Server{Handler: p, ErrorLog: slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)}
}

// Serve answers on a listener until ctx ends: for ipptool and for kioskd's ipp:// transport.
func (p *Printer) Serve(ctx context.Context, l net.Listener) error {
	s := p.server()
	defer context.AfterFunc(ctx, func() { _ = s.Close() })()
	if err := s.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// jobURI is the address of a job.
func jobURI(id int) string { return uri + "/" + strconv.Itoa(id) }
