package issuingapi

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net/http"
	"time"
)

// Reserve is how much longer than TimeLeft the client waits, for the way there and back.
const Reserve = 250 * time.Millisecond

// Client is the centre's side of the interface; it speaks SOAP 1.2. Its methods may be called from any goroutine.
// Nothing is retried: the caller knows what may be asked again, with the same requestId.
type Client struct {
	url  string
	http *http.Client
}

var _ Service = (*Client)(nil)

// NewClient makes a client of the server at an https address. Transport gives a fitting http.RoundTripper.
func NewClient(url string, transport http.RoundTripper) *Client {
	refuse := func(*http.Request, []*http.Request) error { return errors.New("a redirect is not followed") }
	return &Client{url: url, http: &http.Client{Transport: transport, CheckRedirect: refuse}}
}

// Transport is HTTP/2 over the given TLS, which finds out within seconds that a peer neither answers nor resets.
func Transport(t *tls.Config) *http.Transport {
	return &http.Transport{
		TLSClientConfig: t, ForceAttemptHTTP2: true, TLSHandshakeTimeout: 3 * time.Second,
		MaxIdleConnsPerHost: 4, IdleConnTimeout: time.Minute,
		HTTP2: &http.HTTP2Config{SendPingTimeout: 3 * time.Second, PingTimeout: 3 * time.Second},
	}
}

// GetServiceCatalogue asks what a municipality offers.
func (c *Client) GetServiceCatalogue(ctx context.Context, r CatalogueRequest) (Catalogue, error) {
	return call(ctx, c, getServiceCatalogue, r)
}

// GetCardHomes asks for one page of the feed of cards.
func (c *Client) GetCardHomes(ctx context.Context, r CardHomesRequest) (CardHomes, error) {
	return call(ctx, c, getCardHomes, r)
}

// GetApplicantChoices asks what the holder may have. Where TimeLeft is zero it is the operation's deadline.
func (c *Client) GetApplicantChoices(ctx context.Context, r ChoicesRequest) (ChoicesAnswer, error) {
	ctx, stop := timeLeft(ctx, &r.TimeLeft, getApplicantChoices.deadline)
	defer stop()
	a, err := call(ctx, c, getApplicantChoices, r)
	return a, bound(err, r.Binding, a.Binding)
}

// IssueCertificate asks for one certificate. Where TimeLeft is zero it is the operation's deadline.
func (c *Client) IssueCertificate(ctx context.Context, r IssueRequest) (IssueAnswer, error) {
	ctx, stop := timeLeft(ctx, &r.TimeLeft, issueCertificate.deadline)
	defer stop()
	a, err := call(ctx, c, issueCertificate, r)
	return a, bound(err, r.Binding, a.Binding)
}

// GetStatus asks where an application stands.
func (c *Client) GetStatus(ctx context.Context, r StatusRequest) (StatusAnswer, error) {
	a, err := call(ctx, c, getStatus, r)
	return a, bound(err, r.Binding, a.Binding)
}

// Cancel ends an application.
func (c *Client) Cancel(ctx context.Context, r CancelRequest) (StatusAnswer, error) {
	a, err := call(ctx, c, cancel, r)
	return a, bound(err, r.Binding, a.Binding)
}

// ConfirmPrinted tells the outcome.
func (c *Client) ConfirmPrinted(ctx context.Context, r ConfirmRequest) (StatusAnswer, error) {
	a, err := call(ctx, c, confirmPrinted, r)
	return a, bound(err, r.Binding, a.Binding)
}

// Heartbeat asks whether the server is well.
func (c *Client) Heartbeat(ctx context.Context, r HeartbeatRequest) (HeartbeatAnswer, error) {
	return call(ctx, c, heartbeat, r)
}

// timeLeft bounds ctx by the time that the server is given, with a reserve for the way and the answer. The caller says
// in TimeLeft what remains of its own deadline.
func timeLeft(ctx context.Context, left *time.Duration, most time.Duration) (context.Context, context.CancelFunc) {
	if *left == 0 || *left > most {
		*left = most
	}
	return context.WithTimeout(ctx, *left+Reserve)
}

// bound refuses an answer for another application than was asked for (D-03).
func bound(err error, asked, answered Binding) error {
	if err == nil && asked != answered {
		return protocol(CodeBindingMismatch, "the answer belongs to another application")
	}
	return err
}

func call[Q request, A any](ctx context.Context, c *Client, v verb[Q, A], q Q) (A, error) {
	var a, zero A
	ctx, stop := context.WithTimeout(ctx, v.deadline)
	defer stop()
	body, err := writeEnvelope(soap12, func(c *codec) { c.group(v.name, func() { v.ask(c, &q) }) })
	if err != nil {
		return zero, &ProtocolError{Code: CodeSchemaInvalid, Err: err}
	}
	msg, err := c.post(ctx, v.name, body)
	if err != nil {
		return zero, err
	}
	defer clear(msg)
	if err := readAnswer(msg, v, &a); err != nil {
		if errors.Is(err, errXML) {
			return zero, &ProtocolError{Code: CodeSchemaInvalid, Detail: "the server's answer", Err: err}
		}
		return zero, err
	}
	return a, nil
}

func (c *Client) post(ctx context.Context, name string, body []byte) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.url, bytes.NewReader(body))
	if err != nil {
		return nil, &ProtocolError{Code: CodeUnreachable, Err: err}
	}
	req.Header.Set("Content-Type", soap12.mediaType+`; charset=utf-8; action="`+soapAction(name)+`"`)
	resp, err := c.http.Do(req)
	if err != nil {
		return nil, &ProtocolError{Code: CodeUnreachable, Err: err}
	}
	defer func() { _ = resp.Body.Close() }()
	if s, _, ok := soapOf(resp.Header.Get("Content-Type")); !ok || s != soap12 {
		return nil, protocol(CodeUnreachable, "HTTP status %d without a SOAP message", resp.StatusCode)
	}
	msg, err := io.ReadAll(io.LimitReader(resp.Body, MaxAnswer+1))
	if err != nil {
		return nil, &ProtocolError{Code: CodeUnreachable, Detail: "the answer ended early", Err: err}
	}
	if len(msg) > MaxAnswer {
		return nil, protocol(CodeTooLarge, "an answer has at most %d bytes", MaxAnswer)
	}
	return msg, nil
}

func readAnswer[Q request, A any](msg []byte, v verb[Q, A], a *A) error {
	r := newReader(msg)
	name, err := openEnvelope(r, soap12)
	if err != nil {
		return err
	}
	if name == soap12.name("Fault") {
		return readFault(r)
	}
	c := &codec{r: r}
	c.group(v.name+"Response", func() { v.answer(c, a) })
	if c.err != nil {
		return c.err
	}
	return closeEnvelope(r)
}
