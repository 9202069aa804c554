package domain

import "time"

// The one table of X-20: how long the session waits, and, derived from that, how long everything signed lives, here and
// nowhere else, so that the slowest allowed visit never meets an expired note. The session takes its seconds from here.
const (
	// IdleBeforeCard: a screen before the card, without a touch.
	IdleBeforeCard = 120 * time.Second
	// IdleAfterCard: a screen after RemoveCard, without a touch, before the countdown.
	IdleAfterCard = 60 * time.Second
	// Countdown: the time-out dialogue's own time.
	Countdown = 30 * time.Second
	// AidsFactor multiplies the times of a resident who uses larger text or speech (X-10: ×2, ×3).
	AidsFactor = 3
	// LargerTextFactor is that of larger text alone.
	LargerTextFactor = 2
	// AwayAidsFactor does so for the time without the card.
	AwayAidsFactor = 2

	// Caps: a touch gives a screen its time again, but not beyond these.

	// PINLimit: from the challenge to the last PIN.
	PINLimit = 5 * time.Minute
	// RemoveLimit: the card lies there and is not needed any more.
	RemoveLimit = 5 * time.Minute
	// AwayFromCard: the longest time from RemoveCard to Confirm without the card.
	AwayFromCard = 10 * time.Minute
	// PayLimit: from the opening of the deposit to the last coin.
	PayLimit = 10 * time.Minute
	// TakeLimit: sheets lie in the tray before a clerk is called.
	TakeLimit = 180 * time.Second
	// FinishLimit: the question whether another certificate is wanted.
	FinishLimit = 30 * time.Second
	// AgainLimit: placing the same card again, and once more taking it away.
	AgainLimit = 90 * time.Second

	// Acts: what nobody can make longer.

	// AuthenticateLimit: signature, centre, choices.
	AuthenticateLimit = 45 * time.Second
	// RequestLimit and CheckLimit: the municipality makes the document, and it is rendered dry.
	RequestLimit = 60 * time.Second
	CheckLimit   = 60 * time.Second
	// SettleLimit: coins in flight come to rest.
	SettleLimit = 30 * time.Second
	// PrintBase and PrintPerSheet: one copy, from its first byte to its evidence (printer §7: 60 s + 10 s a sheet, with
	// room). PrintLimit is a copy of one sheet.
	PrintBase     = 80 * time.Second
	PrintPerSheet = 10 * time.Second
	PrintLimit    = PrintBase + PrintPerSheet
	// MaxApplications: certificates of one visit, under one assertion.
	MaxApplications = 3
	// FirstAllowance is what a resident with aids may need for a first certificate so that another one still fits under
	// the same assertion.
	FirstAllowance = 15 * time.Minute
	// MaxSheets: sheets of one application (4 sheets × 3 copies in X-20's walk).
	MaxSheets = 12

	// SignReserve is what must be left of a challenge when the card signs it.
	SignReserve = 20 * time.Second
	// ClockSkew: how far two clocks of the service may differ (server §3.1).
	ClockSkew = 5 * time.Second
)

// Lifetimes.
const (
	// ChallengeLife: the card must have signed by then.
	ChallengeLife = AidsFactor*PINLimit + AuthenticateLimit
	// NoteLife: assertion, choices, order, manifest and delivery. It covers all that comes after the assertion, at its
	// slowest: taking the card, choosing, the document, paying, and printing MaxSheets as copies of one sheet; and some
	// time before it for a first certificate.
	NoteLife = FirstAllowance + AuthenticateLimit + AidsFactor*RemoveLimit + AwayAidsFactor*AwayFromCard + RequestLimit +
		CheckLimit + AidsFactor*PayLimit + SettleLimit + PrintAll + ClockSkew
	// AnotherWait: how long the centre keeps what a card proved after its certificate was paid for, so that its holder
	// may want another one. It begins with the kiosk's account, which is sent while the sheets lie in the tray.
	AnotherWait = TakeLimit + AidsFactor*(FinishLimit+AgainLimit) + AuthenticateLimit
	// PrintAll is the printing of a whole application.
	PrintAll = MaxSheets * PrintLimit
	// ApplicationLife: an application at the centre, from its first challenge.
	ApplicationLife = ChallengeLife + NoteLife
	// IssuedLife: how long the state Issued waits for its confirmation after the manifest has expired: a copy that began
	// before may still come out.
	IssuedLife = PrintAll
)

// Budgets of the hops (server §4). A time-out ends the whole application at that hop (D-04).
const (
	ValidationBudget = 5 * time.Second
	ChoicesBudget    = 10 * time.Second
	IssueBudget      = 40 * time.Second
	DownloadBudget   = 30 * time.Second
)
