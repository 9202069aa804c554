package desk

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/kioskd/kioskd/internal/bench/port"
)

// panel is a kiosk without a program behind it.
type panel struct {
	*port.Board
	mu     sync.Mutex
	events []port.Pointer
	keys   []string
	paces  []int
	dots   int // digits of the PIN that were pressed
	shown  int // how many of them are on the panel
	gone   bool
}

func (p *panel) State(ctx context.Context, after uint64, wait time.Duration) (port.State, error) {
	p.mu.Lock()
	gone := p.gone
	p.mu.Unlock()
	if gone {
		return port.State{}, port.ErrNoKiosk
	}
	ctx, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	return p.Wait(ctx, after), nil
}

func (p *panel) Frame(context.Context) ([]byte, uint64, error) { return []byte("\x89PNG"), 7, nil }

// Tree shows a PIN pad from the first digit on; each look at it shows one digit more, as if it were painted late.
func (p *panel) Tree(context.Context) ([]byte, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.dots > 0 {
		p.shown = min(p.shown+1, p.dots)
		return fmt.Appendf(nil, `{"screen":"K03","nodes":[{"id":"pin.submit","enabled":%v}]}`, p.shown == 4), nil
	}
	return []byte(`{"screen":"K03","generation":7,"width":1080,"height":1920,
		"nodes":[{"id":"page","role":"group","children":[
		{"id":"agree","role":"button","rect":{"x":100,"y":200,"w":50,"h":40},"enabled":true,"action":true},
		{"id":"next","role":"button","rect":{"x":0,"y":0,"w":9,"h":9},"enabled":false,"action":true}]}]}`), nil
}

func (p *panel) Pointer(_ context.Context, e port.Pointer) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.events = append(p.events, e)
	return nil
}

func (p *panel) ClockMoved(context.Context) error { return nil }

func (p *panel) Said(_ context.Context, after uint64) ([]port.Said, error) {
	all := []port.Said{{N: 1, What: port.SaidNow, Text: "ようこそ"}, {N: 2, What: port.SaidStop}}
	return all[min(after, 2):], nil
}

func (p *panel) Pace(_ context.Context, times int) error {
	p.paces = append(p.paces, times)
	return nil
}

func (p *panel) Key(_ context.Context, k port.Key) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.keys = append(p.keys, k.Name)
	switch {
	case k.Name == "enter" && p.shown < 4:
		return errors.New("Enter came before the last digit was seen")
	case k.Name != "enter":
		p.dots++
	}
	return nil
}

func (p *panel) Refund(_ context.Context, r port.Refund) (port.Refunded, error) {
	if r.From == "machine" {
		return port.Refunded{Paid: 20, Left: 80, Why: "no coins"}, nil
	}
	return port.Refunded{}, fmt.Errorf("%w: settled before", port.ErrNotNow)
}

func (p *panel) Staff(_ context.Context, s port.Staff) ([]string, error) {
	if s.Key == "clerk" {
		return []string{"staff"}, nil
	}
	return nil, fmt.Errorf("%w: somebody is being served", port.ErrNotNow)
}

// tray is a reader and a printer and an offset: as much of a world as the API needs.
type tray struct {
	mu     sync.Mutex
	card   string
	sheets []Sheet
	offset time.Duration
}

func (t *tray) Cards() []Card { return []Card{{ID: "hanako", PIN: "1234"}} }

func (t *tray) Insert(_ context.Context, id string) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	switch {
	case id != "hanako":
		return fmt.Errorf("card %q: %w", id, ErrUnknown)
	case t.card != "":
		return fmt.Errorf("a card is on the reader: %w", ErrConflict)
	}
	t.card = id
	return nil
}

func (t *tray) Remove() error { t.card = ""; return nil }
func (t *tray) Card() string  { t.mu.Lock(); defer t.mu.Unlock(); return t.card }
func (t *tray) Seen() any     { return map[string]int{"A4": 3} }

