package main

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/kioskd/kioskd/internal/bench/coin"
	"github.com/kioskd/kioskd/internal/bench/coin/trouble"
	"github.com/kioskd/kioskd/internal/bench/desk"
)

// TestKinds_of_faults_are_what_the_desk_takes reads the table as the page does and posts each kind with its least
// values; one value beyond is refused.
func TestKinds_of_faults_are_what_the_desk_takes(t *testing.T) {
	machine := coin.New(coin.Defaults())
	d := desk.New(desk.Parts{Faults: map[string]desk.Faults{"coin": vendor{machine}}})
	const host = "127.0.0.1:8"
	call := func(method, path, body string) (int, string) {
		r := httptest.NewRequest(method, "http://"+host+path, strings.NewReader(body))
		r.RemoteAddr = "127.0.0.1:9"
		w := httptest.NewRecorder()
		d.Handler(host).ServeHTTP(w, r)
		return w.Code, w.Body.String()
	}
	_, text := call(http.MethodGet, "/api/fault/kinds", "")
	var seen struct{ Kinds map[string][]trouble.Kind }
	if err := json.Unmarshal([]byte(text), &seen); err != nil || len(seen.Kinds["coin"]) != len(trouble.Kinds) {
		t.Fatalf("%d kinds: %v", len(seen.Kinds["coin"]), err)
	}
	for _, k := range seen.Kinds["coin"] {
		fault := map[string]any{"do": k.Do}
		for _, p := range k.Takes {
			switch {
			case len(k.OneOf) > 0 && p.Name != k.OneOf[0]:
			case p.Text:
				fault[p.Name] = "00"
			case p.Name == "device":
				fault[p.Name] = 2
			case len(p.Of) > 0:
				fault[p.Name] = p.Of[0]
			case p.Name == "pieces":
				fault[p.Name] = 1
			default:
				fault[p.Name] = p.Least
			}
		}
		post := func() (int, string) {
			body, err := json.Marshal(map[string]any{"part": "coin", "fault": fault})
			if err != nil {
				t.Fatal(err)
			}
			return call(http.MethodPost, "/api/fault", string(body))
		}
		if code, answer := post(); code != http.StatusOK {
			t.Errorf("%v: %d %s", fault, code, answer)
		}
		fault["nth"] = 1
		if code, answer := post(); code != http.StatusBadRequest {
			t.Errorf("%v: %d %s", fault, code, answer)
		}
	}
	for n := range machine.Faults() {
		machine.ClearFault(n)
	}
}
