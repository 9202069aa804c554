package crash

import (
	benchcoin "github.com/kioskd/kioskd/internal/bench/coin"
	"github.com/kioskd/kioskd/internal/domain"
	"github.com/kioskd/kioskd/internal/terminal/hand"
)

// Script is what people and devices do in one run, whatever the kiosk says.
type Script struct {
	Name   string
	Fee    domain.Yen // of one copy
	Copies int
	Coins  []int // dropped one after another while the slot is open
	Then   End   // when no coin is left to drop
	Prints []Print
	Faults []benchcoin.Fault
	Stock  benchcoin.Coins // of the hoppers
	Says   hand.Says       // the clerk, of sheets that wait
	Refund hand.Source     // who pays what is owed, when all is over; "" leaves it owed
	// Others is how many other certificates the resident wants after the first one.
	Others int
}

// End is what a resident does who has no more coins.
type End uint8

// The ends.
const (
	Wait End = iota // for the machine, or for the time-out
	Cancel
	Lever
)

var plenty = benchcoin.Coins{10: 20, 50: 20, 100: 20, 500: 20}

// Scripts are the stories of the sweep. Each ends another way where nobody dies.
var Scripts = []Script{
	{Name: "exact", Fee: 200, Copies: 1, Coins: []int{100, 100}},
	{Name: "change", Fee: 200, Copies: 1, Coins: []int{500}},
	{Name: "free", Copies: 1},
	{Name: "another", Fee: 200, Copies: 1, Coins: []int{500, 100, 100}, Others: 1},
	{Name: "cancel", Fee: 200, Copies: 1, Coins: []int{100, 50}, Then: Cancel},
	{Name: "lever", Fee: 200, Copies: 1, Coins: []int{10, 50}, Then: Lever},
	{Name: "part paid", Fee: 150, Copies: 3, Coins: []int{500}, Prints: []Print{Good, Refused}},
	{Name: "unfed", Fee: 200, Copies: 1, Coins: []int{100, 100}, Prints: []Print{Refused}},
	{
		Name: "unproved, none", Fee: 200, Copies: 1, Coins: []int{500}, Prints: []Print{Mute}, Says: hand.None,
	},
	{
		Name: "unproved, good", Fee: 200, Copies: 2, Coins: []int{500}, Prints: []Print{Good, Jam}, Says: hand.Good,
	},
	{
		Name: "flap jams", Fee: 200, Copies: 1, Coins: []int{100, 50}, Then: Cancel,
		Faults: []benchcoin.Fault{{Do: benchcoin.JamEscrow}},
	},
	{
		Name: "hopper jams", Fee: 200, Copies: 1, Coins: []int{500},
		Faults: []benchcoin.Fault{{Do: benchcoin.JamHopper, Yen: 100, After: 1}},
	},
	{Name: "refund", Fee: 200, Copies: 1, Coins: []int{500}, Faults: noChange, Refund: hand.Machine},
	{Name: "refund by hand", Fee: 200, Copies: 1, Coins: []int{500}, Faults: noChange, Refund: hand.Cash},
}

// noChange lets every hopper of the change jam at its first coin, so that all of it is owed.
var noChange = []benchcoin.Fault{
	{Do: benchcoin.JamHopper, Yen: 100}, {Do: benchcoin.JamHopper, Yen: 50}, {Do: benchcoin.JamHopper, Yen: 10},
}
