package domain

import (
	"fmt"
	"time"
)

// Hours are the hours of a day in which a service is offered, in minutes of the Japanese day: Open ≤ minute < Close.
// The zero value is all day.
type Hours struct{ Open, Close int }

// ParseHours reads two times of a day, "06:30" and "23:00"; the second may be "24:00".
func ParseHours(from, until string) (h Hours, err error) {
	for text, into := range map[string]*int{"open " + from: &h.Open, "close " + until: &h.Close} {
		var name string
		var hour, minute int
		if _, err := fmt.Sscanf(text, "%s %2d:%2d", &name, &hour, &minute); err != nil || hour < 0 || minute < 0 ||
			minute > 59 || hour*60+minute > 24*60 || len(text) != len(name)+len(" 00:00") {
			return Hours{}, fmt.Errorf("domain: %q is not a time of the day like 06:30", text)
		}
		*into = hour*60 + minute
	}
	if h.Open >= h.Close {
		return Hours{}, fmt.Errorf("domain: a service that closes at %s cannot open at %s", until, from)
	}
	return h, nil
}

// At reports whether the service is offered at an instant.
func (h Hours) At(t time.Time) bool {
	if h == (Hours{}) {
		return true
	}
	local := t.In(tokyo)
	minute := local.Hour()*60 + local.Minute()
	return h.Open <= minute && minute < h.Close
}
