package centerapi

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"

	"github.com/kioskd/kioskd/internal/domain"
)

// maxAnswer bounds an answer in JSON: choices with 257 pictures of 32 KiB, in base64.
const maxAnswer = 16 << 20

// attempts bounds the retries of one call; backoff is the first pause's upper bound (server §4).
const (
	attempts = 5
	backoff  = 250 * time.Millisecond
)

// call is one exchange in JSON.
type call struct {
	method string
	path   string
	in     any // nil: no body
	out    any
	budget time.Duration
}

// json makes a call and retries where that is allowed: every call names its application and the same body means the
// same thing, so that a repetition cannot do harm.
func (c *Client) json(ctx context.Context, k call) error {
	var body []byte
	if k.in != nil {
		var err error
		if body, err = json.Marshal(k.in); err != nil {
			return fmt.Errorf("centerapi: %s: %w", k.path, err)
		}
	}
	ctx, cancel := context.WithTimeout(ctx, k.budget)
	defer cancel()
	var err error
	for n := range attempts {
		var again bool
		if again, err = c.once(ctx, k, body); err == nil || !again || !pause(ctx, n) {
			break
		}
	}
	return c.judge(ctx, err)
}

// judge gives an error its meaning and gives up a connection that was no use.
func (c *Client) judge(ctx context.Context, err error) error {
	if err == nil {
		return nil
	}
	if errors.Is(ctx.Err(), context.Canceled) {
		return fmt.Errorf("centerapi: %w", context.Canceled)
	}
	if _, refused := errors.AsType[*Refused](err); refused || errors.Is(err, ErrProtocol) {
		return err
	}
	c.renew()
	return fmt.Errorf("%w: %w", ErrUnreachable, err)
}

// once makes one attempt; again says that a further one is allowed.
func (c *Client) once(ctx context.Context, k call, body []byte) (again bool, err error) {
	r, err := c.request(ctx, k.method, k.path, body)
	if err != nil {
		return false, err
	}
	answer, err := c.current().Do(r)
	if err != nil {
		return true, err
	}
	defer func() { _ = answer.Body.Close() }() // read-only: nothing to lose
	switch answer.StatusCode {
	case http.StatusOK, http.StatusAccepted:
		return read(answer.Body, k.out)
	case http.StatusNoContent:
		return false, nil
	}
	return problem(answer)
}

// request makes a request with the time that is left.
func (c *Client) request(ctx context.Context, method, path string, body []byte) (*http.Request, error) {
	r, err := http.NewRequestWithContext(ctx, method, c.base+path, bytes.NewReader(body))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrProtocol, err)
	}
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	if end, ok := ctx.Deadline(); ok {
		r.Header.Set("Kioskd-Deadline", strconv.FormatInt(max(1, time.Until(end).Milliseconds()), 10))
	}
	return r, nil
}

// read decodes an answer. Unknown fields are ignored: /v1 only grows. A body that breaks off is a broken connection.
func read(body io.Reader, out any) (again bool, err error) {
	text, err := io.ReadAll(io.LimitReader(body, maxAnswer+1))
	if err != nil {
		return true, err
	}
	if len(text) > maxAnswer {
		return false, fmt.Errorf("%w: an answer of more than %d bytes", ErrProtocol, maxAnswer)
	}
	if err := json.Unmarshal(text, out); err != nil {
		return false, fmt.Errorf("%w: not the JSON of the interface", ErrProtocol) // the cause may quote personal data
	}
	return false, nil
}

// problem turns an answer that is no success into an error.
func problem(answer *http.Response) (again bool, err error) {
	switch answer.StatusCode {
	case http.StatusTooManyRequests, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return true, fmt.Errorf("the centre answers HTTP %d", answer.StatusCode)
	}
	var p Problem
	if _, err := read(answer.Body, &p); err != nil {
		return false, fmt.Errorf("%w: HTTP %d", ErrProtocol, answer.StatusCode)
	}
	if answer.StatusCode == http.StatusUnprocessableEntity && p.Reason != "" {
		reason, _ := domain.ParseReason(p.Reason)
		return false, &Refused{reason}
	}
	return false, fmt.Errorf("%w: HTTP %d, code %.40q", ErrProtocol, answer.StatusCode, p.Code)
}

// pause waits before attempt n+1, with full jitter; false where the context ends before.
func pause(ctx context.Context, n int) bool {
	if n == attempts-1 {
		return false
	}
	var b [8]byte
	_, _ = rand.Read(b[:]) // never fails: crypto/rand ends the program instead
	d := time.Duration(binary.BigEndian.Uint64(b[:]) % uint64(backoff<<n))
	if end, ok := ctx.Deadline(); ok && time.Until(end) < d {
		return false
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
