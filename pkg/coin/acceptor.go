package coin

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// coinTypes is how many coin types an acceptor has, each with a bit of the inhibit mask.
const coinTypes = 16

// DefaultCoins says what each coin id (header 184) is worth. Both bimetal issues of ¥500 count; the last letter is the
// maker's. What is not listed stays inhibited, whatever its position.
func DefaultCoins() map[string]int {
	return map[string]int{"JP010A": 10, "JP050A": 50, "JP100A": 100, "JP500A": 500, "JP500B": 500}
}

// acceptor is the coin acceptor on the bus.
type acceptor struct {
	bus  *Bus
	addr byte
	id   Identity
	yen  [coinTypes + 1]int // worth by coin type from 1; 0 is not ours
	poll time.Duration      // between two reads of its events
}

// ErrInhibit says that an inhibit read back is not what was set.
var ErrInhibit = errors.New("coin: acceptor does not keep its inhibits")

// Bounds of the time between two reads of the acceptor's events (ccTalk 4.7 part 3, header 249; coin acceptors lose
// nothing up to 1.5 s).
const (
	pollUsual = 200 * time.Millisecond
	pollMost  = 500 * time.Millisecond
	pollLeast = 50 * time.Millisecond
)

// open identifies the acceptor, stops it and learns its coins.
func (a *acceptor) open(ctx context.Context, cfg Config) (accepting bool, err error) {
	if a.id, err = a.bus.identifyAs(ctx, a.addr, "Coin Acceptor", cfg.Products); err != nil {
		return false, err
	}
	if accepting, err = a.isAccepting(ctx); err != nil {
		return false, err
	}
	if err := a.accept(ctx, false); err != nil {
		return accepting, err
	}
	flags, err := a.bus.Do(ctx, Request{To: a.addr, Header: hdrOptionFlags, Want: 1})
	if err != nil {
		return accepting, err
	}
	if flags[0]&1 != 0 {
		return accepting, &WrongDeviceError{Address: a.addr, Reason: "gives values instead of coin positions"}
	}
	if err := a.selfCheck(ctx); err != nil {
		return accepting, err
	}
	if err := a.learn(ctx, cfg); err != nil {
		return accepting, err
	}
	a.poll, err = a.pollTime(ctx)
	return accepting, err
}

// selfCheck runs header 232.
func (a *acceptor) selfCheck(ctx context.Context) error {
	fault, err := a.bus.Do(ctx, Request{To: a.addr, Header: hdrSelfCheck, Want: AnyLength})
	if err != nil {
		return err
	}
	if len(fault) == 0 || fault[0] != 0 {
		return &PartError{Part: PartAcceptor, Name: FaultInoperative, Code: first(fault)}
	}
	return nil
}

// learn reads the id of every coin type and sets where each of ours goes.
func (a *acceptor) learn(ctx context.Context, cfg Config) error {
	found := Mask(0)
	for n := 1; n <= coinTypes; n++ {
		id, err := a.bus.Do(ctx, Request{To: a.addr, Header: hdrCoinID, Data: []byte{byte(n)}, Want: AnyLength})
		if errors.Is(err, ErrRefused) {
			continue // it has fewer types
		}
		if err != nil {
			return err
		}
		yen := cfg.Coins[string(id)]
		k, ok := KindOf(yen)
		if !ok {
			continue
		}
		a.yen[n], found = yen, found.With(k)
		path := Request{To: a.addr, Header: hdrSetSorterPath, Data: []byte{byte(n), cfg.Paths[k]}}
		if _, err := a.bus.Do(ctx, path); err != nil {
			return err
		}
	}
	if found != 1<<NumKinds-1 {
		return &WrongDeviceError{Address: a.addr, Reason: "is not programmed for all of ¥10, ¥50, ¥100 and ¥500"}
	}
	return nil
}

// pollUnits are the units of header 249 in milliseconds; 0 and from 4 (hours) on mean "as you like".
var pollUnits = map[byte]time.Duration{1: time.Millisecond, 2: 10 * time.Millisecond, 3: time.Second}

