package main

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"runtime/debug"
	"time"

	"github.com/kioskd/kioskd/internal/domain"
	"github.com/kioskd/kioskd/internal/office/daemon"
	"github.com/kioskd/kioskd/internal/office/form"
	"github.com/kioskd/kioskd/internal/office/issuing"
	"github.com/kioskd/kioskd/internal/office/jpki"
	"github.com/kioskd/kioskd/internal/office/registry"
	"github.com/kioskd/kioskd/internal/office/store"
	"github.com/kioskd/kioskd/internal/wire/issuingapi"
)

// writeTime bounds an answer: an issue takes 30 seconds at most.
const writeTime = 45 * time.Second

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
	secure, err := c.Dir.ServerTLS(daemon.RoleCenter, now)
	if err != nil {
		return err
	}
	return c.Serve(ctx, daemon.Service{
		Name: "issuerd", Jobs: server.Run, Log: log, HTTP: &http.Server{
			Handler:   issuingapi.Handler(issuingapi.ServerConfig{Service: server, Authorize: c.authorize, Log: log}),
			TLSConfig: secure, WriteTimeout: writeTime,
		},
	})
}

// issuing makes the service from the folder's keys and data.
func (c config) issuing(
	ctx context.Context, db *store.Store, now func() time.Time, log *slog.Logger,
) (*issuing.Server, error) {
	ring, err := c.Dir.Ring(hooks.anchors, c.Env, now())
	if err != nil {
		return nil, err
	}
	signers, err := c.signers(ring)
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
	text, err := c.Dir.Read("card-roots.pem")
	if err != nil {
		return nil, err
	}
	roots, err := jpki.ParseRoots(text, c.Env)
	if err != nil {
		return nil, err
	}
	if text, err = c.Dir.Secret("user-map.json"); err != nil {
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
	if daemon.Peer(r.TLS) == string(daemon.RoleCenter)+string(c.Center) {
		return nil
	}
	return &issuingapi.ProtocolError{
		Code: issuingapi.CodeNotAuthorized, Detail: "this certificate may not act for " + string(m),
	}
}
