package printer

import (
	"slices"
	"testing"

	"github.com/OpenPrinting/goipp"
	"github.com/google/go-cmp/cmp"
)

func TestReasonsAndTheirGroups(t *testing.T) {
	tests := []struct {
		word   string
		want   Reason
		group  Group
		blocks bool
	}{
		{"none", Reason{"none", SeverityError}, GroupNone, false},
		{"media-jam-error", Reason{"media-jam", SeverityError}, GroupJam, true},
		{"media-jam-warning", Reason{"media-jam", SeverityWarning}, GroupJam, true},
		{"media-jam", Reason{"media-jam", SeverityError}, GroupJam, true},
		{"toner-low-report", Reason{"toner-low", SeverityReport}, GroupNote, false},
		{"toner-empty-error", Reason{"toner-empty", SeverityError}, GroupSupply, true},
		{"output-area-full-warning", Reason{"output-area-full", SeverityWarning}, GroupOutput, true},
		{"paused", Reason{"paused", SeverityError}, GroupControl, true},
		{"a-word-nobody-knows-error", Reason{"a-word-nobody-knows", SeverityError}, GroupControl, true},
		{"a-word-nobody-knows-report", Reason{"a-word-nobody-knows", SeverityReport}, GroupNote, false},
	}
	for _, tt := range tests {
		r := parseReason(tt.word)
		if r != tt.want || r.Group() != tt.group || r.Blocks() != tt.blocks {
			t.Errorf("%s: %+v, group %d, blocks %v", tt.word, r, r.Group(), r.Blocks())
		}
	}
}

func TestEventsComeOnceEach(t *testing.T) {
	idle := Status{State: PrinterIdle, Accepting: true, MediaReady: []string{mediaA4}}
	with := func(words ...string) Status {
		s := idle
		for _, w := range words {
			s.Reasons = append(s.Reasons, parseReason(w))
		}
		return s
	}
	noPaper := idle
	noPaper.MediaReady = []string{"na_letter_8.5x11in"}
	tests := []struct {
		name       string
		prev, next Status
		want       []Event
	}{
		{"nothing", idle, idle, nil},
		{"first_status_is_well", Status{}, idle, nil},
		{"jam_comes", idle, with("media-jam-error"), []Event{{GroupJam, true}}},
		{"jam_goes", with("media-jam-error"), idle, []Event{{GroupJam, false}}},
		{"two_words_of_one_group", idle, with("cover-open", "door-open"), []Event{{GroupOpen, true}}},
		{"jam_becomes_open", with("media-jam"), with("cover-open"), []Event{{GroupJam, false}, {GroupOpen, true}}},
		{"only_other_paper", idle, noPaper, []Event{{GroupMedia, true}}},
		{"stopped_without_a_word", idle, Status{State: PrinterStopped, Accepting: true}, []Event{{GroupControl, true}}},
		{"toner_low", idle, with("toner-low-warning"), []Event{{GroupNote, true}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if d := cmp.Diff(tt.want, Events(tt.prev, tt.next)); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestUsableOnlyWhenIdleAndAlone(t *testing.T) {
	idle := Status{State: PrinterIdle, Accepting: true}
	busy, foreign, off := idle, idle, idle
	busy.State, foreign.Unfinished, off.Accepting = PrinterProcessing, 1, false
	if !idle.Usable() || busy.Usable() || foreign.Usable() || off.Usable() || (Status{}).Usable() {
		t.Error("Usable is wrong")
	}
}

// fit is a device that has all that is needed.
func fit() goipp.Attributes {
	ops := goipp.Attribute{Name: "operations-supported"}
	for _, op := range neededOps {
		ops.Values.Add(goipp.TagEnum, goipp.Integer(op))
	}
	return goipp.Attributes{
		ops,
		keyword("ipp-versions-supported", "1.1", "2.0"),
		goipp.MakeAttr("document-format-supported", goipp.TagMimeType, goipp.String("image/pwg-raster")),
		keyword("pwg-raster-document-type-supported", "black_1", "sgray_8"),
		goipp.MakeAttr("pwg-raster-document-resolution-supported", goipp.TagResolution, resolution600),
		keyword("pwg-raster-document-sheet-back", "rotated"),
		keyword("sides-supported", "one-sided", "two-sided-long-edge", "two-sided-short-edge"),
		keyword("media-supported", "iso_a4_210x297mm"),
		keyword("print-scaling-supported", "auto", "none"),
		goipp.MakeAttr("printer-uuid", goipp.TagURI, goipp.String("urn:uuid:1")),
	}
}

func TestCapabilitiesAreAllDemanded(t *testing.T) {
	c, err := capabilitiesOf(attributes(fit()))
	if err != nil || c.Space.Keyword() != "black_1" || c.SheetBack.String() != "rotated" || c.UUID != "urn:uuid:1" {
		t.Fatalf("%+v, %v", c, err)
	}
	whole := fit()
	for n := range whole[:len(whole)-1] { // each without one attribute
		_, err := capabilitiesOf(attributes(slices.Delete(slices.Clone(whole), n, n+1)))
		if unfit, ok := err.(*UnfitError); !ok || len(unfit.Missing) == 0 || len(unfit.Forbidden) != 0 {
			t.Errorf("without %s: %v", whole[n].Name, err)
		}
	}
}

// TestX12_ReprintOperationsAreRefused lists each operation that could print a page again.
func TestX12_ReprintOperationsAreRefused(t *testing.T) {
	for _, op := range forbiddenOps {
		a := fit()
		a[0].Values.Add(goipp.TagEnum, goipp.Integer(op))
		_, err := capabilitiesOf(attributes(a))
		if unfit, ok := err.(*UnfitError); !ok || !slices.Equal(unfit.Forbidden, []string{op.String()}) {
			t.Errorf("%s: %v", op, err)
		}
	}
}

func TestTicketHasNoPersonAndNoSecondCopy(t *testing.T) {
	c := Capabilities{known: map[string]bool{"copies": true, "print-quality": true}}
	a := attributes(Ticket{Name: "t", Tumble: true}.template(c))
	if a.word("sides") != "two-sided-short-edge" || a.word("print-scaling") != "none" || !a.dpi600("printer-resolution") {
		t.Errorf("%v", a)
	}
	if !slices.Equal(a.ints("copies"), []int{1}) || a.names("print-color-mode") {
		t.Errorf("known %v", a)
	}
}
