package session

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
		TimedOut: to(Wiping, wipe),
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
		TimedOut: to(Wiping, loseEscrow, callStaff, cancelAll, record, wipe),
	})
	refusedRow = withoutMoney(row{
		CoinIn: noMoney,
		Register: {
			{when: mayRegister, next: HonsekiRegister, do: []action{newApplication}},
			{next: same, why: "only a refusal that asks for the registration, at a site that takes it"},
		},
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
	// noteSome notes what came back, never more of a kind than was in escrow.
	noteSome = action{"note coins back", func(s *step) {
		for d, n := range s.e.Count {
			n = max(0, min(n, s.v.Escrow[d]))
			s.v.Back[d] += n
			s.v.Escrow[d] -= n
		}
	}}
)
