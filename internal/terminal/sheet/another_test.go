package sheet

import (
	"errors"
	"testing"

	"github.com/kioskd/kioskd/internal/signed"
	"github.com/kioskd/kioskd/internal/terminal/sheet/sheettest"
)

// ofTheFirst is what of a visit's first application is slipped under its second. All of it is true, of the same person,
// card, challenge and assertion, and by the right hands.
var ofTheFirst = map[string]lie{
	"choices": {"choices", func(_, o *sheettest.World, s *Source) { s.Proof.Choices = o.Notes().Choices }},
	"order":   {"order", func(_, o *sheettest.World, s *Source) { s.Proof.Order = o.Notes().Order }},
	"choices_and_order": {"choices", func(_, o *sheettest.World, s *Source) {
		n := o.Notes()
		s.Proof.Choices, s.Proof.Order = n.Choices, n.Order
	}},
	"manifest": {"manifest", func(_, o *sheettest.World, s *Source) { s.Proof.Manifest = o.Notes().Manifest }},
	"manifest_also_in_memory": {"application", func(_, o *sheettest.World, s *Source) {
		s.Proof.Manifest, s.Manifest = o.Notes().Manifest, o.Manifest
	}},
	"delivery": {"delivery", func(_, o *sheettest.World, s *Source) { s.Proof.Delivery = o.Notes().Delivery }},
	"page":     {"digest", func(_, o *sheettest.World, s *Source) { s.PDFs = o.PDFs }},
	"everything_but_the_id": {"choices", func(_, o *sheettest.World, s *Source) {
		app := s.Proof.Application
		*s = sourceOf(o)
		s.Proof.Application = app
	}},
}

// TestX11_NothingOfTheFirstApplicationIsPrintedForTheSecond: the binding suite over two orders of one visit, either way
// round, since what was cancelled second must not come out first.
func TestX11_NothingOfTheFirstApplicationIsPrintedForTheSecond(t *testing.T) {
	for name, l := range ofTheFirst {
		for _, turned := range []bool{false, true} {
			first := application(signed.EnvTest, 2)
			second := first.Another([]byte("page 1 of another, 49b"), []byte("page 2 of another, 49b"))
			for i := range second.PDFs { // of one length, so that the digest alone tells them apart
				second.PDFs[i] = append(second.PDFs[i], first.PDFs[i][len(second.PDFs[i]):]...)
			}
			second = first.Another(second.PDFs...)
			if first.Challenge != second.Challenge || first.Assertion != second.Assertion {
				t.Fatal("control: the two stand under different assertions")
			}
			w, other := second, first
			if turned {
				w, other = first, second
			}
			s := sourceOf(w)
			if err := errors.Join(Verify(s, 1), Verify(s, 2)); err != nil {
				t.Fatalf("%s: control: the truth is refused: %v", name, err)
			}
			l.tell(w, other, &s)
			nothingLeaves(t, s, l.field)
		}
	}
}
