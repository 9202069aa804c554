package still

import (
	"bytes"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kioskd/kioskd/internal/bench/coin/trouble"
)

// TestTheGoldenFramesOfMakers gives the frames that makers and the specification print, and wants their answers.
// Sources: ccTalk 4.7 parts 1 and 3; Money Controls TSP016; Suzohapp Flow 18-ccTalk (those of hoppers).
func TestTheGoldenFramesOfMakers(t *testing.T) {
	o := Defaults()
	u := start(t, o)
	for _, c := range []struct{ name, say, want string }{
		{"simple poll", "\x02\x00\x01\xFE\xFF", "\x01\x00\x02\x00\xFD"},
		{
			"category", "\x02\x00\x01\xF5\x08",
			"\x01\x0D\x02\x00\x43\x6F\x69\x6E\x20\x41\x63\x63\x65\x70\x74\x6F\x72\x16",
		},
		{
			"events after power-up", "\x02\x00\x01\xE5\x18",
			"\x01\x0B\x02\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\xF2",
		},
		{"accept on", "\x02\x01\x01\xE4\x01\x17", "\x01\x00\x02\x00\xFD"},
		{"accept off", "\x02\x01\x01\xE4\x00\x18", "\x01\x00\x02\x00\xFD"},
		{"all types on", "\x02\x02\x01\xE7\xFF\xFF\x16", "\x01\x00\x02\x00\xFD"},
		{"all types off", "\x02\x02\x01\xE7\x00\x00\x14", "\x01\x00\x02\x00\xFD"},
		{"coin id of type 5", "\x02\x01\x01\xB8\x05\x3F", "\x01\x06\x02\x00\x4A\x50\x35\x30\x30\x42\x86"},
		{"test hopper, just on and disabled", "\x03\x00\x01\xA3\x59", "\x01\x02\x03\x00\xC0\x00\x3A"},
		{"enable hopper", "\x03\x01\x01\xA4\xA5\xB2", "\x01\x00\x03\x00\xFC"},
		{"pump the generator", "\x03\x08\x01\xA1\x5B\xDA\xAA\x6F\x9A\x5D\xC5\x06\x43", "\x01\x00\x03\x00\xFC"},
		{"pay five", "\x03\x09\x01\xA7\x00\x00\x00\x00\x00\x00\x00\x00\x05\x47", "\x01\x01\x03\x00\x01\xFA"},
		{"emergency stop", "\x03\x00\x01\xAC\x50", "\x01\x01\x03\x00\x05\xF6"},
		{"a wrong sum", "\x02\x00\x01\xFE\xFE", ""},
		{"nobody at the address", "\x09\x00\x01\xFE\xF8", ""},
	} {
		u.Flush()
		u.Hear([]byte(c.say))
		u.pass(100 * time.Millisecond)
		if got := u.Said(maxSay); string(got) != c.want {
			t.Errorf("%s: % X, want % X", c.name, got, c.want)
		}
	}
}

func TestAFrameWithACRC(t *testing.T) {
	o := Defaults()
	o.CRC16 = []byte{2}
	u := start(t, o)
	u.Hear([]byte{0x02, 0x00, 0xB1, 0xFE, 0x60}) // ccTalk 4.7 part 1: the poll of device 2 in CRC mode
	u.pass(100 * time.Millisecond)
	got := u.Said(maxSay)
	if len(got) != 5 || got[0] != 1 || got[1] != 0 || got[3] != 0 {
		t.Errorf("% X", got)
	}
	u.Hear([]byte{0x02, 0x00, 0xEB, 0xE5, 0xC3}) // its events
	u.pass(100 * time.Millisecond)
	if got := u.Said(maxSay); len(got) != 16 || got[3] != 0 {
		t.Errorf("% X", got)
	}
	u.Hear([]byte{2, 0, 1, 254, 0xFF}) // with the simple sum it is not meant
	u.pass(100 * time.Millisecond)
	if got := u.Said(maxSay); len(got) != 0 {
		t.Errorf("answered % X", got)
	}
}

