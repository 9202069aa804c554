package center

import (
	"bytes"
	"context"
	"slices"
	"time"

	"github.com/kioskd/kioskd/internal/domain"
	"github.com/kioskd/kioskd/internal/wire/centerapi"
)

// Status says where an application stands.
func (c *Center) Status(ctx context.Context, k Peer, id domain.ApplicationID) (centerapi.Status, error) {
	a, err := c.application(ctx, k.ID, id)
	if err != nil {
		return centerapi.Status{}, err
	}
	s := centerapi.Status{Rev: a.rev, State: a.state, Reason: a.reason}
	if a.state != centerapi.StateReady {
		return s, nil
	}
	v, ok := c.visit(k.ID, id)
	if !ok {
		return s, nil
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	s.Manifest, s.Delivery, s.Pages = bytes.Clone(v.manifest.msg), bytes.Clone(v.delivery), len(v.pages)
	return s, nil
}

// maxWait bounds one long poll.
const maxWait = 25 * time.Second

// Wait gives the status as soon as its revision is greater than after; ok is false where nothing changed in time.
func (c *Center) Wait(
	ctx context.Context, k Peer, id domain.ApplicationID, after int64, wait time.Duration,
) (s centerapi.Status, ok bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, min(wait, maxWait))
	defer cancel()
	read := context.WithoutCancel(ctx)
	for { // each round needs a change of state, of which an application has a dozen
		change := (<-chan struct{})(nil)
		if v, held := c.visit(k.ID, id); held {
			change = v.change()
		}
		if s, err = c.Status(read, k, id); err != nil || s.Rev > after {
			return s, err == nil, err
		}
		if change == nil {
			return s, false, nil // ended; nothing will change while somebody waits
		}
		select {
		case <-change:
		case <-ctx.Done():
			return s, false, nil
		}
	}
}

// Cancel ends an application in any state and gives the final one. What ended before stays as it is.
func (c *Center) Cancel(ctx context.Context, k Peer, id domain.ApplicationID) (centerapi.Status, error) {
	a, err := c.application(ctx, k.ID, id)
	if err != nil {
		return centerapi.Status{}, err
	}
	if slices.Contains(open, a.state) {
		if err := c.end(context.WithoutCancel(ctx), a, centerapi.StateCancelled, domain.NoRefusal); err != nil {
			return centerapi.Status{}, err
		}
	}
	return c.Status(ctx, k, id)
}
