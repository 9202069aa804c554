package coin

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Escrow is the state of the escrow at one moment (ccTalk 4.7 part 3, header 106).
type Escrow struct {
	Serial uint32
	Moving bool
	Level  byte // 0 empty … 255 full
	Fault  byte // 0 none, else the unit's code
}

// Empty says that the escrow is proved empty: at rest, without a fault, level 0.
func (e Escrow) Empty() bool { return !e.Moving && e.Fault == 0 && e.Level == 0 }

// Directions of header 107.
const (
	escrowKeep   = 0 // to the hoppers and the cash box
	escrowReturn = 1 // to the return tray
)

// Times of the escrow: a movement takes seconds; ten are never needed by a sound one.
const (
	escrowPoll  = 200 * time.Millisecond
	escrowLimit = 10 * time.Second
)

// PartError says that a part cannot do what it was asked, by the part's own code.
type PartError struct {
	Part Part
	Kind Kind // for PartHopper
	Name FaultName
	Code byte
}

func (e *PartError) Error() string {
	where := e.Part.String()
	if e.Part == PartHopper {
		where = fmt.Sprintf("hopper of ¥%d", e.Kind.Yen())
	}
	return fmt.Sprintf("coin: %s is %s (code %d)", where, e.Name, e.Code)
}

// ErrUnresolved says that money moved or may have moved in a way that the machine cannot prove. Nobody may be paid from
// a guess: staff count.
var ErrUnresolved = errors.New("coin: where money is cannot be proved")

type escrow struct {
	bus  *Bus
	addr byte
	id   Identity
}

func (e *escrow) open(ctx context.Context, cfg Config) (err error) {
	e.id, err = e.bus.identifyAs(ctx, e.addr, "Escrow", cfg.Products)
	return err
}

func (e *escrow) status(ctx context.Context) (Escrow, error) {
	p, err := e.bus.Do(ctx, Request{To: e.addr, Header: hdrEscrowStatus, Want: 3})
	if err != nil {
		return Escrow{}, err
	}
	s := Escrow{Serial: e.id.Serial, Moving: p[0] == 1, Level: p[1], Fault: p[2]}
	if p[0] >= 2 && s.Fault == 0 {
		s.Fault = 255 // it says fault and not which
	}
	return s, nil
}

// move empties the escrow in one direction and proves it empty. wait passes the time between two looks.
func (e *escrow) move(ctx context.Context, direction byte, wait waiter) error {
	if err := e.start(ctx, direction, wait); err != nil {
		return err
	}
	for spent := time.Duration(0); spent < escrowLimit; spent += escrowPoll {
		if err := wait(ctx, escrowPoll); err != nil {
			return fmt.Errorf("%w: %w", ErrUnresolved, err)
		}
		s, err := e.status(ctx)
		switch {
		case err != nil:
			return fmt.Errorf("%w: %w", ErrUnresolved, err)
		case s.Fault != 0:
			return errors.Join(ErrUnresolved, &PartError{Part: PartEscrow, Name: escrowFault(s.Fault), Code: s.Fault})
		case s.Moving:
		case s.Level != 0:
			return errors.Join(ErrUnresolved, &PartError{Part: PartEscrow, Name: FaultStuck, Code: s.Level})
		default:
			return nil
		}
	}
	return fmt.Errorf("%w: escrow still moves after %v", ErrUnresolved, escrowLimit)
}

// start gives the command once. Where its answer is lost the escrow is asked; only if it rests with its coins as before
// has it not heard the command, and gets it once more.
func (e *escrow) start(ctx context.Context, direction byte, wait waiter) error {
	operate := Request{To: e.addr, Header: hdrEscrowOperate, Data: []byte{direction}}
	_, err := e.bus.Do(ctx, operate)
	if err == nil {
		return nil
	}
	if errors.Is(err, ErrRefused) {
		return e.refusal(ctx, err)
	}
	if err := wait(ctx, escrowPoll); err != nil {
		return fmt.Errorf("%w: %w", ErrUnresolved, err)
	}
	s, askErr := e.status(ctx)
	if askErr != nil {
		return fmt.Errorf("%w: %w", ErrUnresolved, errors.Join(err, askErr))
	}
	if s.Moving || s.Level == 0 || s.Fault != 0 {
		return nil // it heard the command; move looks at how it ends
	}
	if _, err = e.bus.Do(ctx, operate); errors.Is(err, ErrRefused) {
		return e.refusal(ctx, err)
	}
	return nil
}

// refusal turns a NAK into the reason that the escrow gives for it. Nothing moved.
func (e *escrow) refusal(ctx context.Context, refused error) error {
	s, err := e.status(ctx)
	if err != nil || s.Fault == 0 {
		return errors.Join(refused, err)
	}
	return errors.Join(refused, &PartError{Part: PartEscrow, Name: escrowFault(s.Fault), Code: s.Fault})
}

// waiter passes time while an act goes on; it fails when the line is lost or ctx ends.
type waiter func(ctx context.Context, d time.Duration) error
