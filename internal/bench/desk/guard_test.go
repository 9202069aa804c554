package desk

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestX27_strangers_are_refused(t *testing.T) {
	_, things, server := newDesk(t)
	own := strings.TrimPrefix(server.URL, "http://")
	_, portNumber, _ := strings.Cut(own, ":")
	for name, c := range map[string]struct {
		header []string
		code   string
	}{
		"another host":          {[]string{"Host", "evil.example:" + portNumber}, "wrong_host"},
		"no port":               {[]string{"Host", "127.0.0.1"}, "wrong_host"},
		"another origin":        {[]string{"Origin", "http://evil.example"}, "wrong_origin"},
		"another port":          {[]string{"Origin", "http://127.0.0.1:1"}, "wrong_origin"},
		"a file":                {[]string{"Origin", "null"}, "wrong_origin"},
		"https of the same":     {[]string{"Origin", "https://" + own}, "wrong_origin"},
		"a cross-site request":  {[]string{"Sec-Fetch-Site", "cross-site"}, "wrong_origin"},
		"another port's script": {[]string{"Sec-Fetch-Site", "same-site"}, "wrong_origin"},
	} {
		status, body := ask(t, "POST", server.URL+"/api/card/insert", `{"card":"hanako"}`, c.header...)
		if codeOf(t, body) != c.code || status != http.StatusForbidden {
			t.Errorf("%s: %d %s", name, status, body)
		}
	}
	if things.Card() != "" {
		t.Error("a stranger has put a card on the reader")
	}
	for name, header := range map[string][]string{
		"own origin": {"Origin", server.URL}, "localhost": {"Host", "localhost:" + portNumber},
		"a script": {}, "own page": {"Sec-Fetch-Site", "same-origin"},
	} {
		if status, body := ask(t, "GET", server.URL+"/api/cards", "", header...); status != 200 {
			t.Errorf("%s: %d %s", name, status, body)
		}
	}
}

func TestX27_only_this_machine_is_served(t *testing.T) {
	d := New(Parts{})
	r := httptest.NewRequest("GET", "http://127.0.0.1:1/api/version", nil)
	r.RemoteAddr = "192.0.2.7:4711"
	w := httptest.NewRecorder()
	d.Handler("127.0.0.1:1").ServeHTTP(w, r)
	if w.Code != http.StatusForbidden || codeOf(t, w.Body.String()) != "not_loopback" {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}
