package still

import (
	"bytes"
	"testing"
	"time"

	"github.com/kioskd/kioskd/internal/bench/coin/trouble"
)

// move tells the escrow to move, and gives its status a while later: state, level, fault.
func (r *rig) move(back byte) []byte {
	r.Helper()
	r.ask(85, 107, back)
	r.pass(3 * time.Second)
	return r.ask(85, 106)
}

func testJamEscrow(t *testing.T) {
	u := begun(t)
	u.drop(100, 50)
	u.fault(trouble.Fault{Do: trouble.JamEscrow})
	if got := u.move(1); got[0] != 2 || got[1] == 0 || got[2] != codeJam {
		t.Errorf("status %v", got)
	}
	u.refused(85, 107, 1)
	u.lies(Trays{Escrow: Coins{100: 1, 50: 1}})
	u.ClearJams()
	u.move(1)
	u.lies(Trays{Return: Coins{100: 1, 50: 1}})
}

func testStickFlap(t *testing.T) {
	for back, code := range map[byte]byte{0: codeKeepShut, 1: codeReturnShut} {
		u := begun(t)
		u.drop(100)
		u.fault(trouble.Fault{Do: trouble.StickFlap})
		if got := u.move(back); got[0] != 2 || got[1] == 0 || got[2] != code {
			t.Errorf("status %v", got)
		}
		u.drop(50) // the flap is shut: it lies with the other
		u.lies(Trays{Escrow: Coins{100: 1, 50: 1}})
	}
}

func testOpenFlap(t *testing.T) {
	u := begun(t)
	u.drop(100)
	u.fault(trouble.Fault{Do: trouble.OpenFlap})
	if got := u.move(0); !bytes.Equal(got, []byte{2, 0, codeKeepOpen}) {
		t.Errorf("status %v", got)
	}
	u.drop(50) // it falls through
	u.Power(false)
	u.Power(true)
	u.open().drop(50) // a flap that hangs is not shut by a spring
	u.lies(Trays{Hoppers: stockBut(Coins{100: 1, 50: 2})})
	u.ClearJams()
	u.drop(50)
	u.lies(Trays{Escrow: Coins{50: 1}, Hoppers: stockBut(Coins{100: 1, 50: 2})})
}

func testStickEscrow(t *testing.T) {
	u := begun(t)
	u.drop(100, 50, 10)
	u.fault(trouble.Fault{Do: trouble.StickEscrow, Code: 2})
	if got := u.move(1); got[0] != 0 || got[1] == 0 || got[2] != 0 {
		t.Errorf("status %v", got)
	}
	u.lies(Trays{Escrow: Coins{100: 1, 50: 1}, Return: Coins{10: 1}})
}

func testFullEscrow(t *testing.T) {
	u := begun(t)
	u.drop(100)
	id := u.fault(trouble.Fault{Do: trouble.FullEscrow})
	if got := u.ask(85, 106); !bytes.Equal(got, []byte{0, 255, 0}) {
		t.Errorf("status %v", got)
	}
	u.drop(50)
	if got := u.news(1); len(got) != 1 || got[0][0] != 2 { // credited, and yet it rolled into the tray
		t.Errorf("events %v", got)
	}
	u.lies(Trays{Escrow: Coins{100: 1}, Return: Coins{50: 1}})
	u.ClearFault(id)
	u.drop(50)
	u.lies(Trays{Escrow: Coins{100: 1, 50: 1}, Return: Coins{50: 1}})
}

func testEscrowReturns(t *testing.T) {
	u := begun(t)
	u.drop(100)
	u.fault(trouble.Fault{Do: trouble.EscrowReturns})
	for range 2 { // as long as the fault lasts
		u.Power(false)
		u.Power(true)
		u.open().drop(50)
	}
	if got := u.ask(85, 106); got[1] == 0 {
		t.Errorf("status %v", got)
	}
	u.lies(Trays{Escrow: Coins{50: 1}, Return: Coins{100: 1, 50: 1}})
}

func testEscrowKeeps(t *testing.T) {
	u := begun(t)
	u.drop(100, 5)
	u.fault(trouble.Fault{Do: trouble.EscrowKeeps})
	u.Power(false)
	u.Power(true)
	if got := u.ask(85, 106); !bytes.Equal(got, []byte{0, 0, 0}) {
		t.Errorf("status %v", got)
	}
	u.lies(Trays{CashBox: Coins{5: 1}, Hoppers: stockBut(Coins{100: 1})})
}

func testJamHopper(t *testing.T) {
	u := begun(t)
	u.fault(trouble.Fault{Do: trouble.JamHopper, Yen: 100, After: 1})
	u.pay(5, 3)
	if got, r := u.ask(5, 166), u.ask(5, 163); !bytes.Equal(got, []byte{1, 0, 1, 2}) || r[0]&1 == 0 {
		t.Errorf("status %v, register %v", got, r)
	}
	if u.pay(5, 1) {
		t.Error("a jammed hopper pays")
	}
	u.lies(Trays{Return: Coins{100: 1}, Hoppers: stockBut(Coins{100: -1})})
	u.ClearJams()
	if !u.pay(5, 1) {
		t.Error("a hopper that was freed does not pay")
	}
}

