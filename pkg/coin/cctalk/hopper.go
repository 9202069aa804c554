package cctalk

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
)

// HopperState is what one hopper had counted at one moment.
type HopperState struct {
	Serial    uint32
	Event     byte // dispense counter: 0 only after power-up, then 1…255 round and round
	Remaining byte // coins still to come of the dispense under way
	Paid      byte // coins of the last dispense
	Unpaid    byte // coins the last dispense failed to pay; a hint, slow power loss may clear it
	Low, High bool // level sensors; they warn and never count
	Dispensed uint32
}

// KeyMode is how a hopper wants a dispense command guarded.
type KeyMode uint8

// The key modes. KeyAuto looks at the product code and at the answer to header 160.
const (
	KeyAuto   KeyMode = 0
	KeySerial KeyMode = 1 // the three bytes of its serial number
	KeyNone   KeyMode = 2 // eight bytes without meaning, after header 160
)

// ErrEncrypted says that a hopper wants an encrypted dispense; the algorithm is its maker's secret.
var ErrEncrypted = errors.New("coin: hopper wants its maker's encryption: use a serial-number or NOENCRYPT model")

// ErrShortPay says that fewer coins were paid than asked; how many is known.
var ErrShortPay = errors.New("coin: hopper paid fewer coins than asked")

// ErrRanEmpty says that it had no more, and that no coin hangs in it.
var ErrRanEmpty = errors.New("coin: hopper has no more coins")

const (
	hopperOn = 0xA5 // the one value that enables (header 164)
	// MaxPerDispense is the most coins of one command: it keeps small what is unknown after a crash.
	MaxPerDispense = 20
	hopperPoll     = 150 * time.Millisecond
	coinLimit      = time.Second      // longest time one coin takes
	dispenseLimit  = 10 * time.Second // beyond its coins' time
	finishLimit    = 5 * time.Second  // for asking what a dispense did
)

// Hopper is one payout hopper on the bus. Open it first.
type Hopper struct {
	Bus   *Bus
	Addr  byte
	Yen   int            // worth of its coins
	Key   KeyMode        // Open finds it out where it is KeyAuto
	Coins map[string]int // worth of a coin by its name (header 171)
	// SwappedLevels says that the two level bits of header 217 stand in each other's place.
	SwappedLevels bool

	ID Identity
}

// Open identifies the hopper, lets a dispense of an earlier program end by itself, and disables it.
func (h *Hopper) Open(ctx context.Context, products []string) (err error) {
	if h.ID, err = h.Bus.IdentifyAs(ctx, h.Addr, "Payout", products); err != nil {
		return err
	}
	if err := h.checkCoin(ctx); err != nil {
		return err
	}
	if h.Key, err = h.keyMode(ctx); err != nil {
		return err
	}
	if _, err := h.awaitRest(ctx, Pause); err != nil {
		return err
	}
	return h.Enable(ctx, false)
}

// checkCoin refuses a hopper that says it holds another kind; one that says nothing is believed.
func (h *Hopper) checkCoin(ctx context.Context) error {
	name, err := h.Bus.Do(ctx, Request{To: h.Addr, Header: hdrHopperCoin, Want: AnyLength})
	if errors.Is(err, ErrRefused) || errors.Is(err, ErrNoReply) {
		return nil
	}
	if err != nil {
		return err
	}
	if yen, known := h.Coins[string(name)]; known && yen != h.Yen {
		reason := fmt.Sprintf("holds ¥%d, not ¥%d", yen, h.Yen)
		return &WrongDeviceError{Address: h.Addr, Reason: reason}
	}
	return nil
}

func (h *Hopper) keyMode(ctx context.Context) (KeyMode, error) {
	switch {
	case h.Key != KeyAuto:
		return h.Key, nil
	case strings.HasSuffix(h.ID.Product, "-NOENCRYPT"):
		return KeyNone, nil
	}
	_, err := h.Bus.Do(ctx, Request{To: h.Addr, Header: hdrCipherKey, Want: 8})
	switch {
	case err == nil:
		return 0, fmt.Errorf("device %d: %w", h.Addr, ErrEncrypted)
	case errors.Is(err, ErrRefused), errors.Is(err, ErrNoReply):
		return KeySerial, nil
	default:
		return 0, err
	}
}

// Enable allows it to dispense, or forbids it, and reads that back: test register 1 has a bit for it.
func (h *Hopper) Enable(ctx context.Context, on bool) error {
	set := Request{To: h.Addr, Header: hdrHopperEnable, Data: []byte{0}}
	if on {
		set.Data[0] = hopperOn
	}
	if _, err := h.Bus.Do(ctx, set); err != nil {
		return err
	}
	registers, err := h.Bus.Do(ctx, Request{To: h.Addr, Header: hdrHopperTest, Want: AnyLength})
	if err == nil && (first(registers)&hopperDisabled == 0) != on {
		err = &PartError{Part: PartHopper, Yen: h.Yen, Name: ConditionInoperative, Code: first(registers)}
	}
	return err
}

