// Package pulse tells the centre that this kiosk is alive. The first pulse of a boot ends what an older one left open
// there.
package pulse

import (
	"context"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/kioskd/kioskd/internal/domain"
	"github.com/kioskd/kioskd/internal/wire/centerapi"
)

// every is the pulse of server.md §4.
const every = 15 * time.Second

// Center takes a pulse.
type Center interface {
	Heartbeat(context.Context, centerapi.Heartbeat) (centerapi.HeartbeatAnswer, error)
}

// Pulse is one kiosk's. Safe for concurrent use.
type Pulse struct {
	Center Center
	Beat   func() centerapi.Heartbeat
	Log    *slog.Logger
	heard  atomic.Bool
}

// Run beats until the context ends.
func (p *Pulse) Run(ctx context.Context) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		if err := p.beat(ctx); err != nil && ctx.Err() == nil {
			p.Log.Warn("centre not reached", "evt", "center.heartbeat", "err", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// Greet makes sure that the centre has heard of this boot.
func (p *Pulse) Greet(ctx context.Context) error {
	if p.heard.Load() {
		return nil
	}
	return p.beat(ctx)
}

func (p *Pulse) beat(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, domain.ValidationBudget)
	defer cancel()
	_, err := p.Center.Heartbeat(ctx, p.Beat())
	if err == nil {
		p.heard.Store(true)
	}
	return err
}
