package printer

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/png"
	"io"
	"net"
	"slices"
	"testing"
	"time"

	client "github.com/kioskd/kioskd/pkg/printer"
	"github.com/kioskd/kioskd/pkg/printer/pwg"
)

// serve puts a machine on a loopback port and opens it with kioskd's own client.
func serve(t *testing.T, p *Printer) *client.Device {
	t.Helper()
	tr := listen(t, p)
	d, err := client.Open(t.Context(), tr)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// listen serves a machine on a loopback port.
func listen(t *testing.T, p *Printer) client.Transport {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- p.Serve(ctx, l) }()
	t.Cleanup(func() {
		stop()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	tr, err := client.OverTCP("ipp://" + l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	return tr
}

// dot puts one black square of 8 × 8 pixels near the top left corner, another one on backs below it.
func dot(side pwg.Side) pwg.Line {
	return func(y int, dst []byte) error {
		if y/8 == 2+int(side) {
			dst[3] = 0xFF
		}
		return nil
	}
}

// document is a job of some sheets with the square; small so that tests are quick.
func document(t testing.TB, p pwg.Params) *bytes.Buffer {
	t.Helper()
	if p.Width == 0 {
		p.Width, p.Height = 320, 400
	}
	var b bytes.Buffer
	w := pwg.NewWriter(&b, p)
	for range p.Sheets {
		for _, s := range []pwg.Side{pwg.Front, pwg.Back} {
			if err := w.WritePage(s, dot(s)); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return &b
}

// follow waits until the machine is still and returns the job; it asks only after a change.
func follow(t *testing.T, p *Printer, d *client.Device, job client.JobID) client.JobStatus {
	t.Helper()
	late := time.After(20 * time.Second)
	for {
		changed := p.Changed()
		j, err := d.Follow(t.Context(), job)
		if err != nil {
			t.Fatal(err)
		}
		if j.State.Final() {
			return j
		}
		select {
		case <-changed:
		case <-late:
			t.Fatalf("the job does not end: %+v", j)
		}
	}
}

// ink finds the rectangle of black pixels.
func ink(t *testing.T, b []byte) image.Rectangle {
	t.Helper()
	m, err := png.Decode(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	var r image.Rectangle
	for y := range m.Bounds().Dy() {
		for x := range m.Bounds().Dx() {
			if v, _, _, _ := m.At(x, y).RGBA(); v == 0 {
				r = r.Union(image.Rect(x, y, x+1, y+1))
			}
		}
	}
	return r
}

func TestACopyIsPrintedWithProof(t *testing.T) {
	p := New(Options{SheetBack: pwg.BackRotated})
	d := serve(t, p)
	ctx := t.Context()
	s, err := d.Ready(ctx)
	if err != nil || !s.Usable() {
		t.Fatalf("%+v, %v", s, err)
	}
	o := client.Observation{Expected: 2, Trusted: true}
	if o.Before, err = d.Counters(ctx); err != nil {
		t.Fatal(err)
	}
	job, err := d.CreateJob(ctx, client.Ticket{Name: "token-1"})
	if err != nil {
		t.Fatal(err)
	}
	o.Created = true
	if id, ok, err := d.FindJob(ctx, "token-1"); !ok || id != job || err != nil {
		t.Fatalf("FindJob: %d, %v, %v", id, ok, err)
	}
	if err := d.SendDocument(ctx, job, document(t, d.Capabilities().Params(2, false))); err != nil {
		t.Fatal(err)
	}
	o.Sent = true
	j := follow(t, p, d, job)
	if s, err = d.Ready(ctx); err != nil {
		t.Fatal(err)
	}
	o.Note(j, s)
	if o.After, err = d.Counters(ctx); err != nil {
		t.Fatal(err)
	}
	if e := client.Judge(o); e.Outcome != client.Printed || e.Sheets != 2 {
		t.Errorf("%+v of %+v", e, o)
	}
	l := p.Levels()
	if l.Sheets != 2 || l.Impressions != 4 || l.Paper != 248 || l.Tray != 2 || l.Refused != 0 {
		t.Errorf("the machine says %+v", l)
	}
}

func TestSidesAreSeenAsAPersonTurnsThem(t *testing.T) {
	for _, back := range []pwg.SheetBack{pwg.BackNormal, pwg.BackFlipped, pwg.BackRotated, pwg.BackManualTumble} {
		for _, tumble := range []bool{false, true} {
			for _, grey := range []bool{false, true} {
				t.Run(fmt.Sprintf("%v_%v_%v", back, tumble, grey), func(t *testing.T) {
					p := New(Options{SheetBack: back, GreyOnly: grey})
					d := serve(t, p)
					job, err := d.CreateJob(t.Context(), client.Ticket{Name: "t", Tumble: tumble})
					if err != nil {
						t.Fatal(err)
					}
					params := d.Capabilities().Params(1, tumble)
					params.Width, params.Height, params.Sheets = 320, 400, 1
					var doc bytes.Buffer
					w := pwg.NewWriter(&doc, params)
					for _, s := range []pwg.Side{pwg.Front, pwg.Back} {
						err := w.WritePage(s, func(y int, dst []byte) error {
							if !grey {
								return dot(s)(y, dst)
							}
							for i := range dst {
								dst[i] = 255
							}
							if y/8 == 2+int(s) {
								clear(dst[24:32])
							}
							return nil
						})
						if err != nil {
							t.Fatal(err)
						}
					}
					if err := d.SendDocument(t.Context(), job, &doc); err != nil {
						t.Fatal(err)
					}
					follow(t, p, d, job)
					sheets := p.Take()
					if len(sheets) != 1 || len(p.Sheets()) != 0 {
						t.Fatalf("%d sheets", len(sheets))
					}
					if got := ink(t, sheets[0].Front.Full); got != image.Rect(24, 16, 32, 24) {
						t.Errorf("front: %v", got)
					}
					if got := ink(t, sheets[0].Back.Full); got != image.Rect(24, 24, 32, 32) {
						t.Errorf("back: %v", got)
					}
					if got := ink(t, sheets[0].Back.Preview); got != image.Rect(6, 6, 8, 8) {
						t.Errorf("preview of the back: %v", got)
					}
				})
			}
		}
	}
}

func TestPaperRunsOutInTheMiddle(t *testing.T) {
	p := New(Options{Paper: 1})
	d := serve(t, p)
	job, err := d.CreateJob(t.Context(), client.Ticket{Name: "t"})
	if err != nil {
		t.Fatal(err)
	}
	if err := d.SendDocument(t.Context(), job, document(t, d.Capabilities().Params(2, false))); err != nil {
		t.Fatal(err)
	}
	o := client.Observation{Expected: 2, Created: true, Sent: true, Trusted: true}
	for j := (client.JobStatus{}); j.State != client.JobStopped; {
		changed := p.Changed()
		if j, err = d.Follow(t.Context(), job); err != nil {
			t.Fatal(err)
		}
		if j.State != client.JobStopped {
			<-changed
		}
	}
	s, err := d.Ready(t.Context())
	if err != nil || s.State != client.PrinterStopped || !slices.Equal(s.Blocking(), []client.Group{client.GroupMedia}) {
		t.Fatalf("%+v, %v", s, err)
	}
	j, err := d.Follow(t.Context(), job)
	if err != nil {
		t.Fatal(err)
	}
	o.Note(j, s)
	if e := client.Judge(o); e.Outcome != client.Unknown {
		t.Errorf("an open job is %+v", e)
	}
	p.Load(10)
	o.Note(follow(t, p, d, job), s)
	if s, err = d.Ready(t.Context()); err != nil {
		t.Fatal(err)
	}
	o.Note(o.Job, s)
	if e := client.Judge(o); e.Outcome != client.Printed || !o.SeenStop {
		t.Errorf("after loading: %+v", e)
	}
}

func TestCancelBeforeTheDocument(t *testing.T) {
	p := New(Options{})
	d := serve(t, p)
	job, err := d.CreateJob(t.Context(), client.Ticket{Name: "t"})
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Cancel(t.Context(), job); err != nil {
		t.Fatal(err)
	}
	j := follow(t, p, d, job)
	s, err := d.Ready(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	o := client.Observation{Expected: 1, Created: true, Trusted: true}
	o.Note(j, s)
	if e := client.Judge(o); e.Outcome != client.NotPrinted {
		t.Errorf("%+v", e)
	}
	err = d.SendDocument(t.Context(), job, document(t, d.Capabilities().Params(1, false)))
	if _, ok := errors.AsType[*client.StatusError](err); !ok {
		t.Errorf("a document for a cancelled job: %v", err)
	}
	if len(p.Sheets()) != 0 {
		t.Error("a cancelled job was printed")
	}
}

func TestBadDocumentsAreAborted(t *testing.T) {
	whole := document(t, pwg.Params{Sheets: 1}).Bytes()
	for name, doc := range map[string][]byte{
		"cut": whole[:len(whole)-1], "empty": {}, "pdf": []byte("%PDF-1.7"), "word_only": []byte("RaS2"),
	} {
		p := New(Options{})
		d := serve(t, p)
		job, err := d.CreateJob(t.Context(), client.Ticket{Name: "t"})
		if err != nil {
			t.Fatal(err)
		}
		if err := d.SendDocument(t.Context(), job, bytes.NewReader(doc)); err == nil {
			t.Errorf("%s was taken", name)
		}
		if j := follow(t, p, d, job); j.State != client.JobAborted || len(p.Sheets()) != 0 {
			t.Errorf("%s: %+v", name, j)
		}
	}
}

func TestFailingSourceEndsTheBodyLegally(t *testing.T) {
	p := New(Options{})
	d := serve(t, p)
	job, err := d.CreateJob(t.Context(), client.Ticket{Name: "t"})
	if err != nil {
		t.Fatal(err)
	}
	boom := errors.New("the renderer died")
	body := io.MultiReader(bytes.NewReader(document(t, pwg.Params{Sheets: 2}).Bytes()[:3000]), errReader{boom})
	if err := d.SendDocument(t.Context(), job, body); !errors.Is(err, boom) {
		t.Errorf("SendDocument = %v", err)
	}
	if j := follow(t, p, d, job); j.State != client.JobAborted {
		t.Errorf("%+v", j)
	}
}

type errReader struct{ err error }

func (e errReader) Read([]byte) (int, error) { return 0, e.err }

// TestX12_PrinterThatReprintsIsRefused: nothing may print a page again from its panel.
func TestX12_PrinterThatReprintsIsRefused(t *testing.T) {
	_, err := client.Open(t.Context(), listen(t, New(Options{Reprints: true})))
	unfit, ok := errors.AsType[*client.UnfitError](err)
	if !ok || !slices.Equal(unfit.Forbidden, []string{"Restart-Job"}) || len(unfit.Missing) != 0 {
		t.Errorf("Open = %v", err)
	}
}

// TestX12_PowerCyclePrintsNothingLater: what was queued is forgotten.
func TestX12_PowerCyclePrintsNothingLater(t *testing.T) {
	p := New(Options{})
	p.Set("media-jam-error", true)
	d := serve(t, p)
	job, err := d.CreateJob(t.Context(), client.Ticket{Name: "t"})
	if err != nil {
		t.Fatal(err)
	}
	if err := d.SendDocument(t.Context(), job, document(t, d.Capabilities().Params(1, false))); err != nil {
		t.Fatal(err)
	}
	p.PowerCycle()
	p.Set("media-jam-error", false)
	for changed := p.Changed(); p.Levels().State != "idle"; changed = p.Changed() {
		<-changed
	}
	if _, err := d.Follow(t.Context(), job); err == nil {
		t.Error("the job survived")
	}
	if len(p.Sheets()) != 0 {
		t.Error("a sheet came out after switching on")
	}
}
