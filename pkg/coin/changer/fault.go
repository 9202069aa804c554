package changer

import (
	"context"

	"github.com/kioskd/kioskd/pkg/coin/cctalk"
)

// The device numbers of header 122; hoppers are 1 to 8.
const (
	deviceAcceptor = 100
	deviceCashBox  = 250
)

// faultNames are the fault codes of header 122.
var faultNames = map[byte]cctalk.Condition{
	1: cctalk.ConditionEmpty, 2: cctalk.ConditionJammed, 3: cctalk.ConditionManipulated, 4: cctalk.ConditionInoperative,
	101: cctalk.ConditionJammed, 102: cctalk.ConditionManipulated, 103: cctalk.ConditionInoperative,
	104: cctalk.ConditionInoperative, 251: cctalk.ConditionFull, 252: cctalk.ConditionMissing,
}

// Fault is the worst trouble that the changer tells of, nil for none: a jam or a broken part before an empty hopper.
func (c *Changer) Fault(ctx context.Context) (*cctalk.PartError, error) {
	p, err := c.ask(ctx, cctalk.HeaderErrorStatus, 2)
	if err != nil || p[0] == 0 && p[1] == 0 {
		return nil, err
	}
	f := &cctalk.PartError{Part: cctalk.PartChanger, Name: cctalk.ConditionInoperative, Code: p[1]}
	if name, known := faultNames[p[1]]; known {
		f.Name = name
	}
	switch device := p[0]; {
	case device >= 1 && int(device) <= hoppersMost:
		f.Part = cctalk.PartHopper
		if int(device) <= c.hoppers {
			b, err := c.balance(ctx, int(device))
			if err != nil {
				return f, err
			}
			f.Yen = b.Yen
		}
		if f.Name == cctalk.ConditionJammed {
			f.At = cctalk.InHopper
		}
	case device == deviceAcceptor:
		f.Part = cctalk.PartAcceptor
	case device == deviceCashBox:
		f.Part = cctalk.PartCashBox
		f.At = cctalk.InCashBox
	}
	return f, nil
}
