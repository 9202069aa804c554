package cctalk

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"
)

// coinTypes is how many coin types an acceptor has, each with a bit of the inhibit mask.
const coinTypes = 16

// Acceptor is the coin acceptor on the bus. Open it first; it is used by the bus's one goroutine.
type Acceptor struct {
	Bus   *Bus
	Addr  byte
	Coins map[string]int // worth of a coin by its id (header 184); what is not listed stays inhibited
	Paths map[int]byte   // sorter path by worth, 1-8; every worth must be programmed
	// Counts says that its counts of insertions, acceptances and rejections add up. Open takes it back where the unit
	// does not know them.
	Counts bool
	// Limits says that it can be told how many coins to take. Open takes it back where the unit does not know header 135.
	Limits bool

	ID    Identity
	Poll  time.Duration // between two reads of its events
	Fault byte          // of its self-check when it was opened: one that may pass, or 0

	yen [coinTypes + 1]int // worth by coin type from 1; 0 is not ours
}

// ErrInhibit says that an inhibit, or where a coin goes, read back is not what was set.
var ErrInhibit = errors.New("coin: acceptor does not keep its inhibits")

// Bounds of the time between two reads of the acceptor's events (ccTalk 4.7 part 3, header 249; coin acceptors lose
// nothing up to 1.5 s).
const (
	pollUsual = 200 * time.Millisecond
	pollMost  = 500 * time.Millisecond
	pollLeast = 50 * time.Millisecond
)

// Open identifies the acceptor, stops it and learns its coins. It says whether the acceptor was taking coins before.
func (a *Acceptor) Open(ctx context.Context, products []string) (accepting bool, err error) {
	if a.ID, err = a.Bus.IdentifyAs(ctx, a.Addr, "Coin Acceptor", products); err != nil {
		return false, err
	}
	if accepting, err = a.couldAccept(ctx); err != nil {
		return false, err
	}
	if err := a.Accept(ctx, false); err != nil {
		return accepting, err
	}
	flags, err := a.Bus.Do(ctx, Request{To: a.Addr, Header: hdrOptionFlags, Want: 1})
	if err != nil {
		return accepting, err
	}
	if flags[0]&1 != 0 {
		return accepting, &WrongDeviceError{Address: a.Addr, Reason: "gives values instead of coin positions"}
	}
	if err := a.sound(ctx); err != nil {
		return accepting, err
	}
	if err := a.learn(ctx); err != nil {
		return accepting, err
	}
	if _, err := a.Inside(ctx); errors.Is(err, ErrRefused) || errors.Is(err, ErrNoReply) {
		a.Counts = false
	} else if err != nil {
		return accepting, err
	}
	if err := a.Limit(ctx, 0); err != nil {
		return accepting, err
	}
	a.Poll, err = a.pollTime(ctx)
	return accepting, err
}

// Inside reads how many coins are inside; not known where its counts do not tell. A coin that is just on its way may be
// among them.
func (a *Acceptor) Inside(ctx context.Context) (Inside, error) {
	if !a.Counts {
		return Inside{}, nil
	}
	var n [3]uint32
	for i, header := range []byte{hdrInsertCount, hdrAcceptCount, hdrRejectCount} {
		p, err := a.Bus.Do(ctx, Request{To: a.Addr, Header: header, Want: 3})
		if err != nil {
			return Inside{}, err
		}
		n[i] = uint24(p)
	}
	return Inside{Coins: (n[0] - n[1] - n[2]) & 0xFFFFFF, Known: true}, nil
}

// SelfCheck runs header 232 and gives its fault code; 0 is none. See [SelfCheckFault].
func (a *Acceptor) SelfCheck(ctx context.Context) (code byte, err error) {
	fault, err := a.Bus.Do(ctx, Request{To: a.Addr, Header: hdrSelfCheck, Want: AnyLength})
	if err == nil && len(fault) == 0 {
		err = fmt.Errorf("%w: a self-check without a code", ErrGarbled)
	}
	return first(fault), err
}

