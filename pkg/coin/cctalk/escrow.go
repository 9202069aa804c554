package cctalk

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// EscrowState is the state of the escrow at one moment (ccTalk 4.7 part 3, header 106).
type EscrowState struct {
	Serial uint32
	Moving bool
	Level  byte // 0 empty … 255 full
	Fault  byte // 0 none, else the unit's code
	// NoLevel says that the unit has no counter: Level is 0 where the driver has proof that it is empty, else 1.
	NoLevel bool
}

// Empty says that the escrow is proved empty: at rest, without a fault, level 0.
func (e EscrowState) Empty() bool { return !e.Moving && e.Fault == 0 && e.Level == 0 }

// Full says that no more coins fit.
func (e EscrowState) Full() bool { return e.Level == 255 }

// Condition is the state in words that do not depend on the unit.
func (e EscrowState) Condition() Condition {
	switch {
	case e.Fault != 0:
		return escrowFault(e.Fault)
	case e.Full():
		return ConditionFull
	case e.Empty():
		return ConditionEmpty
	default:
		return ConditionOK
	}
}

// Direction is where the escrow's coins go (header 107).
type Direction byte

// The directions.
const (
	EscrowKeep   Direction = 0 // to the hoppers and the cash box
	EscrowReturn Direction = 1 // to the return tray
)

// Times of the escrow: a movement takes seconds; ten are never needed by a sound one.
const (
	escrowPoll  = 200 * time.Millisecond
	escrowLimit = 10 * time.Second
)

// Escrow is the escrow on the bus. Open it first.
type Escrow struct {
	Bus  *Bus
	Addr byte
	// NoLevel says that the unit has no counter of its level. A movement is then proved by what it says of itself: that
	// it moves, and that it rests without a fault.
	NoLevel bool
	// Filled says, with NoLevel, that it is not proved empty. Whoever sees coins come sets it; a movement takes it back.
	Filled bool

	ID Identity
}

// Open identifies the escrow and lets a movement that an earlier program began come to its end.
func (e *Escrow) Open(ctx context.Context, products []string) (err error) {
	if e.ID, err = e.Bus.IdentifyAs(ctx, e.Addr, "Escrow", products); err != nil {
		return err
	}
	for spent := time.Duration(0); spent < escrowLimit; spent += escrowPoll {
		if s, err := e.Status(ctx); err != nil || !s.Moving {
			return err
		}
		if err := Pause(ctx, escrowPoll); err != nil {
			return err
		}
	}
	return &PartError{Part: PartEscrow, Name: ConditionInoperative}
}

// Status reads header 106.
func (e *Escrow) Status(ctx context.Context) (EscrowState, error) {
	p, err := e.Bus.Do(ctx, Request{To: e.Addr, Header: hdrEscrowStatus, Want: 3})
	if err != nil {
		return EscrowState{}, err
	}
	s := EscrowState{Serial: e.ID.Serial, Moving: p[0] == 1, Level: p[1], Fault: p[2]}
	if p[0] >= 2 && s.Fault == 0 {
		s.Fault = 255 // it says fault and not which
	}
	if s.NoLevel = e.NoLevel; e.NoLevel {
		s.Level = 0
		if e.Filled {
			s.Level = 1
		}
	}
	return s, nil
}

// ErrHangs says that the coins have left the escrow as they should and that its flap does not close behind them.
var ErrHangs = errors.New("coin: escrow's flap does not close")

// Move empties the escrow in one direction and proves it empty; with ErrHangs it is empty too. wait passes the time
// between two looks.
func (e *Escrow) Move(ctx context.Context, direction Direction, wait Waiter) error {
	if err := e.start(ctx, direction, wait); err != nil {
		return err
	}
	e.Filled = false // by what comes from now on
	err := e.awaitRest(ctx, wait)
	if err != nil && !errors.Is(err, ErrHangs) {
		e.Filled = e.NoLevel
	}
	return err
}

// awaitRest follows a movement to its end.
func (e *Escrow) awaitRest(ctx context.Context, wait Waiter) error {
	moved := false
	for spent := time.Duration(0); spent < escrowLimit; spent += escrowPoll {
		if err := wait(ctx, escrowPoll); err != nil {
			return fmt.Errorf("%w: %w", ErrUnresolved, err)
		}
		s, err := e.Status(ctx)
		moved = moved || s.Moving
		switch {
		case err != nil:
			return fmt.Errorf("%w: %w", ErrUnresolved, err)
		case s.Level == 0 && hangsOpen(s.Fault) && !e.NoLevel:
			return errors.Join(ErrHangs, &PartError{Part: PartEscrow, Name: escrowFault(s.Fault), Code: s.Fault})
		case s.Fault != 0:
			return errors.Join(ErrUnresolved, &PartError{Part: PartEscrow, Name: escrowFault(s.Fault), Code: s.Fault})
		case s.Moving:
		case s.Level != 0:
			return errors.Join(ErrUnresolved, &PartError{Part: PartEscrow, Name: ConditionJammed, Code: s.Level, At: InEscrow})
		case e.NoLevel && !moved: // without a counter the movement itself is the only proof
			return fmt.Errorf("%w: nobody saw the escrow move", ErrUnresolved)
		default:
			return nil
		}
	}
	return fmt.Errorf("%w: escrow still moves after %v", ErrUnresolved, escrowLimit)
}

// start gives the command once. Where its answer is lost the escrow is asked; only if it rests with its coins as before
// has it not heard the command, and gets it once more.
func (e *Escrow) start(ctx context.Context, direction Direction, wait Waiter) error {
	operate := Request{To: e.Addr, Header: hdrEscrowOperate, Data: []byte{byte(direction)}}
	_, err := e.Bus.Do(ctx, operate)
	if err == nil {
		return nil
	}
	if errors.Is(err, ErrRefused) {
		return e.refusal(ctx, err)
	}
	if err := wait(ctx, escrowPoll); err != nil {
		return fmt.Errorf("%w: %w", ErrUnresolved, err)
	}
	s, askErr := e.Status(ctx)
	if askErr != nil {
		return fmt.Errorf("%w: %w", ErrUnresolved, errors.Join(err, askErr))
	}
	if s.Moving || s.Level == 0 || s.Fault != 0 {
		return nil // it heard the command; Move looks at how it ends
	}
	if _, err = e.Bus.Do(ctx, operate); errors.Is(err, ErrRefused) {
		return e.refusal(ctx, err)
	}
	return nil
}

// refusal turns a NAK into the reason that the escrow gives for it. Nothing moved.
func (e *Escrow) refusal(ctx context.Context, refused error) error {
	s, err := e.Status(ctx)
	if err != nil || s.Fault == 0 {
		return errors.Join(refused, err)
	}
	return errors.Join(refused, &PartError{Part: PartEscrow, Name: escrowFault(s.Fault), Code: s.Fault})
}

// Waiter passes time while an act goes on; it fails when ctx ends.
type Waiter func(ctx context.Context, d time.Duration) error
