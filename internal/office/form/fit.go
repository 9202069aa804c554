package form

import "strings"

// Overflow (server.md §8): shrink to 70 % of the nominal size in 5 % steps, then two lines, then continue in 備考;
// beyond that TextTooLong. Never cut.
const (
	smallest    = 0.70
	shrinkStep  = 0.05
	shrinkSteps = 6 // 1.00 … 0.70
	mostLines   = 2
)

// continued marks a text that goes on in 備考.
const continued = "※"

// measure gives the width of a text, in em.
type measure func(string) float64

// fitted is a text as it goes into its cell.
type fitted struct {
	size  float64 // mm
	lines []string
	rest  string // what has to go on in 備考; "" where all stands in lines
}

// fit sets a text of a nominal size (mm) into a width (mm).
func fit(text string, width, size float64, m measure) fitted {
	natural := m(text) * size
	for i := range shrinkSteps + 1 {
		scale := 1 - shrinkStep*float64(i)
		if natural*scale <= width {
			return fitted{size: size * scale, lines: []string{text}}
		}
	}
	size *= smallest
	room := width / size // em
	first, rest := take(text, room, m)
	second, beyond := take(rest, room, m)
	if beyond == "" {
		return fitted{size: size, lines: []string{first, second}}
	}
	second, beyond = take(rest, room-m(continued), m)
	return fitted{size: size, lines: []string{first, second + continued}, rest: beyond}
}

// take gives as much of a text as fits the room and the rest. Where the break would fall inside a Latin word, the line
// ends at the last space before it. A unit is never split.
func take(text string, room float64, m measure) (line, rest string) {
	if m(text) <= room {
		return text, ""
	}
	all := units(text)
	n, width := 0, 0.0
	for n < len(all) {
		width += m(all[n])
		if width > room {
			break
		}
		n++
	}
	if n > 0 && n < len(all) && isLatin(all[n-1]) && isLatin(all[n]) {
		for i := n - 1; i > 0; i-- {
			if all[i] == " " {
				return strings.Join(all[:i], ""), strings.Join(all[i+1:], "")
			}
		}
	}
	return strings.Join(all[:n], ""), strings.TrimLeft(strings.Join(all[n:], ""), " ")
}

func isLatin(unit string) bool { return unit != "" && unit[0] < 0x80 && unit != " " }
