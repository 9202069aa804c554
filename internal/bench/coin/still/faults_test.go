package still

import (
	"bytes"
	"slices"
	"testing"
	"time"

	"github.com/kioskd/kioskd/internal/bench/coin/trouble"
)

// Each test shows what a fault does to the bytes, and where it leaves the coins. covered are the faults that have one.
var covered = map[string]func(*testing.T){
	trouble.LoseCommand: testLoseCommand, trouble.LoseReply: testLoseReply, trouble.CorruptReply: testCorruptReply,
	trouble.CutReply: testCutReply, trouble.Busy: testBusy, trouble.Foreign: testForeign,
	trouble.PowerCycle: testPowerCycle, trouble.Unplug: testUnplug, trouble.HoldInterface: testHoldInterface,
	trouble.Reject: testReject, trouble.Astray: testAstray, trouble.Mute: testMute, trouble.Swallow: testSwallow,
	trouble.OnString: testOnString, trouble.LateCoin: testLateCoin, trouble.Rush: testRush,
	trouble.ResetAcceptor: testResetAcceptor, trouble.WindCounter: testWindCounter,
	trouble.SwapDevice: testSwapDevice, trouble.PullLever: testLever, trouble.BlockOpto: testBlockOpto,
	trouble.JamEscrow: testJamEscrow, trouble.StickFlap: testStickFlap, trouble.OpenFlap: testOpenFlap,
	trouble.StickEscrow: testStickEscrow, trouble.FullEscrow: testFullEscrow,
	trouble.EscrowReturns: testEscrowReturns, trouble.EscrowKeeps: testEscrowKeeps,
	trouble.JamHopper: testJamHopper, trouble.JammedHopper: testJammedHopper, trouble.JamExit: testJamExit,
	trouble.BlockChute: testBlockChute, trouble.EmptyHopper: testEmptyHopper, trouble.ResetHopper: testResetHopper,
	trouble.Refill: testRefill,
}

func TestEveryFaultShowsOnTheLineAndInTheTrays(t *testing.T) {
	for _, k := range trouble.Kinds {
		if covered[k.Do] == nil {
			t.Errorf("no test shows what %q does", k.Do)
			continue
		}
		t.Run(k.Do, covered[k.Do])
	}
}

// begun is a machine that takes coins.
func begun(t *testing.T) *rig {
	t.Helper()
	return start(t, Defaults()).open()
}

// pay has a hopper pay n coins and lets it end; ok is false where it refuses.
func (r *rig) pay(to byte, n byte) (ok bool) {
	r.Helper()
	r.ask(to, 164, 0xA5)
	p := r.say(to, 167, 0, 0, 0, 0, 0, 0, 0, 0, n)
	r.pass(20 * time.Second)
	return len(p) > 3 && p[3] == 0
}

func testLoseCommand(t *testing.T) {
	u := begun(t)
	u.fault(trouble.Fault{Do: trouble.LoseCommand, Header: 167, Device: 3})
	if u.pay(3, 2) || len(u.Trays().Return) != 0 {
		t.Errorf("a lost command paid: %+v", u.Trays())
	}
	if !u.pay(3, 2) {
		t.Error("the next was lost too")
	}
	u.lies(Trays{Return: Coins{10: 2}, Hoppers: stockBut(Coins{10: -2})})
}

func testLoseReply(t *testing.T) {
	u := begun(t)
	u.fault(trouble.Fault{Do: trouble.LoseReply, Header: 167, After: 1})
	if !u.pay(4, 1) || u.pay(4, 1) {
		t.Error("the first answer was lost, or the second was not")
	}
	u.lies(Trays{Return: Coins{50: 2}, Hoppers: stockBut(Coins{50: -2})})
}

