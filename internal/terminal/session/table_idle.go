package session

var (
	attractRow = idling(row{
		Begin: {
			{when: cardLeft, next: same, why: "the card of the last visit must be taken first (X-12)"},
			{next: Consent, do: []action{begin}},
		},
		CoinIn:   {{next: same, do: []action{idleCoin, callStaff}}},
		CutOff:   to(GiveBack, takeUp),
		Closed:   to(ServiceClosed),
		TimedOut: to(same, forgetAids),
	})
	serviceClosedRow = idling(row{
		Opened:   to(Attract),
		CoinIn:   {{next: same, do: []action{idleCoin, callStaff}}},
		TimedOut: to(same, forgetAids),
	})
	outOfServiceRow = withoutMoney(row{
		FaultCleared: to(Attract),
		StaffOpen:    to(Maintenance),
		CoinIn:       {{next: same, do: []action{idleCoin, callStaff}}},
		TimedOut:     to(same, forgetAids),
	})
)
