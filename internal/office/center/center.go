// Package center is the certificate issuing centre (証明書交付センター): it asks the validation about a card, knows which
// municipality the card belongs to, passes applications on and answers back, and accounts for every sheet.
//
// cmd/centerd serves its Handler to kiosks and runs Run. It decides nothing about persons and keeps nothing of them:
// certificates, pictures and pages live in memory until the application ends; the database holds ids, hashes, money and
// states. A restart ends what was open. Every change of state is one conditional update, so that of two requests
// one wins and a late answer finds the door closed (D-04, D-07).
package center

import (
	"context"
	"crypto/rand"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/kioskd/kioskd/internal/domain"
	"github.com/kioskd/kioskd/internal/office/center/catalogue"
	"github.com/kioskd/kioskd/internal/office/center/rest"
	"github.com/kioskd/kioskd/internal/office/jpki"
	"github.com/kioskd/kioskd/internal/office/store"
	"github.com/kioskd/kioskd/internal/signed"
	"github.com/kioskd/kioskd/internal/wire/centerapi"
	"github.com/kioskd/kioskd/internal/wire/issuingapi"
)

//go:embed schema/*.sql
var schema embed.FS

// Migrations are the tables of the centre's database, for store.Open.
func Migrations() fs.FS {
	sub, err := fs.Sub(schema, "schema")
	if err != nil {
		panic("center: the schema is not embedded") // cannot be: the name is a constant
	}
	return sub
}

// Config is what a centre is made of.
type Config struct {
	ID             domain.CenterID
	Ring           signed.Ring // the keys that two of three key holders signed
	Signer         signed.Signer
	Roots          jpki.Roots
	Validation     *jpki.Client
	Issuing        func(domain.MunicipalityCode) issuingapi.Service // nil for one that has not joined
	Municipalities []domain.MunicipalityCode
	Kiosks         []domain.KioskID
	Store          *store.Store
	Now            func() time.Time
	Log            *slog.Logger
}

// Center is one centre. Its methods may be called from any goroutine.
type Center struct {
	Config
	markKey [32]byte // of card marks; dies with the process

	shelf *catalogue.Shelf
	rests rest.Shelf

	mu     sync.Mutex
	visits map[domain.ApplicationID]*visit
	paces  map[domain.KioskID][]time.Time // of challenges within the last paceWindow

	wake chan struct{} // something waits in the outbox
}

// New makes a centre; Start must run before it serves.
func New(c Config) *Center {
	center := &Center{
		Config: c, visits: map[domain.ApplicationID]*visit{}, paces: map[domain.KioskID][]time.Time{},
		wake: make(chan struct{}, 1),
	}
	center.shelf = catalogue.NewShelf(center.issuing)
	_, _ = rand.Read(center.markKey[:]) // never fails: crypto/rand ends the program instead
	return center
}

// Start ends what an earlier process left open: its memory is lost, and with it every page.
func (c *Center) Start(ctx context.Context) error {
	left, err := c.applications(ctx, isOpen)
	if err != nil {
		return err
	}
	for _, a := range left {
		if err := c.abandon(ctx, a, domain.CenterUnreachable); err != nil {
			return err
		}
	}
	return nil
}

// The periods of Run. None of them decides anything about time: what is due is judged by Now.
const (
	homesEvery  = time.Minute
	sweepEvery  = 15 * time.Second
	outboxEvery = 5 * time.Second
	afterError  = 3 * time.Second // a job that went wrong is done again so soon
)

// Run keeps the card homes fresh, ends what is over and empties the outbox, until the context ends.
func (c *Center) Run(ctx context.Context) {
	var group sync.WaitGroup
	for _, job := range []struct {
		name  string
		every time.Duration
		wake  <-chan struct{}
		do    func(context.Context) error
	}{
		{"homes", homesEvery, nil, c.SyncHomes},
		{"sweep", sweepEvery, nil, c.Sweep},
		{"outbox", outboxEvery, c.wake, c.Flush},
	} {
		group.Go(func() {
			timer := time.NewTimer(0)
			defer timer.Stop()
			for {
				select {
				case <-ctx.Done():
					return
				case <-timer.C:
				case <-job.wake:
				}
				next := job.every
				if err := job.do(ctx); err != nil && ctx.Err() == nil {
					next = min(next, afterError)
					c.Log.Error("job", "evt", "center.job", "job", job.name, "err", err)
				}
				timer.Reset(next)
			}
		})
	}
	group.Wait()
}

// joined reports whether the municipality takes part.
func (c *Center) joined(m domain.MunicipalityCode) bool { return slices.Contains(c.Municipalities, m) }

// issuing gives the issuing server of a municipality.
func (c *Center) issuing(m domain.MunicipalityCode) (issuingapi.Service, error) {
	if c.joined(m) {
		if s := c.Issuing(m); s != nil {
			return s, nil
		}
	}
	return nil, &centerapi.Refused{Reason: domain.MunicipalityNotJoin}
}

// Heartbeat takes a kiosk's account of itself. A new boot id ends what the kiosk's older boots left open.
func (c *Center) Heartbeat(
	ctx context.Context, k domain.KioskID, h centerapi.Heartbeat,
) (centerapi.HeartbeatAnswer, error) {
	now := c.Now()
	if h.Boot.IsZero() || h.Clock.IsZero() {
		return centerapi.HeartbeatAnswer{}, bad("boot or clock is missing")
	}
	skew := h.Clock.Sub(now)
	if err := c.hello(ctx, k, h.Boot); err != nil {
		return centerapi.HeartbeatAnswer{}, err
	}
	err := c.Store.Write(ctx, func(t *store.Tx) error {
		return t.Exec(`UPDATE kiosk SET build=?, seen=?, skew_ms=? WHERE id=?`,
			h.Build, now.UnixMilli(), skew.Milliseconds(), string(k))
	})
	if err != nil {
		return centerapi.HeartbeatAnswer{}, err
	}
	fine := skew.Abs() <= domain.ClockSkew
	if !fine {
		c.Log.Warn("clocks differ", "evt", "center.skew", "kiosk", string(k), "skew_ms", skew.Milliseconds())
	}
	return centerapi.HeartbeatAnswer{ServerTime: now.UTC(), ClockOk: fine}, nil
}

// hello notes the run of a kiosk that speaks; what earlier runs left open ends. The run is noted last: where ending
// fails, the next hello finds it unnoted and tries again.
func (c *Center) hello(ctx context.Context, k domain.KioskID, boot domain.BootID) error {
	var old string
	err := c.Store.Read(ctx, func(t *store.Tx) error {
		return t.One(`SELECT boot FROM kiosk WHERE id=?`, []any{string(k)}, &old)
	})
	if err != nil && !errors.Is(err, store.ErrNone) {
		return err
	}
	if old != boot.String() {
		c.rests.Drop(k, c.Now())
		left, err := c.applications(ctx, `kiosk=? AND boot<>? AND `+isOpen, string(k), boot.String())
		if err != nil {
			return err
		}
		for _, a := range left {
			if err := c.abandon(ctx, a, domain.Superseded); err != nil {
				return fmt.Errorf("center: hello of %s: %w", k, err)
			}
		}
	}
	return c.Store.Write(ctx, func(t *store.Tx) error {
		return t.Exec(`INSERT INTO kiosk (id, boot, build, seen, skew_ms) VALUES (?, ?, '', ?, 0)
			ON CONFLICT (id) DO UPDATE SET boot=excluded.boot, seen=excluded.seen`,
			string(k), boot.String(), c.Now().UnixMilli())
	})
}
