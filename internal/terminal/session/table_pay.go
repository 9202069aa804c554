package session

import "github.com/kioskd/kioskd/internal/domain"

var (
	payRow = complete(row{
		DepositOpen: to(same, noteOpen),
		DepositRefused: {
			{when: holdsEscrow, next: Returning, do: []action{refuse, giveBack}},
			{next: Refused, do: []action{refuse, cancelAll, record}},
		},
		CoinIn: {
			{when: priceReached, next: Settling, do: []action{recordCoin, fixDeposit}},
			{next: same, do: []action{recordCoin}},
		},
		CloseOverlay: {
			{when: priceHeld, next: Settling, do: []action{fixDeposit}},
			{next: same, do: []action{uncover}},
		},
		Cancel:     to(Returning, abandon, giveBack),
		Lever:      to(Returning, abandon, giveBack),
		EscrowFull: to(Returning, abandon, saying(domain.EscrowFull), giveBack),
		TimedOut:   to(Returning, abandon, giveBack),
		CapReached: to(Returning, abandon, saying(domain.DeadlinePassed), giveBack),
		// Nobody pays at a machine that cannot print or count.
		PrinterFault: to(Returning, abandon, saying(domain.PrinterNotReady), giveBack),
		PrinterGone:  to(Returning, abandon, saying(domain.PrinterNotReady), giveBack),
		CoinFault:    to(Returning, abandon, saying(domain.CoinsNotReady), giveBack),
		CoinDoubt:    to(Returning, abandon, saying(domain.CoinsNotReady), giveBack),
		CoinGone:     to(Returning, abandon, saying(domain.CoinsNotReady), giveBack),
	})
	settlingRow = complete(row{
		CoinIn: to(same, recordCoin),
		Fixed: {
			{when: provedEnough, next: Printing, do: []action{takeProved, printCopy}},
			{next: Returning, do: []action{takeProved, saying(domain.CoinsNotReady), giveBack}},
		},
		FixFailed: {
			{next: Returning, do: []action{refuse, giveBack}},
		},
		CoinFault:    stay("the fix refuses a deposit that is in doubt"),
		CoinDoubt:    stay("the fix refuses a deposit that is in doubt"),
		CoinGone:     stay("the fix fails by itself"),
		PrinterFault: stay("the copy is not begun by a printer that is not ready, and the coins come back"),
		PrinterGone:  stay("the copy is not begun by a printer that is not there, and the coins come back"),
		Lever:        stay("the price is being fixed; a failure returns the coins by itself"),
		TimedOut:     to(Returning, abandon, saying(domain.CoinsNotReady), giveBack),
	})
)