func (t *tray) Sheets() []Sheet { return t.sheets }

func (t *tray) Take() []Sheet { taken := t.sheets; t.sheets = nil; return taken }

func (t *tray) State() string                  { return "idle" }
func (t *tray) Changed() <-chan struct{}       { return nil }
func (t *tray) Set(offset time.Duration) error { t.offset = offset; return nil }
func (t *tray) Offset() time.Duration          { return t.offset }

// desk is a running desk behind a real listener.
func newDesk(t *testing.T) (*panel, *tray, *httptest.Server) {
	t.Helper()
	kiosk, things := &panel{Board: port.NewBoard()}, &tray{sheets: []Sheet{{ID: "1-1", Front: []byte("front")}}}
	d := New(Parts{Kiosk: kiosk, Reader: things, Printer: things, Clock: things})
	server := httptest.NewUnstartedServer(nil)
	server.Config.Handler = d.Handler(server.Listener.Addr().String())
	server.Start()
	ctx, cancel := context.WithCancel(t.Context())
	var running sync.WaitGroup
	running.Go(func() { d.Run(ctx) })
	t.Cleanup(func() { server.Close(); cancel(); running.Wait() })
	return kiosk, things, server
}

// ask makes one request and gives status and body.
func ask(t *testing.T, method, url, body string, header ...string) (int, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(header); i += 2 {
		if header[i] == "Host" {
			r.Host = header[i+1]
		} else {
			r.Header.Set(header[i], header[i+1])
		}
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	b, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, string(b)
}

// codeOf reads a refusal and checks that it has all three parts.
func codeOf(t *testing.T, body string) string {
	t.Helper()
	var e Error
	if err := json.Unmarshal([]byte(body), &e); err != nil || e.Code == "" || e.Message == "" || e.Hint == "" {
		t.Errorf("not a whole error: %s", body)
	}
	return e.Code
}

func TestState_a_long_poll_ends_with_the_next_screen(t *testing.T) {
	kiosk, _, server := newDesk(t)
	kiosk.Publish(port.State{Boot: "b", Screen: "K01", Session: "Attract"})
	revision := uint64(0)
	for _, screen := range []string{"K01", "K03"} {
		kiosk.Publish(port.State{Boot: "b", Screen: screen})
		for { // ends when the screen is seen; each question waits for a change
			status, body := ask(t, "GET", fmt.Sprintf("%s/api/state?after=%d&wait=25", server.URL, revision), "")
			var s State
			if err := json.Unmarshal([]byte(body), &s); err != nil || status != 200 || s.Revision <= revision {
				t.Fatalf("%d %s %v", status, body, err)
			}
			revision = s.Revision
			if s.Screen == screen && s.Kioskd == "running" {
				break
			}
		}
	}
}

func TestState_says_when_kioskd_is_away_and_back(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		kiosk := &panel{Board: port.NewBoard()}
		d := New(Parts{Kiosk: kiosk})
		ctx, cancel := context.WithCancel(t.Context())
		go d.Run(ctx)
		kiosk.Publish(port.State{Boot: "a", Screen: "K01"})
		synctest.Wait()
		before := d.State(t.Context(), 0)
		kiosk.mu.Lock()
		kiosk.gone = true
		kiosk.mu.Unlock()
		kiosk.Publish(port.State{Boot: "a", Screen: "K02"}) // ends the question under way
		away := d.State(t.Context(), before.Revision)
		for away.Kioskd == "running" { // ends when it is away
			away = d.State(t.Context(), away.Revision)
		}
		kiosk.mu.Lock()
		kiosk.gone = false
		kiosk.mu.Unlock()
		back := d.State(t.Context(), away.Revision)
		if before.Screen != "K01" || away.Screen != "" || back.Screen != "K02" || back.Kioskd != "running" {
			t.Errorf("before %q, away %q, back %q", before.Screen, away.Screen, back.Screen)
		}
		cancel()
	})
}

