package main

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"time"

	"github.com/kioskd/kioskd/internal/domain"
	"github.com/kioskd/kioskd/internal/office/center"
	"github.com/kioskd/kioskd/internal/office/center/door"
	"github.com/kioskd/kioskd/internal/office/daemon"
	"github.com/kioskd/kioskd/internal/office/jpki"
	"github.com/kioskd/kioskd/internal/office/store"
	"github.com/kioskd/kioskd/internal/signed"
	"github.com/kioskd/kioskd/internal/wire/issuingapi"
)

// Bounds of the HTTP server. The longest answer is a long poll of 25 seconds; a page may take the download's budget.
const (
	writeTime  = time.Minute
	firstHomes = 10 * time.Second // for the first feed of cards, before anybody is let in
	pingAfter  = 15 * time.Second // a kiosk that is silent so long is asked whether it is there
	pingLimit  = 5 * time.Second
)

// serve runs the centre until ctx ends, then lets what is being answered end.
func (c config) serve(ctx context.Context, now func() time.Time, log *slog.Logger) (err error) {
	db, err := store.Open(ctx, c.Database, center.Migrations())
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	ours, err := c.center(db, now, log)
	if err != nil {
		return err
	}
	if err := ours.Start(ctx); err != nil {
		return err
	}
	secure, err := c.Dir.ServerTLS(daemon.RoleKiosk, now)
	if err != nil {
		return err
	}
	first(ctx, ours, log)
	return c.Serve(ctx, daemon.Service{
		Name: "centerd", Jobs: ours.Run, Log: log, HTTP: &http.Server{
			Handler: door.Handler(ours), TLSConfig: secure, WriteTimeout: writeTime, Protocols: http2(),
			HTTP2: &http.HTTP2Config{SendPingTimeout: pingAfter, PingTimeout: pingLimit},
		},
	})
}

func http2() *http.Protocols {
	p := new(http.Protocols)
	p.SetHTTP2(true)
	return p
}

// first asks for the cards before a kiosk is let in. Without an answer the centre serves what it knew before.
func first(ctx context.Context, c *center.Center, log *slog.Logger) {
	ctx, cancel := context.WithTimeout(ctx, firstHomes)
	defer cancel()
	if err := c.SyncHomes(ctx); err != nil {
		log.Warn("cards not asked for", "evt", "centerd.homes", "err", err)
	}
}

// center makes the centre from the folder's keys.
func (c config) center(db *store.Store, now func() time.Time, log *slog.Logger) (*center.Center, error) {
	ring, err := c.Dir.Ring(hooks.anchors, c.Env, now())
	if err != nil {
		return nil, err
	}
	kiosks, municipalities, err := parties(ring)
	if err != nil {
		return nil, err
	}
	signer, err := c.Dir.Signer("note.key", ring, signed.RoleCenter, string(c.ID))
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
	validation, err := jpki.NewClient(jpki.Config{URL: c.OCSP})
	if err != nil {
		return nil, err
	}
	issuing, err := c.issuing(municipalities, now)
	if err != nil {
		return nil, err
	}
	return center.New(center.Config{
		ID: c.ID, Ring: ring, Signer: signer, Roots: roots, Validation: validation, Issuing: issuing,
		Municipalities: municipalities, Kiosks: kiosks, Store: db, Now: now, Log: log,
	}), nil
}

// issuing makes a client for each municipality; those of one address share its connections.
func (c config) issuing(
	municipalities []domain.MunicipalityCode, now func() time.Time,
) (func(domain.MunicipalityCode) issuingapi.Service, error) {
	secure, err := c.Dir.ClientTLS("issuing-client", daemon.RoleIssuing, now)
	if err != nil {
		return nil, err
	}
	transport := issuingapi.Transport(secure)
	clients := map[domain.MunicipalityCode]issuingapi.Service{}
	for _, m := range municipalities {
		url := c.Issuers[string(m)]
		if url == "" {
			url = c.Issuing
		}
		if url != "" {
			clients[m] = issuingapi.NewClient(url, transport)
		}
	}
	return func(m domain.MunicipalityCode) issuingapi.Service { return clients[m] }, nil
}
