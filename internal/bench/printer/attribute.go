package printer

import (
	"slices"
	"time"

	ipp "github.com/OpenPrinting/goipp"
)

const (
	mediaA4 = "iso_a4_210x297mm"
	mime    = "image/pwg-raster"
	uri     = "ipp://localhost/ipp/print"
	model   = "kioskd Simulated MFP"
)

var (
	resolution = ipp.Resolution{Xres: 600, Yres: 600, Units: ipp.UnitsDpi}
	sidesWords = []string{"one-sided", "two-sided-long-edge", "two-sided-short-edge"}
)

// words makes an attribute of strings with one tag.
func words(name string, tag ipp.Tag, list ...string) ipp.Attribute {
	a := ipp.Attribute{Name: name}
	for _, w := range list {
		a.Values.Add(tag, ipp.String(w))
	}
	return a
}

// ints makes an attribute of numbers with one tag.
func ints(name string, tag ipp.Tag, list ...int) ipp.Attribute {
	a := ipp.Attribute{Name: name}
	for _, n := range list {
		a.Values.Add(tag, ipp.Integer(n))
	}
	return a
}

// keywords is the commonest case of words.
func keywords(name string, list ...string) ipp.Attribute { return words(name, ipp.TagKeyword, list...) }

// number is the commonest case of ints.
func number(name string, n int) ipp.Attribute { return ints(name, ipp.TagInteger, n) }

// boolean makes a boolean attribute.
func boolean(name string, b bool) ipp.Attribute {
	return ipp.MakeAttr(name, ipp.TagBoolean, ipp.Boolean(b))
}

// mediaCol is A4 as a collection, with margins of 4.23 mm.
func mediaCol(name string) ipp.Attribute {
	return ipp.MakeAttrCollection(name,
		ipp.MakeAttrCollection("media-size", number("x-dimension", 21000), number("y-dimension", 29700)),
		number("media-bottom-margin", 423), number("media-left-margin", 423), number("media-right-margin", 423),
		number("media-top-margin", 423), keywords("media-source", "main"), keywords("media-type", "stationery"))
}

// description is what the machine says of itself and never changes.
func (p *Printer) description() []ipp.Attribute {
	ops := []int{}
	for _, o := range p.operationTable() {
		ops = append(ops, int(o.code))
	}
	slices.Sort(ops)
	return []ipp.Attribute{
		words("charset-configured", ipp.TagCharset, "utf-8"),
		words("charset-supported", ipp.TagCharset, "utf-8"),
		keywords("compression-supported", "none"),
		words("document-format-default", ipp.TagMimeType, mime),
		words("document-format-supported", ipp.TagMimeType, mime),
		words("generated-natural-language-supported", ipp.TagLanguage, "en"),
		keywords("ipp-versions-supported", "1.1", "2.0"),
		boolean("multiple-document-jobs-supported", false),
		words("natural-language-configured", ipp.TagLanguage, "en"),
		ints("operations-supported", ipp.TagEnum, ops...),
		keywords("pdl-override-supported", "not-attempted"),
		words("printer-info", ipp.TagText, model),
		words("printer-location", ipp.TagText, "bench"),
		words("printer-make-and-model", ipp.TagText, model),
		words("printer-more-info", ipp.TagURI, "http://localhost/"),
		words("printer-name", ipp.TagName, "simulated-mfp"),
		words("printer-uri-supported", ipp.TagURI, uri),
		words("printer-uuid", ipp.TagURI, p.uuid),
		words("printer-device-id", ipp.TagText, p.deviceID()),
		words("printer-firmware-string-version", ipp.TagText, "1.0"),
		words("uri-authentication-supported", ipp.TagKeyword, "none"),
		words("uri-security-supported", ipp.TagKeyword, "none"),
		boolean("color-supported", false),
		number("multiple-operation-time-out", 60),
		keywords("which-jobs-supported", "completed", "not-completed"),
		keywords("pwg-raster-document-type-supported", p.spaces()...),
		ipp.MakeAttr("pwg-raster-document-resolution-supported", ipp.TagResolution, resolution),
		keywords("pwg-raster-document-sheet-back", p.opt.SheetBack.String()),
	}
}

