package session

import "github.com/kioskd/kioskd/internal/domain"

var (
	staffNeededRow = complete(row{
		CoinIn: {
			{when: holdsEscrow, next: same, do: []action{recordCoin}}, // it lies with the others and goes with them
			{next: same, do: []action{lateCoin, callStaff}},
		},
		StaffGoodPrint: {
			{when: holdsEscrow, next: GivingChange, do: []action{allGood, keepEscrow}},
			{when: free, next: TakePaper, do: []action{allGood, record}},
			{next: same, why: "the money went back already, so this sale cannot stand: all sheets go into the envelope"},
		},
		StaffNoPrint: {
			{when: holdsSome, next: GivingChange, do: []action{keepEscrow}},
			{when: holdsEscrow, next: Returning, do: []action{saying(domain.PrinterNotReady), giveBack}},
			{next: Refused, do: []action{saying(domain.PrinterNotReady), cancelAll, record}},
		},
		StaffClear: {
			{when: holdsEscrow, next: same, why: "money is held: the clerk must first say whether the print is good"},
			{next: Wiping, do: []action{cancelAll, record, wipe}},
		},
		// Nobody came: the money stays held and is owed; the machine stays out of service until a clerk clears it.
		TimedOut: {
			{when: willOwe, next: SlipWaits, do: []action{oweUnattended, callStaff, cancelAll, record, onlySlip, wipe}},
			{next: Wiping, do: []action{oweUnattended, callStaff, cancelAll, record, wipe}},
		},
	})
	// maintenanceRow: nobody is served. What the clerk does here is another machine's; this one only keeps residents out.
	maintenanceRow = withoutMoney(row{
		CoinIn:     {{next: same, do: []action{idleCoin, callStaff}}},
		StaffOpen:  stay("the clerk is here already"),
		StaffClose: to(Attract),
		StaffClear: stay("health ends what the key ends"),
		TimedOut:   to(Attract),
	})
	holdsSome = guard{"coins in escrow, k good copies", func(s *step) bool {
		return holdsEscrow.ok(s) && s.v.CopiesGood > 0
	}}
	willOwe = guard{"money is or will be owed", func(s *step) bool {
		held := s.v.Escrow.Total()
		if s.v.CopiesGood > 0 && held > 0 { // as oweUnattended takes them
			held = max(0, s.v.Kept.Total()+held-s.v.Earned())
		}
		return s.v.Owed+held > 0
	}}
	// oweUnattended: good copies are earned, and all else that lies in escrow is owed.
	oweUnattended = action{"owe what is held", func(s *step) {
		if s.v.Escrow.IsZero() {
			return
		}
		if s.v.CopiesGood == 0 {
			loseEscrow.do(s)
			return
		}
		noteKept.do(s)
		oweDue.do(s)
	}}
)
