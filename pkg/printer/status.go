package printer

import (
	"slices"
	"strings"
)

// PrinterState is printer-state (RFC 8011 §5.4.11).
type PrinterState int

// Printer states, with the numbers of the wire.
const (
	PrinterIdle       PrinterState = 3
	PrinterProcessing PrinterState = 4
	PrinterStopped    PrinterState = 5
)

// Severity is the suffix of a reason: report, warning, error. None counts as an error.
type Severity uint8

// Severities in rising order.
const (
	SeverityReport Severity = iota
	SeverityWarning
	SeverityError
)

// Reason is one of printer-state-reasons, without its suffix.
type Reason struct {
	Keyword  string
	Severity Severity
}

// parseReason cuts the suffix off.
func parseReason(s string) Reason {
	for suffix, severity := range map[string]Severity{
		"-report": SeverityReport, "-warning": SeverityWarning, "-error": SeverityError,
	} {
		if k, ok := strings.CutSuffix(s, suffix); ok {
			return Reason{k, severity}
		}
	}
	return Reason{s, SeverityError}
}

// Group sorts reasons by what a person has to do.
type Group uint8

// Groups of reasons.
const (
	GroupNone    Group = iota // nothing to do
	GroupJam                  // open, clear the path, count the sheets
	GroupOpen                 // close the cover
	GroupMedia                // load paper
	GroupSupply               // replace toner, drum, fuser
	GroupOutput               // empty the output tray or the waste box
	GroupControl              // paused, offline or unknown: look at the panel
	GroupNote                 // soon something to do: for the maintenance list only
)

// groups gives each keyword its group (RFC 8011 §5.4.12, PWG 5100.9). Unknown keywords are of GroupControl.
var groups = map[string]Group{
	"none":      GroupNone,
	"media-jam": GroupJam, "input-tray-missing": GroupJam,
	"cover-open": GroupOpen, "door-open": GroupOpen, "interlock-open": GroupOpen,
	"media-empty": GroupMedia, "media-needed": GroupMedia,
	"toner-empty": GroupSupply, "marker-supply-empty": GroupSupply, "opc-life-over": GroupSupply,
	"developer-empty": GroupSupply, "fuser-over-temp": GroupSupply, "fuser-under-temp": GroupSupply,
	"output-area-full": GroupOutput, "output-tray-missing": GroupOutput, "marker-waste-full": GroupOutput,
	"media-low": GroupNote, "toner-low": GroupNote, "marker-supply-low": GroupNote, "opc-near-eol": GroupNote,
	"developer-low": GroupNote, "output-area-almost-full": GroupNote, "marker-waste-almost-full": GroupNote,
	"cups-waiting-for-job-completed": GroupNone, "wifi-not-configured": GroupNone,
	"identify-printer-requested": GroupNone,
}

// Group tells what the reason asks of a person.
func (r Reason) Group() Group {
	if g, ok := groups[r.Keyword]; ok {
		return g
	}
	if r.Severity == SeverityReport {
		return GroupNote
	}
	return GroupControl
}

// Blocks reports that no job may be started; a running job goes on.
func (r Reason) Blocks() bool { return r.Group() != GroupNone && r.Group() != GroupNote }

// Status is what a printer says of itself now.
type Status struct {
	State      PrinterState
	Accepting  bool     // printer-is-accepting-jobs
	Reasons    []Reason // in the device's order
	Alerts     []string // printer-alert-description: for the clerk and the log, never for a decision
	MediaReady []string
	Supplies   []Supply
	Unfinished int // jobs on the device that are not final; more than none: somebody else prints, or a leftover
}

// Supply is a toner, drum or waste level.
type Supply struct {
	Name  string
	Level Count // percent; the device may not know
}

// statusAttributes are asked for; never "all".
var statusAttributes = []string{
	"printer-state", "printer-state-reasons", "printer-is-accepting-jobs", "printer-alert-description", "media-ready",
	"marker-names", "marker-levels", "printer-impressions-completed", "printer-media-sheets-completed",
}

// statusOf reads a status; the count of jobs comes from another operation.
func statusOf(a attributes) Status {
	s := Status{
		MediaReady: a.words("media-ready"), Alerts: a.words("printer-alert-description"),
		Accepting: !slices.Contains(boolsOf(a, "printer-is-accepting-jobs"), false),
	}
	if n := a.ints("printer-state"); len(n) > 0 {
		s.State = PrinterState(n[0])
	}
	for _, w := range a.words("printer-state-reasons") {
		if r := parseReason(w); r.Keyword != "none" {
			s.Reasons = append(s.Reasons, r)
		}
	}
	levels := a.ints("marker-levels")
	for n, name := range a.words("marker-names") {
		supply := Supply{Name: name}
		if n < len(levels) && levels[n] >= 0 {
			supply.Level = Known(levels[n])
		}
		s.Supplies = append(s.Supplies, supply)
	}
	return s
}

// Blocking returns the groups that stand against a new job, each once.
func (s Status) Blocking() []Group {
	var out []Group
	for _, r := range s.Reasons {
		if g := r.Group(); r.Blocks() && !slices.Contains(out, g) {
			out = append(out, g)
		}
	}
	if s.MediaReady != nil && !slices.Contains(s.MediaReady, mediaA4) && !slices.Contains(out, GroupMedia) {
		out = append(out, GroupMedia)
	}
	if stopped := s.State == PrinterStopped || !s.Accepting || s.State == 0; stopped && len(out) == 0 {
		out = append(out, GroupControl)
	}
	return out
}

// Usable reports that a job may be started: nothing blocks, nothing runs, nobody else's job waits.
func (s Status) Usable() bool {
	return len(s.Blocking()) == 0 && s.State == PrinterIdle && s.Unfinished == 0
}

// Event is a change of what a printer asks for.
type Event struct {
	Group  Group
	Raised bool // false: cleared
}

// Events compares two statuses: one event for each group that came or went, groups in order.
func Events(prev, next Status) []Event {
	var out []Event
	before, after := asked(prev), asked(next)
	for g := GroupJam; g <= GroupNote; g++ {
		if before[g] != after[g] {
			out = append(out, Event{Group: g, Raised: after[g]})
		}
	}
	return out
}

// asked marks the groups of a status. The zero status, before anything was read, asks for nothing.
func asked(s Status) (set [GroupNote + 1]bool) {
	if s.State == 0 {
		return set
	}
	for _, g := range s.Blocking() {
		set[g] = true
	}
	for _, r := range s.Reasons {
		set[r.Group()] = true
	}
	return set
}
