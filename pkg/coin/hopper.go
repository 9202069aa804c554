package coin

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
)

// Hopper is what one hopper had counted at one moment.
type Hopper struct {
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

const (
	hopperOn       = 0xA5 // the one value that enables (header 164)
	maxPerDispense = 20   // keeps small what is unknown after a crash
	hopperPoll     = 150 * time.Millisecond
	coinLimit      = time.Second      // longest time one coin takes
	dispenseLimit  = 10 * time.Second // beyond its coins' time
)

// hopper is one payout hopper on the bus.
type hopper struct {
	bus  *Bus
	kind Kind
	addr byte
	id   Identity
	key  KeyMode
}

// open identifies the hopper, lets a dispense of an earlier program end by itself, and disables it.
func (h *hopper) open(ctx context.Context, cfg Config) (err error) {
	if h.id, err = h.bus.identifyAs(ctx, h.addr, "Payout", cfg.Products); err != nil {
		return err
	}
	if err := h.checkCoin(ctx, cfg); err != nil {
		return err
	}
	if h.key, err = h.keyMode(ctx, cfg.Keys[h.kind]); err != nil {
		return err
	}
	if _, err := h.awaitRest(ctx, pause); err != nil {
		return err
	}
	return h.enable(ctx, false)
}

// checkCoin refuses a hopper that says it holds another kind; one that says nothing is believed.
func (h *hopper) checkCoin(ctx context.Context, cfg Config) error {
	name, err := h.bus.Do(ctx, Request{To: h.addr, Header: hdrHopperCoin, Want: AnyLength})
	if errors.Is(err, ErrRefused) || errors.Is(err, ErrNoReply) {
		return nil
	}
	if err != nil {
		return err
	}
	if yen, known := cfg.Coins[string(name)]; known && yen != h.kind.Yen() {
		reason := fmt.Sprintf("holds ¥%d, not ¥%d", yen, h.kind.Yen())
		return &WrongDeviceError{Address: h.addr, Reason: reason}
	}
	return nil
}

func (h *hopper) keyMode(ctx context.Context, set KeyMode) (KeyMode, error) {
	switch {
	case set != KeyAuto:
		return set, nil
	case strings.HasSuffix(h.id.Product, "-NOENCRYPT"):
		return KeyNone, nil
	}
	_, err := h.bus.Do(ctx, Request{To: h.addr, Header: hdrCipherKey, Want: 8})
	switch {
	case err == nil:
		return 0, fmt.Errorf("device %d: %w", h.addr, ErrEncrypted)
	case errors.Is(err, ErrRefused), errors.Is(err, ErrNoReply):
		return KeySerial, nil
	default:
		return 0, err
	}
}

func (h *hopper) enable(ctx context.Context, on bool) error {
	set := Request{To: h.addr, Header: hdrHopperEnable, Data: []byte{0}}
	if on {
		set.Data[0] = hopperOn
	}
	_, err := h.bus.Do(ctx, set)
	return err
}

// status reads header 166 only.
func (h *hopper) status(ctx context.Context) (Hopper, error) {
	p, err := h.bus.Do(ctx, Request{To: h.addr, Header: hdrHopperStatus, Want: 4})
	if err != nil {
		return Hopper{}, err
	}
	return Hopper{Serial: h.id.Serial, Event: p[0], Remaining: p[1], Paid: p[2], Unpaid: p[3]}, nil
}

// counters reads all that the hopper counts.
func (h *hopper) counters(ctx context.Context) (Hopper, error) {
	s, err := h.status(ctx)
	if err != nil {
		return s, err
	}
	count, err := h.bus.Do(ctx, Request{To: h.addr, Header: hdrHopperCount, Want: 3})
	if err != nil {
		return s, err
	}
	s.Dispensed = uint24(count)
	level, err := h.bus.Do(ctx, Request{To: h.addr, Header: hdrHopperLevel, Want: 1})
	if errors.Is(err, ErrRefused) {
		return s, nil // it has no level sensors
	}
	if err != nil {
		return s, err
	}
	// b4 and b5 say which sensors are fitted (header 217).
	s.Low = level[0]&0x11 == 0x11
	s.High = level[0]&0x22 == 0x22
	return s, nil
}

// test reads the test registers and refuses a hopper that could not dispense.
func (h *hopper) test(ctx context.Context) error {
	registers, err := h.bus.Do(ctx, Request{To: h.addr, Header: hdrHopperTest, Want: AnyLength})
	if err != nil {
		return err
	}
	if name, code, ok := hopperFault(registers); !ok {
		return &PartError{Part: PartHopper, Kind: h.kind, Name: name, Code: code}
	}
	return nil
}

// pay dispenses n coins and says how many came out. The number is proved by two counts even where err is set, unless
// err is ErrUnresolved.
func (h *hopper) pay(ctx context.Context, n int, wait waiter) (paid int, err error) {
	for paid < n { // at most n rounds: each but a failed one pays a coin
		part := min(n-paid, maxPerDispense)
		got, err := h.dispense(ctx, part, wait)
		paid += got
		if err != nil {
			return paid, err
		}
		if got < part {
			return paid, fmt.Errorf("%w: ¥%d, %d of %d", ErrShortPay, h.kind.Yen(), paid, n)
		}
	}
	return paid, nil
}

func (h *hopper) dispense(ctx context.Context, n int, wait waiter) (paid int, err error) {
	before, err := h.counters(ctx)
	if err != nil {
		return 0, err
	}
	if before.Remaining != 0 {
		return 0, fmt.Errorf("%w: hopper of ¥%d is already paying", ErrUnresolved, h.kind.Yen())
	}
	if err := h.test(ctx); err != nil {
		return 0, err
	}
	if err := h.enable(ctx, true); err != nil {
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
func (h *hopper) order(ctx context.Context, n int, before Hopper, wait waiter) (heard bool, err error) {
	for range 2 {
		command, err := h.command(ctx, n)
		if err != nil {
			return false, err // nothing that moves money was sent in this round, and the last one was not heard
		}
		ack, err := h.bus.Do(ctx, command)
		if err == nil && ack[0] == nextEvent(before.Event) {
			return true, nil
		}
		if errors.Is(err, ErrRefused) {
			return false, errors.Join(err, h.test(ctx))
		}
		if err := wait(ctx, hopperPoll); err != nil && ctx.Err() == nil {
			return true, fmt.Errorf("%w: %w", ErrUnresolved, err)
		}
		now, err := h.counters(context.WithoutCancel(ctx))
		switch {
		case err != nil:
			return true, fmt.Errorf("%w: %w", ErrUnresolved, err)
		case now.Event != before.Event || now.Remaining != 0 || now.Dispensed != before.Dispensed:
			return true, nil // finish judges what it did
		case ctx.Err() != nil:
			return false, ctx.Err()
		}
	}
	return false, fmt.Errorf("dispense to device %d: %w", h.addr, ErrNoReply)
}

// command makes the dispense command with the hopper's key.
func (h *hopper) command(ctx context.Context, n int) (Request, error) {
	r := Request{To: h.addr, Header: hdrHopperDispense, Want: 1}
	if h.key == KeyNone {
		if _, err := h.bus.Do(ctx, Request{To: h.addr, Header: hdrCipherKey, Want: 8}); err != nil {
			return r, err
		}
		r.Data = append(make([]byte, 8), byte(n))
		return r, nil
	}
	r.Data = []byte{byte(h.id.Serial), byte(h.id.Serial >> 8), byte(h.id.Serial >> 16), byte(n)}
	return r, nil
}

// finish waits for the end of a dispense and proves what was paid.
func (h *hopper) finish(ctx context.Context, n int, before Hopper, wait waiter) (int, error) {
	rest, err := h.awaitRest(ctx, wait)
	// From here on the act must come to its end whatever the caller wants: money is on its way.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), haltLimit)
	defer cancel()
	if err != nil {
		return 0, errors.Join(fmt.Errorf("%w: %w", ErrUnresolved, err), h.disable(ctx))
	}
	after, err := h.counters(ctx)
	if err != nil {
		return 0, fmt.Errorf("%w: %w", ErrUnresolved, err)
	}
	paid := counted24(before.Dispensed, after.Dispensed)
	counted := rest.Event == nextEvent(before.Event) || rest.Event == 1 // 1: power was lost before the command
	sound := paid <= n && (rest.Event == 0 || (counted && int(rest.Paid) == paid))
	if !sound {
		return 0, fmt.Errorf("%w: hopper of ¥%d says paid %d, counted %d, asked %d",
			ErrUnresolved, h.kind.Yen(), rest.Paid, paid, n)
	}
	return paid, h.disable(ctx)
}

// awaitRest waits until no coin remains to be paid; when that takes too long or ctx ends, it stops the hopper, once.
func (h *hopper) awaitRest(ctx context.Context, wait waiter) (Hopper, error) {
	deadline := dispenseLimit
	for spent := time.Duration(0); ; spent += hopperPoll {
		now, err := h.status(context.WithoutCancel(ctx))
		if err != nil || now.Remaining == 0 {
			return now, err
		}
		if spent == 0 {
			deadline += time.Duration(now.Remaining) * coinLimit
		}
		if spent > deadline || ctx.Err() != nil {
			return h.stop(context.WithoutCancel(ctx))
		}
		if err := wait(ctx, hopperPoll); err != nil && ctx.Err() == nil {
			return now, err
		}
	}
}

// stop ends a dispense where it stands.
func (h *hopper) stop(ctx context.Context) (Hopper, error) {
	if _, err := h.bus.Do(ctx, Request{To: h.addr, Header: hdrHopperStop, Want: 1}); err != nil {
		return Hopper{}, err
	}
	now, err := h.status(ctx)
	if err == nil && now.Remaining != 0 {
		err = &PartError{Part: PartHopper, Kind: h.kind, Name: FaultInoperative}
	}
	return now, err
}

func (h *hopper) disable(ctx context.Context) error {
	return h.enable(context.WithoutCancel(ctx), false)
}

// nextEvent is the event counter after one more event.
func nextEvent(e byte) byte {
	if e == 255 {
		return 1
	}
	return e + 1
}

// pause is the waiter of acts beside which nothing else is to be looked at.
func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
