package printer

import (
	"slices"

	"github.com/OpenPrinting/goipp"

	"github.com/kioskd/kioskd/pkg/printer/pwg"
)

const (
	mediaA4 = pwg.A4Name
	format  = "image/pwg-raster"
)

// Capabilities is what a usable device offers and who it is. A change of UUID, Serial or Firmware is a matter for
// maintenance, not for a resident.
type Capabilities struct {
	MakeAndModel string
	UUID         string
	Firmware     string
	DeviceID     string
	Serial       string
	Space        pwg.ColorSpace
	SheetBack    pwg.SheetBack
	known        map[string]bool // job attributes that the device knows, by name
}

// Params gives the raster parameters of a document for this device.
func (c Capabilities) Params(sheets int, tumble bool) pwg.Params {
	return pwg.Params{Space: c.Space, SheetBack: c.SheetBack, Tumble: tumble, Sheets: sheets}
}

// capabilityAttributes are asked for once, at open.
var capabilityAttributes = []string{
	"ipp-versions-supported", "operations-supported", "document-format-supported",
	"pwg-raster-document-type-supported", "pwg-raster-document-resolution-supported",
	"pwg-raster-document-sheet-back", "sides-supported", "media-supported", "print-scaling-supported",
	"printer-resolution-supported", "copies-supported", "number-up-supported", "print-quality-supported",
	"print-color-mode-supported", "job-retain-until-supported", "printer-make-and-model", "printer-uuid",
	"printer-firmware-string-version", "printer-device-id", "printer-state", "printer-state-reasons",
}

// neededOps are the operations of a copy's way.
var neededOps = []goipp.Op{
	goipp.OpValidateJob, goipp.OpCreateJob, goipp.OpSendDocument, goipp.OpCancelJob, goipp.OpGetJobAttributes,
	goipp.OpGetJobs, goipp.OpGetPrinterAttributes,
}

// forbiddenOps would let a page be printed again without the kiosk (adversary rule X-12).
var forbiddenOps = []goipp.Op{goipp.OpRestartJob, goipp.OpReprocessJob, goipp.OpResubmitJob}

// capabilitiesOf judges a device. Its error is an [UnfitError] with every finding.
func capabilitiesOf(a attributes) (Capabilities, error) {
	c := Capabilities{
		MakeAndModel: a.word("printer-make-and-model"), UUID: a.word("printer-uuid"),
		Firmware: a.word("printer-firmware-string-version"), DeviceID: a.word("printer-device-id"),
		known: map[string]bool{},
	}
	var unfit UnfitError
	need := func(ok bool, what string) {
		if !ok {
			unfit.Missing = append(unfit.Missing, what)
		}
	}
	need(a.has("ipp-versions-supported", "2.0"), "IPP 2.0")
	ops := a.ints("operations-supported")
	for _, op := range neededOps {
		need(slices.Contains(ops, int(op)), op.String())
	}
	for _, op := range forbiddenOps {
		if slices.Contains(ops, int(op)) {
			unfit.Forbidden = append(unfit.Forbidden, op.String())
		}
	}
	need(a.has("document-format-supported", format), format)
	need(a.dpi600("pwg-raster-document-resolution-supported"), "600 dpi")
	back, err := pwg.ParseSheetBack(a.word("pwg-raster-document-sheet-back"))
	need(err == nil, "pwg-raster-document-sheet-back")
	for _, s := range []string{"two-sided-long-edge", "two-sided-short-edge"} {
		need(a.has("sides-supported", s), s)
	}
	need(a.has("media-supported", mediaA4), "A4")
	need(a.has("print-scaling-supported", "none"), "print-scaling none")
	types := a.words("pwg-raster-document-type-supported")
	for _, space := range []pwg.ColorSpace{pwg.SGray, pwg.Black} { // black_1 wins: then the dots are ours
		if slices.Contains(types, space.Keyword()) {
			c.Space = space
		}
	}
	need(c.Space != 0, "black_1 or sgray_8")
	c.SheetBack = back
	for _, name := range []string{"copies", "number-up", "print-quality", "print-color-mode", "job-retain-until"} {
		c.known[name] = a.names(name + "-supported")
	}
	if len(unfit.Missing)+len(unfit.Forbidden) > 0 {
		return c, &unfit
	}
	return c, nil
}
