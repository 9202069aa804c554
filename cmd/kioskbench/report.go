package main

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"

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

// play is a script with the end that it must have.
type play struct {
	script  resident.Script
	outcome string
	sheets  int
	price   int
	touches int // at most
	passes  []string
}

// thePlay is as far as the whole way goes today (docs/roadmap.md).
var thePlay = play{
	script: resident.ToConfirm("hanako"), outcome: "nothing", touches: 10, // the last one cancels instead of confirming
	passes: []string{
		"Consent", "Language", "Scope", "PlaceCard", "EnterPIN", "RemoveCard", "Holder", "SelectCertificate", "SelectDetails",
		"Copies", "Confirm",
	},
}

// judge lists what is not as it should be.
func (p play) judge(r report, before, after inventory, result resident.Result) []string {
	var wrong []string
	want := func(ok bool, format string, args ...any) {
		if !ok {
			wrong = append(wrong, fmt.Sprintf(format, args...))
		}
	}
	want(r.Outcome == p.outcome, "the devices say %q, not %q", r.Outcome, p.outcome)
	want(result.Outcome == p.outcome, "kioskd says %q, not %q", result.Outcome, p.outcome)
	want(r.Sheets == p.sheets, "%d sheets were printed, not %d", r.Sheets, p.sheets)
	want(r.YenIn-r.Change == p.price, "¥%d were paid, not ¥%d", r.YenIn-r.Change, p.price)
	earned, signed := after.machine-before.machine, after.signatures-before.signatures
	want(earned == p.price, "¥%d stayed in the machine, not ¥%d", earned, p.price)
	want(after.inTray == 0, "¥%d lie in the return tray", after.inTray)
	want(r.Touches <= p.touches, "%d touches beside the PIN, more than %d", r.Touches, p.touches)
	want(signed == 1, "the card signed %d times, not once", signed)
	want(!after.powered, "the card still has power")
	want(after.asked > before.asked, "the OCSP responder was not asked")
	for _, state := range p.passes {
		want(slices.Contains(result.Passed(), state), "%s was not passed", state)
	}
	return wrong
}
