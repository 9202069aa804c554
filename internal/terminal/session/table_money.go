package session

import "github.com/kioskd/kioskd/internal/domain"

var (
	requestingRow = leavable(row{
		DocumentHeld: to(Checking, countSheets, checkPages),
		CenterFailed: refusing(cancelAll, record),
		TimedOut:     to(Refused, abandon, saying(domain.DeadlinePassed), cancelAll, record),
	})
	checkingRow = leavable(row{
		Checked: {
			{when: free, next: Printing, do: []action{printCopy}},
			{next: Pay, do: []action{openDeposit}},
		},
		CheckFailed: refusing(cancelAll, record),
		TimedOut:    to(Refused, abandon, saying(domain.DocumentUnreadable), cancelAll, record),
	})
	payRow = row{
		DepositOpen: to(same, noteOpen),
		DepositRefused: {
			{when: holdsEscrow, next: Returning, do: []action{refuse, giveBack}},
			{next: Refused, do: []action{refuse, cancelAll, record}},
		},
		CoinIn: {
			{when: priceReached, next: Settling, do: []action{recordCoin, fixDeposit}},
			{next: same, do: []action{recordCoin}},
		},
		Cancel:        to(Returning, abandon, giveBack),
		Lever:         to(Returning, abandon, giveBack),
		EscrowFull:    to(Returning, abandon, saying(domain.EscrowFull), giveBack),
		TimedOut:      to(Returning, abandon, giveBack),
		CoinsReturned: notAsked, ReturnFailed: notAsked, EscrowKept: notAsked, KeepFailed: notAsked,
		ChangePaid: notAsked, ChangeFailed: notAsked, CopyPrinted: notAsked, CopyFailed: notAsked,
	}
	settlingRow = row{
		CoinIn: to(same, recordCoin),
		Fixed: {
			{when: provedEnough, next: Printing, do: []action{takeProved, printCopy}},
			{next: Returning, do: []action{takeProved, saying(domain.CoinsNotReady), giveBack}},
		},
		FixFailed: {
			{next: Returning, do: []action{refuse, giveBack}},
		},
		Lever:         stay("the price is being fixed; a failure returns the coins by itself"),
		TimedOut:      to(Returning, abandon, saying(domain.CoinsNotReady), giveBack),
		CoinsReturned: notAsked, ReturnFailed: notAsked, EscrowKept: notAsked, KeepFailed: notAsked,
		ChangePaid: notAsked, ChangeFailed: notAsked, CopyPrinted: notAsked, CopyFailed: notAsked,
	}
)

var (
	printingRow = row{
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
		TimedOut:      to(StaffNeeded, abandon, callStaff), // S-01
		CoinsReturned: notAsked, ReturnFailed: notAsked, EscrowKept: notAsked, KeepFailed: notAsked,
		ChangePaid: notAsked, ChangeFailed: notAsked,
	}
	givingChangeRow = row{
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
		ChangeFailed:  to(TakePaper, noteChange, oweDue, callStaff, record),
		TimedOut:      to(TakePaper, abandon, keepUnproved, oweDue, callStaff, record),
		CoinsReturned: notAsked, ReturnFailed: notAsked, CopyPrinted: notAsked, CopyFailed: notAsked,
	}
	takePaperRow = withoutMoney(row{
		CoinIn:     noMoney,
		PaperTaken: to(Finish),
		Taken:      to(Finish),
		NotMine:    to(StaffNeeded, callStaff),
		TimedOut:   to(StaffNeeded, callStaff), // no page in the tray when the next resident comes
	})
	owesChange = guard{"change due", func(s *step) bool {
		return s.v.Kept.Total()+s.v.Escrow.Total() > s.v.Earned()
	}}
	// keepUnproved: the answer to "keep" or "pay" did not come. What the counters do not prove is owed in full.
	keepUnproved = action{"take escrow as kept", func(s *step) {
		if s.v.Kept.IsZero() {
			noteKept.do(s)
		}
	}}
)

var (
	finishRow = withoutMoney(row{
		CoinIn:   noMoney,
		End:      to(Wiping, wipe),
		Cancel:   to(Wiping, wipe),
		TimedOut: to(Wiping, wipe),
	})
	returningRow = row{
		CoinIn: to(same, recordCoin),
		CoinsReturned: {
			{when: wasRefused, next: Refused, do: []action{noteBack, cancelAll, record}},
			{when: allBack, next: Finish, do: []action{noteBack, cancelAll, record}},
			{when: mayReturn, next: same, do: []action{noteBack, giveBack}}, // a coin fell while the flap moved
			{next: StaffNeeded, do: []action{noteSome, loseEscrow, cancelAll, callStaff}},
		},
		ReturnFailed: to(StaffNeeded, noteSome, loseEscrow, cancelAll, callStaff),
		Lever:        stay("the coins are on their way"),
		TimedOut:     to(StaffNeeded, abandon, loseEscrow, cancelAll, callStaff),
		EscrowKept:   notAsked,
		KeepFailed:   notAsked,
		ChangePaid:   notAsked,
		ChangeFailed: notAsked,
		CopyPrinted:  notAsked,
		CopyFailed:   notAsked,
	}
	// giveBackRow: recovery gives money to nobody; whoever stands at the panel asks for it.
	giveBackRow = withoutMoney(row{
		Reclaim:  to(Returning, giveBack),
		CoinIn:   to(same, recordCoin), // it lies with the others and goes with them
		TimedOut: to(Wiping, loseEscrow, callStaff, cancelAll, record, wipe),
	})
	refusedRow = withoutMoney(row{
		CoinIn:      noMoney,
		Acknowledge: to(Wiping, wipe),
		End:         to(Wiping, wipe),
		TimedOut:    to(Wiping, wipe),
	})
	wipingRow = withoutMoney(row{
		CoinIn:   {{next: same, do: []action{idleCoin, callStaff}}},
		Wiped:    to(Attract, clear),
		TimedOut: to(OutOfService, abandon, clear, callStaff),
		Begin:    stay("the last visit is being erased"),
	})
	staffNeededRow = row{
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
		TimedOut:      to(Wiping, oweUnattended, callStaff, cancelAll, record, wipe),
		CoinsReturned: notAsked, ReturnFailed: notAsked, EscrowKept: notAsked, KeepFailed: notAsked,
		ChangePaid: notAsked, ChangeFailed: notAsked, CopyPrinted: notAsked, CopyFailed: notAsked,
	}
	nothingIn   = guard{"nothing in escrow", func(s *step) bool { return s.v.Escrow.IsZero() }}
	firstUnpaid = guard{firstUnfed.name + ", nothing in escrow", func(s *step) bool {
		return firstUnfed.ok(s) && nothingIn.ok(s)
	}}
	laterUnpaid = guard{laterUnfed.name + ", nothing in escrow", func(s *step) bool {
		return laterUnfed.ok(s) && nothingIn.ok(s)
	}}
	holdsSome = guard{"coins in escrow, k good copies", func(s *step) bool {
		return holdsEscrow.ok(s) && s.v.CopiesGood > 0
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
	// noteSome notes what came back, never more of a kind than was in escrow.
	noteSome = action{"note coins back", func(s *step) {
		for d, n := range s.e.Count {
			n = max(0, min(n, s.v.Escrow[d]))
			s.v.Back[d] += n
			s.v.Escrow[d] -= n
		}
	}}
)
