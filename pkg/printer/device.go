package printer

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync/atomic"
	"time"

	"github.com/OpenPrinting/goipp"
)

// startRetry is the pause between two questions to a device that is still starting.
const startRetry = 2 * time.Second

// maxRequestID bounds request numbers: 1 to 2^31−1, never 0 (RFC 8011 §4.1.2).
const maxRequestID = 1<<31 - 1

// Device is one printer behind one transport.
type Device struct {
	t       Transport
	lanes   []*lane
	request atomic.Uint32
	can     Capabilities
}

// Open asks the device what it can do and refuses one that cannot print with proof ([UnfitError]). A device that is
// still starting is asked again until ctx ends. On an error the transport stays the caller's.
func Open(ctx context.Context, t Transport) (*Device, error) {
	d := &Device{t: t}
	for n := range t.Lanes() {
		d.lanes = append(d.lanes, newLane(t, n))
	}
	tick := time.NewTicker(startRetry)
	defer tick.Stop()
	for {
		m, err := d.ask(ctx, goipp.OpGetPrinterAttributes, requested(capabilityAttributes))
		if err == nil {
			d.can, err = capabilitiesOf(attributes(m.Printer))
			d.can.Serial = t.Serial()
			return d, err
		}
		if h, ok := errors.AsType[*HTTPError](err); !ok || !h.Starting() {
			return nil, err
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return nil, errors.Join(err, ctx.Err())
		}
	}
}

// Capabilities returns what the device said at Open.
func (d *Device) Capabilities() Capabilities { return d.can }

// Reset brings a device back after [ErrLost]; open it anew with a new transport.
func (d *Device) Reset() error { return d.t.Reset() }

// Close gives the transport back.
func (d *Device) Close() error { return d.t.Close() }

// status is the lane for questions, document the one for pages.
func (d *Device) statusLane() *lane   { return d.lanes[0] }
func (d *Device) documentLane() *lane { return d.lanes[len(d.lanes)-1] }

// message makes a request with the operation attributes that every one begins with (RFC 8011 §4.1.4).
func (d *Device) message(op goipp.Op, extra ...goipp.Attribute) *goipp.Message {
	id := d.request.Add(1)
	if id > maxRequestID {
		id = 1
		d.request.Store(1)
	}
	m := goipp.NewRequest(goipp.MakeVersion(2, 0), op, id)
	m.Operation.Add(goipp.MakeAttr("attributes-charset", goipp.TagCharset, goipp.String("utf-8")))
	m.Operation.Add(goipp.MakeAttr("attributes-natural-language", goipp.TagLanguage, goipp.String("en")))
	m.Operation.Add(goipp.MakeAttr("printer-uri", goipp.TagURI, goipp.String("ipp://"+d.t.Host()+path)))
	for _, a := range extra {
		m.Operation.Add(a)
	}
	return m
}

// user is the name that every request carries.
var user = goipp.MakeAttr("requesting-user-name", goipp.TagName, goipp.String("kiosk"))

// requested lists what shall be answered.
func requested(names []string) goipp.Attribute {
	return keyword("requested-attributes", names[0], names[1:]...)
}

// do makes one exchange on a lane and turns a refusal into a [StatusError].
func (d *Device) do(ctx context.Context, l *lane, m *goipp.Message, document io.Reader) (*goipp.Message, error) {
	op := goipp.Op(m.Code)
	answer, err := l.exchange(ctx, m, document)
	if err != nil {
		return nil, fmt.Errorf("printer: %s: %w", op, err)
	}
	if s := goipp.Status(answer.Code); s != goipp.StatusOk {
		// 0x0001 to 0x00FF mean "done, but not as you asked": only questions may go on with that.
		refused := &StatusError{Op: op, Status: s, Message: attributes(answer.Operation).word("status-message")}
		return answer, refused
	}
	return answer, nil
}

// ask is do for a question without a document: an answer that leaves attributes out is good enough.
func (d *Device) ask(ctx context.Context, op goipp.Op, extra ...goipp.Attribute) (*goipp.Message, error) {
	m, err := d.do(ctx, d.statusLane(), d.message(op, append([]goipp.Attribute{user}, extra...)...), nil)
	if e, ok := errors.AsType[*StatusError](err); ok && e.Status < 0x0100 {
		return m, nil
	}
	return m, err
}

// Ready returns the device's status with the number of jobs that are not final. Start a job only if it is Usable.
func (d *Device) Ready(ctx context.Context) (Status, error) {
	m, err := d.ask(ctx, goipp.OpGetPrinterAttributes, requested(statusAttributes))
	if err != nil {
		return Status{}, err
	}
	s := statusOf(attributes(m.Printer))
	jobs, err := d.Unfinished(ctx)
	s.Unfinished = len(jobs)
	return s, err
}