func TestTouch_by_name_hits_the_middle_with_a_finger(t *testing.T) {
	kiosk, _, server := newDesk(t)
	onAgree(t, kiosk, server)
	if status, body := ask(t, "POST", server.URL+"/api/touch", `{"id":"agree"}`); status != 200 {
		t.Fatal(body)
	}
	want := []port.Pointer{
		{Device: "finger", Phase: "down", Finger: 1, X: 125, Y: 220},
		{Device: "finger", Phase: "up", Finger: 1, X: 125, Y: 220},
	}
	if !slices.Equal(kiosk.events, want) {
		t.Errorf("events %+v", kiosk.events)
	}
}

// onAgree puts the kiosk on the screen that its tree is of.
func onAgree(t *testing.T, kiosk *panel, server *httptest.Server) {
	t.Helper()
	kiosk.Publish(port.State{Boot: "b", Screen: "K03", Session: "Consent"})
	var s State
	for s.Screen != "K03" { // each question waits for a change
		_, body := ask(t, "GET", fmt.Sprintf("%s/api/state?after=%d&wait=25", server.URL, s.Revision), "")
		if err := json.Unmarshal([]byte(body), &s); err != nil {
			t.Fatal(err)
		}
	}
}

func TestErrors_say_what_and_what_to_do(t *testing.T) {
	kiosk, things, server := newDesk(t)
	onAgree(t, kiosk, server)
	for _, c := range []struct{ method, path, body, code string }{
		{"POST", "/api/touch", `{"id":"nothing"}`, "not_on_screen"},
		{"POST", "/api/touch", `{"id":"next"}`, "not_enabled"},
		{"POST", "/api/touch", `{"x":1}`, "bad_request"},
		{"POST", "/api/touch", `{"id":"agree","x":1,"y":1}`, "bad_request"},
		{"POST", "/api/pointer", `{"device":"nose"}`, "bad_request"},
		{"POST", "/api/key", `{"key":"F1"}`, "bad_request"},
		{"POST", "/api/card/insert", `{"card":"nobody"}`, "unknown"},
		{"POST", "/api/card/insert", `{"kard":"hanako"}`, "bad_request"},
		{"POST", "/api/coin/insert", `{"yen":10}`, "not_built_yet"},
		{"POST", "/api/staff", `{"key":"1"}`, "bad_request"},
		{"POST", "/api/staff", `{"key":"clerk","says":"well"}`, "bad_request"},
		{"POST", "/api/staff", `{"card":"staff-1"}`, "not_built_yet"},
		{"POST", "/api/staff", `{"key":"service"}`, "conflict"},
		{"POST", "/api/refund", `{"key":"clerk","slip":"1","staff":[],"from":"machine"}`, "bad_request"},
		{"POST", "/api/refund", `{"key":"clerk","slip":"1","staff":["a"],"from":"heaven"}`, "bad_request"},
		{"POST", "/api/refund", `{"key":"clerk","slip":"","staff":["a"],"from":"cash"}`, "bad_request"},
		{"POST", "/api/refund", `{"key":"clerk","slip":"1","staff":["a"],"from":"cash"}`, "conflict"},
		{"POST", "/api/key", `{"key":"next"}`, "bad_request"},
		{"POST", "/api/key", `{"key":"1"} {"key":"2"}`, "bad_request"},
		{"POST", "/api/card/insert", `{"card":"hanako"}x`, "bad_request"},
		{"POST", "/api/card/remove", `{"card":"hanako"}`, "bad_request"},
		{"POST", "/api/paper/take", `{}{}`, "bad_request"},
		{"POST", "/api/card/insert", `{"card":`, "bad_request"},
		{"POST", "/api/clock", `{"pace":1000}`, "bad_request"},
		{"POST", "/api/clock", `{"pace":0}`, "bad_request"},
		{"POST", "/api/clock", `{"pace":5,"offset_ms":9000000000000000}`, "bad_request"},
		{"POST", "/api/power", `{"what":"kioskd","do":"on"}`, "not_built_yet"},
		{"POST", "/api/fault", `{"part":"nose"}`, "unknown"},
		{"DELETE", "/api/fault/x", "", "unknown"},
		{"POST", "/api/clock", `{"offset_ms":9000000000000000}`, "bad_request"},
		{"GET", "/api/state?wait=99", "", "bad_request"},
		{"GET", "/api/printer/sheets/9-9/front.png", "", "unknown"},
		{"GET", "/api/nothing", "", "unknown"},
	} {
		status, body := ask(t, c.method, server.URL+c.path, c.body)
		if code := codeOf(t, body); code != c.code || status < 400 {
			t.Errorf("%s %s %s: %d %s, want %s", c.method, c.path, c.body, status, code, c.code)
		}
	}
	if len(kiosk.paces)+len(kiosk.keys)+len(kiosk.events) > 0 || things.Card() != "" {
		t.Errorf("something refused was done: %v %v %v %q", kiosk.paces, kiosk.keys, kiosk.events, things.Card())
	}
}

