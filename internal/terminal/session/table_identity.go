package session

import "github.com/kioskd/kioskd/internal/domain"

var (
	placeCardRow = leavable(row{
		CardIn:     to(ReadingCard, noteCardOn, identify),
		Back:       to(Scope),
		ReaderGone: readerGone,
	})
	readingCardRow = leavable(row{
		Identified: {
			{when: noTries, next: Refused, do: []action{saying(domain.PINBlocked), powerOff, record}},
			{next: same, do: []action{setTries, getChallenge}},
		},
		ChallengeHeld: {
			{when: onlyOneTry, next: LastTry, do: []action{capPIN}},
			{next: EnterPIN, do: []action{capPIN}},
		},
		CardRefused:  refusing(powerOff, record),
		CenterFailed: refusing(powerOff, record),
		CardOut:      to(Refused, removedEarly...),
		ReaderGone:   readerGone,
		TimedOut:     to(Refused, abandon, saying(domain.CardUnreadable), powerOff, cancelAll, record),
	})
	lastTryRow = leavable(row{
		Continue:   to(EnterPIN),
		CardOut:    to(Refused, removedEarly...),
		ReaderGone: readerGone,
		CapReached: pinTooLate,
	})
	enterPINRow = leavable(row{
		PINChanged: to(same, countPIN),
		SubmitPIN: {
			{when: fourDigits, next: Authenticating, do: []action{sign}},
			{next: same, why: "a PIN has four digits; a shorter one would cost a try"},
		},
		CardOut:    to(Refused, removedEarly...),
		ReaderGone: readerGone,
		CapReached: pinTooLate,
	})
	authenticatingRow = withoutMoney(row{
		Signed: to(same, authenticate),
		WrongPIN: {
			{when: noTries, next: Refused, do: []action{saying(domain.PINBlocked), powerOff, cancelAll, record}},
			{when: lastTry, next: LastTry, do: []action{noteWrongPIN}},
			{next: EnterPIN, do: []action{noteWrongPIN}},
		},
		AssertionHeld: to(same, fetchChoices),
		ChoicesHeld: {
			{when: cardGone, next: Holder, do: []action{holdOffer, forgetCard, armCap}},
			{next: RemoveCard, do: []action{holdOffer, forgetCard, capRemove}},
		},
		CardRefused:  refusing(wipePIN, powerOff, cancelAll, record),
		CenterFailed: refusing(wipePIN, powerOff, cancelAll, record),
		CardOut: {
			{when: hasSigned, next: same, do: []action{noteCardOff}},
			{next: Refused, do: removedEarly},
		},
		ReaderGone: append([]branch{{when: hasSigned, next: same, do: []action{noteCardOff}}}, readerGone...),
		TimedOut:   to(Refused, abandon, saying(domain.CenterUnreachable), wipePIN, powerOff, cancelAll, record),
	})
	removeCardRow = leavable(row{
		CardOut:    to(Holder, noteCardOff, armCap),
		CapReached: to(Wiping, leave...),
		ReaderGone: to(Holder, noteCardOff, armCap), // nobody can see the card any more; Finish speaks of it once more
	})
	holderRow = leavable(row{
		ItIsMe:     to(SelectCertificate),
		NotMe:      to(Refused, saying(domain.NotMe), alarmNotMe, cancelAll, record),
		CapReached: to(Wiping, leave...),
	})
	// placeAgainRow: the panel is not a bearer. A card that lies there already must be lifted and placed again.
	placeAgainRow = leavable(row{
		CardIn:     to(ReadingAgain, noteCardOn, compare),
		ReaderGone: readerGone,
		CapReached: to(Wiping, leave...),
	})
	readingAgainRow = withoutMoney(row{
		SameCard:      to(same, noteProved, powerOff, reapply),
		OtherCard:     to(Refused, saying(domain.OtherCard), powerOff, cancelAll, record),
		AssertionHeld: to(same, fetchChoices),
		ChoicesHeld: {
			{when: cardGone, next: Holder, do: []action{holdOffer, armCap}},
			{next: RemoveCard, do: []action{holdOffer, capAgain}},
		},
		CardRefused:  refusing(powerOff, cancelAll, record),
		CenterFailed: refusing(powerOff, cancelAll, record),
		CardOut:      authenticatingRow[CardOut],
		ReaderGone:   authenticatingRow[ReaderGone],
		TimedOut:     to(Refused, abandon, saying(domain.CenterUnreachable), powerOff, cancelAll, record),
	})
	removedEarly = []action{
		noteCardOff, abandon, saying(domain.CardRemovedTooEarly), wipePIN, powerOff, cancelAll, record,
	}
	pinTooLate = to(Refused, abandon, saying(domain.DeadlinePassed), wipePIN, powerOff, cancelAll, record)
	readerGone = to(Refused, noteCardOff, abandon, saying(domain.CardUnreadable), wipePIN, powerOff, cancelAll, record)
	alarmNotMe = action{"alarm", func(s *step) { s.emit(Effect{Kind: Alarm, Reason: domain.NotMe}) }}
)