// Unfinished lists all jobs on the device that are not final, whoever sent them.
func (d *Device) Unfinished(ctx context.Context) ([]JobStatus, error) {
	m, err := d.ask(ctx, goipp.OpGetJobs, keyword("which-jobs", "not-completed"), requested(jobAttributes))
	if err != nil {
		return nil, err
	}
	var out []JobStatus
	for _, g := range m.Groups {
		if g.Tag == goipp.TagJobGroup {
			out = append(out, jobOf(attributes(g.Attrs)))
		}
	}
	return out, nil
}

// FindJob looks for an unfinished job by our token: after a lost answer to CreateJob, "not found" means that a new
// one is safe, because no document was sent.
func (d *Device) FindJob(ctx context.Context, name string) (JobID, bool, error) {
	jobs, err := d.Unfinished(ctx)
	for _, j := range jobs {
		if j.Name == name {
			return j.ID, true, err
		}
	}
	return 0, false, err
}

// CreateJob first asks whether the device would print exactly so, then makes the job. No page has left yet: write the
// number down before SendDocument. A [StatusError] with Busy may be tried again, [ErrLost] and [ErrAbandoned] only
// after [Device.FindJob].
func (d *Device) CreateJob(ctx context.Context, t Ticket) (JobID, error) {
	fidelity := goipp.MakeAttr("ipp-attribute-fidelity", goipp.TagBoolean, goipp.Boolean(true))
	name := goipp.MakeAttr("job-name", goipp.TagName, goipp.String(t.Name))
	mime := goipp.MakeAttr("document-format", goipp.TagMimeType, goipp.String(format))
	check := d.message(goipp.OpValidateJob, user, name, fidelity, mime)
	check.Job = t.template(d.can)
	if _, err := d.do(ctx, d.statusLane(), check, nil); err != nil {
		return 0, err
	}
	create := d.message(goipp.OpCreateJob, user, name, fidelity)
	create.Job = t.template(d.can)
	m, err := d.do(ctx, d.statusLane(), create, nil)
	if err != nil {
		return 0, err
	}
	id := jobOf(attributes(m.Job)).ID
	if id <= 0 {
		return 0, fmt.Errorf("%w: the new job has no number", ErrLost)
	}
	return id, nil
}

// SendDocument streams the one document of a job. A nil error means that the device has all of it; any other means
// that nobody knows: follow the job to its end. It is called once a job, whatever happens.
//
// body is read to its end, or to its error, even after ctx ended.
func (d *Device) SendDocument(ctx context.Context, job JobID, body io.Reader) error {
	m := d.message(goipp.OpSendDocument, jobAttr(job), user,
		goipp.MakeAttr("document-format", goipp.TagMimeType, goipp.String(format)),
		goipp.MakeAttr("last-document", goipp.TagBoolean, goipp.Boolean(true)))
	_, err := d.do(ctx, d.documentLane(), m, body)
	return err
}

// Follow asks once what became of a job; ask every 500 ms while it is open.
func (d *Device) Follow(ctx context.Context, job JobID) (JobStatus, error) {
	m, err := d.ask(ctx, goipp.OpGetJobAttributes, jobAttr(job), requested(jobAttributes))
	if err != nil {
		return JobStatus{}, err
	}
	j := jobOf(attributes(m.Job))
	if j.ID == 0 {
		j.ID = job
	}
	return j, nil
}

// Cancel asks the device to stop a job; follow it to its end, sheets may still come out.
func (d *Device) Cancel(ctx context.Context, job JobID) error {
	_, err := d.ask(ctx, goipp.OpCancelJob, jobAttr(job))
	return err
}

// Counters reads the life counters, where the device has them.
func (d *Device) Counters(ctx context.Context) (Counters, error) {
	m, err := d.ask(ctx, goipp.OpGetPrinterAttributes,
		requested([]string{"printer-impressions-completed", "printer-media-sheets-completed"}))
	if err != nil {
		return Counters{}, err
	}
	a := attributes(m.Printer)
	return Counters{
		Impressions: a.count("printer-impressions-completed"), Sheets: a.count("printer-media-sheets-completed"),
	}, nil
}

// jobAttr names a job by its number.
func jobAttr(job JobID) goipp.Attribute {
	return goipp.MakeAttr("job-id", goipp.TagInteger, goipp.Integer(job))
}
