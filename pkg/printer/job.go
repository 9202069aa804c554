package printer

import (
	"slices"

	"github.com/OpenPrinting/goipp"
)

// JobID is the device's number of a job; it goes to the journal before any page leaves.
type JobID int

// JobState is job-state (RFC 8011 §5.3.7).
type JobState int

// Job states, with the numbers of the wire.
const (
	JobPending    JobState = 3
	JobHeld       JobState = 4
	JobProcessing JobState = 5
	JobStopped    JobState = 6
	JobCanceled   JobState = 7
	JobAborted    JobState = 8
	JobCompleted  JobState = 9
)

// Final reports that the state will not change any more.
func (s JobState) Final() bool { return s >= JobCanceled }

// JobStatus is what the device says of a job now.
type JobStatus struct {
	ID          JobID
	Name        string // our token
	UUID        string
	State       JobState
	Reasons     []string // job-state-reasons
	Impressions Count    // job-impressions-completed: sides
	Sheets      Count    // job-media-sheets-completed: marked and stacked
}

// Has reports one of the reasons.
func (j JobStatus) Has(reason string) bool { return slices.Contains(j.Reasons, reason) }

// jobAttributes are asked for.
var jobAttributes = []string{
	"job-id", "job-name", "job-uuid", "job-state", "job-state-reasons", "job-impressions-completed",
	"job-media-sheets-completed",
}

// jobOf reads a job.
func jobOf(a attributes) JobStatus {
	j := JobStatus{
		Name: a.word("job-name"), UUID: a.word("job-uuid"), Reasons: a.words("job-state-reasons"),
		Impressions: a.count("job-impressions-completed"), Sheets: a.count("job-media-sheets-completed"),
	}
	if n := a.ints("job-id"); len(n) > 0 {
		j.ID = JobID(n[0])
	}
	if n := a.ints("job-state"); len(n) > 0 {
		j.State = JobState(n[0])
	}
	return j
}

// Ticket is what a job is made of.
type Ticket struct {
	Name   string // a random token: never a person, a kind or a place
	Tumble bool   // turned over the short edge: landscape pages laid on the portrait feed
}

// template gives the job attributes. With ipp-attribute-fidelity the device must refuse what it does not know, so
// those that only confirm a default are sent only where they are known.
func (t Ticket) template(c Capabilities) goipp.Attributes {
	sides := "two-sided-long-edge"
	if t.Tumble {
		sides = "two-sided-short-edge"
	}
	out := goipp.Attributes{
		keyword("media", mediaA4),
		keyword("sides", sides),
		goipp.MakeAttr("printer-resolution", goipp.TagResolution, resolution600),
		keyword("print-scaling", "none"),
	}
	optional := []goipp.Attribute{
		goipp.MakeAttr("copies", goipp.TagInteger, goipp.Integer(1)),
		goipp.MakeAttr("number-up", goipp.TagInteger, goipp.Integer(1)),
		goipp.MakeAttr("print-quality", goipp.TagEnum, goipp.Integer(5)),
		keyword("print-color-mode", "monochrome"),
		keyword("job-retain-until", "none"),
	}
	for _, a := range optional {
		if c.known[a.Name] {
			out.Add(a)
		}
	}
	return out
}

// keyword makes an attribute of keywords.
func keyword(name string, first string, more ...string) goipp.Attribute {
	a := goipp.MakeAttr(name, goipp.TagKeyword, goipp.String(first))
	for _, w := range more {
		a.Values.Add(goipp.TagKeyword, goipp.String(w))
	}
	return a
}
