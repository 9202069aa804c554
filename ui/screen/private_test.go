package screen_test

import (
	"strings"
	"testing"

	"github.com/kioskd/kioskd/internal/domain"
	"github.com/kioskd/kioskd/internal/terminal/session"
	"github.com/kioskd/kioskd/ui/node"
)

// TestX06_TheClaimCodeIsForHeadphonesOnly: whoever hears it can have the money. The number of the slip is no secret.
func TestX06_TheClaimCodeIsForHeadphonesOnly(t *testing.T) {
	s, shown := set(t), 0
	for _, lang := range domain.Langs {
		for _, sample := range samples() {
			v := sample.view
			v.Lang = lang
			tree := s.Build(v)
			if v.Claim == "" || tree.Find("claim") == nil {
				continue
			}
			shown++
			said := map[bool]string{}
			for _, p := range tree.Root.Phrases(string(lang)) {
				said[p.Private] += strings.ReplaceAll(p.Text, "\u00a0", "")
			}
			if strings.Contains(said[false], v.Claim) || !strings.Contains(said[true], v.Claim) {
				t.Errorf("%s %s: the loudspeaker says %q, headphones %q", lang, sample.name, said[false], said[true])
			}
			if !strings.Contains(said[false], v.Slip) {
				t.Errorf("%s %s: nobody hears the number of the slip: %q", lang, sample.name, said[false])
			}
		}
	}
	if shown == 0 {
		t.Error("no sample shows a claim code")
	}
}

// TestWhereThereIsNoVoiceNoneIsOffered: a switch that does nothing helps nobody, nor does a screen that waits for
// double taps.
func TestWhereThereIsNoVoiceNoneIsOffered(t *testing.T) {
	for _, speaks := range []bool{true, false} {
		s := set(t)
		s.Speaks = speaks
		v := with("aids", session.Confirm, func(v *session.View) { v.Overlay = session.OverlayAids }).view
		v.Lang = domain.English
		found := 0
		s.Build(v).Root.Walk(func(n *node.Node) bool {
			if strings.HasPrefix(n.Action.Arg, "speech=") || strings.HasPrefix(n.Action.Arg, "volume=") {
				found++
			}
			return true
		})
		if (found > 0) != speaks {
			t.Errorf("with a voice %v: %d controls of it", speaks, found)
		}
	}
}
