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
			{when: timeShort, next: Refused, do: []action{saying(domain.DeadlinePassed), cancelAll, record}},
			{when: free, next: Printing, do: []action{printCopy}},
			{next: Pay, do: []action{capPay, openDeposit}},
		},
		CheckFailed: refusing(cancelAll, record),
		TimedOut:    to(Refused, abandon, saying(domain.DocumentUnreadable), cancelAll, record),
	})
)
