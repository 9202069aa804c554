package printer

import (
	"errors"
	"io"
	"time"

	"github.com/kioskd/kioskd/pkg/printer/pwg"
)

// maxSides bounds one document.
const maxSides = 64

// jobState is job-state (RFC 8011 §5.3.7).
type jobState int

const (
	jobPending    jobState = 3
	jobHeld       jobState = 4 // waits for its document
	jobProcessing jobState = 5
	jobStopped    jobState = 6
	jobCanceled   jobState = 7
	jobAborted    jobState = 8
	jobCompleted  jobState = 9
)

func (s jobState) final() bool { return s >= jobCanceled }

// job is one job; guarded by the printer's mu.
type job struct {
	id       int
	uuid     string
	name     string
	user     string
	twoSided bool
	tumble   bool
	state    jobState
	reasons  []string
	created  time.Time
	ended    time.Time
	sides    int // of the document
	printed  int // sides
	sheets   int
	ready    []Sheet // decoded, not yet printed
	sent     bool    // a document was taken
	over     chan struct{}
}

// finish makes a job final once.
func (j *job) finish(s jobState, reason string) {
	if j.state.final() {
		return
	}
	j.state, j.reasons, j.ready, j.ended = s, []string{reason}, nil, time.Now()
	close(j.over)
}

// newJob adds a job that waits for its document. mu is held.
func (p *Printer) newJob(name, user, sides string) *job {
	p.lastID++
	j := &job{
		id: p.lastID, uuid: newUUID(), name: name, user: user, state: jobHeld, reasons: []string{"job-incoming"},
		created: time.Now(), over: make(chan struct{}),
		twoSided: sides != "one-sided", tumble: sides == "two-sided-short-edge",
	}
	p.jobs = append(p.jobs, j)
	if n := len(p.jobs) - 100; n > 0 && p.jobs[0].state.final() {
		p.jobs = p.jobs[1:] // a machine's memory is small
	}
	p.wake()
	return j
}

// receive decodes the document of a job and starts the engine. It runs while the bytes come in.
func (p *Printer) receive(j *job, document io.Reader) error {
	var sheets []Sheet
	sides, err := readPages(document, maxSides, func(n int, side *page) error { return p.bind(j, &sheets, n, side) })
	if err == nil && sides == 0 {
		err = errors.New("the document has no page")
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	defer p.wake()
	if err != nil {
		j.finish(jobAborted, "document-format-error")
		return err
	}
	if j.state.final() {
		return nil // cancelled meanwhile
	}
	j.sides, j.ready, j.state, j.reasons = sides, sheets, jobPending, []string{"none"}
	if !p.running {
		p.running = true
		go p.run()
	}
	return nil
}

// bind adds one side to the sheets: a front, or a back turned as the paper path turns it.
func (p *Printer) bind(j *job, sheets *[]Sheet, n int, side *page) error {
	back := j.twoSided && n%2 == 1
	if back {
		if side.head.Tumble != j.tumble {
			return errors.New("the raster's tumble does not fit the job's sides")
		}
		side.turnBack(p.opt.SheetBack)
	}
	picture, err := side.picture()
	switch {
	case err != nil:
		return err
	case back:
		(*sheets)[len(*sheets)-1].Back = picture
	default:
		*sheets = append(*sheets, Sheet{Job: j.id, Number: len(*sheets) + 1, Tumble: j.tumble, Front: picture})
	}
	return nil
}

// run is the engine: jobs in order, sheet by sheet, until there is no more work.
func (p *Printer) run() {
	for {
		p.mu.Lock()
		j := p.nextJob()
		if j == nil {
			p.running = false
			p.wake()
			p.mu.Unlock()
			return
		}
		j.state, j.reasons = jobProcessing, []string{"job-printing"}
		p.wake()
		p.mu.Unlock()
		p.printJob(j)
	}
}

// nextJob finds the oldest job with its document here. mu is held.
func (p *Printer) nextJob() *job {
	for _, j := range p.jobs {
		if j.state == jobPending {
			return j
		}
	}
	return nil
}

// printJob prints all sheets of a job, or stops with it.
func (p *Printer) printJob(j *job) {
	for p.awaitClear(j) {
		if !p.moveSheet(j) {
			return
		}
		p.mu.Lock()
		p.stack(j)
		p.mu.Unlock()
	}
}

// awaitClear waits while something blocks the path. It returns false when the job is over: done or cancelled.
func (p *Printer) awaitClear(j *job) bool {
	for {
		p.mu.Lock()
		switch {
		case j.state.final():
			p.mu.Unlock()
			return false
		case len(j.ready) == 0:
			j.finish(jobCompleted, "job-completed-successfully")
			p.wake()
			p.mu.Unlock()
			return false
		case !p.blocked():
			if j.state == jobStopped {
				j.state, j.reasons = jobProcessing, []string{"job-printing"}
				p.wake()
			}
			p.mu.Unlock()
			return true
		}
		if j.state != jobStopped {
			j.state, j.reasons = jobStopped, []string{"printer-stopped"}
			p.wake()
		}
		changed := p.changed
		p.mu.Unlock()
		<-changed
	}
}

// moveSheet lets a sheet's time pass; false when the job ends meanwhile.
func (p *Printer) moveSheet(j *job) bool {
	if p.opt.SheetTime == 0 {
		return true
	}
	t := time.NewTimer(p.opt.SheetTime)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-j.over:
		return false
	}
}

// stack counts a finished sheet and lays it into the tray. An obstacle that came while it moved keeps it for the
// next round. mu is held.
func (p *Printer) stack(j *job) {
	if j.state.final() || p.blocked() || len(j.ready) == 0 {
		return
	}
	s := j.ready[0]
	j.ready = j.ready[1:]
	sides := 1
	if len(s.Back.Full) > 0 {
		sides = 2
	}
	p.paper--
	p.sheets++
	p.impressions += sides
	j.sheets++
	j.printed += sides
	p.tray = append(p.tray, s)
	p.wake()
}

// spaces lists the raster types that the machine takes.
func (p *Printer) spaces() []string {
	if p.opt.GreyOnly {
		return []string{pwg.SGray.Keyword()}
	}
	return []string{pwg.Black.Keyword(), pwg.SGray.Keyword()}
}
