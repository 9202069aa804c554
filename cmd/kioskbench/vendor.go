package main

import (
	"encoding/json"
	"fmt"

	"github.com/kioskd/kioskd/internal/bench/coin"
	"github.com/kioskd/kioskd/internal/bench/desk"
)

// vendor is the desk's coin vendor.
type vendor struct{ *coin.Machine }

var (
	_ desk.Coins  = vendor{}
	_ desk.Faults = vendor{}
)

func (v vendor) Take() map[int]int { return v.Machine.Take() }

func (v vendor) Trays() desk.Trays {
	t := v.Machine.Trays()
	return desk.Trays{Escrow: t.Escrow, Hoppers: t.Hoppers, CashBox: t.CashBox, Return: t.Return, Flying: t.Flying}
}

// Seen counts ccTalk frames by address and header.
func (v vendor) Seen() any {
	frames := map[string]int{}
	for seen, n := range v.Frames() {
		frames[fmt.Sprintf("%d/%d", seen.Device, seen.Header)] = n
	}
	return map[string]any{"frames": frames, "on": v.On()}
}

func (v vendor) AddFault(description json.RawMessage) (int, error) {
	var f coin.Fault
	if err := json.Unmarshal(description, &f); err != nil {
		return 0, err
	}
	return v.Machine.AddFault(f)
}

func (v vendor) RemoveFault(number int) error {
	v.ClearFault(number)
	v.ClearJams()
	return nil
}

func (v vendor) Faults() map[int]any {
	all := map[int]any{}
	for n, f := range v.Machine.Faults() {
		all[n] = f
	}
	return all
}