// TestASerialKeyIsTheMakersFrame is the frame of TSP016 that pays one coin by serial number, with ours in it.
func TestASerialKeyIsTheMakersFrame(t *testing.T) {
	o := Defaults()
	o.Serials = true
	u := start(t, o)
	u.ask(3, 164, 0xA5)
	serial := u.ask(3, 242)
	u.refused(3, 167, 0xDF, 0xD7, 0x0A, 1)
	if got := u.ask(3, 167, append(bytes.Clone(serial), 1)...); !bytes.Equal(got, []byte{1}) {
		t.Errorf("% X", got)
	}
	u.pass(time.Second)
	u.lies(Trays{Return: Coins{10: 1}, Hoppers: stockBut(Coins{10: -1})})
}

// TestBytesTakeTheirTime: each byte has passed one by one, ten bits at 9600 baud.
func TestBytesTakeTheirTime(t *testing.T) {
	u := start(t, Defaults())
	u.Hear([]byte{2, 0, 1, 254, 0xFF})
	heard := 5 * u.opt.ByteTime
	for _, c := range []struct {
		at   time.Duration
		said int
	}{
		{heard - 1, 0},
		{heard + u.opt.Reply + 5*u.opt.ByteTime - 1, 0},
		{heard + u.opt.Reply + 5*u.opt.ByteTime, 5},
	} {
		u.Advance(c.at)
		if got := u.Saying(); got != c.said {
			t.Errorf("after %v %d bytes were said, want %d", c.at, got, c.said)
		}
	}
	if u.Bytes() != 10 {
		t.Errorf("%d bytes passed", u.Bytes())
	}
}

func TestAFrameInPiecesIsOneFrame(t *testing.T) {
	u := start(t, Defaults())
	for _, b := range []byte{2, 0, 1, 254, 0xFF} {
		u.Hear([]byte{b})
		u.pass(40 * time.Millisecond)
	}
	if got := u.Said(maxSay); len(got) != 5 {
		t.Errorf("said % X", got)
	}
	u.Hear([]byte{2, 0, 1})
	u.pass(60 * time.Millisecond) // too long: what follows is another frame
	u.Hear([]byte{2, 0, 1, 254, 0xFF})
	u.pass(60 * time.Millisecond)
	if got := u.Said(maxSay); len(got) != 5 {
		t.Errorf("after a pause within a frame: said % X", got)
	}
}

func TestTheSameCallsEndTheSame(t *testing.T) {
	end := func() (Trays, time.Duration, int) {
		u := start(t, Defaults()).open()
		u.fault(trouble.Fault{Do: trouble.PowerCycle, Byte: 200})
		u.drop(100, 500, 10)
		u.ask(85, 107, 1)
		u.pass(3 * time.Second)
		return u.Trays(), u.Now(), u.Bytes()
	}
	a, atA, bytesA := end()
	b, atB, bytesB := end()
	if d := cmp.Diff(a, b); d != "" || atA != atB || bytesA != bytesB {
		t.Errorf("%v and %v, %d and %d bytes\n%s", atA, atB, bytesA, bytesB, d)
	}
}

// TestWhatIsKeptOverPowerLoss is TSP016's table: the count of coins, the last paid, and unpaid if the motor ran.
func TestWhatIsKeptOverPowerLoss(t *testing.T) {
	u := start(t, Defaults()).open()
	u.drop(100)
	u.ask(3, 164, 0xA5)
	u.ask(3, 167, 0, 0, 0, 0, 0, 0, 0, 0, 9) // answers within the second in which the first coins come
	out := u.Trays().Return[10]
	u.Power(false)
	if p := u.say(3, 166); len(p) != 0 {
		t.Errorf("without power it says % X", p)
	}
	u.Power(true)
	if got, want := u.ask(3, 166), []byte{0, 0, byte(out), byte(9 - out)}; !bytes.Equal(got, want) || out == 0 {
		t.Errorf("status %v, want %v", got, want)
	}
	if got := u.ask(3, 168); got[0] != byte(out) {
		t.Errorf("count %v", got)
	}
	if got := u.ask(2, 229); got[0] != 0 {
		t.Errorf("event counter %v", got)
	}
	if a, m := u.ask(2, 225), u.ask(2, 230); a[0] != 1 || m[0] != 0 {
		t.Errorf("accepts %v, inhibits %v", a, m)
	}
	u.pass(10 * time.Second)
	u.lies(Trays{Escrow: Coins{100: 1}, Return: Coins{10: out}, Hoppers: stockBut(Coins{10: -out})})
}

