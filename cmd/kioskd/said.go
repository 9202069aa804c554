//go:build bench

package main

import (
	"strings"
	"sync"

	"github.com/kioskd/kioskd/internal/bench/port"
	"github.com/kioskd/kioskd/ui"
	"github.com/kioskd/kioskd/ui/node"
)

// kept is how many lines of what was said a bench build remembers.
const kept = 512

// ear stands between the screen and the voice of a bench build, and writes down what is said for the desk. What is
// private stays out of it.
type ear struct {
	voice ui.Voice // nil: there is no loudspeaker

	mu    sync.Mutex
	lines []port.Said
	last  uint64
}

var (
	_ ui.Voice = (*ear)(nil)
	_ ui.Queue = (*ear)(nil)
)

func (e *ear) note(what, text string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.last++
	e.lines = append(e.lines, port.Said{N: e.last, What: what, Text: text})
	if len(e.lines) > kept {
		e.lines = append(e.lines[:0], e.lines[len(e.lines)-kept:]...)
	}
}

// Say notes and says.
func (e *ear) Say(v node.Voice, headphones bool, phrases []node.Phrase) {
	e.note(port.SaidNow, heard(phrases))
	if e.voice != nil {
		e.voice.Say(v, headphones, phrases)
	}
}

// Then notes, and says where the voice can wait.
func (e *ear) Then(v node.Voice, headphones bool, phrases []node.Phrase) {
	e.note(port.SaidThen, heard(phrases))
	if q, ok := e.voice.(ui.Queue); ok {
		q.Then(v, headphones, phrases)
	}
}

// Chime notes and plays.
func (e *ear) Chime(name string) {
	e.note(port.SaidChime, name)
	if e.voice != nil {
		e.voice.Chime(name)
	}
}

// Stop notes an end of something that was said, and stops.
func (e *ear) Stop() {
	e.mu.Lock()
	speaking := len(e.lines) > 0 && e.lines[len(e.lines)-1].What != port.SaidStop
	e.mu.Unlock()
	if speaking {
		e.note(port.SaidStop, "")
	}
	if e.voice != nil {
		e.voice.Stop()
	}
}

// said lists the lines after a number.
func (e *ear) said(after uint64) []port.Said {
	e.mu.Lock()
	defer e.mu.Unlock()
	for i, l := range e.lines {
		if l.N > after {
			return append([]port.Said(nil), e.lines[i:]...)
		}
	}
	return nil
}

func heard(phrases []node.Phrase) string {
	var parts []string
	for _, p := range phrases {
		if p.Private {
			p.Text = "[private]"
		}
		parts = append(parts, p.Text)
	}
	return strings.Join(parts, " ")
}
