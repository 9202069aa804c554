package centerapi

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"sync"
	"time"

	"github.com/kioskd/kioskd/internal/domain"
)

// How a dead peer is noticed: after pingAfter without a frame the client asks, and after pingLimit without an answer it
// gives the connection up. Together they stay below every budget but the validation's, which ends by its own deadline.
const (
	dialLimit = 3 * time.Second
	pingAfter = 3 * time.Second
	pingLimit = 2 * time.Second
)

// shortBudget is for calls behind which the centre asks nobody.
const shortBudget = 5 * time.Second

// longPoll is the longest wait that the centre grants one call.
const longPoll = 25 * time.Second

// Config says how a kiosk reaches the centre.
type Config struct {
	URL string      // https://host:port
	TLS *tls.Config // with the kiosk's certificate and the private CA; TLS 1.3 is set here
	// Center must be the name in the server's certificate: a host name alone would let every other server of the private
	// CA on that host see cards.
	Center domain.CenterID
}

// Client is the kiosk's end. It is safe for use by many goroutines. Every call ends with its context, and at the latest
// with the call's own budget.
type Client struct {
	base string
	tls  *tls.Config

	mu   sync.Mutex
	http *http.Client
}

// New makes a client. Nothing is dialled before the first call.
func New(c Config) (*Client, error) {
	u, err := url.Parse(c.URL)
	if err != nil || u.Scheme != "https" || u.Host == "" || (u.Path != "" && u.Path != "/") {
		return nil, fmt.Errorf("centerapi: address %q: give one such as https://127.0.0.1:8443", c.URL)
	}
	if c.TLS == nil || len(c.TLS.Certificates) == 0 && c.TLS.GetClientCertificate == nil {
		return nil, errors.New("centerapi: no client certificate; the centre knows a kiosk by it")
	}
	if !domain.ValidToken(string(c.Center)) {
		return nil, errors.New("centerapi: no name of the centre")
	}
	t := c.TLS.Clone()
	t.MinVersion = tls.VersionTLS13
	t.VerifyConnection = func(s tls.ConnectionState) error { return isCenter(s, c.Center) }
	client := &Client{base: "https://" + u.Host, tls: t}
	client.renew()
	return client, nil
}

// isCenter demands that the server's certificate names this centre and nothing else.
func isCenter(s tls.ConnectionState, id domain.CenterID) error {
	if len(s.VerifiedChains) > 0 {
		uris := s.VerifiedChains[0][0].URIs
		if len(uris) == 1 && uris[0].String() == "urn:kioskd:center:"+string(id) {
			return nil
		}
	}
	return fmt.Errorf("centerapi: the server's certificate does not name centre %s", id)
}