// sound refuses an acceptor whose self-check says what needs a person.
func (a *Acceptor) sound(ctx context.Context) (err error) {
	if a.Fault, err = a.SelfCheck(ctx); err != nil || a.Fault == 0 {
		return err
	}
	if name, passing := SelfCheckFault(a.Fault); !passing {
		err = &PartError{Part: PartAcceptor, Name: name, Code: a.Fault}
	}
	return err
}

// learn reads the id of every coin type and sets where each of ours goes.
func (a *Acceptor) learn(ctx context.Context) error {
	found := map[int]bool{}
	for n := 1; n <= coinTypes; n++ {
		id, err := a.Bus.Do(ctx, Request{To: a.Addr, Header: hdrCoinID, Data: []byte{byte(n)}, Want: AnyLength})
		if errors.Is(err, ErrRefused) {
			continue // it has fewer types
		}
		if err != nil {
			return err
		}
		yen := a.Coins[string(id)]
		if a.Paths[yen] == 0 {
			continue
		}
		a.yen[n], found[yen] = yen, true
		if err := a.setPath(ctx, byte(n), a.Paths[yen]); err != nil {
			return err
		}
	}
	if len(found) != len(a.Paths) {
		return &WrongDeviceError{Address: a.Addr, Reason: "is not programmed for all kinds of coin"}
	}
	return nil
}

// setPath sends a type's coins one way, and reads that back where the acceptor can tell.
func (a *Acceptor) setPath(ctx context.Context, kind, path byte) error {
	set := Request{To: a.Addr, Header: hdrSetSorterPath, Data: []byte{kind, path}}
	if _, err := a.Bus.Do(ctx, set); err != nil {
		return err
	}
	ask := Request{To: a.Addr, Header: hdrRequestPath, Data: []byte{kind}, Want: AnyLength}
	return a.readBack(ctx, ask, path)
}

// readBack holds what was set against what the acceptor says; one that does not know the question is believed.
func (a *Acceptor) readBack(ctx context.Context, ask Request, want byte) error {
	got, err := a.Bus.Do(ctx, ask)
	if errors.Is(err, ErrRefused) || errors.Is(err, ErrNoReply) {
		return nil
	}
	if err == nil && first(got) != want {
		err = fmt.Errorf("%w: header %d says %d, set was %d", ErrInhibit, ask.Header, first(got), want)
	}
	return err
}

// pollUnits are the units of header 249 in milliseconds; 0 and from 4 (hours) on mean "as you like".
var pollUnits = map[byte]time.Duration{1: time.Millisecond, 2: 10 * time.Millisecond, 3: time.Second}