func testCorruptReply(t *testing.T) {
	u := begun(t)
	u.fault(trouble.Fault{Do: trouble.CorruptReply, Header: 107})
	u.drop(50)
	p := u.say(85, 107, 1)
	sum := byte(0)
	for _, b := range p {
		sum += b
	}
	if len(p) != 5 || sum == 0 {
		t.Errorf("a sound answer: % X", p)
	}
	u.pass(3 * time.Second)
	u.lies(Trays{Return: Coins{50: 1}})
}

func testCutReply(t *testing.T) {
	u := begun(t)
	u.fault(trouble.Fault{Do: trouble.CutReply, Header: 229})
	if p := u.say(2, 229); len(p) != 8 {
		t.Errorf("16 bytes were cut to % X", p)
	}
	u.ask(2, 229)
	u.lies(Trays{})
}

func testBusy(t *testing.T) {
	u := begun(t)
	u.drop(100)
	u.fault(trouble.Fault{Do: trouble.Busy, Header: 107, Pieces: 2})
	for range 2 {
		if p := u.say(85, 107, 1); len(p) != 5 || p[3] != headBusy {
			t.Errorf("% X", p)
		}
	}
	u.pass(3 * time.Second)
	u.lies(Trays{Escrow: Coins{100: 1}})
	u.ask(85, 107, 1)
	u.pass(3 * time.Second)
	u.lies(Trays{Return: Coins{100: 1}})
}

func testForeign(t *testing.T) {
	u := begun(t)
	u.fault(trouble.Fault{Do: trouble.Foreign, Hex: "41540D"})
	if p := u.Said(maxSay); !bytes.Equal(p, []byte("AT\r")) {
		t.Errorf("% X", p)
	}
	u.pass(100 * time.Millisecond) // or the devices take the next command for what follows
	u.fault(trouble.Fault{Do: trouble.Foreign, Hex: "00FF", Header: 254})
	if p := u.say(2, 254); !bytes.Equal(p, []byte{0, 0xFF, 1, 0, 2, 0, 0xFD}) {
		t.Errorf("% X", p)
	}
	u.fault(trouble.Fault{Do: trouble.Foreign, Hex: "02"})
	if p := u.say(2, 254); len(p) != 0 { // the devices heard 02 02 00 01 FE FF, and no frame fits
		t.Errorf("% X", p)
	}
	u.pass(time.Second)
	u.ask(2, 254)
	u.lies(Trays{})
}

func testPowerCycle(t *testing.T) {
	u := begun(t)
	u.drop(10)
	u.fault(trouble.Fault{Do: trouble.PowerCycle, Yen: 500, After: 1})
	u.pay(6, 3)
	if got := u.ask(6, 166); !bytes.Equal(got, []byte{0, 0, 2, 1}) {
		t.Errorf("after the second coin: %v", got)
	}
	u.lies(Trays{Escrow: Coins{10: 1}, Return: Coins{500: 2}, Hoppers: stockBut(Coins{500: -2})})
	u.fault(trouble.Fault{Do: trouble.PowerCycle, Header: 164, Device: 3})
	if p := u.say(3, 164, 0xA5); len(p) != 0 {
		t.Errorf("% X", p)
	}
	for n := 1; n <= 10; n++ { // the command is five bytes, and so is its answer
		u.pass(time.Second)
		if !u.On() {
			t.Fatal("power does not come back")
		}
		u.fault(trouble.Fault{Do: trouble.PowerCycle, Byte: n})
		if p := u.say(2, 254); len(p) != max(0, n-5) {
			t.Errorf("power failed at byte %d, and % X was answered", n, p)
		}
	}
	u.lies(Trays{Escrow: Coins{10: 1}, Return: Coins{500: 2}, Hoppers: stockBut(Coins{500: -2})})
}

