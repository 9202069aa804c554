package session

import (
	"fmt"
	"io"
	"strings"
)

// WriteDoc prints the machine: a diagram for each phase and the whole table. It is docs/session.md.
func WriteDoc(w io.Writer) error {
	d := &docWriter{w: w}
	d.printf("# The session, state by state\n\nMade by `go generate ./internal/terminal/session`; do not edit. " +
		"Each cell says what an event does in a state: **own** cells stand in the state's row, *default* cells in the " +
		"column's. Columns about money, printing and time-outs have no default.\n")
	for p := range numPhases {
		d.phase(p)
	}
	d.printf("\n## The whole table\n")
	for s := range numStates {
		d.state(s)
	}
	return d.err
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

func (d *docWriter) phase(p Phase) {
	d.printf("\n## Phase %s\n\n```mermaid\nstateDiagram-v2\n", p)
	for s := range numStates {
		if states[s].phase != p {
			continue
		}
		for k := range numKinds {
			for _, b := range rows[s][k] {
				if b.next != same {
					d.printf("  %s --> %s: %s%s\n", s, b.next, k, condition(b))
				}
			}
		}
	}
	d.printf("```\n")
}

func condition(b branch) string {
	if b.when.ok == nil {
		return ""
	}
	return " [" + strings.ReplaceAll(b.when.name, ":", "") + "]"
}

func (d *docWriter) state(s State) {
	info := states[s]
	d.printf("\n### %s\n\nScreen `%s`. ", s, info.screen)
	if info.idle > 0 {
		d.printf("%d s without a touch, then %d s of countdown.", info.idle, countdown)
	} else {
		d.printf("Time limit %d s.", info.act)
	}
	d.printf(" May be cancelled: %s. Money may be held: %s. Personal data may be held: %s.\n\n",
		yes(info.cancel), yes(info.money), yes(info.personal))
	d.printf("| Event | | When | Does | Then |\n|---|---|---|---|---|\n")
	for k := range numKinds {
		cell, mark := rows[s][k], "own"
		if cell == nil {
			cell, mark = every[k], "default"
		}
		for _, b := range cell {
			d.printf("| %s | %s | %s | %s | %s |\n", k, mark, b.when.name, does(b), then(s, b))
		}
	}
}

func does(b branch) string {
	names := make([]string, len(b.do))
	for i, a := range b.do {
		names[i] = a.name
	}
	return strings.Join(names, ", ")
}

func then(s State, b branch) string {
	if b.next == same || b.next == s {
		if b.why != "" {
			return "stays: " + b.why
		}
		return "stays"
	}
	return b.next.String()
}

func yes(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}