// pollTime is how often the acceptor wants its events read, within our bounds.
func (a *Acceptor) pollTime(ctx context.Context) (time.Duration, error) {
	p, err := a.Bus.Do(ctx, Request{To: a.Addr, Header: hdrPollPriority, Want: 2})
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

// mask is the inhibit mask for coins of these worths: bit n-1 set accepts type n.
func (a *Acceptor) mask(yen []int) (m [2]byte) {
	for n := 1; n <= coinTypes; n++ {
		if a.yen[n] != 0 && slices.Contains(yen, a.yen[n]) {
			m[(n-1)/8] |= 1 << ((n - 1) % 8)
		}
	}
	return m
}

// Inhibit sets which worths are accepted, and reads it back: ErrInhibit if that differs.
func (a *Acceptor) Inhibit(ctx context.Context, yen []int) error {
	mask := a.mask(yen)
	if _, err := a.Bus.Do(ctx, Request{To: a.Addr, Header: hdrModifyInhibit, Data: mask[:]}); err != nil {
		return err
	}
	return a.CheckInhibit(ctx, yen)
}

// CheckInhibit reads back which worths are accepted: ErrInhibit if it is not these.
func (a *Acceptor) CheckInhibit(ctx context.Context, yen []int) error {
	got, err := a.Bus.Do(ctx, Request{To: a.Addr, Header: hdrRequestInhibit, Want: 2})
	if err != nil {
		return err
	}
	if want := a.mask(yen); [2]byte(got) != want {
		return fmt.Errorf("%w: mask %x, set was %x", ErrInhibit, got, want)
	}
	return nil
}

// Accept turns the acceptor on or off as a whole, and reads it back.
func (a *Acceptor) Accept(ctx context.Context, on bool) error {
	set := Request{To: a.Addr, Header: HeaderModifyMaster, Data: []byte{0}}
	if on {
		set.Data[0] = 1
	}
	if _, err := a.Bus.Do(ctx, set); err != nil {
		return err
	}
	got, err := a.IsAccepting(ctx)
	if err == nil && got != on {
		err = fmt.Errorf("%w: master switch is %v, set was %v", ErrInhibit, got, on)
	}
	return err
}

// IsAccepting reads the master switch.
func (a *Acceptor) IsAccepting(ctx context.Context) (bool, error) {
	got, err := a.Bus.Do(ctx, Request{To: a.Addr, Header: HeaderRequestMaster, Want: 1})
	if err != nil {
		return false, err
	}
	return got[0]&1 == 1, nil
}

// couldAccept says that some coin may be on its way: the master switch is on, as after each power-up, and a type is
// accepted, as never after a power-up.
func (a *Acceptor) couldAccept(ctx context.Context) (bool, error) {
	on, err := a.IsAccepting(ctx)
	if err != nil || !on {
		return false, err
	}
	mask, err := a.Bus.Do(ctx, Request{To: a.Addr, Header: hdrRequestInhibit, Want: 2})
	if err != nil {
		return false, err
	}
	return mask[0]|mask[1] != 0, nil
}

// Events reads the event buffer; Accepts and Inside of the result are not filled.
func (a *Acceptor) Events(ctx context.Context) (AcceptorState, error) {
	p, err := a.Bus.Do(ctx, Request{To: a.Addr, Header: hdrBufferedCredit, Want: 1 + 2*SlotCount})
	if err != nil {
		return AcceptorState{}, err
	}
	now := AcceptorState{Serial: a.ID.Serial, Event: p[0]}
	for i := range SlotCount {
		now.Slots[i] = a.slot(p[1+2*i], p[2+2*i])
	}
	return now, nil
}

// slot reads one pair of the event buffer: a coin type and its path, or 0 and an event code.
func (a *Acceptor) slot(kind, code byte) Slot {
	if kind == 0 {
		return Slot{Code: code}
	}
	s := Slot{Type: kind, Path: code}
	if int(kind) < len(a.yen) {
		s.Yen = a.yen[kind]
	}
	return s
}

// Accepts reads the count of accepted coins.
func (a *Acceptor) Accepts(ctx context.Context) (uint32, error) {
	p, err := a.Bus.Do(ctx, Request{To: a.Addr, Header: hdrAcceptCount, Want: 3})
	if err != nil {
		return 0, err
	}
	return uint24(p), nil
}

// Limit has the unit refuse every coin after n more, until it is told again; 0 takes the limit away. It is none of the
// inhibits, and the unit forgets it with its power. Where it cannot be told, nothing is done.
func (a *Acceptor) Limit(ctx context.Context, n byte) error {
	if !a.Limits {
		return nil
	}
	_, err := a.Bus.Do(ctx, Request{To: a.Addr, Header: hdrAcceptLimit, Data: []byte{n}})
	if errors.Is(err, ErrRefused) || errors.Is(err, ErrNoReply) && n == 0 {
		a.Limits, err = false, nil
	}
	return err
}

// Override sends coins of these sorter paths, 1 to 8, to the default path (header 222: a cleared bit overrides).
func (a *Acceptor) Override(ctx context.Context, paths []byte) error {
	set := byte(0xFF)
	for _, p := range paths {
		set &^= 1 << (p - 1)
	}
	if _, err := a.Bus.Do(ctx, Request{To: a.Addr, Header: hdrSetSorterOverride, Data: []byte{set}}); err != nil {
		return err
	}
	return a.readBack(ctx, Request{To: a.Addr, Header: hdrRequestOverride, Want: AnyLength}, set)
}

func first(p []byte) byte {
	if len(p) == 0 {
		return 0
	}
	return p[0]
}
