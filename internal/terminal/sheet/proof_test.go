package sheet

import (
	"bytes"
	"crypto/ed25519"
	"errors"
	"iter"
	"slices"
	"testing"
	"time"

	"github.com/kioskd/kioskd/internal/domain"
	"github.com/kioskd/kioskd/internal/paper/raster"
	"github.com/kioskd/kioskd/internal/signed"
	"github.com/kioskd/kioskd/internal/terminal/sheet/sheettest"
	"github.com/kioskd/kioskd/pkg/printer/pwg"
)

// A lie is told to a copy of two pages that is right in everything else. The other application is as right as this one:
// same kiosk, centre, municipality and day.
type lie struct {
	field string // what must be named
	tell  func(w, other *sheettest.World, s *Source)
}

// swapped are notes that are validly signed, for somebody else.
var swapped = map[string]lie{
	"assertion_of_another": {"assertion", func(_, o *sheettest.World, s *Source) {
		s.Proof.Assertion = o.Notes().Assertion
	}},
	"choices_of_another":  {"choices", func(_, o *sheettest.World, s *Source) { s.Proof.Choices = o.Notes().Choices }},
	"order_of_another":    {"order", func(_, o *sheettest.World, s *Source) { s.Proof.Order = o.Notes().Order }},
	"manifest_of_another": {"manifest", func(_, o *sheettest.World, s *Source) { s.Proof.Manifest = o.Notes().Manifest }},
	"delivery_of_another": {"delivery", func(_, o *sheettest.World, s *Source) { s.Proof.Delivery = o.Notes().Delivery }},
	"application_is_another": {"choices", func(_, o *sheettest.World, s *Source) {
		s.Proof.Application = o.Order.Application
	}},
	"challenge_of_another": {"assertion", func(_, o *sheettest.World, s *Source) { s.Proof.Challenge = o.Challenge }},
	"all_of_another_but_the_card": {"assertion", func(w, o *sheettest.World, s *Source) {
		*s = sourceOf(o)
		s.Proof.Challenge = w.Challenge
	}},
	"all_of_another_but_manifest_and_delivery_in_memory": {"manifest", func(_, o *sheettest.World, s *Source) {
		s.Proof = sourceOf(o).Proof
	}},
	"manifest_in_memory_is_another": {"manifest", func(w, _ *sheettest.World, s *Source) {
		s.Manifest.Issue = domain.IssueID{ID: domain.NewID()}
	}},
	"delivery_in_memory_is_another": {"delivery", func(w, _ *sheettest.World, s *Source) { s.Delivery.Generation = 2 }},
	"sheet_in_memory_is_another": {"delivery", func(w, _ *sheettest.World, s *Source) {
		s.Delivery.Sheets = slices.Clone(s.Delivery.Sheets)
		s.Delivery.Sheets[2].ID = domain.SheetID{ID: domain.NewID()}
	}},
}

// retold are notes that are validly signed by the right signer, and say something else than this visit.
var retold = map[string]lie{
	"kiosk_of_the_assertion": {"assertion", told(func(w *sheettest.World) { w.Assertion.Kiosk = "K-000002" })},
	"card_that_is_not_good":  {"assertion", told(func(w *sheettest.World) { w.Assertion.Status = "revoked" })},
	"subject_of_the_choices": {"choices", told(func(w *sheettest.World) { w.Choices.Subject.ID = domain.NewID() })},
	"municipality_of_the_order": {"order", func(w, _ *sheettest.World, s *Source) {
		w.Order.Municipality, w.Manifest.Municipality = "990027", "990027"
		w.Chain()
		*s = sourceOf(w)
		s.Proof.Manifest = sheettest.Seal(w.Manifest, w.OtherTown)
	}},
	"price_of_the_order":     {"order", told(func(w *sheettest.World) { w.Order.UnitFee, w.Order.TotalFee = 100, 200 })},
	"price_of_the_manifest":  {"manifest", told(func(w *sheettest.World) { w.Manifest.Fee = 200 })},
	"copies_of_the_manifest": {"sheets", told(func(w *sheettest.World) { w.Manifest.Copies = 3 })},
	"person_of_the_manifest": {"manifest", told(func(w *sheettest.World) {
		w.Manifest.Pages[1].Persons = []signed.Tag{w.Choices.Members[1].Tag}
	})},
	"holder_of_the_manifest": {"manifest", unchained(func(w *sheettest.World) {
		w.Manifest.Holder = signed.HolderOf(domain.Subject{ID: domain.NewID()}, w.Manifest.Order)
	})},
	"tally_of_the_manifest": {"manifest", unchained(func(w *sheettest.World) { w.Manifest.Tally = "00000000" })},
	"page_of_the_manifest": {"digest", told(func(w *sheettest.World) {
		w.Manifest.Pages[0].Digest = signed.HashOf([]byte("other"))
	})},
	"length_of_the_manifest": {"length", told(func(w *sheettest.World) { w.Manifest.Pages[0].Bytes++ })},
	"kiosk_of_the_delivery":  {"kiosk", told(func(w *sheettest.World) { w.Delivery.Kiosk = "K-000002" })},
	"sheets_of_another_copy": {"sheet", told(func(w *sheettest.World) { slices.Reverse(w.Delivery.Sheets) })},
	"one_sheet_id_twice": {"delivery", told(func(w *sheettest.World) {
		w.Delivery.Sheets[3].ID = w.Delivery.Sheets[0].ID
	})},
	"fewer_sheets_than_pages": {"sheets", told(func(w *sheettest.World) { w.Delivery.Sheets = w.Delivery.Sheets[:3] })},
}

