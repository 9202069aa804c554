package session

import "github.com/kioskd/kioskd/internal/domain"

// unlessOwed is a time-out that ends a visit where no money is owed: a slip that nobody read must not vanish.
func unlessOwed(end branch) []branch {
	return []branch{{when: owesMoney, next: SlipWaits, do: []action{callStaff, onlySlip, wipe}}, end}
}

var (
	finishRow = withoutMoney(row{
		CoinIn: noMoney,
		// The journal has closed the last one. Its contents go before anything of the next comes.
		Another: {
			{when: mayAnother, next: PlaceAgain, do: []action{nextApplication, forgetDocument, capAgain}},
			{next: same, why: "the button is not shown: not offered here, not all paid and settled, or too little time left"},
		},
		End:      to(Wiping, wipe),
		Cancel:   to(Wiping, wipe),
		TimedOut: unlessOwed(branch{next: Wiping, do: []action{wipe}}),
	})
	// slipWaitsRow: number and amount stand until somebody has read them; after an hour the journal alone has them.
	slipWaitsRow = withoutMoney(row{
		CoinIn:      {{next: same, do: []action{idleCoin, callStaff}}},
		Wiped:       stay("what is personal is gone; the slip stands"),
		Acknowledge: to(Wiping, wipe),
		StaffClear:  to(Wiping, wipe),
		TimedOut:    to(Wiping, wipe),
	})
	returningRow = complete(row{
		CoinIn: to(same, recordCoin),
		CoinsReturned: {
			{when: wasRefused, next: Refused, do: []action{noteBack, cancelAll, record}},
			{when: allBack, next: Finish, do: []action{noteBack, cancelAll, record}},
			{when: mayReturn, next: same, do: []action{noteBack, giveBack}}, // a coin fell while the flap moved
			{next: StaffNeeded, do: []action{noteSome, loseEscrow, cancelAll, callStaff}},
		},
		ReturnFailed: to(StaffNeeded, noteSome, loseEscrow, cancelAll, callStaff),
		CoinFault:    stay("the act under way says itself what moved"),
		CoinDoubt:    stay("the act under way says itself what moved"),
		CoinGone:     stay("the act under way says itself what moved"),
		Lever:        stay("the coins are on their way"),
		TimedOut:     to(StaffNeeded, abandon, loseEscrow, cancelAll, callStaff),
	})
	// giveBackRow: recovery gives money to nobody; whoever stands at the panel asks for it.
	giveBackRow = withoutMoney(row{
		Reclaim:  to(Returning, giveBack),
		CoinIn:   to(same, recordCoin), // it lies with the others and goes with them
		TimedOut: to(SlipWaits, loseEscrow, callStaff, cancelAll, record, onlySlip, wipe),
	})
	refusedRow = withoutMoney(row{
		CoinIn: noMoney,
		Register: {
			{when: mayRegister, next: HonsekiRegister, do: []action{newApplication}},
			{next: same, why: "only a refusal that asks for the registration, at a site that takes it"},
		},
		Acknowledge: to(Wiping, wipe),
		End:         to(Wiping, wipe),
		TimedOut:    unlessOwed(branch{next: Wiping, do: []action{wipe}}),
	})
	wipingRow = withoutMoney(row{
		CoinIn:   {{next: same, do: []action{idleCoin, callStaff}}},
		Wiped:    to(Attract, clear),
		TimedOut: to(OutOfService, abandon, clear, callStaff),
		Begin:    stay("the last visit is being erased"),
	})
	owesMoney = guard{"money is owed", func(s *step) bool { return s.v.Owed > 0 }}
	// onlySlip leaves the money of a visit, which is nobody's secret, and takes away what was chosen and refused.
	onlySlip = action{"keep only the slip", func(s *step) {
		s.v.Offer, s.v.Kind, s.v.Options, s.v.Members = nil, 0, [MaxOptions]uint8{}, 0
		s.v.Refusal, s.v.After, s.v.May = domain.NoRefusal, domain.ApplicationID{}, 0
	}}
	// noteSome notes what came back, never more of a kind than was in escrow.
	noteSome = action{"note coins back", func(s *step) {
		back := s.e.Count.Of(s.v.Escrow)
		s.v.Back, s.v.Escrow = s.v.Back.Plus(back), s.v.Escrow.Minus(back)
	}}
)
