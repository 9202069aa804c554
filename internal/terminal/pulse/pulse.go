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
	Told   chan News // holds one; nil: nobody asks
	heard  atomic.Bool
	missed int // in a row; of Run alone
	wrong  int // clocks in a row
	last   News
}

// News is what the pulse found of centre and clock.
type News struct {
	Lost  bool // several heartbeats in a row were not answered
	Doubt bool // the centre says, twice, that this machine's clock is wrong
}

// The patience: a centre that restarts, and a clock that is being set, are no news.
const (
	lostAfter  = 4
	doubtAfter = 2
)

// Run beats until the context ends.
func (p *Pulse) Run(ctx context.Context) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		a, err := p.beat(ctx)
		if err != nil && ctx.Err() == nil {
			p.Log.Warn("centre not reached", "evt", "center.heartbeat", "err", err)
		}
		p.tell(a, err)
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
	_, err := p.beat(ctx)
	return err
}

// tell says what is new. Who has not taken the older word gets the newer one in its place.
func (p *Pulse) tell(a centerapi.HeartbeatAnswer, err error) {
	switch {
	case err != nil:
		p.missed++
	case a.ClockOk:
		p.missed, p.wrong = 0, 0
	default:
		p.missed, p.wrong = 0, p.wrong+1
	}
	now := News{Lost: p.missed >= lostAfter, Doubt: p.wrong >= doubtAfter}
	if now == p.last || p.Told == nil {
		return
	}
	p.last = now
	select {
	case <-p.Told:
	default:
	}
	p.Told <- now
}

func (p *Pulse) beat(ctx context.Context) (a centerapi.HeartbeatAnswer, err error) {
	ctx, cancel := context.WithTimeout(ctx, domain.ValidationBudget)
	defer cancel()
	if a, err = p.Center.Heartbeat(ctx, p.Beat()); err == nil {
		p.heard.Store(true)
	}
	return a, err
}
