package desk

import (
	"net/http"
	"strconv"
	"sync"
	"time"
)

// maxLines is how many lines the event log keeps.
const maxLines = 500

// Line is one line of the desk's event log.
type Line struct {
	N    uint64    `json:"n"` // counts from 1
	At   time.Time `json:"at"`
	What string    `json:"what"` // e.g. "card.insert"
	Text string    `json:"text"`
}

// journal is the desk's event log.
type journal struct {
	changed func()

	mu    sync.Mutex
	last  uint64
	lines []Line
}

func (j *journal) add(what, text string) {
	j.mu.Lock()
	j.last++
	j.lines = append(j.lines, Line{j.last, time.Now(), what, text})
	if len(j.lines) > maxLines {
		j.lines = j.lines[len(j.lines)-maxLines:]
	}
	j.mu.Unlock()
	j.changed()
}

// since gives the lines after n.
func (j *journal) since(n uint64) []Line {
	j.mu.Lock()
	defer j.mu.Unlock()
	lines := []Line{}
	for _, l := range j.lines {
		if l.N > n {
			lines = append(lines, l)
		}
	}
	return lines
}

func (d *Desk) serveLog(w http.ResponseWriter, r *http.Request) error {
	after, err := strconv.ParseUint(orZero(r.FormValue("after")), 10, 64)
	if err != nil {
		return bad("after is the number of a line")
	}
	return answer(w, map[string]any{"lines": d.log.since(after)})
}