func testUnplug(t *testing.T) {
	u := begun(t)
	u.drop(10)
	u.fault(trouble.Fault{Do: trouble.Unplug, Byte: 7, Ms: 1500})
	u.Flush()
	u.Hear(asked(2, 254))
	u.pass(time.Second)
	if u.Plugged() || u.Saying() != 0 {
		t.Errorf("plugged in %v, % X waits", u.Plugged(), u.Said(maxSay))
	}
	u.put[50]++
	if err := u.Insert(50); err != nil { // coins fall as before
		t.Fatal(err)
	}
	if p := u.say(2, 254); len(p) != 0 {
		t.Errorf("% X", p)
	}
	u.pass(time.Second)
	u.ask(2, 254)
	if got := u.Plugs(); !slices.Equal(got, []bool{false, true}) {
		t.Errorf("plug %v", got)
	}
	if got := u.news(0); len(got) != 2 {
		t.Errorf("events %v", got)
	}
	u.lies(Trays{Escrow: Coins{10: 1, 50: 1}})
}

func testHoldInterface(t *testing.T) {
	u := begun(t)
	id := u.fault(trouble.Fault{Do: trouble.HoldInterface})
	if !u.Held() {
		t.Error("nobody holds the interface")
	}
	if u.ClearFault(id); u.Held() {
		t.Error("it is still held")
	}
	u.lies(Trays{})
}

func testReject(t *testing.T) {
	u := begun(t)
	u.fault(trouble.Fault{Do: trouble.Reject, After: 1})
	u.drop(100, 100)
	if got := u.news(0); !slices.Equal(got, [][2]byte{{3, 3}, {0, codeReject}}) {
		t.Errorf("events %v", got)
	}
	if u.ask(2, 225)[0] != 1 || u.ask(2, 194)[0] != 1 || u.ask(2, 226)[0] != 2 {
		t.Error("the counts do not add up")
	}
	u.lies(Trays{Escrow: Coins{100: 1}, Return: Coins{100: 1}})
	if got := u.Bounced(); got.Total() != 100 {
		t.Errorf("bounced %v", got)
	}
}

func testAstray(t *testing.T) {
	u := begun(t)
	u.fault(trouble.Fault{Do: trouble.Astray, Code: 16})
	u.drop(100)
	if got := u.news(0); !slices.Equal(got, [][2]byte{{0, 16}}) || u.ask(2, 225)[0] != 1 {
		t.Errorf("events %v", got)
	}
	u.lies(Trays{Escrow: Coins{100: 1}})
}

func testMute(t *testing.T) {
	u := begun(t)
	u.fault(trouble.Fault{Do: trouble.Mute})
	u.drop(100)
	if got := u.news(0); len(got) != 0 || u.ask(2, 225)[0] != 1 || u.ask(2, 226)[0] != 1 {
		t.Errorf("events %v", got)
	}
	u.lies(Trays{Escrow: Coins{100: 1}})
}

func testSwallow(t *testing.T) {
	u := begun(t)
	u.fault(trouble.Fault{Do: trouble.Swallow})
	u.drop(100)
	if got := u.news(0); len(got) != 0 || u.ask(2, 225)[0] != 0 || u.ask(2, 194)[0] != 0 || u.ask(2, 226)[0] != 1 {
		t.Errorf("events %v", got)
	}
	u.lies(Trays{Stuck: Coins{100: 1}})
	u.ClearJams()
	u.lies(Trays{Return: Coins{100: 1}})
}

func testOnString(t *testing.T) {
	u := begun(t)
	u.fault(trouble.Fault{Do: trouble.OnString})
	u.drop(500)
	if got := u.news(0); len(got) != 2 || got[0][0] == 0 || got[1] != [2]byte{0, codeString} {
		t.Errorf("events %v", got)
	}
	u.lies(Trays{Pulled: Coins{500: 1}})
}

func testLateCoin(t *testing.T) {
	u := begun(t)
	u.fault(trouble.Fault{Do: trouble.LateCoin, Ms: 60_000})
	u.drop(100)
	u.ask(2, 228, 0) // the visit ends
	if got := u.news(0); len(got) != 0 || u.ask(2, 225)[0] != 0 {
		t.Errorf("events %v", got)
	}
	u.lies(Trays{Flying: Coins{100: 1}})
	u.pass(time.Minute)
	if got := u.news(0); !slices.Equal(got, [][2]byte{{3, 3}}) || u.ask(2, 225)[0] != 1 {
		t.Errorf("events %v", got)
	}
	u.lies(Trays{Escrow: Coins{100: 1}})
}

