package jpki

import (
	"bytes"
	"context"
	"crypto"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"github.com/kioskd/kioskd/internal/domain"
)

// askLimit is how long one question may take, its one retry included (server §3.3).
const askLimit = 3 * time.Second

// attempts: one, and one more after a connection error.
const attempts = 2

// Config says whom a Client asks.
type Config struct {
	URL  string       // of the responder, http:// or https://
	HTTP *http.Client // nil: a plain one
	Hash crypto.Hash  // of the certificate id; 0: SHA-1, which every responder knows (it guards nothing)
}

// Client asks an OCSP responder. It is safe for use by many goroutines and caches no answer.
type Client struct {
	config  Config
	breaker breaker
}

// NewClient makes a client.
func NewClient(c Config) (*Client, error) {
	u, err := url.Parse(c.URL)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" {
		return nil, fmt.Errorf("jpki: responder %q: give an address such as http://127.0.0.1:2560/", c.URL)
	}
	if c.HTTP == nil {
		c.HTTP = &http.Client{CheckRedirect: noRedirect}
	}
	if c.Hash == 0 {
		c.Hash = crypto.SHA1
	}
	return &Client{config: c}, nil
}

// Available reports whether a question is worth asking now; false for ten seconds after five failures, so that a
// kiosk can say ValidationUnreachable before a PIN is entered.
func (c *Client) Available(at time.Time) bool { return !c.breaker.open(at) }

// Ask asks about a card and gives the responder's answer, verified to be good at this time. Errors are *Error:
// CertRevoked or ValidationUnreachable.
func (c *Client) Ask(ctx context.Context, card Card, nonce [32]byte, at time.Time) ([]byte, error) {
	if !c.breaker.enter(at) {
		return nil, unreachable("the responder failed lately; not asked")
	}
	q := Question{card.Certificate, card.Issuer, nonce[:]}
	der, err := c.ask(ctx, q)
	if err == nil {
		err = VerifyOCSPResponse(der, q, at)
	}
	if err != nil && ctx.Err() != nil {
		c.breaker.drop() // the caller gave up; that says nothing about the responder
		return nil, err
	}
	e, refused := errors.AsType[*Error](err)
	c.breaker.leave(at, err == nil || errors.Is(err, errUnknown) || (refused && e.Reason == domain.CertRevoked))
	if err != nil {
		return nil, err
	}
	return der, nil
}

func (c *Client) ask(ctx context.Context, q Question) ([]byte, error) {
	body, err := questionDER(q, c.config.Hash)
	if err != nil {
		return nil, &Error{Reason: domain.ValidationUnreach, What: "question", Err: err}
	}
	ctx, cancel := context.WithTimeout(ctx, askLimit)
	defer cancel()
	for range attempts {
		var der []byte
		der, err = c.post(ctx, body)
		if err == nil || ctx.Err() != nil || !isConnection(err) {
			return der, err
		}
	}
	return nil, err
}

// isConnection tells a broken connection from an answer that we did not like.
func isConnection(err error) bool {
	_, ok := errors.AsType[*url.Error](err)
	return ok
}

func (c *Client) post(ctx context.Context, body []byte) ([]byte, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, c.config.URL, bytes.NewReader(body))
	if err != nil {
		return nil, &Error{Reason: domain.ValidationUnreach, What: "question", Err: err}
	}
	r.Header.Set("Content-Type", "application/ocsp-request")
	r.Header.Set("Accept", "application/ocsp-response")
	answer, err := c.config.HTTP.Do(r)
	if err != nil {
		return nil, &Error{Reason: domain.ValidationUnreach, What: "ask", Err: err}
	}
	defer func() { _ = answer.Body.Close() }() // read-only: nothing to lose
	if answer.StatusCode != http.StatusOK {
		return nil, unreachable("the responder answers HTTP %d", answer.StatusCode)
	}
	der, err := io.ReadAll(io.LimitReader(answer.Body, maxResponse+1))
	if err != nil {
		return nil, &Error{Reason: domain.ValidationUnreach, What: "read the answer", Err: err}
	}
	if len(der) > maxResponse {
		return nil, unreachable("the answer has more than %d bytes", maxResponse)
	}
	return der, nil
}

// noRedirect: a responder's address is configured; it does not send us elsewhere.
func noRedirect(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