// template is what jobs may ask for.
func (p *Printer) template() []ipp.Attribute {
	return []ipp.Attribute{
		number("copies-default", 1),
		ipp.MakeAttr("copies-supported", ipp.TagRange, ipp.Range{Lower: 1, Upper: 1}),
		number("number-up-default", 1), number("number-up-supported", 1),
		keywords("media-default", mediaA4), keywords("media-supported", mediaA4),
		keywords("media-type-default", "stationery"), keywords("media-type-supported", "stationery"),
		ipp.MakeAttrCollection("media-size-supported", number("x-dimension", 21000), number("y-dimension", 29700)),
		number("pages-per-minute", 30),
		mediaCol("media-col-default"), mediaCol("media-col-database"), mediaCol("media-col-ready"),
		keywords("media-col-supported", "media-size", "media-bottom-margin", "media-left-margin",
			"media-right-margin", "media-top-margin", "media-source", "media-type"),
		ints("orientation-requested-default", ipp.TagEnum, 3),
		ints("orientation-requested-supported", ipp.TagEnum, 3),
		keywords("output-bin-default", "face-down"), keywords("output-bin-supported", "face-down"),
		ints("print-quality-default", ipp.TagEnum, 5), ints("print-quality-supported", ipp.TagEnum, 4, 5),
		keywords("print-color-mode-default", "monochrome"), keywords("print-color-mode-supported", "monochrome"),
		keywords("print-scaling-default", "none"), keywords("print-scaling-supported", "none"),
		ipp.MakeAttr("printer-resolution-default", ipp.TagResolution, resolution),
		ipp.MakeAttr("printer-resolution-supported", ipp.TagResolution, resolution),
		keywords("sides-default", "one-sided"), keywords("sides-supported", sidesWords...),
		ints("finishings-default", ipp.TagEnum, 3), ints("finishings-supported", ipp.TagEnum, 3),
		keywords("job-creation-attributes-supported", "copies", "media", "media-col", "number-up", "print-quality",
			"print-color-mode", "print-scaling", "printer-resolution", "sides", "orientation-requested", "output-bin",
			"ipp-attribute-fidelity", "job-name"),
	}
}

// condition is what the machine says of itself now. mu is held.
func (p *Printer) condition() []ipp.Attribute {
	reasons := p.reasons()
	if len(reasons) == 0 {
		reasons = []string{"none"}
	}
	queued := 0
	for _, j := range p.jobs {
		if !j.state.final() {
			queued++
		}
	}
	out := []ipp.Attribute{
		ints("printer-state", ipp.TagEnum, p.state()),
		keywords("printer-state-reasons", reasons...),
		words("printer-state-message", ipp.TagText, stateNames[p.state()]),
		boolean("printer-is-accepting-jobs", true),
		number("printer-up-time", p.upTime(time.Now())),
		ipp.MakeAttr("printer-current-time", ipp.TagDateTime, ipp.Time{Time: time.Now()}),
		number("queued-job-count", queued),
		words("marker-names", ipp.TagName, "black toner"),
		keywords("marker-types", "toner-cartridge"),
		words("marker-colors", ipp.TagName, "#000000"),
		number("marker-levels", p.toner),
	}
	if p.paper > 0 {
		out = append(out, keywords("media-ready", mediaA4))
	} else {
		out = append(out, ipp.MakeAttr("media-ready", ipp.TagNoValue, ipp.Void{}))
	}
	if !p.opt.NoSheetCount {
		out = append(out, number("printer-impressions-completed", p.impressions),
			number("printer-media-sheets-completed", p.sheets))
	}
	return out
}

// upTime counts seconds from 1.
func (p *Printer) upTime(t time.Time) int { return int(t.Sub(p.born)/time.Second) + 1 }

// jobDescription is what the machine says of a job. mu is held.
func (p *Printer) jobDescription(j *job) []ipp.Attribute {
	out := []ipp.Attribute{
		number("job-id", j.id),
		words("job-uri", ipp.TagURI, jobURI(j.id)),
		words("job-uuid", ipp.TagURI, j.uuid),
		words("job-printer-uri", ipp.TagURI, uri),
		words("job-name", ipp.TagName, j.name),
		words("job-originating-user-name", ipp.TagName, j.user),
		ints("job-state", ipp.TagEnum, int(j.state)),
		keywords("job-state-reasons", j.reasons...),
		number("job-printer-up-time", p.upTime(time.Now())),
		number("time-at-creation", p.upTime(j.created)),
		number("job-impressions", j.sides),
		number("job-impressions-completed", j.printed),
	}
	if j.state.final() {
		out = append(out, number("time-at-completed", p.upTime(j.ended)))
	} else {
		out = append(out, ipp.MakeAttr("time-at-completed", ipp.TagNoValue, ipp.Void{}))
	}
	if j.state >= jobProcessing {
		out = append(out, number("time-at-processing", p.upTime(j.created)))
	} else {
		out = append(out, ipp.MakeAttr("time-at-processing", ipp.TagNoValue, ipp.Void{}))
	}
	if !p.opt.NoSheetCount {
		out = append(out, number("job-media-sheets-completed", j.sheets))
	}
	return out
}
