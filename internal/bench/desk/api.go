package desk

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"

	"github.com/kioskd/kioskd/internal/bench/port"
)

// maxBody bounds a request's body in bytes.
const maxBody = 64 << 10

// Error is the body of every refusal.
type Error struct {
	Code    string `json:"code"`    // stable, for programs
	Message string `json:"message"` // what is wrong
	Hint    string `json:"hint"`    // what to do
}

func (e Error) Error() string { return e.Message }

// statusOf gives codes their HTTP status.
var statusOf = map[string]int{
	"bad_request": http.StatusBadRequest, "unknown": http.StatusNotFound, "conflict": http.StatusConflict,
	"not_built_yet": http.StatusNotImplemented, "no_kiosk": http.StatusServiceUnavailable,
	"not_on_screen": http.StatusNotFound, "not_enabled": http.StatusConflict,
}

// bad is a request that makes no sense.
func bad(format string, args ...any) error {
	return Error{"bad_request", fmt.Sprintf(format, args...), "see docs/desk.md"}
}

func notBuilt(part string) error {
	return Error{"not_built_yet", part + " is not built yet", "docs/roadmap.md says when it will be"}
}

// explain turns an error into the body of an answer.
func explain(err error) Error {
	var e Error
	switch {
	case errors.As(err, &e):
		return e
	case errors.Is(err, port.ErrNoKiosk):
		return Error{"no_kiosk", "kioskd does not answer", "wait for its restart, or POST /api/power to switch it on"}
	case errors.Is(err, ErrUnknown):
		return Error{"unknown", err.Error(), "see docs/desk.md for the names"}
	case errors.Is(err, ErrConflict), errors.Is(err, port.ErrNotNow):
		return Error{"conflict", err.Error(), "look at GET /api/state and try again"}
	case errors.Is(err, ErrNotBuilt):
		return Error{"not_built_yet", err.Error(), "docs/roadmap.md says when it will be"}
	}
	return Error{"failed", err.Error(), "look at the output of kioskbench"}
}

// fail writes a refusal.
func fail(w http.ResponseWriter, status int, e Error) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(e)
}

// answer writes v.
func answer(w http.ResponseWriter, v any) error {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	return json.NewEncoder(w).Encode(v)
}

// done is the answer of an act without a result.
func done(w http.ResponseWriter) error { return answer(w, struct{}{}) }

// read decodes a request's body strictly; no body is the zero value.
func read[T any](r *http.Request) (v T, err error) {
	v, err = decode[T](http.MaxBytesReader(nil, r.Body, maxBody))
	if err != nil && !errors.Is(err, io.EOF) {
		return v, bad("the body is not what is asked for: %v", err)
	}
	return v, nil
}

// Decode reads one JSON value strictly: unknown fields and anything behind it are errors. Parts read their faults so.
func Decode[T any](text []byte) (T, error) { return decode[T](bytes.NewReader(text)) }

// decode gives io.EOF where there is nothing at all.
func decode[T any](from io.Reader) (v T, err error) {
	decoder := json.NewDecoder(from)
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&v); err != nil {
		return v, err
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return v, errors.New("there is something behind the JSON value")
	}
	return v, nil
}

// bare serves a call that takes nothing: its body is empty or an empty object.
func bare(serve func(http.ResponseWriter, *http.Request) error) func(http.ResponseWriter, *http.Request) error {
	return func(w http.ResponseWriter, r *http.Request) error {
		if _, err := read[struct{}](r); err != nil {
			return err
		}
		return serve(w, r)
	}
}

// routes is the contract.
func (d *Desk) routes() http.Handler {
	mux := http.NewServeMux()
	for pattern, serve := range map[string]func(http.ResponseWriter, *http.Request) error{
		"GET /api/version": d.serveVersion, "GET /api/state": d.serveState, "GET /api/log": d.serveLog,
		"GET /api/screen.png": d.serveFrame, "GET /api/screen.json": d.serveTree,
		"GET /api/said":   d.serveSaid,
		"POST /api/touch": d.touch, "POST /api/pointer": d.pointer, "POST /api/key": d.key,
		"GET /api/cards": d.serveCards, "POST /api/card/insert": d.insertCard, "POST /api/card/remove": bare(d.removeCard),
		"POST /api/coin/insert": d.insertCoin, "POST /api/coin/take": bare(d.takeCoins),
		"POST /api/coin/lever": bare(d.pullLever), "GET /api/coin/trays": d.serveTrays,
		"POST /api/paper/take": bare(d.takePaper), "GET /api/printer/sheets": d.serveSheets,
		"GET /api/printer/sheets/{id}/{side}": d.serveSheet,
		"POST /api/staff":                     d.staff, "POST /api/refund": d.refund, "POST /api/power": d.power,
		"GET /api/clock": d.serveClock, "POST /api/clock": d.setClock, "GET /api/devices": d.serveDevices,
		"GET /api/faults": d.serveFaults, "GET /api/fault/kinds": d.serveFaultKinds,
		"POST /api/fault": d.addFault, "DELETE /api/fault/{id}": bare(d.removeFault),
	} {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
			if err := serve(w, r); err != nil {
				e := explain(err)
				status := statusOf[e.Code]
				if status == 0 {
					status = http.StatusInternalServerError
				}
				fail(w, status, e)
			}
		})
	}
	mux.HandleFunc("/api/", func(w http.ResponseWriter, r *http.Request) {
		fail(w, http.StatusNotFound, Error{
			"unknown", "the desk has no " + r.Method + " " + r.URL.Path, "see docs/desk.md for the list",
		})
	})
	mux.Handle("/", page())
	return mux
}

// apiVersion grows when a call changes its meaning; new calls and new fields do not count.
const apiVersion = 1

func (d *Desk) serveVersion(w http.ResponseWriter, _ *http.Request) error {
	return answer(w, map[string]any{"name": "kioskd desk", "api": apiVersion, "bench": true})
}
