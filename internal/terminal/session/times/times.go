// Package times is how long a screen, a limit and the rest of a visit last, in whole seconds: the table of
// internal/domain, and what is added up from it. The session decides by it; it has no clock.
package times

import "github.com/kioskd/kioskd/internal/domain"

// Seconds, from the one table in internal/domain.
const (
	second         = 1_000_000_000 // of the table's own unit
	IdleBeforeCard = int(domain.IdleBeforeCard / second)
	IdleAfterCard  = int(domain.IdleAfterCard / second)
	Countdown      = int(domain.Countdown / second)
	PINLimit       = int(domain.PINLimit / second)
	RemoveLimit    = int(domain.RemoveLimit / second)
	AwayLimit      = int(domain.AwayFromCard / second)
	PayLimit       = int(domain.PayLimit / second)
	AuthLimit      = int(domain.AuthenticateLimit / second)
	RequestLimit   = int(domain.RequestLimit / second)
	CheckLimit     = int(domain.CheckLimit / second)
	SettleLimit    = int(domain.SettleLimit / second)
	PrintBase      = int(domain.PrintBase / second)
	PrintPerSheet  = int(domain.PrintPerSheet / second)
	TakeLimit      = int(domain.TakeLimit / second)
	FinishLimit    = int(domain.FinishLimit / second)
	AgainLimit     = int(domain.AgainLimit / second)
	PrintAll       = int(domain.PrintAll / second)
	ClockSkew      = int(domain.ClockSkew / second)
	GiveBackLimit  = 120
	OwedLimit      = 120
	IdleSet        = 60   // somebody set an aid and did not begin
	StaffLimit     = 1800 // a clerk who has gone leaves no machine closed
)

// Print is how long one copy of so many sheets may take.
func Print(sheets int) int { return PrintBase + PrintPerSheet*sheets }

// Pay is how long payment and printing may take at a pace, from the moment before the coin slot opens; nothing is paid
// for what is free.
func Pay(fee domain.Yen, copies, sheetsPerCopy, pace int) int {
	printing := copies * Print(sheetsPerCopy)
	if fee == 0 {
		return printing
	}
	return PayLimit*pace + SettleLimit + printing
}

// Another is how long the slowest rest of a visit with another certificate may take at a pace, from the moment at which
// it is offered.
func Another(pace int) int {
	card := (FinishLimit+2*AgainLimit)*pace + AuthLimit
	choice := AwayLimit*min(pace, domain.AwayAidsFactor) + RequestLimit + CheckLimit
	return card + choice + PayLimit*pace + SettleLimit + PrintAll + ClockSkew
}
