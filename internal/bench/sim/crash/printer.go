package crash

import (
	"context"
	"errors"
	"io"
	"sync"
	"time"

	"github.com/kioskd/kioskd/pkg/printer"
)

// Print is how a job ends.
type Print uint8

// The ways. A Mute job puts out its sheet and counts nothing.
const (
	Good Print = iota
	Refused
	Mute
	Jam
)

// Printer is a printer that outlives every process. Its sheets and life counters are the truth about paper.
type Printer struct {
	mu     sync.Mutex
	on     bool
	life   int // counts power losses
	ends   []Print
	jobs   []*job
	sheets int // that lie in the tray
	count  int // that the life counter knows
	whole  int // documents that came whole, each with its end
}

type job struct {
	status printer.JobStatus
	ends   Print
}

// feed is how long a sheet takes from the document's end to the tray: to no instant at which anything else happens.
const feed = 4*time.Second + 13*time.Millisecond + 7*time.Microsecond

var (
	errOff     = errors.New("crash: the printer is off")
	errNoJob   = errors.New("crash: the printer knows no such job")
	errRefused = &printer.StatusError{}
)

// Capabilities is what the printer can do.
func (p *Printer) Capabilities() printer.Capabilities { return printer.Capabilities{} }

// Ready says how the printer is.
func (p *Printer) Ready(context.Context) (printer.Status, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.on {
		return printer.Status{}, errOff
	}
	s := printer.Status{State: printer.PrinterIdle, Accepting: true, MediaReady: []string{"iso_a4_210x297mm"}}
	for _, j := range p.jobs {
		if !j.status.State.Final() {
			s.Unfinished++
		}
	}
	return s, nil
}

// Counters are the life counters; they outlive a loss of power.
func (p *Printer) Counters(context.Context) (printer.Counters, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.on {
		return printer.Counters{}, errOff
	}
	return printer.Counters{Impressions: printer.Known(2 * p.count), Sheets: printer.Known(p.count)}, nil
}

// CreateJob makes a job.
func (p *Printer) CreateJob(_ context.Context, t printer.Ticket) (printer.JobID, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.on {
		return 0, errOff
	}
	j := &job{status: printer.JobStatus{
		ID: printer.JobID(len(p.jobs) + 1), Name: t.Name, State: printer.JobPending,
		Sheets: printer.Known(0), Impressions: printer.Known(0),
	}}
	if n := len(p.jobs); n < len(p.ends) {
		j.ends = p.ends[n]
	}
	p.jobs = append(p.jobs, j)
	if j.ends == Refused {
		j.status.State = printer.JobAborted
		return 0, errRefused
	}
	return j.status.ID, nil
}

// SendDocument takes a document. One that breaks off is not printed.
func (p *Printer) SendDocument(_ context.Context, id printer.JobID, r io.Reader) error {
	_, err := io.Copy(io.Discard, r)
	p.mu.Lock()
	defer p.mu.Unlock()
	j := p.job(id)
	switch {
	case !p.on:
		return errOff
	case j == nil:
		return errNoJob
	case err != nil:
		j.status.State = printer.JobAborted
		return err
	}
	p.whole++
	j.status.State = printer.JobProcessing
	life := p.life
	time.AfterFunc(feed, func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		if p.on && p.life == life && !j.status.State.Final() {
			p.fall(j)
		}
	})
	return nil
}

// fall is the moment in which the sheet is in the tray, or is not.
func (p *Printer) fall(j *job) {
	s := &j.status
	switch j.ends {
	case Jam:
		s.State = printer.JobAborted
	case Mute:
		p.sheets++
		s.State, s.Reasons = printer.JobCompleted, []string{"job-completed-successfully"}
	default:
		p.sheets++
		p.count++
		s.State, s.Reasons = printer.JobCompleted, []string{"job-completed-successfully"}
		s.Sheets, s.Impressions = printer.Known(1), printer.Known(2)
	}
}

// Follow says how a job is.
func (p *Printer) Follow(_ context.Context, id printer.JobID) (printer.JobStatus, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.on {
		return printer.JobStatus{}, errOff
	}
	if j := p.job(id); j != nil {
		return j.status, nil
	}
	return printer.JobStatus{}, errNoJob
}

// Unfinished are the jobs that are not final.
func (p *Printer) Unfinished(context.Context) (all []printer.JobStatus, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.on {
		return nil, errOff
	}
	for _, j := range p.jobs {
		if !j.status.State.Final() && j.status.Name != "" {
			all = append(all, j.status)
		}
	}
	return all, nil
}

// Cancel ends a job whose sheet has not fallen.
func (p *Printer) Cancel(_ context.Context, id printer.JobID) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch j := p.job(id); {
	case !p.on:
		return errOff
	case j == nil:
		return errNoJob
	case !j.status.State.Final():
		j.status.State = printer.JobCanceled
	}
	return nil
}

func (p *Printer) job(id printer.JobID) *job {
	if id < 1 || int(id) > len(p.jobs) || p.jobs[id-1].status.Name == "" {
		return nil
	}
	return p.jobs[id-1]
}

// fallen is how many sheets lie in the tray.
func (p *Printer) fallen() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.sheets
}

// power switches the printer. Jobs do not outlive it; a sheet under way stays in the path.
func (p *Printer) power(on bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if on == p.on {
		return
	}
	if p.on = on; !on {
		p.life++
		for _, j := range p.jobs {
			j.status = printer.JobStatus{State: printer.JobAborted} // forgotten; the number stays used
		}
	}
}
