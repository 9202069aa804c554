package printer

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/OpenPrinting/goipp"
)

// pipeTransport is a lasting transport of some lanes over net.Pipe.
type pipeTransport struct {
	ours  []Stream
	their []net.Conn
}

func newPipes(t *testing.T, lanes int) *pipeTransport {
	p := &pipeTransport{}
	for range lanes {
		a, b := net.Pipe()
		p.ours, p.their = append(p.ours, netStream{a}), append(p.their, b)
		t.Cleanup(func() { a.Close(); b.Close() })
	}
	return p
}

func (p *pipeTransport) Lanes() int                                 { return len(p.ours) }
func (p *pipeTransport) Begin(context.Context, int) (Stream, error) { return nil, nil }
func (p *pipeTransport) End(int, Stream, bool) error                { return nil }
func (p *pipeTransport) Lasting() bool                              { return true }
func (p *pipeTransport) Serial() string                             { return "S" }
func (p *pipeTransport) Host() string                               { return "localhost" }
func (p *pipeTransport) Reset() error                               { return nil }
func (p *pipeTransport) Close() error                               { return nil }

// fixed makes Begin return the lane's stream.
type fixed struct{ *pipeTransport }

func (f fixed) Begin(_ context.Context, lane int) (Stream, error) { return f.ours[lane], nil }

// device opens nothing: it is a Device as after Open.
func device(tr Transport) *Device {
	d := &Device{t: tr}
	for n := range tr.Lanes() {
		d.lanes = append(d.lanes, newLane(tr, n))
	}
	return d
}

// take reads one request from a pipe.
func take(t *testing.T, c net.Conn, in *bufio.Reader) (*http.Request, *goipp.Message, []byte) {
	t.Helper()
	r, err := http.ReadRequest(in)
	if err != nil {
		t.Fatal(err)
	}
	m := &goipp.Message{}
	if err := m.Decode(r.Body); err != nil {
		t.Fatal(err)
	}
	rest, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return r, m, rest
}

// reply makes a whole HTTP answer.
func reply(t *testing.T, status goipp.Status, id uint32, job ...goipp.Attribute) []byte {
	t.Helper()
	m := goipp.NewResponse(goipp.MakeVersion(2, 0), status, id)
	m.Operation.Add(goipp.MakeAttr("attributes-charset", goipp.TagCharset, goipp.String("utf-8")))
	for _, a := range job {
		m.Job.Add(a)
	}
	b, err := m.EncodeBytes()
	if err != nil {
		t.Fatal(err)
	}
	return append(fmt.Appendf(nil, "HTTP/1.1 200 OK\r\nContent-Type: application/ipp\r\nContent-Length: %d\r\n\r\n",
		len(b)), b...)
}

func TestRequestsHaveTheFormThatDevicesLike(t *testing.T) {
	tr := newPipes(t, 1)
	d := device(fixed{tr})
	in := bufio.NewReader(tr.their[0])
	done := make(chan error, 1)
	go func() { done <- d.Cancel(t.Context(), 7) }()
	r, m, _ := take(t, tr.their[0], in)
	if r.Host != "localhost" || r.URL.Path != "/ipp/print" || r.Header.Get("Content-Type") != "application/ipp" ||
		r.ContentLength <= 0 || r.Header.Get("Expect") != "" || r.Header.Get("Connection") != "" {
		t.Errorf("%+v", r)
	}
	names := []string{}
	for _, a := range m.Operation {
		names = append(names, a.Name)
	}
	if got := strings.Join(names[:3], " "); got != "attributes-charset attributes-natural-language printer-uri" {
		t.Errorf("the group begins with %s", got)
	}
	if m.RequestID == 0 || goipp.Op(m.Code) != goipp.OpCancelJob {
		t.Errorf("%+v", m)
	}
	if _, err := tr.their[0].Write(reply(t, goipp.StatusOk, m.RequestID)); err != nil {
		t.Fatal(err)
	}
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	document := bytes.Repeat([]byte("page"), 25000)
	go func() { done <- d.SendDocument(t.Context(), 7, bytes.NewReader(document)) }()
	r, m, rest := take(t, tr.their[0], in)
	if len(r.TransferEncoding) != 1 || !bytes.Equal(rest, document) || goipp.Op(m.Code) != goipp.OpSendDocument {
		t.Errorf("%v, %d bytes", r.TransferEncoding, len(rest))
	}
	if _, err := tr.their[0].Write(reply(t, goipp.StatusOk, m.RequestID)); err != nil {
		t.Fatal(err)
	}
	if err := <-done; err != nil {
		t.Fatal(err)
	}
}

func TestAnswersThatBreakTheLane(t *testing.T) {
	for name, answer := range map[string]func(id uint32) []byte{
		"not_http":       func(uint32) []byte { return []byte("%PDF-1.7 and so on\r\n\r\n") },
		"no_length":      func(uint32) []byte { return []byte("HTTP/1.1 200 OK\r\n\r\nabc") },
		"bytes_after_it": func(id uint32) []byte { return append(reply(t, goipp.StatusOk, id), "x"...) },
		"other_question": func(id uint32) []byte { return reply(t, goipp.StatusOk, id+1) },
		"not_ipp":        func(uint32) []byte { return []byte("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc") },
		"huge": func(uint32) []byte {
			return append([]byte("HTTP/1.1 200 OK\r\nContent-Length: 2000000\r\n\r\n"), make([]byte, 2000000)...)
		},
	} {
		t.Run(name, func(t *testing.T) {
			tr := newPipes(t, 1)
			d := device(fixed{tr})
			done := make(chan error, 1)
			go func() { _, err := d.Follow(t.Context(), 1); done <- err }()
			_, m, _ := take(t, tr.their[0], bufio.NewReader(tr.their[0]))
			go func() { _, _ = tr.their[0].Write(answer(m.RequestID)) }() // its reader may leave early
			if err := <-done; !errors.Is(err, ErrLost) {
				t.Fatalf("%v", err)
			}
			if _, err := d.Follow(t.Context(), 1); !errors.Is(err, ErrLost) {
				t.Errorf("the lane is used again: %v", err)
			}
		})
	}
}

