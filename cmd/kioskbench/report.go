package main

import (
	"encoding/json"
	"fmt"
	"os"

	"github.com/kioskd/kioskd/internal/bench/resident"
)

// report is out/demo/report.json. Money and paper are as the simulated devices have them.
type report struct {
	Outcome string       `json:"outcome"` // nothing, printed_paid, refunded, or what is wrong
	Sheets  int          `json:"sheets"`
	YenIn   int          `json:"yen_in"`
	Change  int          `json:"change"`
	Touches int          `json:"touches"` // beside the PIN pad
	Steps   []reportStep `json:"steps"`
}

// reportStep is one state that was passed. CPU is that of kioskd and its children.
type reportStep struct {
	Name   string `json:"name"`
	WallMs int64  `json:"wall_ms"`
	CPUMs  int64  `json:"cpu_ms"`
}

// inventory is what the devices and the responder hold and saw.
type inventory struct {
	machine    int // yen in the machine: escrow, hoppers, cash box, flying
	inTray     int // yen in the return tray
	sheets     int // printed in the printer's life
	impression int
	signatures int
	verified   int // VERIFY commands with and without a PIN
	powered    bool
	asked      int // questions to the responder
}

func (w *world) inventory() inventory {
	trays, levels, seen := w.coins.Machine.Trays(), w.press.Levels(), w.reader.seen()
	return inventory{
		machine: trays.Flying.Total() + trays.Escrow.Total() + trays.Hoppers.Total() + trays.CashBox.Total(),
		inTray:  trays.Return.Total(), sheets: levels.Sheets, impression: levels.Impressions,
		signatures: seen.Signatures, verified: seen.APDUs["20"], powered: seen.Powered, asked: w.status.Asked(),
	}
}

// newReport says what happened, from the devices.
func newReport(before, after inventory, result resident.Result, steps []reportStep) report {
	r := report{
		Sheets: after.sheets - before.sheets, YenIn: result.YenIn, Change: result.YenBack, Touches: result.Touches,
		Steps: steps,
	}
	earned := after.machine - before.machine
	switch {
	case r.Sheets == 0 && result.YenIn == 0 && earned == 0:
		r.Outcome = "nothing"
	case r.Sheets == 0 && earned == 0 && result.YenBack == result.YenIn:
		r.Outcome = "refunded"
	case r.Sheets > 0 && earned >= 0 && result.YenIn-result.YenBack == earned:
		r.Outcome = "printed_paid"
	default:
		r.Outcome = fmt.Sprintf("wrong: %d sheets, ¥%d in, ¥%d back, ¥%d stayed", r.Sheets, result.YenIn,
			result.YenBack, earned)
	}
	return r
}

func (r report) write(path string) error {
	text, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(path, append(text, '\n'), 0o644)
}
