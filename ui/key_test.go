package ui_test

import (
	"image"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kioskd/kioskd/internal/domain"
	"github.com/kioskd/kioskd/internal/terminal/session"
	"github.com/kioskd/kioskd/locales"
	"github.com/kioskd/kioskd/ui"
	"github.com/kioskd/kioskd/ui/kit"
	"github.com/kioskd/kioskd/ui/node"
	"github.com/kioskd/kioskd/ui/screen"
)

// pad is the real PIN screen with a tactile pad before it; dots are counted as the session does.
type pad struct {
	t    *testing.T
	app  *ui.App
	set  screen.Set
	view session.View
	now  time.Duration
	got  string // of the verbs that came out
	// voice is how the visit wants to hear; tape what it heard.
	voice node.Voice
	tape  *tape
}

func newPad(t *testing.T) *pad {
	t.Helper()
	texts, err := locales.Open()
	if err != nil {
		t.Fatal(err)
	}
	v := &tape{}
	p := &pad{
		t: t, tape: v,
		app:  ui.New(ui.Options{Size: image.Pt(1080, 1920), Measurer: em{}, Voice: v, Words: words}),
		set:  screen.Set{Panel: kit.ReferencePanel, Catalogue: texts},
		view: session.View{State: session.EnterPIN, Screen: "enter_pin", Lang: domain.Japanese, Tries: 3, CanCancel: true},
	}
	p.show()
	return p
}

func (p *pad) show() {
	tree := p.set.Build(p.view)
	tree.Voice = p.voice
	p.app.Show(tree, p.now)
	p.now += time.Second
}

// press presses keys by the names of the desk and lets the screen follow.
func (p *pad) press(names ...string) {
	p.t.Helper()
	for _, name := range names {
		k, ok := ui.KeyByName(name)
		if !ok {
			p.t.Fatalf("there is no key %q", name)
		}
		p.app.Key(k, p.now)
		select {
		case e := <-p.app.Events():
			p.follow(e)
		default:
			p.got += "."
		}
		p.show()
	}
}

func (p *pad) follow(e ui.Event) {
	switch e.Action.Verb {
	case ui.ActionTouch.Verb:
		p.got += "."
	case session.VerbDigit:
		p.view.PINCount = min(p.view.PINCount+1, kit.PINLength)
		p.got += e.Action.Arg
	case session.VerbClearPIN:
		p.view.PINCount = 0
		p.got += "C"
	case session.VerbSubmitPIN:
		p.got += "!"
	case session.VerbCancel:
		p.got += "X"
	case session.VerbEnd:
		p.got += "E"
	default:
		p.got += "<" + e.Action.Verb + ">"
	}
}

func TestKeysEnterAWholePINAndSubmitIt(t *testing.T) {
	for name, c := range map[string]struct {
		keys []string
		want string
	}{
		"four digits":      {[]string{"1", "2", "0", "4", "enter"}, "1204!"},
		"too few":          {[]string{"1", "2", "3", "enter"}, "123."},
		"cleared":          {[]string{"9", "8", "clear", "1", "2", "3", "4", "enter"}, "98C1234!"},
		"cancel":           {[]string{"1", "cancel"}, "1X"},
		"looked at before": {[]string{"down", "down", "1", "2", "3", "4", "enter"}, "..1234!"},
		"up is the header": {[]string{"up", "enter"}, ".<" + session.VerbLanguage + ">"},
		"then the footer":  {[]string{"up", "up", "enter"}, "..<" + session.VerbHelp + ">"},
		"up to its cancel": {[]string{"up", "up", "up", "up", "enter"}, "....X"},
		"help":             {[]string{"help"}, "<" + session.VerbHelp + ">"},
	} {
		p := newPad(t)
		p.app.Headphones(true, 0) // speech was offered already, and is off
		<-p.app.Events()
		if p.press(c.keys...); p.got != c.want {
			t.Errorf("%s: %q, want %q", name, p.got, c.want)
		}
	}
}

// TestAPINIsCountedAndClickedAndNeverSaid enters a PIN by keys before a listener, and looks at each key on the way.
func TestAPINIsCountedAndClickedAndNeverSaid(t *testing.T) {
	p := newPad(t)
	p.voice = node.Voice{On: true, Volume: 3, Rate: 2}
	p.show()
	if screen := strings.Join(p.tape.take(), ""); strings.ContainsAny(strings.ReplaceAll(screen, "(6)", ""), "789") {
		t.Errorf("the screen says keys of its pad: %q", screen)
	}
	p.press("7", "7", "8", "9")
	var counts []string
	for i := 1; i <= kit.PINLength; i++ {
		after := p.view
		after.PINCount = i
		text := p.set.Build(after).Find("pin.boxes").Spoken()
		counts = append(counts, ".", "*"+ui.ChimeKey, strings.ReplaceAll(text, " ", ""))
	}
	p.tape.heard = strings.Split(strings.ReplaceAll(strings.Join(p.tape.heard, "|"), " ", ""), "|") // of clips as words
	expect(t, p.tape, "four digits", counts...)
	walk := make([]string, 24) // once around
	for i := range walk {
		walk[i] = "down"
	}
	p.press(walk...)
	for _, s := range p.tape.take() {
		for _, digit := range "0123456789" {
			if strings.HasPrefix(s, string(digit)+" "+string(node.RoleKey)) {
				t.Errorf("the loudspeaker says %q", s)
			}
		}
	}
	p.app.Headphones(true, p.now)
	p.press(walk...)
	heard := strings.Join(p.tape.take(), "|")
	for _, digit := range "0123456789" {
		if !strings.Contains(heard, "|"+string(digit)+" "+string(node.RoleKey)) {
			t.Errorf("headphones never hear the key %c", digit)
		}
	}
}

func TestTypingAPINBeginsNoSpeechAndAnyOtherKeyDoes(t *testing.T) {
	for key, want := range map[string]string{"1": "1", "clear": "C", "enter": ".", "down": ".", "help": "<help.open>"} {
		p := newPad(t)
		if p.press(key); p.got != want {
			t.Errorf("%s: %q, want %q", key, p.got, want)
		}
		more := 0
		for len(p.app.Events()) > 0 {
			<-p.app.Events()
			more++
		}
		if (key == "down" || key == "help") != (more == 1) {
			t.Errorf("%s: %d more events", key, more)
		}
	}
}

func TestCancelKeyEndsInADialogToo(t *testing.T) {
	p := newPad(t)
	p.app.Headphones(true, 0)
	<-p.app.Events()
	p.view.Countdown = 20
	p.show()
	p.press("1", "cancel", "down", "enter")
	if p.got != ".E.<"+session.VerbContinue+">" {
		t.Errorf("%q", p.got)
	}
}

func TestKeysHaveTheNamesOfTheTactilePadAlone(t *testing.T) {
	got := map[string]ui.Key{}
	for _, name := range []string{
		"0", "9", "clear", "enter", "cancel", "up", "down", "help", "next", "previous", "act", "back", "", "10", "F1",
		"repeat", "louder", "softer", "rate",
	} {
		if k, ok := ui.KeyByName(name); ok {
			got[name] = k
		}
	}
	want := map[string]ui.Key{
		"0": ui.KeyDigit0, "9": ui.KeyDigit9, "clear": ui.KeyClear, "enter": ui.KeyAct, "cancel": ui.KeyCancel,
		"up": ui.KeyPrevious, "down": ui.KeyNext, "help": ui.KeyHelp,
		"repeat": ui.KeyRepeat, "louder": ui.KeyLouder, "softer": ui.KeySofter, "rate": ui.KeyRate,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("keys (-want +got):\n%s", diff)
	}
}
