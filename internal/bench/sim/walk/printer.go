package walk

import (
	"github.com/kioskd/kioskd/internal/bench/sim/ledger"
	"github.com/kioskd/kioskd/internal/terminal/journal"
	"github.com/kioskd/kioskd/internal/terminal/session"
)

// printer is where paper is, and what becomes of the job under way.
type printer struct {
	fallen int // sheets of this visit that came out
	whole  int // copies of this visit that came out whole
	sent   [16]int
	job    int // number of the newest job; a cancelled one's sheets do not fall
	fell   int // number of the job that ended last
	visits int
	live   bool // a document has come whole, and its job is not over
}

// visit begins the count for another resident.
func (p *printer) visit() { *p = printer{job: p.job, fell: p.fell, live: p.live, visits: p.visits + 1} }

// print prints one copy as one job, once.
func (w *World) print(r *request) {
	fail := func(e session.Evidence) session.Event { return session.Event{Kind: session.CopyFailed, Evidence: e} }
	if w.paper || w.strikes(PrinterNotUp, 12) || w.ends(r) || w.broken {
		w.done(r, fail(session.EvidenceNotPrinted))
		return
	}
	n, err := w.books.Begin(w.now, ledger.Intent{Application: r.app, Device: "printer", Verb: "print"})
	if err != nil {
		w.fail("print", err)
		return
	}
	finish := func(result journal.Result, e session.Event) {
		if err := w.books.Finish(w.now, n, result); err != nil {
			w.fail("print", err)
			return
		}
		w.done(r, e)
	}
	if w.strikes(PrintRefused, 10) {
		finish(journal.NotDone, fail(session.EvidenceNotPrinted))
		return
	}
	w.soon(w.between(50, second), func() { w.send(r, finish) })
}

// send gives the printer a document and follows its job.
func (w *World) send(r *request, finish func(journal.Result, session.Event)) {
	p := &w.printer
	fail := func(e session.Evidence) session.Event { return session.Event{Kind: session.CopyFailed, Evidence: e} }
	if w.ends(r) {
		finish(journal.NotDone, fail(session.EvidenceNotPrinted))
		return
	}
	if p.sent[r.n%len(p.sent)]++; p.sent[r.n%len(p.sent)] > 1 {
		w.wrong("copy %d is sent twice", r.n)
	}
	sheets := max(1, w.v.Sheets/max(1, w.v.Copies))
	takes := w.between(3*second, 8*second) + second*Time(sheets)
	result, e := journal.Done, session.Event{Kind: session.CopyPrinted}
	falls := sheets
	switch {
	case w.strikes(PrintPartly, 10):
		result, e, falls = journal.Partial, fail(session.EvidencePartly), sheets-1
	case w.strikes(PrintMute, 10):
		result, e = journal.Unsure, fail(session.EvidenceUnknown)
	case w.strikes(PrintSlow, 10):
		takes = w.between(minute, 5*minute)
	}
	p.job++
	p.live = true
	job, visit := p.job, p.visits
	w.later(takes, func() {
		if p.job != job || !p.live {
			return // cancelled
		}
		p.live, p.fell = false, job
		if visit != p.visits || w.up && (w.v.State == session.Attract || w.v.State == session.ServiceClosed) {
			w.wrong("S-01: a sheet of a visit that is over falls before the next resident")
		}
		p.fallen += falls
		if falls == sheets {
			p.whole++
		}
	})
	var watch func()
	watch = func() {
		switch {
		case p.fell == job:
			finish(result, e)
		case p.job != job || !p.live || w.ends(r): // it was cancelled, or goes on and nobody knows how it ends
			finish(journal.Unsure, fail(session.EvidenceUnknown))
		default:
			w.soon(500, watch)
		}
	}
	w.soon(500, watch)
}

// cancel ends the job under way, as a start does; it reports whether there was one. Its sheets may have begun.
func (p *printer) cancel() bool {
	was := p.live
	p.live = false
	return was
}
