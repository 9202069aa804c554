package main

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/kioskd/kioskd/internal/bench/coin"
	"github.com/kioskd/kioskd/internal/bench/coin/trouble"
	"github.com/kioskd/kioskd/internal/bench/desk"
)

// vendor is the desk's coin vendor.
type vendor struct{ *coin.Machine }

var (
	_ desk.Coins   = vendor{}
	_ desk.Faults  = vendor{}
	_ desk.Chooser = vendor{}
)

func (v vendor) Take() map[int]int { return v.Machine.Take() }

func (v vendor) Trays() desk.Trays {
	t := v.Machine.Trays()
	return desk.Trays{
		Escrow: t.Escrow, Hoppers: t.Hoppers, CashBox: t.CashBox, Return: t.Return, Flying: t.Flying,
		Stuck: t.Stuck, Pulled: t.Pulled,
	}
}

// Seen counts ccTalk frames by address and header.
func (v vendor) Seen() any {
	frames := map[string]int{}
	for seen, n := range v.Frames() {
		frames[fmt.Sprintf("%d/%d", seen.Device, seen.Header)] = n
	}
	return map[string]any{"frames": frames, "on": v.On()}
}

// Insert drops a coin; while too many wait before the slot it is a conflict.
func (v vendor) Insert(yen int) error {
	err := v.Machine.Insert(yen)
	if errors.Is(err, coin.ErrSlotFull) {
		return fmt.Errorf("%w: %w", desk.ErrConflict, err)
	}
	return err
}

func (v vendor) AddFault(description json.RawMessage) (int, error) {
	f, err := desk.Decode[coin.Fault](description)
	if err != nil {
		return 0, fmt.Errorf("a coin vendor's fault is as GET /api/fault/kinds says: %w", err)
	}
	return v.Machine.AddFault(f)
}

// FaultKinds is the table of what can go wrong.
func (v vendor) FaultKinds() any { return trouble.Kinds }

func (v vendor) RemoveFault(number int) error {
	return everGiven(number, v.ClearFault(number))
}

// everGiven is the answer to the removal of a fault.
func everGiven(number int, was bool) error {
	if !was {
		return fmt.Errorf("fault %d: %w", number, desk.ErrUnknown)
	}
	return nil
}

func (v vendor) Faults() map[int]any {
	all := map[int]any{}
	for n, f := range v.Machine.Faults() {
		all[n] = f
	}
	return all
}
