package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/kioskd/kioskd/internal/terminal/session"
)

// writeDoc prints the machine: a diagram for each phase and the whole table. It is docs/session.md.
func writeDoc(w io.Writer) error {
	d := &docWriter{w: w}
	d.printf("# The session, state by state\n\nMade by `go generate ./internal/terminal/session`; do not edit. " +
		"Each cell says what an event does in a state: **own** cells stand in the state's row, *default* cells in the " +
		"column's. Columns about money, printing and time-outs have no default.\n")
	for p := range session.Phase(session.NumPhases) {
		d.phase(p)
	}
	d.overlays()
	d.printf("\n## The whole table\n")
	for s := range session.State(session.NumStates) {
		d.state(s)
	}
	return d.declared()
}

// overlays prints what comes before the table.
func (d *docWriter) overlays() {
	d.printf("\n## What lies over a screen\n\nBefore the table is asked: in the countdown any touch goes on, and `End` " +
		"is the time-out; a touch that is not of the overlay only starts the screen's time anew; and `Cancel` asks once in ")
	var asks []string
	for s := range session.State(session.NumStates) {
		if s.Asks() {
			asks = append(asks, s.String())
		}
	}
	d.printf("%s. A touch that meets nothing (`Somebody`) makes no act longer.\n\n| Overlay | Its touches |\n|---|---|\n",
		strings.Join(asks, ", "))
	for o := session.Overlay(1); int(o) < session.NumOverlays; o++ {
		var own []string
		for _, k := range o.Through() {
			own = append(own, k.String())
		}
		d.printf("| %s | %s |\n", o, strings.Join(own, ", "))
	}
}

type docWriter struct {
	w   io.Writer
	err error
}

func (d *docWriter) printf(format string, args ...any) {
	if d.err == nil {
		_, d.err = fmt.Fprintf(d.w, format, args...)
	}
}

func (d *docWriter) phase(p session.Phase) {
	d.printf("\n## Phase %s\n\n```mermaid\nstateDiagram-v2\n", p)
	for s := range session.State(session.NumStates) {
		if s.Phase() != p {
			continue
		}
		for _, b := range s.Branches() {
			if !b.Stays {
				d.printf("  %s --> %s: %s%s\n", s, b.Next, b.Event, condition(b))
			}
		}
	}
	d.printf("```\n")
}

func condition(b session.Branch) string {
	if b.When == "" {
		return ""
	}
	return " [" + strings.ReplaceAll(b.When, ":", "") + "]"
}

func (d *docWriter) state(s session.State) {
	f := s.Facts()
	d.printf("\n### %s\n\nScreen `%s`. ", s, s.Screen())
	if f.Idle > 0 {
		d.printf("%d s without a touch, then %d s of countdown.", f.Idle, session.Countdown)
	} else {
		d.printf("Time limit %d s.", f.Act)
	}
	d.printf(" May be cancelled: %s. Money may be held: %s. Personal data may be held: %s.\n\n",
		yes(f.Cancel), yes(f.Money), yes(f.Personal))
	d.printf("| Event | | When | Does | Then |\n|---|---|---|---|---|\n")
	for _, b := range s.Branches() {
		mark := "default"
		if b.Own {
			mark = "own"
		}
		d.printf("| %s | %s | %s | %s | %s |\n", b.Event, mark, b.When, strings.Join(b.Does, ", "), then(b))
	}
}

func then(b session.Branch) string {
	switch {
	case b.Stays && b.Why != "":
		return "stays: " + b.Why
	case b.Stays:
		return "stays"
	default:
		return b.Next.String()
	}
}

func yes(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}