// renew makes the next call dial anew, so that a connection whose peer neither answers nor resets is not used again.
// Calls that are still under way keep the old one until their own end.
func (c *Client) renew() {
	protocols := new(http.Protocols)
	protocols.SetHTTP2(true)
	fresh := &http.Client{
		Transport: &http.Transport{
			TLSClientConfig: c.tls.Clone(), Protocols: protocols, TLSHandshakeTimeout: dialLimit,
			DialContext:        (&net.Dialer{Timeout: dialLimit, KeepAlive: 15 * time.Second}).DialContext,
			DisableCompression: true, IdleConnTimeout: 2 * time.Minute,
			HTTP2: &http.HTTP2Config{
				SendPingTimeout: pingAfter, PingTimeout: pingLimit, WriteByteTimeout: pingAfter,
			},
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	c.mu.Lock()
	old := c.http
	c.http = fresh
	c.mu.Unlock()
	if old != nil {
		old.CloseIdleConnections()
	}
}

func (c *Client) current() *http.Client {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.http
}

// Challenge opens an application and brings the centre's nonce. The kiosk builds the challenge's text itself.
func (c *Client) Challenge(ctx context.Context, r ChallengeRequest) (ChallengeAnswer, error) {
	var a ChallengeAnswer
	err := c.json(ctx, call{http.MethodPost, "/v1/challenges", r, &a, shortBudget})
	if err == nil && (!domain.ValidToken(string(a.Center)) || a.CenterNonce.IsZero() || a.NotBefore.IsZero() ||
		a.NotAfter.IsZero()) {
		err = fmt.Errorf("%w: challenge: a field is missing", ErrProtocol)
	}
	return a, err
}

// Authenticate shows the card's signature and brings the centre's assertion, a note, and the holder's municipality.
func (c *Client) Authenticate(
	ctx context.Context, app domain.ApplicationID, a Authentication,
) (assertion []byte, m domain.MunicipalityCode, err error) {
	var answer AuthenticationAnswer
	err = c.json(ctx, call{http.MethodPut, path(app, "/authentication"), a, &answer, domain.ValidationBudget})
	if err != nil {
		return nil, "", err
	}
	if m, err = domain.ParseMunicipalityCode(string(answer.Municipality)); err != nil || len(answer.Assertion) == 0 {
		return nil, "", fmt.Errorf("%w: assertion: a field is missing", ErrProtocol)
	}
	return answer.Assertion, m, nil
}

// Another opens an application under the assertion of the one before it. The account of that one must have been
// acknowledged.
func (c *Client) Another(ctx context.Context, app domain.ApplicationID, r AnotherRequest) error {
	var s Status
	err := c.json(ctx, call{http.MethodPut, path(app, "/another"), r, &s, shortBudget})
	if err == nil && s.State == "" {
		err = fmt.Errorf("%w: another: the state is missing", ErrProtocol)
	}
	return err
}

// Choices brings what the municipality lets the holder choose from. The pictures name people: wipe them.
func (c *Client) Choices(ctx context.Context, app domain.ApplicationID) (Choices, error) {
	var a Choices
	err := c.json(ctx, call{http.MethodGet, path(app, "/choices"), nil, &a, domain.ChoicesBudget})
	if err == nil && (len(a.Note) == 0 || a.Catalogue.Version == "") {
		err = fmt.Errorf("%w: choices: a field is missing", ErrProtocol)
	}
	return a, err
}

// Order sends the kiosk's note; Wait tells what became of it.
func (c *Client) Order(ctx context.Context, app domain.ApplicationID, note []byte) error {
	return c.json(ctx, call{http.MethodPut, path(app, "/order"), NoteBody{note}, &Status{}, shortBudget})
}

// Wait gives the application's status as soon as its revision is greater than after; 0 gives it at once. It polls until
// the context ends, at the latest for the budget of an issue.
func (c *Client) Wait(ctx context.Context, app domain.ApplicationID, after int64) (Status, error) {
	ctx, cancel := context.WithTimeout(ctx, domain.IssueBudget)
	defer cancel()
	for { // bounded by the context
		left := longPoll
		if end, ok := ctx.Deadline(); ok {
			left = min(left, time.Until(end)-time.Second)
		}
		q := url.Values{
			"after": {strconv.FormatInt(after, 10)}, "wait": {strconv.Itoa(max(0, int(left/time.Second)))},
		}
		var s Status
		err := c.json(ctx, call{http.MethodGet, path(app, "") + "?" + q.Encode(), nil, &s, longPoll + shortBudget})
		if err != nil || s.State != "" {
			return s, err
		}
		if left < time.Second { // the last poll had nothing to wait with
			<-ctx.Done()
		}
		if ctx.Err() != nil {
			return Status{}, fmt.Errorf("%w: no change in time", ErrUnreachable)
		}
	}
}

// Done hands over the kiosk's signed account of the visit's end. It may be sent again and again.
func (c *Client) Done(ctx context.Context, app domain.ApplicationID, note []byte) error {
	return c.json(ctx, call{http.MethodPost, path(app, "/done"), NoteBody{note}, &Status{}, shortBudget})
}

// Cancel ends an application in any state.
func (c *Client) Cancel(ctx context.Context, app domain.ApplicationID) error {
	return c.json(ctx, call{http.MethodDelete, path(app, ""), nil, &Status{}, shortBudget})
}

// Heartbeat says that the kiosk is alive and brings the centre's time. Send one before the first challenge of a run.
func (c *Client) Heartbeat(ctx context.Context, h Heartbeat) (HeartbeatAnswer, error) {
	var a HeartbeatAnswer
	err := c.json(ctx, call{http.MethodPost, "/v1/kiosk/heartbeat", h, &a, shortBudget})
	if err == nil && a.ServerTime.IsZero() {
		err = fmt.Errorf("%w: heartbeat: a field is missing", ErrProtocol)
	}
	return a, err
}

// Catalogue brings what a municipality offers today.
func (c *Client) Catalogue(ctx context.Context, m domain.MunicipalityCode) (Catalogue, error) {
	var a Catalogue
	q := url.Values{"municipality": {string(m)}}
	err := c.json(ctx, call{http.MethodGet, "/v1/kiosk/catalogue?" + q.Encode(), nil, &a, domain.ChoicesBudget})
	if err == nil && (a.Version == "" || a.Municipality != m) {
		err = fmt.Errorf("%w: catalogue: of another municipality, or without a version", ErrProtocol)
	}
	return a, err
}

func path(app domain.ApplicationID, rest string) string {
	return "/v1/applications/" + app.String() + rest
}
