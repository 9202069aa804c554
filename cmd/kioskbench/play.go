package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/kioskd/kioskd/internal/bench/resident"
)

// play is a script with the end that it must have.
type play struct {
	script  resident.Script
	outcome string
	sheets  int
	price   int
	touches int // at most
	passes  []string
}

// choosing are the states from the first touch to the confirmation.
var choosing = []string{
	"Consent", "Language", "Scope", "PlaceCard", "EnterPIN", "RemoveCard", "Holder", "SelectCertificate", "SelectDetails",
	"Copies", "Confirm",
}

// plays are what a demo can show. 住民票の写し of 見本市 costs ¥200.
var plays = map[string]play{
	"confirm": {
		script: resident.ToConfirm("hanako"), outcome: "nothing", touches: 10, // the last one cancels
		passes: choosing,
	},
	"paid": {
		script: resident.Self("hanako", 500), outcome: "printed_paid", sheets: 1, price: 200,
		touches: 11, // ten to the paper, and the last one ends
		passes:  append(slices.Clone(choosing), "Requesting", "Pay", "Printing", "Finish"),
	},
}

// defaultPlay is as far as the whole way goes today (docs/roadmap.md).
const defaultPlay = "paid"

func playNames() string { return strings.Join(slices.Sorted(maps.Keys(plays)), ", ") }

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
