package main

import (
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
