package change

// Change finds coins worth due yen in stock beyond reserve, largest kinds first. ok is false when there is no such set;
// then nothing is to be paid. A reserve above the stock leaves nothing of that kind.
//
// Taking as many of the largest kind as fit finds a set whenever one exists, because each kind is a divisor of the next
// larger one; TestChangeFindsASetIfOneExists proves it over all small cases.
func Change(due int, stock, reserve Count) (paid Count, ok bool) {
	if due < 0 {
		return Count{}, false
	}
	for i := range NumKinds {
		k := NumKinds - 1 - i
		n := min(int32(due/k.Yen()), max(stock[k]-max(reserve[k], 0), 0))
		paid[k] = n
		due -= int(n) * k.Yen()
	}
	if due != 0 {
		return Count{}, false
	}
	return paid, true
}

// CanRefund says that amount yen could be paid from the hoppers alone.
func CanRefund(amount int, stock, reserve Count) bool {
	_, ok := Change(amount, stock, reserve)
	return ok
}

// CanChange says that change could be paid from every amount a person may insert for the price, if all kinds are
// accepted until the price is reached. Where it is false, open the deposit with Limits.ExactOnly.
func CanChange(price int, stock, reserve Count) bool {
	if price <= 0 {
		return price == 0
	}
	for over := 10; over < FiveHundred.Yen(); over += 10 {
		if canOverpay(price, over) && !CanRefund(over, stock, reserve) {
			return false
		}
	}
	return true
}

// canOverpay says that the last coin may lead from below the price to over yen above it.
func canOverpay(price, over int) bool {
	for k := range NumKinds {
		before := price + over - k.Yen()
		if before >= 0 && before < price {
			return true
		}
	}
	return false
}

// StopReason says why no more coins are taken.
type StopReason uint8

// Reasons to stop.
const (
	StopReached StopReason = 1 // the price is there
	StopFull    StopReason = 2 // the escrow has no room to reach the price: everything goes back
)

// Limits says what a deposit may take.
type Limits struct {
	Price     int   // yen, a multiple of 10, above 0
	ExactOnly bool  // refuse every coin that would go above the price
	Stock     Count // what the hoppers hold, by the caller's ledger
	Reserve   Count // what must stay in the hoppers
	Slots     int   // coins the escrow can hold
}

// Refundable says that the hoppers alone could refund every amount that may come together.
func (l Limits) Refundable() bool {
	for amount := 10; amount < l.Price+FiveHundred.Yen(); amount += 10 {
		over := amount - l.Price
		if over > 0 && (l.ExactOnly || !canOverpay(l.Price, over)) {
			continue
		}
		if !CanRefund(amount, l.Stock, l.Reserve) {
			return false
		}
	}
	return true
}

// Accepts gives the kinds that may be inserted now that in lies in the escrow, and why there is none. A kind is taken
// only if the change for its coin could be paid, and if the places that then remain suffice to reach the price (rule
// a coin after which the escrow fills up below the price only wastes the person's time).
func (l Limits) Accepts(in Count) (Mask, StopReason) {
	if in.Total() >= l.Price {
		return 0, StopReached
	}
	var mask Mask
	for k := range NumKinds {
		rest := l.Price - in.Total() - k.Yen()
		room := l.Slots - in.Pieces() - 1
		if l.changeable(-rest) && l.fewest(rest) <= room {
			mask = mask.With(k)
		}
	}
	if mask == 0 {
		return 0, StopFull // exact coins need no change, so only room can be missing
	}
	return mask, 0
}

// aheadMost is the most that Ahead looks ahead: coins come at most three a second, and are looked at five times in it.
const aheadMost = 4

// Ahead is how many more coins may come now, whatever is accepted of them, before what is accepted must change: at
// least 1, at most 4. After fewer, each kind that is accepted now may still be.
func (l Limits) Ahead(in Count) int {
	mask, _ := l.Accepts(in)
	for n := 1; n < aheadMost; n++ {
		if l.changes(in, mask, 0, n) {
			return n
		}
	}
	return aheadMost
}

// changes says that n coins of the kinds of mask, from k on, may lead to where other kinds are accepted.
func (l Limits) changes(in Count, mask Mask, k Kind, n int) bool {
	if n == 0 {
		now, _ := l.Accepts(in)
		return now != mask
	}
	for ; k < NumKinds; k++ {
		if !mask.Has(k) {
			continue
		}
		one := in
		one[k]++
		if l.changes(one, mask, k, n-1) {
			return true
		}
	}
	return false
}

// changeable says that an overpay of over yen is allowed and its change there.
func (l Limits) changeable(over int) bool {
	return over <= 0 || (!l.ExactOnly && CanRefund(over, l.Stock, l.Reserve))
}

// fewest is the least number of coins that reach rest yen: exactly, or with a last coin that goes above it.
func (l Limits) fewest(rest int) int {
	if rest <= 0 {
		return 0
	}
	best := rest // more than any number of coins of ¥10
	pieces := 0
	for i := range NumKinds {
		yen := (NumKinds - 1 - i).Yen()
		more := (rest + yen - 1) / yen
		if l.changeable(more*yen - rest) {
			best = min(best, pieces+more)
		}
		pieces += rest / yen
		rest %= yen
		if rest == 0 {
			return min(best, pieces)
		}
	}
	return best
}
