package printer

import "slices"

// Counters are the device's life counters; they witness independently of the job.
type Counters struct {
	Impressions Count // sides
	Sheets      Count
}

// Outcome is what became of a copy.
type Outcome uint8

// Outcomes. Money: Printed keeps it, NotPrinted gives it back, the others hold it until a clerk has the sheets in hand.
const (
	Unknown Outcome = iota
	Printed
	NotPrinted
	Partly
)

// outcomes are the words of the constants.
var outcomes = [...]string{"unknown", "printed", "not printed", "partly printed"}

// String gives the outcome in words.
func (o Outcome) String() string { return outcomes[o] }

// Observation is all that was seen of one job, from before Create-Job to its end.
type Observation struct {
	Expected  int  // sheets of the copy, at least 1
	Created   bool // Create-Job was sent, whatever the answer
	Sent      bool // Send-Document ended with HTTP 200 and IPP 0x0000
	Trusted   bool // this model's counters are known to be right
	Lost      bool // the device was away, was reset, or an exchange broke
	Exchanged bool // another device (serial, UUID) answers now

	Job           JobStatus // as seen last
	Printer       Status    // as seen last
	Before, After Counters  // life counters around the job
	SeenPrinting  bool      // job-printing, or a counter above zero, was seen
	SeenStop      bool      // a jam or stop was seen since Sent
}

// Note adds what one round of questions answered.
func (o *Observation) Note(j JobStatus, s Status) {
	o.Job, o.Printer = j, s
	if j.Has("job-printing") || j.Sheets.N > 0 || j.Impressions.N > 0 {
		o.SeenPrinting = true
	}
	stopped := j.State == JobStopped || s.State == PrinterStopped
	jam := slices.ContainsFunc(s.Reasons, func(r Reason) bool { return r.Group() == GroupJam || r.Group() == GroupOpen })
	if o.Created && (stopped || jam) {
		o.SeenStop = true
	}
}

// Evidence is a judgement with its reason.
type Evidence struct {
	Outcome Outcome
	Sheets  int    // complete sheets, meaningful for Printed and Partly
	Why     string // for the log and the clerk's screen: no content, no names
}

// Judge says what became of a copy. Only proof counts; whatever is not proved is Unknown.
func Judge(o Observation) Evidence {
	switch {
	case !o.Created:
		return Evidence{NotPrinted, 0, "no job was made"}
	case o.Lost:
		return Evidence{Unknown, 0, "the device was lost on the way"}
	case o.Exchanged:
		return Evidence{Unknown, 0, "another device answers"}
	case !o.Job.State.Final():
		return Evidence{Unknown, 0, "the job has not ended"}
	case o.Job.Has("job-restartable"):
		return Evidence{Unknown, 0, "the device keeps the job and could print it again"}
	case o.Job.Has("queued-in-device"):
		return Evidence{Unknown, 0, "the device only passed the job on"}
	case o.Job.State == JobCompleted:
		return judgeCompleted(o)
	}
	return judgeStopped(o)
}

// judgeCompleted looks for a reason against a completed job.
func judgeCompleted(o Observation) Evidence {
	unknown := func(why string) Evidence { return Evidence{Unknown, 0, why} }
	switch {
	case !o.Sent:
		return unknown("completed, but the document's end was never acknowledged")
	case !o.Job.Has("job-completed-successfully"):
		return unknown("completed, but not successfully")
	case o.Job.Has("job-completed-with-warnings"), o.Job.Has("job-completed-with-errors"):
		return unknown("completed with warnings or errors")
	case !sheetsProved(o):
		return unknown("the job's counters do not show every sheet")
	case o.SeenStop && !o.Job.Sheets.Known:
		return unknown("stopped on the way, and no sheet counter proves the rest")
	case o.SeenStop && !o.Trusted:
		return unknown("stopped on the way, and this model's counters are not trusted")
	case !lifeAgrees(o, o.Expected):
		return unknown("the life counters disagree")
	case o.Printer.State != PrinterIdle:
		return unknown("the device is not idle again")
	case blockedPath(o.Printer):
		return unknown("paper is in the way or the output is full")
	}
	return Evidence{Printed, o.Expected, "completed, every sheet counted"}
}

// sheetsProved reports that the job's own counters show all sheets: sheets where they are told, else both sides.
func sheetsProved(o Observation) bool {
	if o.Job.Sheets.Known {
		return o.Job.Sheets.N == o.Expected
	}
	return o.Job.Impressions.Known && o.Job.Impressions.N == 2*o.Expected
}

// lifeAgrees reports that no life counter contradicts that many sheets. A counter that was told before and not after,
// or the other way round, contradicts everything.
func lifeAgrees(o Observation, sheets int) bool {
	agrees := func(before, after Count, want int) bool {
		if before.Known != after.Known {
			return false
		}
		return !before.Known || after.N-before.N == want
	}
	return agrees(o.Before.Sheets, o.After.Sheets, sheets) &&
		agrees(o.Before.Impressions, o.After.Impressions, 2*sheets)
}

// blockedPath reports a jam or a full output after the job.
func blockedPath(s Status) bool {
	return slices.ContainsFunc(s.Reasons, func(r Reason) bool {
		return r.Group() == GroupJam || r.Group() == GroupOutput || r.Group() == GroupOpen
	})
}

// judgeStopped judges a cancelled or aborted job: only trusted counters say how far it came.
func judgeStopped(o Observation) Evidence {
	n := o.Job.Sheets
	switch {
	case !o.Trusted:
		return Evidence{Unknown, 0, "ended early, and this model's counters are not trusted"}
	case !n.Known:
		return Evidence{Unknown, 0, "ended early, and no sheet counter says how far"}
	case o.Job.Has("processing-to-stop-point"):
		return Evidence{Unknown, 0, "ended early, and sheets may still come"}
	case blockedPath(o.Printer):
		return Evidence{Unknown, 0, "ended early with paper in the way"}
	case !lifeAgrees(o, n.N):
		return Evidence{Unknown, 0, "ended early, and the life counters disagree"}
	case n.N == 0 && !o.SeenPrinting && o.Job.Impressions.N == 0:
		return Evidence{NotPrinted, 0, "ended before anything was printed"}
	case n.N > 0 && n.N < o.Expected:
		return Evidence{Partly, n.N, "ended after some sheets"}
	}
	return Evidence{Unknown, 0, "ended early, counters prove nothing"}
}
