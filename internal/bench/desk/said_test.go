package desk

import (
	"strings"
	"testing"
)

func TestWhatWasSaidIsListedAfterANumber(t *testing.T) {
	_, _, server := newDesk(t)
	for query, want := range map[string]string{
		"":         `{"said":[{"n":1,"what":"say","text":"ようこそ"},{"n":2,"what":"stop","text":""}]}`,
		"?after=1": `{"said":[{"n":2,"what":"stop","text":""}]}`,
		"?after=2": `{"said":[]}`,
	} {
		if status, body := ask(t, "GET", server.URL+"/api/said"+query, ""); status != 200 || strings.TrimSpace(body) != want {
			t.Errorf("%q: %d %s, want %s", query, status, body, want)
		}
	}
	if status, _ := ask(t, "GET", server.URL+"/api/said?after=x", ""); status != 400 {
		t.Errorf("a number that is none: %d", status)
	}
}
