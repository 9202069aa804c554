package main

import (
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kioskd/kioskd/internal/bench/coin"
)

func TestPieces_are_four_numbers_that_fit(t *testing.T) {
	for text, want := range map[string]coin.Coins{
		"": nil, "50,20,50,10": {10: 50, 50: 20, 100: 50, 500: 10}, "0,0,0,200": {10: 0, 50: 0, 100: 0, 500: 200},
	} {
		if got, err := pieces(text); err != nil || !cmp.Equal(got, want) {
			t.Errorf("%q: %v, %v", text, got, err)
		}
	}
	for _, text := range []string{"1,2,3", "1,2,3,4,5", "1,2,3,", "1,2,3,-4", "1,2,3,201", "many"} {
		if got, err := pieces(text); err == nil {
			t.Errorf("%q was read as %v", text, got)
		}
	}
}

func TestCoin_rate_is_within_what_can_be_measured(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	for rate, want := range map[string]int{"1": 1, "20": 20, "100": 100, "0": 0, "101": 0, "-3": 0, "fast": 0} {
		s, err := parse("run", []string{"-coin-rate", rate, self})
		if got := s.rate; (err == nil) != (want > 0) || err == nil && got != want {
			t.Errorf("%s: rate %d, %v", rate, got, err)
		}
	}
}