func TestCards_paper_and_clock_do_what_a_hand_does(t *testing.T) {
	kiosk, things, server := newDesk(t)
	steps := []struct{ method, path, body, want string }{
		{"POST", "/api/card/insert", `{"card":"hanako"}`, `{}`},
		{"POST", "/api/card/insert", `{"card":"hanako"}`, `conflict`},
		{"GET", "/api/cards", "", `"inserted":"hanako"`},
		{"POST", "/api/card/remove", "", `{"card":"hanako"}`},
		{"GET", "/api/printer/sheets", "", `"front":"/api/printer/sheets/1-1/front.png","back":""`},
		{"GET", "/api/printer/sheets/1-1/front.png", "", `front`},
		{"POST", "/api/paper/take", "", `{"sheets":1}`},
		{"POST", "/api/paper/take", "", `{"sheets":0}`},
		{"POST", "/api/clock", `{"offset_ms":86400000}`, `{}`},
		{"GET", "/api/clock", "", `"offset_ms":86400000`},
		{"POST", "/api/clock", `{}`, `{}`},
		{"GET", "/api/clock", "", `"offset_ms":86400000`},
		{"POST", "/api/clock", `{"pace":20}`, `{}`},
		{"GET", "/api/clock", "", `"offset_ms":86400000`},
		{"POST", "/api/staff", `{"key":"clerk"}`, `{"cleared":["staff"]}`},
		{"POST", "/api/refund", `{"key":"clerk","slip":"1","code":"A","staff":["s1"],"from":"machine"}`, `"left":80`},
		{"GET", "/api/devices", "", `"A4":3`},
		{"GET", "/api/log", "", `"what":"card.remove","text":"hanako"`},
		{"GET", "/api/version", "", `"api":1`},
		{"GET", "/", "", `<title>kioskd desk</title>`},
		{"GET", "/desk.js", "", `"use strict"`},
	}
	for _, s := range steps {
		if _, body := ask(t, s.method, server.URL+s.path, s.body); !strings.Contains(body, s.want) {
			t.Errorf("%s %s: %s, want %s", s.method, s.path, body, s.want)
		}
	}
	if !slices.Equal(kiosk.paces, []int{20}) {
		t.Errorf("paces %v", kiosk.paces)
	}
	if things.offset != 24*time.Hour {
		t.Errorf("the clock was moved by %s", things.offset)
	}
}

func TestJournal_keeps_a_bounded_number_of_lines(t *testing.T) {
	j := journal{changed: func() {}}
	for range maxLines + 10 {
		j.add("x", "")
	}
	if all := j.since(0); len(all) != maxLines || all[0].N != 11 || len(j.since(maxLines+9)) != 1 {
		t.Errorf("%d lines from %d", len(all), all[0].N)
	}
}
