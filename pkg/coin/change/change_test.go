package change

import "testing"

// stocks walks every stock of 0 to most pieces of each kind.
func stocks(most int32, visit func(Count)) {
	for a := range most + 1 {
		for b := range most + 1 {
			for c := range most + 1 {
				for d := range most + 1 {
					visit(Count{a, b, c, d})
				}
			}
		}
	}
}

// sums is the slow twin of Change: every amount that some part of the stock makes.
func sums(stock Count) map[int]bool {
	all := map[int]bool{}
	for a := range stock[Ten] + 1 {
		for b := range stock[Fifty] + 1 {
			for c := range stock[Hundred] + 1 {
				for d := range stock[FiveHundred] + 1 {
					all[Count{a, b, c, d}.Total()] = true
				}
			}
		}
	}
	return all
}

func TestChangeFindsASetIfOneExists(t *testing.T) {
	stocks(3, func(stock Count) {
		possible := sums(stock)
		for due := 0; due <= 2000; due += 10 {
			paid, ok := Change(due, stock, Count{})
			if ok != possible[due] {
				t.Fatalf("due %d from %v: ok %v, a set exists %v", due, stock, ok, possible[due])
			}
			if !ok && !paid.IsZero() {
				t.Fatalf("due %d from %v: refused and paid %v", due, stock, paid)
			}
			for k, n := range paid {
				if n < 0 || n > stock[k] {
					t.Fatalf("due %d from %v: pays %v", due, stock, paid)
				}
			}
			if ok && paid.Total() != due {
				t.Fatalf("due %d from %v: pays %d", due, stock, paid.Total())
			}
		}
	})
}

func TestChangeLeavesTheReserve(t *testing.T) {
	stock, reserve := Count{9, 5, 6, 4}, Count{5, 5, 5, 5}
	if paid, ok := Change(140, stock, reserve); !ok || paid != (Count{4, 0, 1, 0}) {
		t.Errorf("paid %v, %v", paid, ok)
	}
	if paid, ok := Change(150, stock, reserve); ok {
		t.Errorf("took %v from the reserve", paid)
	}
	if _, ok := Change(-10, stock, Count{}); ok {
		t.Error("a debt below zero was paid")
	}
	if _, ok := Change(5, Count{100, 100, 100, 100}, Count{}); ok {
		t.Error("five yen were paid")
	}
}

// reachable is the slow twin of CanChange: walks every order of coins up to the price.
func reachable(price int) map[int]bool {
	over, seen := map[int]bool{}, map[int]bool{}
	var walk func(total int)
	walk = func(total int) {
		if total >= price {
			over[total-price] = true
			return
		}
		if seen[total] {
			return
		}
		seen[total] = true
		for k := range NumKinds {
			walk(total + k.Yen())
		}
	}
	walk(0)
	return over
}

func TestCanChangeKnowsEveryAmountThatMayBeInserted(t *testing.T) {
	for price := 10; price <= 500; price += 10 {
		over := reachable(price)
		stocks(3, func(stock Count) {
			want := true
			for o := range over {
				want = want && CanRefund(o, stock, Count{})
			}
			if got := CanChange(price, stock, Count{}); got != want {
				t.Fatalf("price %d, stock %v: %v, want %v", price, stock, got, want)
			}
		})
	}
	if !CanChange(0, Count{}, Count{}) || CanChange(-10, Count{9, 9, 9, 9}, Count{}) {
		t.Error("prices of 0 and below")
	}
}

// TestX03_EveryAcceptedCoinKeepsThePriceInReach walks every order of accepted coins: the price is always reached
// within the escrow, and what is above it can be paid as change.
func TestX03_EveryAcceptedCoinKeepsThePriceInReach(t *testing.T) {
	for price := 10; price <= 1200; price += 70 {
		for _, slots := range []int{0, 1, 2, 3, 5, 9, 20} {
			for _, l := range []Limits{
				{Price: price, Slots: slots, ExactOnly: true},
				{Price: price, Slots: slots, Stock: Count{4, 1, 4, 0}},
				{Price: price, Slots: slots, Stock: Count{2, 0, 0, 0}},
			} {
				walkDeposit(t, l, Count{}, map[Count]bool{})
			}
		}
	}
}

