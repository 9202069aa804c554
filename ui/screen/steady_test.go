//go:build debian

package screen_test

import (
	"fmt"
	"image"
	"testing"

	"github.com/kioskd/kioskd/internal/domain"
	"github.com/kioskd/kioskd/internal/terminal/session"
	"github.com/kioskd/kioskd/internal/terminal/session/aids"
	"github.com/kioskd/kioskd/internal/terminal/session/alarm"
	"github.com/kioskd/kioskd/ui/kit"
	"github.com/kioskd/kioskd/ui/node"
)

// steady holds the rectangles of one screen's targets and finds those that move when its data change.
type steady struct {
	measurer node.Measurer
	first    map[string]image.Rectangle
	moved    []string
}

// look lays a tree out. Targets that are not always there, and those behind a dialog, count where they are.
func (s *steady) look(name string, tree *node.Tree) {
	tree.Layout(s.measurer, kit.ReferencePanel.Size)
	if s.first == nil {
		s.first = map[string]image.Rectangle{}
	}
	here := map[string]bool{}
	tree.Root.Walk(func(n *node.Node) bool {
		if !n.Focusable {
			return true
		}
		if here[n.ID] {
			s.moved = append(s.moved, fmt.Sprintf("%s: %s is at two places", name, n.ID))
		}
		here[n.ID] = true
		was, seen := s.first[n.ID]
		if !seen {
			s.first[n.ID] = n.Rect
		} else if was != n.Rect {
			s.moved = append(s.moved, fmt.Sprintf("%s: %s is at %v and was at %v", name, n.ID, n.Rect, was))
		}
		return true
	})
}

// TestPINKeysNeverMove lays the pad out with 0 to 4 digits, after a wrong PIN and before, with each number of tries.
func TestPINKeysNeverMove(t *testing.T) {
	f, s := fonts(t), set(t)
	for _, lang := range domain.Langs {
		check := steady{measurer: f}
		for i := range 5 * 2 * 3 {
			v := with("enter_pin", session.EnterPIN, nil).view
			v.Lang, v.PINCount, v.WrongPIN, v.Tries = lang, i%5, i/5%2 == 1, 1+i/10
			check.look(fmt.Sprintf("%s %d digits, wrong %v, %d tries", lang, v.PINCount, v.WrongPIN, v.Tries), s.Build(v))
		}
		for _, key := range []string{"pin.0", "pin.9", "pin.clear", "pin.delete", "pin.submit", "cancel", "language"} {
			if check.first[key].Empty() {
				t.Errorf("%s: no target %s", lang, key)
			}
		}
		for _, fault := range check.moved {
			t.Error(fault)
		}
	}
}

// changes are what can happen while a screen stays: each is applied to every sample of a state.
var changes = map[string]func(*session.View){
	"as it is":        func(*session.View) {},
	"coins":           func(v *session.View) { v.Accepting, v.Inserted, v.Missing = true, 99_990, 10 },
	"nothing missing": func(v *session.View) { v.Accepting, v.Inserted, v.Missing = true, 400, 0 },
	"slot shut":       func(v *session.View) { v.Accepting = false },
	"no change":       func(v *session.View) { v.Accepting, v.ExactOnly = true, true },
	"card on":         func(v *session.View) { v.CardOn, v.CardLeft = true, true },
	"card off":        func(v *session.View) { v.CardOn, v.CardLeft, v.CardGone = false, false, true },
	"signed":          func(v *session.View) { v.Signed = true },
	"one copy":        func(v *session.View) { v.Copies, v.Fee = 1, v.UnitFee },
	"many copies":     func(v *session.View) { v.Copies, v.Fee = v.MaxCopies, v.UnitFee*domain.Yen(v.MaxCopies) },
	"first sheet":     func(v *session.View) { v.SheetsDone = 0 },
	"time-out 30":     func(v *session.View) { v.Countdown = 30 },
	"time-out 9":      func(v *session.View) { v.Countdown = 9 },
	"first alarm":     func(v *session.View) { v.Ring.Level = 1 },
	"last alarm":      func(v *session.View) { v.Ring.Level = alarm.Levels },
	"languages":       func(v *session.View) { v.Overlay = session.OverlayLanguages },
	"speech":          func(v *session.View) { v.Aids.Speech = true },
	"high contrast":   func(v *session.View) { v.Aids.Theme = aids.ThemeHighLight },
	"all options": func(v *session.View) {
		v.Options = append([]session.OptionView(nil), v.Options...)
		for i := range v.Options {
			v.Options[i].Chosen = 0
		}
	},
	"last options": func(v *session.View) {
		v.Options = append([]session.OptionView(nil), v.Options...)
		for i := range v.Options {
			v.Options[i].Chosen = len(v.Options[i].Choices) - 1
		}
	},
	"nobody": func(v *session.View) {
		v.Members = append([]session.MemberView(nil), v.Members...)
		for i := range v.Members {
			v.Members[i].Chosen = false
		}
	},
}

// TestTargetsStayWhileAScreenStays changes the data of every sample in every language: what can be touched before and
// after is at the same place.
func TestTargetsStayWhileAScreenStays(t *testing.T) {
	f, s := fonts(t), set(t)
	for _, lang := range domain.Langs {
		for _, sample := range samples() {
			check := steady{measurer: f}
			for name, change := range changes {
				v := sample.view
				v.Lang = lang
				change(&v)
				if v.State == session.Language && v.Overlay == session.OverlayLanguages {
					continue // the list is the screen itself
				}
				check.look(string(lang)+" "+sample.name+", "+name, s.Build(v))
			}
			for _, fault := range check.moved {
				t.Error(fault)
			}
		}
	}
}

// TestSteadyFinds is the negative control.
func TestSteadyFinds(t *testing.T) {
	tree := func(height int) *node.Tree {
		return &node.Tree{Root: &node.Node{Children: []*node.Node{
			{Style: node.Style{Height: height}}, {ID: "x", Focusable: true, Style: node.Style{Height: 100}},
		}}}
	}
	var check steady
	check.look("first", tree(10))
	check.look("same", tree(10))
	if len(check.moved) != 0 {
		t.Errorf("moved: %q", check.moved)
	}
	check.look("other", tree(11))
	if len(check.moved) != 1 {
		t.Errorf("moved: %q, want x", check.moved)
	}
}
