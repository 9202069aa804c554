//go:build judge

package e2e

import (
	"maps"
	"net/http"
	"strconv"
	"testing"
	"time"
)

// coins are pieces by their worth in yen.
type coins map[int]int

func (c coins) total() (yen int) {
	for worth, n := range c {
		yen += worth * n
	}
	return yen
}

// plus gives a new sum in which no kind stands with 0 pieces.
func (c coins) plus(others ...coins) coins {
	sum := maps.Clone(c)
	if sum == nil {
		sum = coins{}
	}
	for _, o := range others {
		for worth, n := range o {
			sum[worth] += n
		}
	}
	maps.DeleteFunc(sum, func(_, n int) bool { return n == 0 })
	return sum
}

// trays is where every coin is, in truth.
type trays struct {
	Flying  coins `json:"flying"`
	Escrow  coins `json:"escrow"`
	Hoppers coins `json:"hoppers"`
	CashBox coins `json:"cash_box"`
	Return  coins `json:"return_tray"`
}

// scene is the part of GET /api/state that these tests read.
type scene struct {
	Revision uint64 `json:"revision"`
	Kioskd   string `json:"kioskd"`
	Session  string `json:"session"`
	Boot     string `json:"boot"`
	Outcome  string `json:"outcome"`
	Refusal  string `json:"refusal"`
	Money    struct {
		Accepting                                   bool
		Price, Inserted, Held, Kept, Returned, Owed int
	} `json:"money"`
	Devices struct {
		Coin    trays `json:"coin"`
		Printer struct {
			State  string   `json:"state"`
			Sheets []string `json:"sheets"`
		} `json:"printer"`
	} `json:"devices"`
}

// patience bounds every wait for something to be seen on the desk.
const patience = 40 * time.Second

// await follows the desk by long poll until something is so.
func (w *world) await(t *testing.T, what string, so func(scene) bool) scene {
	t.Helper()
	return w.awaitFor(t, patience, what, so)
}

// awaitFor is await for what takes its time.
func (w *world) awaitFor(t *testing.T, limit time.Duration, what string, so func(scene) bool) scene {
	t.Helper()
	var s scene
	for end := time.Now().Add(limit); time.Now().Before(end); {
		if s = w.after(t, s.Revision); so(s) {
			return s
		}
	}
	t.Fatalf("waited in vain for %s; now %+v\n%s", what, s, w.log(t))
	return s
}

// seen is the part of GET /api/devices that these tests read.
type seen struct {
	Reader struct {
		APDUs      map[string]int `json:"apdus"`
		Signatures int            `json:"signatures"`
		Powered    bool           `json:"powered"`
		TriesLeft  map[string]int `json:"tries_left"`
	} `json:"reader"`
	Coin struct {
		Frames map[string]int `json:"frames"` // by address/header
	} `json:"coin"`
	Printer struct {
		Sheets     int            `json:"sheets"`
		Jobs       int            `json:"jobs"`
		Operations map[string]int `json:"operations"`
	} `json:"printer"`
}

// acts are the commands that move money or paper, as the devices counted them.
type acts struct{ Payouts, Flaps, Jobs, Documents int }

// ccTalk headers (4.7): 167 dispenses hopper coins, 107 operates the escrow.
func (s seen) acts() (a acts) {
	for _, hopper := range []string{"3", "4", "5", "6"} {
		a.Payouts += s.Coin.Frames[hopper+"/167"]
	}
	a.Flaps = s.Coin.Frames["85/107"]
	a.Jobs, a.Documents = s.Printer.Operations["Create-Job"], s.Printer.Operations["Send-Document"]
	return a
}

func (w *world) scene(t *testing.T) (s scene) {
	t.Helper()
	w.call(t, http.MethodGet, "/api/state", nil, &s)
	return s
}

// after waits for the desk's next revision, at most half a second.
func (w *world) after(t *testing.T, revision uint64) (s scene) {
	t.Helper()
	w.call(t, http.MethodGet, "/api/state?wait=0.5&after="+strconv.FormatUint(revision, 10), nil, &s)
	return s
}

// turn turns a key at the machine and gives the faults that it ended.
func (w *world) turn(t *testing.T, key string) []string {
	t.Helper()
	var answer struct{ Cleared []string }
	w.call(t, http.MethodPost, "/api/staff", map[string]string{"key": key}, &answer)
	return answer.Cleared
}

// pace makes the time-outs of people run so many times faster, until kioskd's next start.
func (w *world) pace(t *testing.T, times int) {
	t.Helper()
	w.call(t, http.MethodPost, "/api/clock", map[string]int{"pace": times}, nil)
}
