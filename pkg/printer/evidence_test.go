package printer

import "testing"

// good is a two-sheet copy that went as it should; each case spoils one thing.
func good() Observation {
	return Observation{
		Expected: 2, Created: true, Sent: true, Trusted: true, SeenPrinting: true,
		Job: JobStatus{
			State: JobCompleted, Reasons: []string{"job-completed-successfully"}, Impressions: Known(4), Sheets: Known(2),
		},
		Printer: Status{State: PrinterIdle, Accepting: true},
		Before:  Counters{Impressions: Known(100), Sheets: Known(50)},
		After:   Counters{Impressions: Known(104), Sheets: Known(52)},
	}
}

// early is a job that ended before its time, with so many sheets.
func early(state JobState, sheets Count) func(*Observation) {
	return func(o *Observation) {
		o.Job = JobStatus{State: state, Reasons: []string{"job-canceled-by-user"}, Sheets: sheets}
		o.SeenPrinting = sheets.N > 0
		o.After = Counters{Impressions: Known(100 + 2*sheets.N), Sheets: Known(50 + sheets.N)}
	}
}

// and does one thing after the other.
func and(all ...func(*Observation)) func(*Observation) {
	return func(o *Observation) {
		for _, f := range all {
			f(o)
		}
	}
}

var jam = Status{State: PrinterIdle, Accepting: true, Reasons: []Reason{{"media-jam", SeverityWarning}}}

func noLife(o *Observation) { o.Before, o.After = Counters{}, Counters{} }

func TestJudgeWantsProof(t *testing.T) {
	tests := []struct {
		name  string
		spoil func(*Observation)
		want  Outcome
	}{
		{"all_is_well", func(*Observation) {}, Printed},
		{"no_job_was_made", func(o *Observation) { *o = Observation{Expected: 2} }, NotPrinted},
		{"impressions_prove_where_sheets_are_not_told", func(o *Observation) { o.Job.Sheets = Count{} }, Printed},
		{"no_life_counters_offered", noLife, Printed},
		{"both_job_counters_absent", func(o *Observation) { o.Job.Sheets, o.Job.Impressions = Count{}, Count{} }, Unknown},
		{"end_of_document_not_acknowledged", func(o *Observation) { o.Sent = false }, Unknown},
		{"device_lost", func(o *Observation) { o.Lost = true }, Unknown},
		{"device_exchanged", func(o *Observation) { o.Exchanged = true }, Unknown},
		{"still_open", func(o *Observation) { o.Job.State = JobProcessing }, Unknown},
		{"completed_without_success", func(o *Observation) { o.Job.Reasons = []string{"none"} }, Unknown},
		{"completed_with_warnings", func(o *Observation) {
			o.Job.Reasons = append(o.Job.Reasons, "job-completed-with-warnings")
		}, Unknown},
		{"completed_with_errors", func(o *Observation) {
			o.Job.Reasons = append(o.Job.Reasons, "job-completed-with-errors")
		}, Unknown},
		{"only_passed_on", func(o *Observation) { o.Job.Reasons = append(o.Job.Reasons, "queued-in-device") }, Unknown},
		{"kept_for_reprint", func(o *Observation) { o.Job.Reasons = append(o.Job.Reasons, "job-restartable") }, Unknown},
		{"one_sheet_short", func(o *Observation) { o.Job.Sheets = Known(1) }, Unknown},
		{"one_sheet_too_many", func(o *Observation) { o.Job.Sheets = Known(3) }, Unknown},
		{"life_counter_short", func(o *Observation) { o.After.Sheets = Known(51) }, Unknown},
		{"life_counter_of_sides_short", func(o *Observation) { o.After.Impressions = Known(103) }, Unknown},
		{"life_counter_vanished", func(o *Observation) { o.After.Sheets = Count{} }, Unknown},
		{"jam_left_behind", func(o *Observation) { o.Printer = jam }, Unknown},
		{"not_idle", func(o *Observation) { o.Printer.State = PrinterProcessing }, Unknown},
		{"stop_recovered_by_counters", func(o *Observation) { o.SeenStop = true }, Printed},
		{"stop_without_sheet_counter", func(o *Observation) { o.SeenStop, o.Job.Sheets = true, Count{} }, Unknown},
		{"stop_on_an_untrusted_model", func(o *Observation) { o.SeenStop, o.Trusted = true, false }, Unknown},

		{"cancelled_before_anything", early(JobCanceled, Known(0)), NotPrinted},
		{"aborted_before_anything", early(JobAborted, Known(0)), NotPrinted},
		{"cancelled_counters_absent", early(JobCanceled, Count{}), Unknown},
		{"cancelled_while_printing", and(early(JobCanceled, Known(0)),
			func(o *Observation) { o.SeenPrinting = true }), Unknown},
		{"cancelled_on_untrusted", and(early(JobCanceled, Known(0)), func(o *Observation) { o.Trusted = false }), Unknown},
		{"cancelled_after_one", early(JobCanceled, Known(1)), Partly},
		{"cancelled_after_all", early(JobCanceled, Known(2)), Unknown},
		{"sheets_may_still_come", and(early(JobCanceled, Known(1)), func(o *Observation) {
			o.Job.Reasons = []string{"processing-to-stop-point"}
		}), Unknown},
		{"life_counter_saw_more", and(early(JobAborted, Known(0)), func(o *Observation) {
			o.After.Sheets = Known(51)
		}), Unknown},
		{"aborted_with_paper_in_the_path", and(early(JobAborted, Known(0)), func(o *Observation) {
			o.Printer = jam
		}), Unknown},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			o := good()
			tt.spoil(&o)
			e := Judge(o)
			if e.Outcome != tt.want || e.Why == "" {
				t.Errorf("%v: %s", e.Outcome, e.Why)
			}
			if (e.Outcome == Partly) != (e.Sheets == 1) || (e.Outcome == Printed) != (e.Sheets == 2) {
				t.Errorf("%v of %d sheets", e.Outcome, e.Sheets)
			}
		})
	}
}

func TestNoteRemembersWhatPassed(t *testing.T) {
	o := Observation{Expected: 1, Created: true}
	o.Note(JobStatus{State: JobProcessing, Reasons: []string{"job-printing"}}, Status{State: PrinterProcessing})
	if !o.SeenPrinting || o.SeenStop {
		t.Errorf("%+v", o)
	}
	jam := Status{State: PrinterProcessing, Reasons: []Reason{{"media-jam", SeverityWarning}}}
	o.Note(JobStatus{State: JobProcessing}, jam) // ippeveprinter goes on in a jam
	o.Note(JobStatus{State: JobCompleted}, Status{State: PrinterIdle})
	if !o.SeenPrinting || !o.SeenStop {
		t.Errorf("forgotten: %+v", o)
	}
	var before Observation
	before.Note(JobStatus{}, jam)
	if before.SeenStop {
		t.Error("a jam before the job counts against it")
	}
}