func testRush(t *testing.T) {
	u := begun(t)
	u.fault(trouble.Fault{Do: trouble.Rush})
	for range 7 {
		u.put[10]++
		if err := u.Insert(10); err != nil {
			t.Fatal(err)
		}
	}
	u.pass(time.Second)
	if got := u.ask(2, 229); got[0] != 7 { // five slots tell of seven events
		t.Errorf("counter %v", got)
	}
	u.lies(Trays{Escrow: Coins{10: 7}})
}

func testResetAcceptor(t *testing.T) {
	u := begun(t)
	u.drop(10)
	u.fault(trouble.Fault{Do: trouble.ResetAcceptor})
	u.drop(100)
	if got := u.ask(2, 229); !bytes.Equal(got, make([]byte, 11)) || u.ask(2, 225)[0] != 2 || u.ask(2, 230)[0] != 0 {
		t.Errorf("buffer %v", got)
	}
	u.drop(50) // it takes nothing now
	if got := u.ask(3, 166); got[0] != 0 {
		t.Errorf("the hoppers had no reset: %v", got)
	}
	u.lies(Trays{Escrow: Coins{10: 1, 100: 1}, Return: Coins{50: 1}})
}

func testWindCounter(t *testing.T) {
	u := begun(t)
	u.fault(trouble.Fault{Do: trouble.WindCounter, Device: 2})
	if got := u.ask(2, 229); got[0] != 0 {
		t.Errorf("it moved before a program opened it: %v", got)
	}
	u.ask(2, 245)
	if got := u.ask(2, 229); got[0] != 253 {
		t.Errorf("counter %v", got)
	}
	u.drop(10, 50, 100, 10)
	if got := u.ask(2, 229); got[0] != 2 { // 254, 255, 1, 2: never 0 again
		t.Errorf("counter %v", got)
	}
	u.fault(trouble.Fault{Do: trouble.WindCounter, Device: 6, Code: 255})
	u.ask(6, 245)
	if u.pay(6, 1); u.ask(6, 166)[0] != 1 {
		t.Errorf("the hopper's counter: %v", u.ask(6, 166))
	}
	u.lies(Trays{Escrow: Coins{10: 2, 50: 1, 100: 1}, Return: Coins{500: 1}, Hoppers: stockBut(Coins{500: -1})})
}

func testSwapDevice(t *testing.T) {
	u := begun(t)
	u.drop(100)
	u.pay(3, 1)
	for device, count := range map[byte]byte{2: 225, 3: 168, 85: 0} {
		was := u.ask(device, 242)
		u.fault(trouble.Fault{Do: trouble.SwapDevice, Device: device})
		u.pass(time.Second)
		if now := u.ask(device, 242); bytes.Equal(was, now) {
			t.Errorf("device %d has its old serial number", device)
		}
		if count != 0 && u.ask(device, count)[0] != 0 {
			t.Errorf("device %d has counted something", device)
		}
	}
	u.lies(Trays{Escrow: Coins{100: 1}, Return: Coins{10: 1}, Hoppers: stockBut(Coins{10: -1})})
}

func testLever(t *testing.T) {
	u := begun(t)
	u.fault(trouble.Fault{Do: trouble.PullLever})
	u.fault(trouble.Fault{Do: trouble.PullLever, Header: 227})
	u.fault(trouble.Fault{Do: trouble.PullLever, Byte: 3, After: 0})
	u.ask(2, 227)
	lever := [2]byte{0, codeLever}
	if got := u.news(0); !slices.Equal(got, [][2]byte{lever, lever, lever}) {
		t.Errorf("events %v", got)
	}
	u.lies(Trays{})
}