// Status reads header 166 only.
func (h *Hopper) Status(ctx context.Context) (HopperState, error) {
	p, err := h.Bus.Do(ctx, Request{To: h.Addr, Header: hdrHopperStatus, Want: 4})
	if err != nil {
		return HopperState{}, err
	}
	return HopperState{Serial: h.ID.Serial, Event: p[0], Remaining: p[1], Paid: p[2], Unpaid: p[3]}, nil
}

// Counters reads all that the hopper counts.
func (h *Hopper) Counters(ctx context.Context) (HopperState, error) {
	s, err := h.Status(ctx)
	if err != nil {
		return s, err
	}
	count, err := h.Bus.Do(ctx, Request{To: h.Addr, Header: hdrHopperCount, Want: 3})
	if err != nil {
		return s, err
	}
	s.Dispensed = uint24(count)
	level, err := h.Bus.Do(ctx, Request{To: h.Addr, Header: hdrHopperLevel, Want: 1})
	if errors.Is(err, ErrRefused) {
		return s, nil // it has no level sensors
	}
	if err != nil {
		return s, err
	}
	// b4 and b5 say which sensors are fitted (header 217).
	s.Low = level[0]&0x11 == 0x11
	s.High = level[0]&0x22 == 0x22
	if h.SwappedLevels {
		s.Low, s.High = level[0]&0x12 == 0x12, level[0]&0x21 == 0x21
	}
	return s, nil
}

// Test reads the test registers and refuses a hopper that could not dispense.
func (h *Hopper) Test(ctx context.Context) error {
	registers, err := h.Bus.Do(ctx, Request{To: h.Addr, Header: hdrHopperTest, Want: AnyLength})
	if err != nil {
		return err
	}
	if name, code, ok := hopperFault(registers); !ok {
		return &PartError{Part: PartHopper, Yen: h.Yen, Name: name, Code: code, At: hopperPlace(registers)}
	}
	return nil
}

// Condition is how the hopper is, with the test register or 0 as its code. An earlier time-out counts as empty.
func (h *Hopper) Condition(ctx context.Context) (name Condition, code byte, err error) {
	registers, err := h.Bus.Do(ctx, Request{To: h.Addr, Header: hdrHopperTest, Want: AnyLength})
	if err != nil {
		return ConditionUnknown, 0, err
	}
	if name, code, ok := hopperFault(registers); !ok {
		return name, code, nil
	}
	now, err := h.Counters(ctx)
	switch {
	case err != nil:
		return ConditionUnknown, 0, err
	case first(registers)&hopperTimeout != 0:
		return ConditionEmpty, first(registers), nil
	case now.Low:
		return ConditionLow, 0, nil
	case now.High:
		return ConditionHigh, 0, nil
	default:
		return ConditionOK, 0, nil
	}
}

// Pay dispenses n coins and says how many came out. The number is proved by two counts even where err is set, unless
// err is ErrUnresolved.
func (h *Hopper) Pay(ctx context.Context, n int, wait Waiter) (paid int, err error) {
	for paid < n { // at most n rounds: each but a failed one pays a coin
		part := min(n-paid, MaxPerDispense)
		got, err := h.dispense(ctx, part, wait)
		paid += got
		if err != nil {
			return paid, err
		}
		if got < part {
			return paid, fmt.Errorf("%w: ¥%d, %d of %d", ErrShortPay, h.Yen, paid, n)
		}
	}
	return paid, nil
}

func (h *Hopper) dispense(ctx context.Context, n int, wait Waiter) (paid int, err error) {
	before, err := h.Counters(ctx)
	if err != nil {
		return 0, err
	}
	if before.Remaining != 0 {
		return 0, fmt.Errorf("%w: hopper of ¥%d is already paying", ErrUnresolved, h.Yen)
	}
	if err := h.Test(ctx); err != nil {
		return 0, err
	}
	if err := h.Enable(ctx, true); err != nil {
		return 0, err
	}
	heard, err := h.order(ctx, n, before, wait)
	if !heard {
		return 0, errors.Join(err, h.disable(ctx))
	}
	if err != nil {
		return 0, err
	}
	return h.finish(ctx, n, before, wait)
}