// told changes notes and binds everything anew, so that one line alone is wrong.
func told(change func(*sheettest.World)) func(w, _ *sheettest.World, s *Source) {
	return func(w, _ *sheettest.World, s *Source) {
		change(w)
		w.Chain()
		*s = sourceOf(w)
	}
}

// unchained changes a line of the manifest that binding anew would set right.
func unchained(change func(*sheettest.World)) func(w, _ *sheettest.World, s *Source) {
	return func(w, _ *sheettest.World, s *Source) {
		change(w)
		w.ChainDelivery()
		*s = sourceOf(w)
	}
}

// missigned are right in every line, by the wrong hand or at the wrong time.
var missigned = map[string]lie{
	"assertion_by_another_centre": {"assertion", func(w, _ *sheettest.World, s *Source) {
		s.Proof.Assertion = sheettest.Seal(w.Assertion, w.OtherCenter)
	}},
	"choices_by_another_municipality": {"choices", func(w, _ *sheettest.World, s *Source) {
		s.Proof.Choices = sheettest.Seal(w.Choices, w.OtherTown)
	}},
	"order_by_another_kiosk": {"order", func(w, _ *sheettest.World, s *Source) {
		s.Proof.Order = sheettest.Seal(w.Order, w.OtherKiosk)
	}},
	"order_by_a_stranger_of_the_same_name": {"order", func(w, _ *sheettest.World, s *Source) {
		s.Proof.Order = sheettest.Seal(w.Order, w.Stranger)
	}},
	"manifest_by_the_centre": {"manifest", func(w, _ *sheettest.World, s *Source) {
		s.Proof.Manifest = sheettest.Seal(w.Manifest, w.Center)
	}},
	"manifest_by_town_and_stranger": {"manifest", func(w, _ *sheettest.World, s *Source) {
		s.Proof.Manifest = sheettest.Seal(w.Manifest, w.Town, w.Stranger)
	}},
	"manifest_by_two_towns": {"manifest", func(w, _ *sheettest.World, s *Source) {
		s.Proof.Manifest = sheettest.Seal(w.Manifest, w.Town, w.OtherTown)
	}},
	"delivery_by_the_municipality": {"delivery", func(w, _ *sheettest.World, s *Source) {
		s.Proof.Delivery = sheettest.Seal(w.Delivery, w.Town)
	}},
	"delivery_by_nobody": {"delivery", func(w, _ *sheettest.World, s *Source) {
		s.Proof.Delivery = sheettest.Seal(w.Delivery)
	}},
	"no_key_of_the_municipality": {"choices", func(_, _ *sheettest.World, s *Source) {
		s.Proof.Anchors.Keys = s.Proof.Anchors.Keys[:2]
	}},
	"key_of_last_year": {"assertion", func(_, _ *sheettest.World, s *Source) {
		s.Proof.Anchors.Keys[0].Until = domain.Date{Year: 2025, Month: 12, Day: 31}
	}},
	"keys_of_production": {"assertion", func(_, _ *sheettest.World, s *Source) { s.Proof.Anchors.Env = signed.EnvProd }},
	"own_key_is_another": {"order", func(w, _ *sheettest.World, s *Source) { s.Proof.Own = w.Stranger.Key.Public }},
	"no_own_key":         {"order", func(_, _ *sheettest.World, s *Source) { s.Proof.Own = ed25519.PublicKey{} }},
	"no_proof_at_all":    {"challenge", func(_, _ *sheettest.World, s *Source) { s.Proof = Proof{} }},
	"expired": {"assertion", func(_, _ *sheettest.World, s *Source) {
		s.Proof.At = sheettest.Noon.Add(sheettest.Life + domain.ClockSkew + time.Second)
	}},
	"manifest_expired_before_the_others": {"manifest", told(func(w *sheettest.World) {
		w.Manifest.Expires = sheettest.Noon.Add(-domain.ClockSkew)
	})},
	"made_in_the_future": {"assertion", func(_, _ *sheettest.World, s *Source) {
		s.Proof.At = sheettest.Noon.Add(-domain.ClockSkew - time.Second)
	}},
}

