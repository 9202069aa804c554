package ui_test

import (
	"image"
	"strings"
	"testing"
	"time"

	"github.com/kioskd/kioskd/internal/domain"
	"github.com/kioskd/kioskd/internal/terminal/session"
	"github.com/kioskd/kioskd/ui"
	"github.com/kioskd/kioskd/ui/kit"
	"github.com/kioskd/kioskd/ui/node"
)

// buttons are three in a row, which are steps of their own: "a", "b" and last.
func buttons(screen, last string) *node.Tree {
	t := keys(screen, "a", "b", last)
	for _, n := range t.Focus() {
		n.Role = node.RoleButton
	}
	return t
}

// switches enters a PIN by what chooses and what steps, be it the person or the clock.
func (p *pad) switches(choose, step func(), entered *int) {
	p.t.Helper()
	for _, digit := range "1204" {
		p.reach(func(id string) bool { return strings.Contains(id, "pin."+string(digit)) }, step)
		choose() // the row
		p.reach(func(id string) bool { return id == "pin."+string(digit) }, step)
		choose() // the key
		*entered++
		if p.view.PINCount != *entered {
			p.t.Fatalf("%d digits after %d choices", p.view.PINCount, *entered)
		}
	}
	p.reach(func(id string) bool { return id == "pin.submit" }, step)
	choose()
}

// reach steps until the ring is around what is wanted.
func (p *pad) reach(want func(string) bool, step func()) {
	p.t.Helper()
	for range 40 {
		for _, id := range p.app.Ringed() {
			if want(id) {
				return
			}
		}
		step()
	}
	p.t.Fatal("the ring never comes there")
}

func TestTwoSwitchesEnterAPIN(t *testing.T) {
	p, entered := newPad(t), 0
	p.switches(func() { p.press("switch_select") }, func() { p.press("switch_next") }, &entered)
	if got := strings.ReplaceAll(p.got, ".", ""); got != "1204!" {
		t.Errorf("%q", p.got)
	}
}

func TestOneSwitchEntersAPIN(t *testing.T) {
	p, entered := newPad(t), 0
	p.press("switch")
	wait := func() {
		due, waits := p.app.Poll(p.now)
		if !waits {
			p.press("switch") // it went around three times and rests
			return
		}
		p.now = due
		p.app.Poll(p.now)
	}
	p.switches(func() { p.press("switch") }, wait, &entered)
	if got := strings.ReplaceAll(p.got, ".", ""); got != "1204!" {
		t.Errorf("%q", p.got)
	}
}

func TestAScanByItselfKeepsItsTimeAndEnds(t *testing.T) {
	for ask, want := range map[time.Duration]time.Duration{
		0: 2 * time.Second, time.Millisecond: time.Second, 3 * time.Second: 3 * time.Second, time.Minute: 4 * time.Second,
	} {
		a := ui.New(ui.Options{Size: image.Pt(400, 200), Measurer: em{}, ScanEvery: ask})
		a.Show(buttons("one", "c"), 0)
		a.Key(ui.KeySwitch, time.Second)
		due, waits := a.Poll(time.Second)
		if !waits || due != time.Second+want {
			t.Errorf("%v: the next step at %v, want %v", ask, due, time.Second+want)
		}
		steps := 0
		for waits { // bound: the scan's own
			steps++
			due, waits = a.Poll(due)
		}
		if steps != 10 || len(a.Ringed()) != 0 { // three items, three times around, and the end
			t.Errorf("%v: %d steps, ring %v", ask, steps, a.Ringed())
		}
	}
}

func TestAScanBeginsAnewOnAnotherScreenAndGivesWayToAFinger(t *testing.T) {
	a := newApp(t)
	a.Show(buttons("one", "c"), 10*ms)
	a.Key(ui.KeySwitch, 300*ms)
	if got := strings.Join(a.Ringed(), ""); got != "a" || !strings.Contains(mustJSON(t, a), `"focus":["a"]`) {
		t.Fatalf("ring %q in %s", got, mustJSON(t, a))
	}
	a.Show(buttons("one", "x"), 310*ms)
	if got := strings.Join(a.Ringed(), ""); got != "a" {
		t.Errorf("the same screen moved the ring to %q", got)
	}
	a.Show(buttons("two", "c"), 320*ms)
	if due, waits := a.Poll(330 * ms); len(a.Ringed()) != 0 || !waits || due != 2320*ms {
		t.Errorf("ring %v, due %v %v", a.Ringed(), due, waits)
	}
	a.Poll(2320 * ms)
	play(a, touch{ui.Finger, ui.Down, 1, 390, 2400 * ms})
	if _, waits := a.Poll(2500 * ms); waits || len(a.Ringed()) != 0 {
		t.Errorf("it goes on beside a finger: ring %v", a.Ringed())
	}
}

// TestSwitchesSayNoDigit scans the whole pad aloud.
func TestSwitchesSayNoDigit(t *testing.T) {
	p := newPad(t)
	p.voice.On = true
	p.show()
	p.tape.take()
	entered := 0
	p.switches(func() { p.press("switch_select") }, func() { p.press("switch_next") }, &entered)
	for _, s := range p.tape.take() {
		if strings.Contains(s, "key") && s != "*"+ui.ChimeKey && strings.ContainsAny(s, "0123456789") {
			t.Errorf("the loudspeaker says %q", s)
		}
	}
}

// TestSwitchesReachAnAnswerOfADialog: the timeout's answers can be chosen, and stepping to them is no answer.
func TestSwitchesReachAnAnswerOfADialog(t *testing.T) {
	p := newPad(t)
	p.view = session.View{
		State: session.EnterPIN, Screen: "enter_pin", Lang: domain.Japanese, Tries: 3, Countdown: 20, PINCount: kit.PINLength,
	}
	p.show()
	p.reach(func(id string) bool { return id == "timeout_end" }, func() { p.press("switch_next") })
	p.press("switch_select")
	if got := strings.ReplaceAll(p.got, ".", ""); got != "E" {
		t.Errorf("%q", p.got)
	}
}
