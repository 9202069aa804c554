package still

import (
	"slices"
	"testing"
	"time"

	"github.com/kioskd/kioskd/internal/bench/coin/trouble"
)

func testBlockOpto(t *testing.T) {
	u := begun(t)
	u.fault(trouble.Fault{Do: trouble.BlockOpto, Ms: 10_000, After: 1})
	u.drop(100)
	if got := u.ask(2, 232); got[0] != 0 {
		t.Errorf("self-check % X before", got)
	}
	u.drop(100, 50)
	if got := u.news(1); !slices.Equal(got, [][2]byte{{0, 15}, {0, 15}}) {
		t.Errorf("events %v", got)
	}
	if got := u.ask(2, 232); !slices.Equal(got, []byte{faultOpto, 1}) {
		t.Errorf("self-check % X", got)
	}
	u.pass(10 * time.Second)
	if got := u.ask(2, 232); got[0] != 0 || len(u.Faults()) != 0 {
		t.Errorf("self-check % X, faults %v after", got, u.Faults())
	}
	u.drop(10)
	u.lies(Trays{Escrow: Coins{100: 1, 10: 1}, Return: Coins{100: 1, 50: 1}})
	id := u.fault(trouble.Fault{Do: trouble.BlockOpto, Code: 26, Ms: 3_600_000})
	u.drop(50)
	if !u.ClearFault(id) || u.ask(2, 232)[0] != 0 {
		t.Error("a clerk took nothing away")
	}
	u.lies(Trays{Escrow: Coins{100: 1, 10: 1}, Return: Coins{100: 1, 50: 2}})
}
