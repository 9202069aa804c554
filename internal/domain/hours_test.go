package domain

import (
	"testing"
	"time"
)

func TestHoursAreThoseOfTheJapaneseDay(t *testing.T) {
	h, err := ParseHours("06:30", "23:00")
	if err != nil {
		t.Fatal(err)
	}
	for clock, want := range map[string]bool{
		"2026-11-24T21:29:59Z": false, "2026-11-24T21:30:00Z": true, "2026-11-25T03:00:00Z": true,
		"2026-11-25T13:59:59Z": true, "2026-11-25T14:00:00Z": false, "2026-11-25T20:00:00Z": false,
	} {
		at, err := time.Parse(time.RFC3339, clock)
		if err != nil {
			t.Fatal(err)
		}
		if h.At(at) != want {
			t.Errorf("%s: open %v", clock, !want)
		}
	}
	if all, err := ParseHours("00:00", "24:00"); err != nil || !all.At(time.Now()) || !(Hours{}).At(time.Now()) {
		t.Errorf("all day: %+v, %v", all, err)
	}
}

func TestHoursThatAreNoneAreRefused(t *testing.T) {
	for _, bad := range [][2]string{
		{"", "23:00"},
		{"6:30", "23:00"},
		{"06:60", "23:00"},
		{"06:30", "24:01"},
		{"23:00", "06:30"},
		{"06:30", "06:30"},
		{"06:30x", "23:00"},
		{"-1:30", "23:00"},
		{"aa:bb", "23:00"},
	} {
		if h, err := ParseHours(bad[0], bad[1]); err == nil {
			t.Errorf("%q was read as %+v", bad, h)
		}
	}
}