func TestTheOptosSeeACoinPass(t *testing.T) {
	o := Defaults()
	o.ByteTime, o.Reply = 0, 0
	u := start(t, o).open()
	u.put[100]++
	if err := u.Insert(100); err != nil {
		t.Fatal(err)
	}
	look := func() byte {
		u.Flush()
		u.Hear(asked(2, 236))
		u.pass(0)
		return u.Said(maxSay)[4]
	}
	var seen []byte
	for range 4 {
		seen = append(seen, look())
		u.pass(60 * time.Millisecond)
	}
	if d := cmp.Diff([]byte{1, 1, 2, 0}, seen); d != "" {
		t.Errorf("optos (-want +got):\n%s", d)
	}
	u.pass(time.Second)
	if got := u.news(0); len(got) != 1 || got[0] != [2]byte{3, 3} {
		t.Errorf("events %v", got)
	}
}

// TestACoinThatLandsWhileAFlapIsOpenFallsThrough: the flap is open in the second half of a movement.
func TestACoinThatLandsWhileAFlapIsOpenFallsThrough(t *testing.T) {
	o := Defaults()
	o.ByteTime, o.Reply = 0, 0
	u := start(t, o).open()
	u.drop(100)
	for _, c := range []struct {
		before time.Duration // between the command and the coin
		where  Trays
	}{
		{0, Trays{Return: Coins{100: 1, 50: 1}}},
		{500 * time.Millisecond, Trays{Return: Coins{100: 1, 50: 2}}},
		{1400 * time.Millisecond, Trays{Return: Coins{100: 1, 50: 2}, Escrow: Coins{50: 1}}},
	} {
		u.Hear(asked(85, 107, 1))
		u.pass(c.before)
		u.put[50]++
		if err := u.Insert(50); err != nil {
			t.Fatal(err)
		}
		u.pass(3 * time.Second)
		u.lies(c.where)
	}
}

// pushed drops six coins at once and gives the longest row of events between two looks of a host that looks every 200
// ms, as the acceptor asks it to, and how long all took.
func pushed(u *rig) (most int, took time.Duration) {
	u.Helper()
	begun := u.Now()
	for range 6 {
		u.put[50]++
		if err := u.Insert(50); err != nil {
			u.Fatal(err)
		}
	}
	last := byte(0)
	for u.Trays().Flying.Total() > 0 { // ends when all have fallen
		u.pass(200 * time.Millisecond)
		most, last = max(most, int(u.acceptor.event-last)), u.acceptor.event
	}
	if got := u.Trays().Escrow.Total(); got != 300 || last != 6 {
		u.Errorf("¥%d in the escrow after %d events", got, last)
	}
	return most, u.Now() - begun
}

func TestCoinsPushedAtOnceGoThroughOneByOne(t *testing.T) {
	if most, took := pushed(start(t, Defaults()).open()); most > 2 || took < 5*150*time.Millisecond {
		t.Errorf("%d coins between two looks, six in %s", most, took)
	}
}

// A slot that is broken on purpose overruns the five events that an acceptor tells: the negative control.
func TestCoinsRushThroughABrokenSlot(t *testing.T) {
	u := start(t, Defaults()).open()
	id := u.fault(trouble.Fault{Do: trouble.Rush})
	if most, _ := pushed(u); most != 6 {
		t.Errorf("%d coins between two looks, not six", most)
	}
	if !u.ClearFault(id) || u.troubles.armed(trouble.Rush) {
		t.Error("the slot is still broken")
	}
}

func TestASlotThatIsFullSaysSo(t *testing.T) {
	u := start(t, Defaults())
	for range MaxWaiting + 1 { // one goes through at once
		u.put[10]++
		if err := u.Insert(10); err != nil {
			t.Fatal(err)
		}
	}
	if err := u.Insert(10); !errors.Is(err, ErrSlotFull) {
		t.Errorf("one more: %v", err)
	}
	u.pass(time.Minute) // they come back: nobody told the acceptor to take them
	u.lies(Trays{Return: Coins{10: MaxWaiting + 1}})
}
