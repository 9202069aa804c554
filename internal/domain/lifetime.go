package domain

import "time"

// The one table of X-20. The session's time-outs and the lifetimes of everything signed are derived from it, here and
// nowhere else, so that the slowest allowed visit never meets an expired note.
const (
	// IdleBeforeCard: a screen before the card, without a touch.
	IdleBeforeCard = 120 * time.Second
	// IdleAfterCard: a screen after RemoveCard, without a touch, before the countdown.
	IdleAfterCard = 60 * time.Second
	// Countdown: the time-out dialogue's own time.
	Countdown = 30 * time.Second
	// AwayFromCard: the longest time from RemoveCard to Confirm without the card.
	AwayFromCard = 10 * time.Minute
	// AidsFactor multiplies the times of a resident who uses larger text or speech (X-10: ×2, ×3).
	AidsFactor = 3
	// PayLimit: from the opening of the deposit to the fixed price.
	PayLimit = 10 * time.Minute
	// PrintLimit: one sheet, from its first byte to its evidence (printer §7: 60 s + 10 s a sheet, with room).
	PrintLimit = 90 * time.Second
	// MaxSheets: sheets of one visit (4 sheets × 3 copies in X-20's walk).
	MaxSheets = 12

	// ChallengeLife: the card must have signed by then (server §3.1).
	ChallengeLife = 180 * time.Second
	// ClockSkew: how far two clocks of the service may differ (server §3.1).
	ClockSkew = 5 * time.Second
	// NoteLife: assertion, choices, order, manifest and delivery, and the state Issued at the issuing server. It covers
	// the walk of X-20: choosing with aids, paying with aids, printing all sheets.
	NoteLife = AidsFactor*(AwayFromCard+PayLimit) + MaxSheets*PrintLimit + 2*time.Minute
)

// Budgets of the hops (server §4). A time-out ends the whole application at that hop (D-04).
const (
	ValidationBudget = 5 * time.Second
	ChoicesBudget    = 10 * time.Second
	IssueBudget      = 40 * time.Second
	DownloadBudget   = 30 * time.Second
)
