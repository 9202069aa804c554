package desk

import (
	"slices"
	"testing"
)

func TestKeys_enter_waits_until_the_last_digit_is_seen(t *testing.T) {
	kiosk, _, server := newDesk(t)
	onAgree(t, kiosk, server)
	pressed := []string{"1", "2", "3", "4", "enter"}
	for _, key := range pressed {
		if status, body := ask(t, "POST", server.URL+"/api/key", `{"key":"`+key+`"}`); status != 200 {
			t.Fatal(body)
		}
	}
	if !slices.Equal(kiosk.keys, pressed) {
		t.Errorf("pressed %v", kiosk.keys)
	}
}