// order gives the dispense command once, and once more only after the hopper has said that it did not hear it. heard
// false means that nothing moves; heard with an error means that it cannot be known.
func (h *Hopper) order(ctx context.Context, n int, before HopperState, wait Waiter) (heard bool, err error) {
	for range 2 {
		command, err := h.command(ctx, n)
		if err != nil {
			return false, err // nothing that moves money was sent in this round, and the last one was not heard
		}
		ack, err := h.Bus.Do(ctx, command)
		if err == nil && ack[0] == NextEvent(before.Event) {
			return true, nil
		}
		if errors.Is(err, ErrRefused) {
			return false, errors.Join(err, h.Test(ctx))
		}
		if err := wait(ctx, hopperPoll); err != nil && ctx.Err() == nil {
			return true, fmt.Errorf("%w: %w", ErrUnresolved, err)
		}
		now, err := h.Counters(context.WithoutCancel(ctx))
		switch {
		case err != nil:
			return true, fmt.Errorf("%w: %w", ErrUnresolved, err)
		case now.Event != before.Event || now.Remaining != 0 || now.Dispensed != before.Dispensed:
			return true, nil // finish judges what it did
		case ctx.Err() != nil:
			return false, ctx.Err()
		}
	}
	return false, fmt.Errorf("dispense to device %d: %w", h.Addr, ErrNoReply)
}

// command makes the dispense command with the hopper's key.
func (h *Hopper) command(ctx context.Context, n int) (Request, error) {
	r := Request{To: h.Addr, Header: hdrHopperDispense, Want: 1}
	if h.Key == KeyNone {
		if _, err := h.Bus.Do(ctx, Request{To: h.Addr, Header: hdrCipherKey, Want: 8}); err != nil {
			return r, err
		}
		r.Data = append(make([]byte, 8), byte(n))
		return r, nil
	}
	r.Data = []byte{byte(h.ID.Serial), byte(h.ID.Serial >> 8), byte(h.ID.Serial >> 16), byte(n)}
	return r, nil
}

// finish waits for the end of a dispense and proves what was paid.
func (h *Hopper) finish(ctx context.Context, n int, before HopperState, wait Waiter) (int, error) {
	rest, err := h.awaitRest(ctx, wait)
	// From here on the act must come to its end whatever the caller wants: money is on its way.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), finishLimit)
	defer cancel()
	if err != nil {
		return 0, errors.Join(fmt.Errorf("%w: %w", ErrUnresolved, err), h.disable(ctx))
	}
	after, err := h.Counters(ctx)
	if err != nil {
		return 0, fmt.Errorf("%w: %w", ErrUnresolved, err)
	}
	paid := Counted24(before.Dispensed, after.Dispensed)
	counted := rest.Event == NextEvent(before.Event) || rest.Event == 1 // 1: power was lost before the command
	sound := paid <= n && (rest.Event == 0 || (counted && int(rest.Paid) == paid))
	if !sound {
		return 0, fmt.Errorf("%w: hopper of ¥%d says paid %d, counted %d, asked %d",
			ErrUnresolved, h.Yen, rest.Paid, paid, n)
	}
	return paid, h.disable(ctx)
}

// awaitRest waits until no coin remains to be paid; when that takes too long or ctx ends, it stops the hopper, once.
func (h *Hopper) awaitRest(ctx context.Context, wait Waiter) (HopperState, error) {
	deadline := dispenseLimit
	for spent := time.Duration(0); ; spent += hopperPoll {
		now, err := h.Status(context.WithoutCancel(ctx))
		if err != nil || now.Remaining == 0 {
			return now, err
		}
		if spent == 0 {
			deadline += time.Duration(now.Remaining) * coinLimit
		}
		if spent > deadline || ctx.Err() != nil {
			return h.Stop(context.WithoutCancel(ctx))
		}
		if err := wait(ctx, hopperPoll); err != nil && ctx.Err() == nil {
			return now, err
		}
	}
}

// RanEmpty says whether its last dispense ended because no coin came (test register 1), and nothing but that: no coin
// hangs where it may fall later.
func (h *Hopper) RanEmpty(ctx context.Context) (bool, error) {
	registers, err := h.Bus.Do(ctx, Request{To: h.Addr, Header: hdrHopperTest, Want: AnyLength})
	const hangs = hopperCurrent | hopperBlocked | hopperBlockedPay
	return first(registers)&(hopperTimeout|hangs) == hopperTimeout, err
}

// Stop ends a dispense where it stands.
func (h *Hopper) Stop(ctx context.Context) (HopperState, error) {
	if _, err := h.Bus.Do(ctx, Request{To: h.Addr, Header: hdrHopperStop, Want: 1}); err != nil {
		return HopperState{}, err
	}
	now, err := h.Status(ctx)
	if err == nil && now.Remaining != 0 {
		err = &PartError{Part: PartHopper, Yen: h.Yen, Name: ConditionInoperative}
	}
	return now, err
}

func (h *Hopper) disable(ctx context.Context) error {
	return h.Enable(context.WithoutCancel(ctx), false)
}

// NextEvent is the event counter after one more event.
func NextEvent(e byte) byte {
	if e == 255 {
		return 1
	}
	return e + 1
}

// Pause is the Waiter of acts beside which nothing else is to be looked at.
func Pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
