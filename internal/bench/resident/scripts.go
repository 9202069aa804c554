package resident

import "maps"

// PIN of every test card.
const PIN = "1234"

// once is a plan with one list of acts for every arrival.
func once(acts ...Act) [][]Act { return [][]Act{acts} }

// path is the straight way through a visit for one card: 住民票の写し of the cardholder alone, one copy. Coins are
// dropped one by one.
func path(card string, coins ...int) map[string][][]Act {
	pay := []Act{{Accepting: true}}
	for _, yen := range coins {
		pay = append(pay, Act{Coin: yen})
	}
	return map[string][][]Act{
		"Attract":           once(Act{Touch: "start"}),
		"Consent":           once(Act{Touch: "agree"}),
		"Language":          once(Act{Touch: "lang_ja"}),
		"Scope":             once(Act{Touch: "scope_home"}),
		"PlaceCard":         once(Act{Insert: card}),
		"LastTry":           once(Act{Touch: "continue"}),
		"EnterPIN":          once(Act{Digits: PIN}, Act{Touch: "pin.submit"}),
		"RemoveCard":        once(Act{Remove: true}),
		"Holder":            once(Act{Touch: "holder_yes"}),
		"SelectCertificate": once(Act{Touch: "kind_ResidentRecord"}),
		"SelectDetails":     once(Act{Touch: "next"}), // the cardholder alone is proposed
		"SelectMembers":     once(Act{Touch: "next"}),
		"Copies":            once(Act{Touch: "next"}),
		"Confirm":           once(Act{Touch: "confirm"}),
		"Pay":               {pay},
		"TakePaper":         once(Act{TakePaper: true}, Act{Touch: "paper_taken"}),
		"GivingChange":      nil,
		"Finish":            once(Act{TakeCoins: true}, Act{Touch: "end"}),
		"Refused":           once(Act{Remove: true}, Act{Touch: "acknowledge"}),
	}
}

// with gives the plan with some states' acts replaced.
func with(plan map[string][][]Act, changes map[string][][]Act) map[string][][]Act {
	maps.Copy(plan, changes)
	return plan
}

// ToConfirm goes as far as the confirmation and cancels there: no document, no money.
func ToConfirm(card string) Script {
	return Script{Name: "to confirm", At: with(path(card), map[string][][]Act{"Confirm": once(Act{Touch: "cancel"})})}
}

// Self takes one 住民票の写し of the cardholder alone and pays with the given coins.
func Self(card string, coins ...int) Script { return Script{Name: "self", At: path(card, coins...)} }

// Another takes a second 住民票の写し in the same visit, by placing a card again: the same one, or somebody else's.
func Another(card, again string, coins ...int) Script {
	return Script{Name: "another", At: with(path(card, coins...), map[string][][]Act{
		"Finish":     {{{TakeCoins: true}, {Touch: "another"}}, {{TakeCoins: true}, {Touch: "end"}}},
		"PlaceAgain": once(Act{Insert: again}),
	})}
}

// Household takes one of the whole household.
func Household(card string, coins ...int) Script {
	return Script{Name: "household", At: with(path(card, coins...), map[string][][]Act{
		"SelectDetails": once(Act{Touch: "option_Scope_whole"}, Act{Touch: "next"}),
	})}
}

// WrongPIN enters wrong PINs times over and then the right one; with 3 or more the card is blocked by it.
func WrongPIN(card string, times int) Script {
	tries := [][]Act{}
	for range times {
		tries = append(tries, []Act{{Digits: "9999"}, {Touch: "pin.submit"}})
	}
	tries = append(tries, []Act{{Digits: PIN}, {Touch: "pin.submit"}})
	return Script{Name: "wrong PIN", At: with(path(card), map[string][][]Act{
		"EnterPIN": tries, "Confirm": once(Act{Touch: "cancel"}),
	})}
}

// NotMe says at the holder line that this is somebody else.
func NotMe(card string) Script {
	return Script{Name: "not me", At: with(path(card), map[string][][]Act{"Holder": once(Act{Touch: "holder_no"})})}
}

// CancelAt cancels in a state.
func CancelAt(card, state string) Script {
	return Script{Name: "cancel at " + state, At: with(path(card), map[string][][]Act{
		state: once(Act{Touch: "cancel"}), "Confirm": once(Act{Touch: "cancel"}),
		"RemoveCard": once(Act{Remove: true}), "Finish": once(Act{Remove: true}, Act{TakeCoins: true}, Act{Touch: "end"}),
	})}
}

// RemoveAt pulls the card out in a state.
func RemoveAt(card, state string) Script {
	return Script{Name: "card gone at " + state, At: with(path(card), map[string][][]Act{
		state: once(Act{Remove: true}), "Confirm": once(Act{Touch: "cancel"}),
	})}
}

// RefusedCard puts a card on the reader that cannot go all the way, and reads why.
func RefusedCard(card string) Script {
	return Script{Name: "refused " + card, At: with(path(card), map[string][][]Act{
		"Confirm": once(Act{Touch: "cancel"}),
	})}
}

// StandStill does nothing once a state is reached, until the kiosk ends the visit by itself.
func StandStill(card, state string) Script {
	plan := with(path(card), map[string][][]Act{state: nil})
	return Script{Name: "stand still at " + state, At: plan}
}
