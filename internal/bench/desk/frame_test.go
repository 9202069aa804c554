package desk

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"
)

// coins is a kiosk whose picture changes while its generation stays: a coin fell, a digit was pressed.
type coins struct {
	panel
	picture string
}

func (c *coins) Frame(context.Context) ([]byte, uint64, error) { return []byte(c.picture), 7, nil }

func TestScreen_png_is_sent_once_a_picture(t *testing.T) {
	kiosk := &coins{picture: "0 yen"}
	server := httptest.NewUnstartedServer(nil)
	server.Config.Handler = New(Parts{Kiosk: kiosk}).Handler(server.Listener.Addr().String())
	server.Start()
	t.Cleanup(server.Close)
	answer, err := http.Get(server.URL + "/api/screen.png")
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	tag := answer.Header.Get("ETag")
	if answer.StatusCode != 200 || tag == "" {
		t.Fatalf("%d, tag %q", answer.StatusCode, tag)
	}
	if status, _ := ask(t, "GET", server.URL+"/api/screen.png", "", "If-None-Match", tag); status != 304 {
		t.Errorf("the same picture again: %d", status)
	}
	kiosk.picture = "100 yen"
	if status, body := ask(t, "GET", server.URL+"/api/screen.png", "", "If-None-Match", tag); status != 200 ||
		body != "100 yen" {
		t.Errorf("another picture of the same generation: %d %q", status, body)
	}
}
