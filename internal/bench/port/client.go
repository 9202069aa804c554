package port

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"time"
)

// ErrNoKiosk says that nobody answers on the socket: kioskd is not running, or is not a bench build.
var ErrNoKiosk = errors.New("bench/port: kioskd does not answer")

// ErrNotNow says that kioskd did not do what was asked.
var ErrNotNow = errors.New("bench/port: not now")

const maxAnswer = 64 << 20 // bytes; a frame of the largest panel as PNG is far below

// Client speaks to one kioskd. Its methods may be called from many goroutines. A kioskd that restarts is found again.
type Client struct{ http *http.Client }

// NewClient returns a client of the socket at path. It does not connect yet.
func NewClient(path string) *Client {
	transport := &http.Transport{
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			var dialer net.Dialer
			return dialer.DialContext(ctx, "unix", path)
		},
		MaxIdleConnsPerHost: 4,
		DisableCompression:  true,
	}
	return &Client{&http.Client{Transport: transport}}
}

// Close gives idle connections back.
func (c *Client) Close() { c.http.CloseIdleConnections() }

// State waits at most wait for a state with a revision above after.
func (c *Client) State(ctx context.Context, after uint64, wait time.Duration) (State, error) {
	target := fmt.Sprintf("/state?after=%d&wait=%.3f", after, wait.Seconds())
	answer, _, err := c.do(ctx, http.MethodGet, target, nil)
	if err != nil {
		return State{}, err
	}
	var state State
	if err := json.Unmarshal(answer, &state); err != nil {
		return State{}, fmt.Errorf("bench/port: state: %w", err)
	}
	return state, nil
}

// Frame returns the frame on the panel as PNG, nil before the first one, and its generation.
func (c *Client) Frame(ctx context.Context) ([]byte, uint64, error) {
	answer, header, err := c.do(ctx, http.MethodGet, "/frame", nil)
	if err != nil {
		return nil, 0, err
	}
	generation, err := strconv.ParseUint(header.Get(generationHeader), 10, 64)
	if err != nil {
		return nil, 0, fmt.Errorf("bench/port: generation: %w", err)
	}
	return answer, generation, nil
}

// Tree returns the screen's tree as JSON.
func (c *Client) Tree(ctx context.Context) ([]byte, error) {
	answer, _, err := c.do(ctx, http.MethodGet, "/tree", nil)
	return answer, err
}

// Pointer sends a raw pointer event.
func (c *Client) Pointer(ctx context.Context, event Pointer) error {
	return c.post(ctx, "/pointer", event)
}

// Key sends a key of the tactile pad.
func (c *Client) Key(ctx context.Context, key Key) error { return c.post(ctx, "/key", key) }

// ClockMoved tells kioskd that its wall clock was moved.
func (c *Client) ClockMoved(ctx context.Context) error { return c.post(ctx, "/clock", struct{}{}) }

// Staff turns a clerk's key and returns what it ended. ErrNotNow says why nothing was done.
func (c *Client) Staff(ctx context.Context, turn Staff) (ended []string, err error) {
	body, err := json.Marshal(turn)
	if err != nil {
		return nil, fmt.Errorf("bench/port: encode: %w", err)
	}
	answer, _, err := c.do(ctx, http.MethodPost, "/staff", body)
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(answer, &ended); err != nil {
		return nil, fmt.Errorf("bench/port: staff: %w", err)
	}
	return ended, nil
}

// Pace makes the time-outs of people run so many times faster, until the next start of kioskd.
func (c *Client) Pace(ctx context.Context, times int) error { return c.post(ctx, "/pace", Pace{times}) }

func (c *Client) post(ctx context.Context, target string, message any) error {
	body, err := json.Marshal(message)
	if err != nil {
		return fmt.Errorf("bench/port: encode: %w", err)
	}
	_, _, err = c.do(ctx, http.MethodPost, target, body)
	return err
}

func (c *Client) do(ctx context.Context, method, target string, body []byte) ([]byte, http.Header, error) {
	request, err := http.NewRequestWithContext(ctx, method, "http://kioskd"+target, bytes.NewReader(body))
	if err != nil {
		return nil, nil, fmt.Errorf("bench/port: %w", err)
	}
	response, err := c.http.Do(request)
	if err != nil {
		if ctx.Err() != nil {
			return nil, nil, ctx.Err()
		}
		return nil, nil, fmt.Errorf("%w: %w", ErrNoKiosk, err)
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer))
	if err != nil {
		return nil, nil, fmt.Errorf("%w: %w", ErrNoKiosk, err)
	}
	if response.StatusCode == http.StatusConflict {
		return nil, nil, fmt.Errorf("%w: %s", ErrNotNow, bytes.TrimSpace(answer))
	}
	if response.StatusCode >= http.StatusBadRequest {
		return nil, nil, fmt.Errorf("bench/port: %s %s: %s", method, target, bytes.TrimSpace(answer))
	}
	return answer, response.Header, nil
}
