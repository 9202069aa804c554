package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"runtime/debug"
	"time"

	"github.com/kioskd/kioskd/internal/domain"
	"github.com/kioskd/kioskd/internal/office/form"
	"github.com/kioskd/kioskd/internal/office/issuing"
	"github.com/kioskd/kioskd/internal/office/jpki"
	"github.com/kioskd/kioskd/internal/office/registry"
	"github.com/kioskd/kioskd/internal/office/store"
	"github.com/kioskd/kioskd/internal/wire/issuingapi"
)

// Bounds of the HTTP server. An issue takes 30 seconds at most.
const (
	headerTime   = 5 * time.Second
	readTime     = 15 * time.Second
	writeTime    = 45 * time.Second
	idleTime     = 2 * time.Minute
	headerBytes  = 16 << 10
	shutdownTime = 10 * time.Second
)

// refusalTime is how long every refusal takes at least; a refusal needs less than a tenth of it.
const refusalTime = 500 * time.Millisecond

// serve runs the server until ctx ends, then lets what is being answered end.
func (c config) serve(ctx context.Context, now func() time.Time, log *slog.Logger) (err error) {
	db, err := store.Open(ctx, c.Database, issuing.Migrations())
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	server, err := c.issuing(ctx, db, now, log)
	if err != nil {
		return err
	}
	secure, err := c.tls(now)
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", c.Listen)
	if err != nil {
		return fmt.Errorf("issuerd: %w", err)
	}
	if err := writeAddress(c.AddrFile, listener.Addr().String()); err != nil {
		return errors.Join(err, listener.Close())
	}
	go server.Run(ctx)
	log.Info("issuing server is ready", "evt", "issuerd.ready", "address", listener.Addr().String())
	return answer(ctx, &http.Server{
		Handler:   issuingapi.Handler(issuingapi.ServerConfig{Service: server, Authorize: c.authorize, Log: log}),
		TLSConfig: secure, ReadHeaderTimeout: headerTime, ReadTimeout: readTime, WriteTimeout: writeTime,
		IdleTimeout: idleTime, MaxHeaderBytes: headerBytes, ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelDebug),
	}, listener)
}

// answer serves a listener until ctx ends.
func answer(ctx context.Context, h *http.Server, l net.Listener) error {
	ended := make(chan error, 1)
	go func() { ended <- h.ServeTLS(l, "", "") }()
	select {
	case err := <-ended:
		return fmt.Errorf("issuerd: %w", err)
	case <-ctx.Done():
	}
	quiet, stop := context.WithTimeout(context.WithoutCancel(ctx), shutdownTime)
	defer stop()
	if err := h.Shutdown(quiet); err != nil {
		return fmt.Errorf("issuerd: stop: %w", err)
	}
	return nil
}

// issuing makes the service from the folder's keys and data.
func (c config) issuing(
	ctx context.Context, db *store.Store, now func() time.Time, log *slog.Logger,
) (*issuing.Server, error) {
	ring, err := c.ring(now())
	if err != nil {
		return nil, err
	}
	signers, err := c.signers()
	if err != nil {
		return nil, err
	}
	pdf, err := c.pdfKeys()
	if err != nil {
		return nil, err
	}
	set, err := form.Open(form.Config{FontPath: c.Font, Keys: pdf})
	if err != nil {
		return nil, err
	}
	var former issuing.Former = set
	if hooks.former != nil {
		former = hooks.former(set)
	}
	catalogues, err := issuing.ParseCatalogues(issuing.SampleCatalogue)
	if err != nil {
		return nil, err
	}
	text, err := c.file("card-roots.pem")
	if err != nil {
		return nil, err
	}
	roots, err := jpki.ParseRoots(text, c.Env)
	if err != nil {
		return nil, err
	}
	if text, err = c.file("user-map.json"); err != nil {
		return nil, err
	}
	users, err := issuing.ParseUsers(text)
	if err != nil {
		return nil, err
	}
	server := issuing.New(issuing.Config{
		Env: c.Env, Ring: ring, Roots: roots, Signers: signers, Registry: registry.New(), Catalogues: catalogues,
		Former: former, Store: db, Now: now, Log: log, Build: build(), Node: c.Node, RefusalTime: refusalTime,
	})
	return server, server.Start(ctx, users)
}

// build names the program: issuerd-<version>+<first digits of the commit>.
func build() string {
	version, commit := "devel", "unknown"
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, s := range info.Settings {
			if s.Key == "vcs.revision" && len(s.Value) >= 8 {
				commit = s.Value[:8]
			}
		}
	}
	return "issuerd-" + version + "+" + commit
}

// authorize lets the one centre act, for the municipalities that are served.
func (c config) authorize(r *http.Request, m domain.MunicipalityCode) error {
	if isCenter(r.TLS, c.Center) {
		return nil
	}
	return &issuingapi.ProtocolError{
		Code: issuingapi.CodeNotAuthorized, Detail: "this certificate may not act for " + string(m),
	}
}

// isCenter reads who the peer is from its certificate's URI.
func isCenter(s *tls.ConnectionState, id domain.CenterID) bool {
	if s == nil || len(s.VerifiedChains) == 0 {
		return false
	}
	for _, u := range s.VerifiedChains[0][0].URIs {
		if u.String() == "urn:kioskd:center:"+string(id) {
			return true
		}
	}
	return false
}

// writeAddress puts the chosen address in place in one step, so that a reader never sees half of it.
func writeAddress(path, address string) error {
	if path == "" {
		return nil
	}
	if err := os.WriteFile(path+".new", []byte(address+"\n"), 0o600); err != nil {
		return fmt.Errorf("issuerd: %w", err)
	}
	if err := os.Rename(path+".new", path); err != nil {
		return fmt.Errorf("issuerd: %w", err)
	}
	return nil
}
