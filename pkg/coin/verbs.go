package coin

import "context"

// Events gives what happens, in order, [Gone] and [Back] among it. The channel is never closed.
func (c *Connection) Events() <-chan Event { return c.events }

// State is [Vendor.State]; of a machine that is gone, where it stood.
func (c *Connection) State() State {
	c.mu.Lock()
	v := c.vendor
	c.mu.Unlock()
	if v == nil {
		return Closed
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.state == Closed {
		return v.left
	}
	return v.state
}

// Deposited is [Vendor.Deposited]; of a machine that is gone, what was credited until then.
func (c *Connection) Deposited() Count {
	c.mu.Lock()
	v := c.vendor
	c.mu.Unlock()
	if v == nil {
		return Count{}
	}
	return v.Deposited()
}

// Parts is [Vendor.Parts].
func (c *Connection) Parts() []Identity {
	c.mu.Lock()
	v := c.vendor
	c.mu.Unlock()
	if v == nil {
		return nil
	}
	return v.Parts()
}

// BeginDeposit is [Vendor.BeginDeposit].
func (c *Connection) BeginDeposit(ctx context.Context, l Limits) error {
	return c.do(ctx, func(v *Vendor) error { return v.BeginDeposit(ctx, l) })
}

// PauseDeposit is [Vendor.PauseDeposit].
func (c *Connection) PauseDeposit(ctx context.Context, paused bool) error {
	return c.do(ctx, func(v *Vendor) error { return v.PauseDeposit(ctx, paused) })
}

// Settle is [Vendor.Settle].
func (c *Connection) Settle(ctx context.Context) (in Count, err error) {
	in = c.Deposited()
	err = c.do(ctx, func(v *Vendor) error { in, err = v.Settle(ctx); return err })
	return in, err
}

// FixDeposit is [Vendor.FixDeposit].
func (c *Connection) FixDeposit(ctx context.Context) error {
	return c.do(ctx, func(v *Vendor) error { return v.FixDeposit(ctx) })
}

// AdoptDeposit is [Vendor.AdoptDeposit].
func (c *Connection) AdoptDeposit(ctx context.Context, held Count) error {
	return c.do(ctx, func(v *Vendor) error { return v.AdoptDeposit(ctx, held) })
}

// EndDeposit is [Vendor.EndDeposit].
func (c *Connection) EndDeposit(ctx context.Context, end End) error {
	return c.do(ctx, func(v *Vendor) error { return v.EndDeposit(ctx, end) })
}

// TestHoppers is [Vendor.TestHoppers].
func (c *Connection) TestHoppers(ctx context.Context, plan Count) error {
	return c.do(ctx, func(v *Vendor) error { return v.TestHoppers(ctx, plan) })
}

// Payout is [Vendor.Payout].
func (c *Connection) Payout(ctx context.Context, plan Count) (paid Count, err error) {
	err = c.do(ctx, func(v *Vendor) error { paid, err = v.Payout(ctx, plan); return err })
	return paid, err
}

// Counters is [Vendor.Counters].
func (c *Connection) Counters(ctx context.Context) (now Counters, err error) {
	err = c.do(ctx, func(v *Vendor) error { now, err = v.Counters(ctx); return err })
	return now, err
}

// Status is [Vendor.Status].
func (c *Connection) Status(ctx context.Context) (s Status, err error) {
	err = c.do(ctx, func(v *Vendor) error { s, err = v.Status(ctx); return err })
	return s, err
}

// SetAccuracy is [Vendor.SetAccuracy].
func (c *Connection) SetAccuracy(ctx context.Context, to Accuracies) error {
	return c.do(ctx, func(v *Vendor) error { return v.SetAccuracy(ctx, to) })
}

// Halt is [Vendor.Halt].
func (c *Connection) Halt(ctx context.Context) error {
	return c.do(ctx, func(v *Vendor) error { return v.Halt(ctx) })
}
