// Package issuing is an issuing server (証明発行サーバ): it decides what a resident may have, shows it as signed choices,
// and issues certificates as signed one-page PDFs. One process serves many municipalities.
//
// cmd/issuerd serves it over issuingapi.Handler; the centre is its only caller. It believes no centre: every
// application is proved anew from the card's signature, the responder's answer, the centre's assertion and the kiosk's
// order, and the card is mapped to a resident here. Every change of state is one conditional update, so that a late or
// doubled request finds the door closed (D-04, D-07). Pictures and pages live in memory until the application ends and
// are then overwritten; the database holds row ids, hashes, states and money.
package issuing

import (
	"context"
	"embed"
	"fmt"
	"io/fs"
	"log/slog"
	"sync"
	"time"

	"github.com/kioskd/kioskd/internal/domain"
	"github.com/kioskd/kioskd/internal/office/form"
	"github.com/kioskd/kioskd/internal/office/jpki"
	"github.com/kioskd/kioskd/internal/office/registry"
	"github.com/kioskd/kioskd/internal/office/store"
	"github.com/kioskd/kioskd/internal/signed"
	"github.com/kioskd/kioskd/internal/wire/issuingapi"
)

//go:embed schema/*.sql
var schema embed.FS

// Migrations are the tables of the issuing server's database, for store.Open.
func Migrations() fs.FS {
	sub, err := fs.Sub(schema, "schema")
	if err != nil {
		panic("issuing: the schema is not embedded") // cannot be: the name is a constant
	}
	return sub
}

// Former sets documents and pictures; *form.Former is one.
type Former interface {
	CheckResidentRecord(form.ResidentRecord) error
	ResidentRecord(form.ResidentRecord) ([]form.Page, error)
	Picture(text string, style form.PictureStyle) ([]byte, error)
}

var _ Former = (*form.Former)(nil)

// Config is what a server is made of.
type Config struct {
	Env        signed.Env
	Ring       signed.Ring // the keys that two of three key holders signed
	Roots      jpki.Roots
	Signers    map[domain.MunicipalityCode]signed.Signer // one for each municipality that is served
	Registry   *registry.Registry
	Catalogues Catalogues
	Former     Former
	Store      *store.Store
	Now        func() time.Time
	Log        *slog.Logger
	Build      string // issuerd-1.0.0+5f2c…
	Node       string // a token
	// RefusalTime is how long every refusal takes at least, so that the time tells nothing of the reason.
	RefusalTime time.Duration
	// MaxDataAge is how old the registry's data may be (D-08); 0: one hour.
	MaxDataAge time.Duration
}

// topology is how many nodes share one state; this server knows one (S-07, D-09).
const topology = "single"

// defaultDataAge: the feed comes every five minutes; an hour without one is a fault.
const defaultDataAge = time.Hour

// Server is one issuing server. Its methods may be called from any goroutine.
type Server struct {
	Config
	mu     sync.Mutex
	visits map[domain.ApplicationID]*visit
}

var _ issuingapi.Service = (*Server)(nil)

// New makes a server; Start must run before it serves.
func New(c Config) *Server {
	if c.MaxDataAge == 0 {
		c.MaxDataAge = defaultDataAge
	}
	return &Server{Config: c, visits: map[domain.ApplicationID]*visit{}}
}

// Start ends the applications of an earlier process, whose memory is lost, and takes in the user map. An issued
// certificate is not among them: its pages have left the house and its confirmation will come.
func (s *Server) Start(ctx context.Context, users []User) error {
	err := s.Store.Write(ctx, func(t *store.Tx) error {
		return t.Exec(`UPDATE application SET state=?, since=? WHERE state IN (?, ?)`, string(issuingapi.StateCancelled),
			s.Now().UnixMilli(), string(issuingapi.StateReceived), string(issuingapi.StateDeciding))
	})
	if err != nil {
		return fmt.Errorf("issuing: start: %w", err)
	}
	return s.LoadUsers(ctx, users)
}

// sweepEvery is how often what has run out is ended.
const sweepEvery = time.Minute

// Run ends what has run out until ctx ends.
func (s *Server) Run(ctx context.Context) {
	tick := time.NewTicker(sweepEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			if err := s.Sweep(ctx); err != nil {
				s.Log.ErrorContext(ctx, "sweep", "evt", "issuing.sweep", "err", err)
			}
		}
	}
}

// GetServiceCatalogue says what a municipality offers at the given instant.
func (s *Server) GetServiceCatalogue(_ context.Context, r issuingapi.CatalogueRequest) (issuingapi.Catalogue, error) {
	c, err := s.catalogue(r.Municipality, r.AsOf)
	if err != nil {
		return issuingapi.Catalogue{}, err
	}
	if c.Version == r.KnownVersion {
		return issuingapi.Catalogue{NotModified: true, Version: c.Version}, nil
	}
	return c, nil
}

func (s *Server) catalogue(m domain.MunicipalityCode, at time.Time) (issuingapi.Catalogue, error) {
	if _, served := s.Signers[m]; !served {
		return issuingapi.Catalogue{}, notServed(m)
	}
	c, ok := s.Catalogues.At(m, at)
	if !ok {
		return issuingapi.Catalogue{}, &issuingapi.ProtocolError{
			Code: issuingapi.CodeInternal, Detail: "no edition of the catalogue is valid at that time",
		}
	}
	return c, nil
}

func notServed(m domain.MunicipalityCode) error {
	return &issuingapi.ProtocolError{Code: issuingapi.CodeNotAuthorized, Detail: "municipality " + string(m) +
		" is not served here"}
}

// Heartbeat says how the server is (D-09).
func (s *Server) Heartbeat(_ context.Context, r issuingapi.HeartbeatRequest) (issuingapi.HeartbeatAnswer, error) {
	if _, served := s.Signers[r.Municipality]; !served {
		return issuingapi.HeartbeatAnswer{}, notServed(r.Municipality)
	}
	now := s.Now()
	return issuingapi.HeartbeatAnswer{
		Build: s.Build, Topology: topology, Node: s.Node, DataAsOf: s.Registry.DataAsOf(now), Clock: now,
	}, nil
}