// messages are the five of a proof.
func messages(p *Proof) map[string]*[]byte {
	return map[string]*[]byte{
		"assertion": &p.Assertion, "choices": &p.Choices, "order": &p.Order, "manifest": &p.Manifest, "delivery": &p.Delivery,
	}
}

// nothingLeaves demands that a copy is stopped by a MixError before a page is drawn or a byte has left.
func nothingLeaves(t *testing.T, s Source, field string) {
	t.Helper()
	var out bytes.Buffer
	var asked []string
	d, err := Assemble(s)
	if err == nil {
		err = d.Write(pwg.NewWriter(&out, pwg.Params{Sheets: 2}), drawn(&asked))
	}
	mix, ok := errors.AsType[*MixError](err)
	if !ok || out.Len() != 0 || len(asked) != 0 {
		t.Fatalf("%v; %d bytes left, %d pages were drawn", err, out.Len(), len(asked))
	}
	if mix.Field != field {
		t.Errorf("%q is named, want %q: %v", mix.Field, field, err)
	}
}

func TestD02_D03_X17_NothingOfALieLeaves(t *testing.T) {
	for _, lies := range []map[string]lie{swapped, retold, missigned} {
		for name, l := range lies {
			t.Run(name, func(t *testing.T) {
				w, other := application(signed.EnvTest, 2), application(signed.EnvTest, 2)
				s := sourceOf(w)
				if err := errors.Join(Verify(s, 1), Verify(s, 2)); err != nil {
					t.Fatalf("control: the truth is refused: %v", err)
				}
				l.tell(w, other, &s)
				nothingLeaves(t, s, l.field)
			})
		}
	}
}

func TestX17_OneFlippedBitInAnyNoteStopsTheCopy(t *testing.T) {
	truth := sourceOf(application(signed.EnvTest, 2))
	for name := range messages(&truth.Proof) {
		t.Run(name, func(t *testing.T) {
			size := len(*messages(&truth.Proof)[name])
			for at := range size {
				if at%17 != 0 || at > size-4 { // the last letter of base64 has bits that say nothing
					continue
				}
				s := truth
				msg := messages(&s.Proof)[name]
				*msg = bytes.Clone(*msg)
				(*msg)[at] ^= 1
				if _, ok := errors.AsType[*MixError](Verify(s, 1)); !ok {
					t.Errorf("bit of byte %d of %d: not refused", at, size)
				}
			}
			s := truth
			*messages(&s.Proof)[name] = nil
			nothingLeaves(t, s, name)
		})
	}
}

// A note that changes while a page is drawn stops the copy before that page's own bytes leave.
func TestD02_NotesAreOpenedAgainJustBeforeEachSheet(t *testing.T) {
	for name := range messages(&Proof{}) {
		for page := 1; page <= 2; page++ {
			s := sourceOf(application(signed.EnvTest, 2))
			msg := *messages(&s.Proof)[name]
			d := assembled(t, s)
			var out bytes.Buffer
			var asked []string
			draw := drawn(&asked)
			err := d.Write(pwg.NewWriter(&out, pwg.Params{Sheets: 2}), func(pdf []byte) iter.Seq2[raster.Band, error] {
				if len(asked) == page-1 {
					msg[len(msg)/2] ^= 1
				}
				return draw(pdf)
			})
			if mix, ok := errors.AsType[*MixError](err); !ok || mix.Page != page || len(asked) != page {
				t.Errorf("%s changed at page %d: %v", name, page, err)
			}
			if page == 1 {
				if out.Len() != 0 {
					t.Errorf("%s changed at page 1: %d bytes left", name, out.Len())
				}
			} else if _, sides := read(t, &out); len(sides) != 2 {
				t.Errorf("%s changed at page 2: %d sides left", name, len(sides))
			}
		}
	}
}

// Expiry is judged at one instant for the whole copy, however long it takes.
func TestX20_CopyThatBeganInTimeIsPrintedWhole(t *testing.T) {
	last := sheettest.Noon.Add(sheettest.Life + domain.ClockSkew)
	for at, want := range map[time.Time]bool{last: true, last.Add(time.Second): false} {
		s := sourceOf(application(signed.EnvTest, 2))
		s.Proof.At = at
		if err := errors.Join(Verify(s, 1), Verify(s, 2)); (err == nil) != want {
			t.Errorf("%v after: %v", at.Sub(last), err)
		}
	}
}

func TestD02_VerifyKnowsOnlyThePagesThatThereAre(t *testing.T) {
	s := sourceOf(application(signed.EnvTest, 2))
	for _, n := range []int{-1, 0, 3} {
		if _, ok := errors.AsType[*MixError](Verify(s, n)); !ok {
			t.Errorf("page %d of 2 is right", n)
		}
	}
}