// pollTime is how often the acceptor wants its events read, within our bounds.
func (a *acceptor) pollTime(ctx context.Context) (time.Duration, error) {
	p, err := a.bus.Do(ctx, Request{To: a.addr, Header: hdrPollPriority, Want: 2})
	if errors.Is(err, ErrRefused) {
		return pollUsual, nil
	}
	if err != nil {
		return 0, err
	}
	if unit := pollUnits[p[0]]; unit > 0 && p[1] > 0 {
		return min(max(time.Duration(p[1])*unit, pollLeast), pollMost), nil
	}
	return pollUsual, nil
}

// mask is the inhibit mask for kinds: bit n-1 set accepts type n.
func (a *acceptor) mask(kinds Mask) (m [2]byte) {
	for n := 1; n <= coinTypes; n++ {
		if k, ok := KindOf(a.yen[n]); ok && kinds.Has(k) {
			m[(n-1)/8] |= 1 << ((n - 1) % 8)
		}
	}
	return m
}

// inhibit sets which kinds are accepted, and reads it back.
func (a *acceptor) inhibit(ctx context.Context, kinds Mask) error {
	mask := a.mask(kinds)
	if _, err := a.bus.Do(ctx, Request{To: a.addr, Header: hdrModifyInhibit, Data: mask[:]}); err != nil {
		return err
	}
	return a.checkInhibit(ctx, kinds)
}

func (a *acceptor) checkInhibit(ctx context.Context, kinds Mask) error {
	got, err := a.bus.Do(ctx, Request{To: a.addr, Header: hdrRequestInhibit, Want: 2})
	if err != nil {
		return err
	}
	if want := a.mask(kinds); [2]byte(got) != want {
		return fmt.Errorf("%w: mask %x, set was %x", ErrInhibit, got, want)
	}
	return nil
}

// accept turns the acceptor on or off as a whole, and reads it back.
func (a *acceptor) accept(ctx context.Context, on bool) error {
	set := Request{To: a.addr, Header: hdrModifyMaster, Data: []byte{0}}
	if on {
		set.Data[0] = 1
	}
	if _, err := a.bus.Do(ctx, set); err != nil {
		return err
	}
	got, err := a.isAccepting(ctx)
	if err == nil && got != on {
		err = fmt.Errorf("%w: master switch is %v, set was %v", ErrInhibit, got, on)
	}
	return err
}

func (a *acceptor) isAccepting(ctx context.Context) (bool, error) {
	got, err := a.bus.Do(ctx, Request{To: a.addr, Header: hdrRequestMaster, Want: 1})
	if err != nil {
		return false, err
	}
	return got[0]&1 == 1, nil
}

// events reads the event buffer; Accepts of the result is not filled.
func (a *acceptor) events(ctx context.Context) (Acceptor, error) {
	p, err := a.bus.Do(ctx, Request{To: a.addr, Header: hdrBufferedCredit, Want: 1 + 2*slotCount})
	if err != nil {
		return Acceptor{}, err
	}
	now := Acceptor{Serial: a.id.Serial, Event: p[0]}
	for i := range slotCount {
		now.Slots[i] = a.slot(p[1+2*i], p[2+2*i])
	}
	return now, nil
}

// slot reads one pair of the event buffer: a coin type and its path, or 0 and an event code.
func (a *acceptor) slot(kind, code byte) Slot {
	if kind == 0 {
		return Slot{Code: code}
	}
	s := Slot{Type: kind, Path: code}
	if int(kind) < len(a.yen) {
		s.Yen = a.yen[kind]
	}
	return s
}

// accepts reads the count of accepted coins.
func (a *acceptor) accepts(ctx context.Context) (uint32, error) {
	p, err := a.bus.Do(ctx, Request{To: a.addr, Header: hdrAcceptCount, Want: 3})
	if err != nil {
		return 0, err
	}
	return uint24(p), nil
}

func first(p []byte) byte {
	if len(p) == 0 {
		return 0
	}
	return p[0]
}