func TestHTTPStatusIsNoLoss(t *testing.T) {
	tr := newPipes(t, 1)
	d := device(fixed{tr})
	in := bufio.NewReader(tr.their[0])
	for _, status := range []int{503, 500} {
		done := make(chan error, 1)
		go func() { _, err := d.Follow(t.Context(), 1); done <- err }()
		take(t, tr.their[0], in)
		answer := fmt.Appendf(nil, "HTTP/1.1 100 Continue\r\n\r\n"+
			"HTTP/1.1 %d X\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nno\r\n0\r\n\r\n", status)
		if _, err := tr.their[0].Write(answer); err != nil {
			t.Fatal(err)
		}
		h, ok := errors.AsType[*HTTPError](<-done)
		if !ok || h.Status != status || h.Starting() != (status == 503) {
			t.Errorf("%v", h)
		}
	}
}

// TestCallerThatGivesUpLeavesTheExchangeAlone: the lane is free again only after the answer was read.
func TestCallerThatGivesUpLeavesTheExchangeAlone(t *testing.T) {
	tr := newPipes(t, 1)
	d := device(fixed{tr})
	in := bufio.NewReader(tr.their[0])
	ctx, giveUp := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { _, err := d.Follow(ctx, 1); done <- err }()
	_, m, _ := take(t, tr.their[0], in)
	giveUp()
	if err := <-done; !errors.Is(err, ErrAbandoned) {
		t.Fatalf("%v", err)
	}
	if _, err := d.Follow(ctx, 1); !errors.Is(err, ErrOccupied) {
		t.Fatalf("while the answer is due: %v", err)
	}
	if _, err := tr.their[0].Write(reply(t, goipp.StatusOk, m.RequestID)); err != nil {
		t.Fatal(err)
	}
	go func() { _, err := d.Follow(t.Context(), 2); done <- err }()
	_, m, _ = take(t, tr.their[0], in)
	if _, err := tr.their[0].Write(reply(t, goipp.StatusErrorNotFound, m.RequestID)); err != nil {
		t.Fatal(err)
	}
	if e, ok := errors.AsType[*StatusError](<-done); !ok || e.Status != goipp.StatusErrorNotFound {
		t.Errorf("%v", e)
	}
}

func TestSilenceEndsAnExchange(t *testing.T) {
	for _, read := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			tr := newPipes(t, 2)
			d := device(fixed{tr})
			began := time.Now()
			if read { // the device takes the request and says nothing
				go func() { _, _ = io.Copy(io.Discard, tr.their[1]) }()
			}
			err := d.SendDocument(t.Context(), 1, strings.NewReader("page"))
			limit := writeIdle
			if read {
				limit = answerLimit
			}
			if !errors.Is(err, ErrLost) || time.Since(began) != limit {
				t.Errorf("%v after %v", err, time.Since(began))
			}
			tr.their[1].Close()
		})
	}
}

func TestRefusalBeforeTheWholeDocument(t *testing.T) {
	for status, refused := range map[goipp.Status]bool{goipp.StatusErrorBusy: true, goipp.StatusOk: false} {
		tr := newPipes(t, 1)
		d := device(fixed{tr})
		body, feed := io.Pipe()
		done := make(chan error, 1)
		go func() { done <- d.SendDocument(t.Context(), 1, body) }()
		fed := make(chan error, 1)
		go func() {
			for { // as much as is taken
				if _, err := feed.Write(make([]byte, chunkSize)); err != nil {
					fed <- err
					return
				}
			}
		}()
		in := bufio.NewReader(tr.their[0])
		r, err := http.ReadRequest(in)
		if err != nil {
			t.Fatal(err)
		}
		m := &goipp.Message{}
		if err := m.Decode(r.Body); err != nil {
			t.Fatal(err)
		}
		if _, err := tr.their[0].Write(reply(t, status, m.RequestID)); err != nil {
			t.Fatal(err)
		}
		if _, err := io.Copy(io.Discard, r.Body); err != nil {
			t.Errorf("the body does not end legally: %v", err)
		}
		err = <-done
		e, ok := errors.AsType[*StatusError](err)
		if ok != refused || err == nil || refused && !e.Busy() {
			t.Errorf("%v: %v", status, err)
		}
		body.Close()
		<-fed
	}
}

func TestOverTCPNeedsAnAddress(t *testing.T) {
	for _, bad := range []string{"", "http://x", "ipp://", "localhost:631"} {
		if _, err := OverTCP(bad); err == nil {
			t.Errorf("%q was accepted", bad)
		}
	}
	tr, err := OverTCP("ipp://[::1]/ipp/print")
	if err != nil || tr.Serial() != "[::1]:631" {
		t.Errorf("%v, %v", tr, err)
	}
}
