package still

import (
	"maps"
	"testing"
	"time"

	"github.com/kioskd/kioskd/internal/bench/coin/trouble"
)

// rig is a unit whose time a test moves by hand.
type rig struct {
	*testing.T
	*Unit
	put Coins // coins that the test has dropped
}

func start(t *testing.T, o Options) *rig {
	t.Helper()
	u := New(o)
	r := &rig{t, u, Coins{}}
	t.Cleanup(r.conserved)
	return r
}

// open makes it take every coin.
func (r *rig) open() *rig {
	r.Helper()
	r.ask(2, 231, 0xFF, 0xFF)
	r.ask(2, 228, 1)
	for i := range r.opt.Addresses.Hoppers {
		r.ask(2, 210, byte(i+1), byte(i+1)) // types 1 to 4 go to hoppers; ¥500 has two types, see below
	}
	r.ask(2, 210, 5, 4)
	return r
}

// pass lets time pass.
func (r *rig) pass(d time.Duration) { r.Advance(r.Now() + d) }

// asked makes a frame of a host as ccTalk 4.7 part 1 draws it.
func asked(to, header byte, data ...byte) []byte {
	p := append([]byte{to, byte(len(data)), 1, header}, data...)
	sum := byte(0)
	for _, b := range p {
		sum += b
	}
	return append(p, -sum)
}

// say gives a command and what is answered within a second, byte by byte.
func (r *rig) say(to, header byte, data ...byte) []byte {
	r.Flush()
	r.Hear(asked(to, header, data...))
	r.pass(time.Second)
	return r.Said(maxSay)
}

// ask gives a command and the data of its sound answer.
func (r *rig) ask(to, header byte, data ...byte) []byte {
	r.Helper()
	p := r.say(to, header, data...)
	sum := byte(0)
	for _, b := range p {
		sum += b
	}
	if len(p) < 5 || len(p) != int(p[1])+5 || sum != 0 || p[0] != 1 || p[2] != to || p[3] != 0 {
		r.Fatalf("header %d to %d: answer % X", header, to, p)
	}
	return p[4 : len(p)-1]
}

// refused gives a command that is answered with a NAK.
func (r *rig) refused(to, header byte, data ...byte) {
	r.Helper()
	if p := r.say(to, header, data...); len(p) != 5 || p[3] != headNAK {
		r.Errorf("header %d to %d: answer % X, want a NAK", header, to, p)
	}
}

// drop puts coins in at the pace of a person, and waits until they lie.
func (r *rig) drop(yen ...int) {
	r.Helper()
	for _, y := range yen {
		r.put[y]++
		if err := r.Insert(y); err != nil {
			r.Fatal(err)
		}
		r.pass(time.Second)
	}
}

// fault arms a fault.
func (r *rig) fault(f trouble.Fault) int {
	r.Helper()
	id, err := r.AddFault(f)
	if err != nil {
		r.Fatal(err)
	}
	return id
}

// lies checks where coins lie; a place that is not named holds what it holds at the start.
func (r *rig) lies(want Trays) {
	r.Helper()
	got := r.Trays()
	for _, p := range []struct {
		name      string
		got, want Coins
	}{
		{"flying", got.Flying, want.Flying},
		{"escrow", got.Escrow, want.Escrow},
		{"cash box", got.CashBox, want.CashBox},
		{"return tray", got.Return, want.Return},
		{"stuck", got.Stuck, want.Stuck},
		{"pulled", got.Pulled, want.Pulled},
		{"hoppers", got.Hoppers, want.Hoppers},
	} {
		if p.name == "hoppers" && p.want == nil {
			p.want = r.opt.Stock
		}
		if !maps.Equal(p.got, p.want) {
			r.Errorf("%s: %v, want %v", p.name, p.got, p.want)
		}
	}
}

// stockBut is the hoppers' stock with some more, or fewer.
func stockBut(more Coins) Coins {
	s := maps.Clone(Defaults().Stock)
	for yen, n := range more {
		s[yen] += n
	}
	return s
}

// conserved checks in the end that no coin was made or lost: what was dropped lies somewhere. Tests that take coins out
// put them back into r.put.
func (r *rig) conserved() {
	t := r.Trays()
	for _, yen := range []int{5, 10, 50, 100, 500} {
		n := 0
		for _, c := range []Coins{t.Flying, t.Escrow, t.Hoppers, t.CashBox, t.Return, t.Stuck, t.Pulled} {
			n += c[yen]
		}
		if want := r.opt.Stock[yen] + r.put[yen]; n != want {
			r.Errorf("¥%d: %d pieces are there, %d were", yen, n, want)
		}
	}
}

// news are the events of the acceptor since counter last, oldest first.
func (r *rig) news(last byte) (pairs [][2]byte) {
	r.Helper()
	p := r.ask(2, 229)
	n := int(p[0]) - int(last)
	if n < 0 {
		n += 255
	}
	for i := min(n, 5) - 1; i >= 0; i-- {
		pairs = append(pairs, [2]byte{p[1+2*i], p[2+2*i]})
	}
	return pairs
}
