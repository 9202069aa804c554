package main

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kioskd/kioskd/internal/bench/card"
	"github.com/kioskd/kioskd/internal/bench/coin"
	"github.com/kioskd/kioskd/internal/bench/desk"
	"github.com/kioskd/kioskd/internal/bench/pki"
	"github.com/kioskd/kioskd/internal/bench/printer"
	"github.com/kioskd/kioskd/internal/bench/usb"
)

// parts are the parts that can be made to fail, without a world around them.
func parts(t *testing.T) map[string]desk.Faults {
	t.Helper()
	responder := &status{Responder: &pki.Responder{}, state: "on"}
	return map[string]desk.Faults{
		"reader": newReader(card.New(card.Config{Dir: t.TempDir()}), nil), "coin": vendor{coin.New(coin.Defaults().Fast())},
		"printer": newPress(printer.New(printer.Options{})), "ocsp": responder,
	}
}

func TestFaults_that_make_no_sense_are_refused_with_the_words_that_do(t *testing.T) {
	all := parts(t)
	for _, c := range []struct{ part, fault, want string }{
		{"ocsp", `{"play":"dance"}`, "stale replaced future"},
		{"ocsp", `{"play":""}`, "stale"},
		{"ocsp", `{"reason":"stale"}`, "unknown field"},
		{"coin", `{"do":"jam-hopper","yen":7}`, "[10 50 100 500]"},
		{"coin", `{"do":"dance"}`, "jam-escrow"},
		{"coin", `{"do":"reject","code":999}`, "code"},
		{"coin", `{"do":"reject"} {}`, "behind"},
		{"coin", ``, "EOF"},
		{"printer", `{"reason":"on-fire"}`, "media-jam"},
		{"printer", `{"reason":"media-jam-soon"}`, "-error, -warning"},
		{"printer", `{"reason":""}`, "media-jam"},
		{"reader", `{"do":"dance"}`, "remove, delay, stall or answer"},
		{"reader", `{"do":"delay"}`, "ms is"},
		{"reader", `{"do":"stall","ms":5}`, "ms is"},
		{"reader", `{"do":"answer"}`, "sw is"},
		{"reader", `{"do":"answer","sw":70000}`, "sw"},
		{"reader", `{"do":"remove","nth":-1}`, "nth is"},
	} {
		_, err := all[c.part].AddFault(json.RawMessage(c.fault))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s %s: %v, want %q", c.part, c.fault, err, c.want)
		}
	}
	for name, part := range all {
		if faults := part.Faults(); len(faults) != 0 {
			t.Errorf("%s has %v", name, faults)
		}
	}
}

func TestFaults_are_taken_away_one_by_one(t *testing.T) {
	for name, two := range map[string][2]string{
		"coin":    {`{"do":"jammed-hopper","yen":50}`, `{"do":"jammed-hopper","yen":100}`},
		"printer": {`{"reason":"media-jam-error"}`, `{"reason":"media-jam-error"}`},
		"reader":  {`{"do":"remove"}`, `{"do":"delay","ms":5}`},
		"ocsp":    {`{"play":"stale"}`, `{"play":"huge"}`},
	} {
		part := parts(t)[name]
		first, err1 := part.AddFault(json.RawMessage(two[0]))
		second, err2 := part.AddFault(json.RawMessage(two[1]))
		if err := errors.Join(err1, err2); err != nil {
			t.Fatal(err)
		}
		for _, step := range []struct {
			remove int
			known  bool
			left   []int
		}{
			{second + 1, false, []int{second}},
			{0, false, []int{second}},
			{first, true, []int{second}},
			{first, true, []int{second}},
			{second, true, nil},
		} {
			err := part.RemoveFault(step.remove)
			if known := err == nil; known != step.known || !known && !errors.Is(err, desk.ErrUnknown) {
				t.Errorf("%s: removing %d: %v", name, step.remove, err)
			}
			faults := part.Faults()
			for _, n := range step.left {
				if _, ok := faults[n]; !ok {
					t.Errorf("%s: %d went with %d", name, n, step.remove)
				}
			}
			if step.left == nil && len(faults) != 0 {
				t.Errorf("%s: left %v", name, faults)
			}
		}
	}
}

func TestFaults_of_a_jammed_printer_stay_until_the_last_is_gone(t *testing.T) {
	p := newPress(printer.New(printer.Options{}))
	jam := json.RawMessage(`{"reason":"media-jam-error"}`)
	first, err1 := p.AddFault(jam)
	second, err2 := p.AddFault(jam)
	states := []string{p.State()}
	err3 := p.RemoveFault(first)
	states = append(states, p.State())
	err4 := p.RemoveFault(second)
	states = append(states, p.State())
	if err := errors.Join(err1, err2, err3, err4); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]string{"stopped", "stopped", "idle"}, states); d != "" {
		t.Errorf("states (-want +got):\n%s", d)
	}
}

func TestPower_says_what_there_is_to_switch(t *testing.T) {
	bus, err := usb.New(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer bus.Close()
	w := &world{
		processes: map[string]*process{"kioskd": {}}, coins: vendor{coin.New(coin.Defaults())}, bus: bus,
		reader: newReader(card.New(card.Config{Dir: t.TempDir()}), nil),
		status: &status{Responder: &pki.Responder{}, state: "on"}, press: newPress(printer.New(printer.Options{})),
	}
	p := newPower(w)
	for _, c := range []struct{ what, do, want string }{
		{"coin", "dance", "on, off or kill"},
		{"reader", "freeze", "on, off or kill"},
		{"ocsp", "dance", "on, off, kill, freeze or thaw"},
		{"kettle", "on", "coin, kioskd, ocsp, printer, reader"},
	} {
		err := p.Do(context.Background(), c.what, c.do)
		if !errors.Is(err, desk.ErrUnknown) || !strings.HasSuffix(err.Error(), c.want) {
			t.Errorf("%s %s: %v", c.what, c.do, err)
		}
	}
	if err := p.Do(context.Background(), "coin", "kill"); err != nil || w.coins.On() {
		t.Errorf("the coin vendor's plug is in: %v", err)
	}
}