func walkDeposit(t *testing.T, l Limits, in Count, seen map[Count]bool) {
	t.Helper()
	if seen[in] {
		return
	}
	seen[in] = true
	mask, reason := l.Accepts(in)
	if over := in.Total() - l.Price; over >= 0 {
		if reason != StopReached || mask != 0 || !l.changeable(over) || in.Pieces() > l.Slots {
			t.Fatalf("%+v with %v: mask %b, reason %d", l, in, mask, reason)
		}
		return
	}
	if mask == 0 && (reason != StopFull || !in.IsZero()) {
		t.Fatalf("%+v is stuck with %v: reason %d", l, in, reason)
	}
	for k := range NumKinds {
		if mask.Has(k) {
			next := in
			next[k]++
			walkDeposit(t, l, next, seen)
		}
	}
}

func TestX03_FullEscrowOfTensIsRefusedBeforeItFills(t *testing.T) {
	l := Limits{Price: 4500, Slots: 60, Stock: Count{50, 20, 50, 10}}
	mask, _ := l.Accepts(Count{45, 0, 0, 0})
	if !mask.Has(Ten) || !mask.Has(FiveHundred) {
		t.Errorf("with 45 tens of ¥4,500: %b", mask)
	}
	mask, _ = l.Accepts(Count{52, 0, 0, 0}) // 8 places for ¥3,980: only 8 × ¥500 reach it
	if mask != Mask(0).With(FiveHundred) {
		t.Errorf("with 52 tens of ¥4,500: %b", mask)
	}
}

func TestExactMoneyTakesNoCoinAboveThePrice(t *testing.T) {
	l := Limits{Price: 300, Slots: 60, ExactOnly: true, Stock: Count{99, 99, 99, 99}}
	if mask, _ := l.Accepts(Count{}); mask != Mask(0).With(Ten).With(Fifty).With(Hundred) {
		t.Errorf("empty: %b", mask)
	}
	if mask, _ := l.Accepts(Count{4, 0, 2, 0}); mask != Mask(0).With(Ten).With(Fifty) {
		t.Errorf("with ¥240: %b", mask)
	}
}

// TestAheadIsTheMostThatMayComeUnseen: fewer coins than Ahead never change what is accepted; Ahead many may, unless it
// is the most that it looks at.
func TestAheadIsTheMostThatMayComeUnseen(t *testing.T) {
	for price := 10; price <= 1500; price += 70 {
		for _, l := range []Limits{
			{Price: price, Slots: 40, ExactOnly: true},
			{Price: price, Slots: 40, Stock: Count{4, 1, 4, 0}},
			{Price: price, Slots: 5, Stock: Count{9, 9, 9, 9}},
		} {
			mask, _ := l.Accepts(Count{})
			if mask == 0 {
				continue
			}
			n := l.Ahead(Count{})
			steady := func(n int) bool { return changeless(l, Count{}, mask, n) }
			if n < 1 || n > aheadMost || !steady(n-1) || n < aheadMost && steady(n) {
				t.Errorf("%+v: %d ahead, steady before %v, then %v", l, n, steady(n-1), steady(n))
			}
		}
	}
}

// changeless is the slow twin: it walks every order of n coins.
func changeless(l Limits, in Count, mask Mask, n int) bool {
	if now, _ := l.Accepts(in); now != mask {
		return false
	}
	for k := range NumKinds {
		one := in
		one[k]++
		if n > 0 && mask.Has(k) && !changeless(l, one, mask, n-1) {
			return false
		}
	}
	return true
}
