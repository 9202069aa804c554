package session

import "github.com/kioskd/kioskd/internal/domain"

var (
	printingRow = complete(row{
		// A coin that fell after the price was fixed lies in escrow with the others: it goes with them and comes back as
		// change, or with them as the same coin.
		CoinIn: to(same, recordCoin),
		CopyPrinted: {
			{when: moreCopies, next: same, do: []action{copyGood, printCopy}},
			{when: nothingIn, next: TakePaper, do: []action{copyGood, record}},
			{next: GivingChange, do: []action{copyGood, keepEscrow}},
		},
		CopyFailed: {
			{when: firstUnpaid, next: Refused, do: []action{saying(domain.PrinterNotReady), cancelAll, record}},
			{when: firstUnfed, next: Returning, do: []action{saying(domain.PrinterNotReady), giveBack}},
			{when: laterUnpaid, next: TakePaper, do: []action{record}},
			{when: laterUnfed, next: GivingChange, do: []action{keepEscrow}},
			{next: StaffNeeded, do: []action{callStaff}}, // D-12: unknown is never good, and never printed again
		},
		TimedOut:     to(StaffNeeded, abandon, callStaff), // S-01
		PrinterFault: stay("the copy's own evidence decides (D-12)"),
		PrinterGone:  stay("the copy's own evidence decides (D-12)"),
		CoinFault:    stay("what becomes of the coins is asked when the copies are over"),
		CoinDoubt:    stay("what becomes of the coins is asked when the copies are over"),
		CoinGone:     stay("what becomes of the coins is asked when the copies are over"),
	})
	givingChangeRow = complete(row{
		CoinIn: noMoney,
		EscrowKept: {
			{when: owesChange, next: same, do: []action{noteKept, payChange}},
			{next: TakePaper, do: []action{noteKept, record}},
		},
		// the claim is earned, so a failed "keep" does not stop the change.
		KeepFailed: {
			{when: owesChange, next: same, do: []action{noteKept, callStaff, payChange}},
			{next: TakePaper, do: []action{noteKept, callStaff, record}},
		},
		ChangePaid: {
			{when: paidInFull, next: TakePaper, do: []action{noteChange, record}},
			{next: TakePaper, do: []action{noteChange, oweDue, callStaff, record}},
		},
		ChangeFailed: to(TakePaper, noteChange, oweDue, callStaff, record),
		CoinFault:    stay("the act under way says itself what moved"),
		CoinDoubt:    stay("the act under way says itself what moved"),
		CoinGone:     stay("the act under way says itself what moved"),
		TimedOut:     to(TakePaper, abandon, keepUnproved, oweDue, callStaff, record),
	})
	takePaperRow = withoutMoney(row{
		CoinIn:     noMoney,
		PaperTaken: to(Finish, noteLeft),
		Taken:      to(Finish, noteLeft),
		Complain:   {{next: same, do: []action{over(OverlayPaper)}}},
		NotMine: {
			{when: saysForeign, next: StaffNeeded, do: []action{noteSaid, alarmForeign, callStaffFor}},
			{when: saysWrong, next: StaffNeeded, do: []action{noteSaid, callStaffFor}},
			{next: same, why: "no such answer"},
		},
		TimedOut: to(StaffNeeded, callStaff), // no page in the tray when the next resident comes
	})
	saysWrong = guard{"no sheet or a bad one", func(s *step) bool {
		return s.e.Arg == domain.FaultNoSheet.String() || s.e.Arg == domain.FaultBadSheet.String()
	}}
	saysForeign  = guard{"somebody else's", func(s *step) bool { return s.e.Arg == domain.FaultForeign.String() }}
	noteSaid     = action{"note what is said", func(s *step) { s.v.Said, _ = domain.ParseFault(s.e.Arg) }}
	callStaffFor = action{"call staff", func(s *step) { s.emit(Effect{Kind: CallStaff, Fault: s.v.Said}) }}
	alarmForeign = effectOf("alarm", Effect{Kind: Alarm, Reason: domain.DocumentMismatch})
	owesChange   = guard{"change due", func(s *step) bool {
		return s.v.Kept.Total()+s.v.Escrow.Total() > s.v.Earned()
	}}
	// keepUnproved: the answer to "keep" or "pay" did not come. What the counters do not prove is owed in full.
	keepUnproved = action{"take escrow as kept", func(s *step) {
		if s.v.Kept.IsZero() {
			noteKept.do(s)
		}
	}}
	nothingIn   = guard{"nothing in escrow", func(s *step) bool { return s.v.Escrow.IsZero() }}
	firstUnpaid = guard{firstUnfed.name + ", nothing in escrow", func(s *step) bool {
		return firstUnfed.ok(s) && nothingIn.ok(s)
	}}
	laterUnpaid = guard{laterUnfed.name + ", nothing in escrow", func(s *step) bool {
		return laterUnfed.ok(s) && nothingIn.ok(s)
	}}
)