func testJammedHopper(t *testing.T) {
	u := begun(t)
	u.fault(trouble.Fault{Do: trouble.JammedHopper, Yen: 50})
	for i, yen := range hopperYen {
		if r := u.ask(u.opt.Addresses.Hoppers[i], 163); (r[0]&1 != 0) != (yen == 50) {
			t.Errorf("hopper of ¥%d: register %v", yen, r)
		}
	}
	if u.pay(4, 1) {
		t.Error("a jammed hopper pays")
	}
	u.lies(Trays{})
}

func testJamExit(t *testing.T) {
	u := begun(t)
	u.fault(trouble.Fault{Do: trouble.JamExit, Yen: 10, After: 1})
	u.pay(3, 3)
	if got, r := u.ask(3, 166), u.ask(3, 163); !bytes.Equal(got, []byte{1, 0, 1, 2}) || r[0]&(1<<5) == 0 {
		t.Errorf("status %v, register %v", got, r)
	}
	if u.ask(3, 168)[0] != 1 {
		t.Error("a coin that has not left was counted")
	}
	u.Power(false)
	u.Power(true)
	if r := u.ask(3, 163); r[0]&(1<<3) == 0 { // now it is blocked while it rests
		t.Errorf("register %v", r)
	}
	if u.pay(3, 1) {
		t.Error("it pays through a blocked exit")
	}
	u.lies(Trays{Return: Coins{10: 1}, Stuck: Coins{10: 1}, Hoppers: stockBut(Coins{10: -2})})
	u.ClearJams()
	u.lies(Trays{Return: Coins{10: 1}, Hoppers: stockBut(Coins{10: -1})})
}

func testBlockChute(t *testing.T) {
	u := begun(t)
	u.drop(100)
	id := u.fault(trouble.Fault{Do: trouble.BlockChute})
	if got := u.move(1); !bytes.Equal(got, []byte{0, 0, 0}) { // nothing sees it
		t.Errorf("status %v", got)
	}
	u.pay(4, 2)
	if got := u.ask(4, 166); !bytes.Equal(got, []byte{1, 0, 2, 0}) {
		t.Errorf("status %v", got)
	}
	u.lies(Trays{Stuck: Coins{100: 1, 50: 2}, Hoppers: stockBut(Coins{50: -2})})
	u.ClearFault(id)
	u.lies(Trays{Return: Coins{100: 1, 50: 2}, Hoppers: stockBut(Coins{50: -2})})
	u.fault(trouble.Fault{Do: trouble.BlockChute})
	u.pay(4, 1)
	u.ClearJams() // as a clerk does
	u.lies(Trays{Return: Coins{100: 1, 50: 3}, Hoppers: stockBut(Coins{50: -3})})
}

func testEmptyHopper(t *testing.T) {
	u := begun(t)
	u.fault(trouble.Fault{Do: trouble.EmptyHopper, Yen: 500, After: 2})
	u.pay(6, 4)
	if got, r := u.ask(6, 166), u.ask(6, 163); !bytes.Equal(got, []byte{1, 0, 2, 2}) || r[0]&2 == 0 {
		t.Errorf("status %v, register %v", got, r)
	}
	u.pay(6, 1)
	u.lies(Trays{Return: Coins{500: 2}, Hoppers: stockBut(Coins{500: -2})})
	u.ClearJams()
	u.pay(6, 1)
	u.lies(Trays{Return: Coins{500: 3}, Hoppers: stockBut(Coins{500: -3})})
}

func testResetHopper(t *testing.T) {
	u := begun(t)
	u.pay(4, 1)
	u.fault(trouble.Fault{Do: trouble.ResetHopper, Yen: 10})
	u.pay(3, 3)
	if got := u.ask(3, 166); !bytes.Equal(got, []byte{0, 0, 1, 2}) || u.ask(3, 168)[0] != 1 {
		t.Errorf("status %v", got)
	}
	if got := u.ask(4, 166); got[0] != 1 {
		t.Errorf("another hopper was reset too: %v", got)
	}
	u.lies(Trays{Return: Coins{10: 1, 50: 1}, Hoppers: stockBut(Coins{10: -1, 50: -1})})
}

func testRefill(t *testing.T) {
	u := begun(t)
	u.fault(trouble.Fault{Do: trouble.Refill, Yen: 500, Pieces: 175})
	u.put[500] += 175
	if got := u.ask(6, 217); got[0] != 0x32 { // over the high mark
		t.Errorf("level %x", got)
	}
	u.fault(trouble.Fault{Do: trouble.Refill, Yen: 500, Pieces: -180})
	u.put[500] -= 180
	if got, count := u.ask(6, 217), u.ask(6, 168); got[0] != 0x31 || count[0] != 0 {
		t.Errorf("level %x, count %v", got, count)
	}
	u.lies(Trays{Hoppers: stockBut(Coins{500: -5})})
}
