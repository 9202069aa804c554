package sheet

import (
	"image"
	"math"
)

// A stroke is a line through points of a square of 100 × 100, drawn with a round pen.
type stroke []image.Point

// pen is the pen's width in the same units.
const pen = 8

// strokes are the four characters the kiosk itself writes, as heavy strokes, so that no font file is needed.
var strokes = map[rune][]stroke{
	'複': {
		{{19, 4}, {27, 14}},
		{{6, 24}, {36, 24}, {24, 44}, {5, 62}},
		{{22, 48}, {22, 96}},
		{{36, 42}, {27, 52}},
		{{26, 54}, {38, 66}},
		{{56, 3}, {43, 24}},
		{{52, 14}, {94, 14}},
		{{54, 27}, {54, 58}},
		{{54, 27}, {87, 27}, {87, 58}},
		{{54, 42}, {87, 42}},
		{{54, 57}, {87, 57}},
		{{63, 60}, {56, 70}, {43, 80}},
		{{58, 69}, {85, 69}, {70, 85}, {42, 96}},
		{{57, 74}, {72, 88}, {95, 96}},
	},
	'写': {
		{{8, 8}, {6, 27}},
		{{8, 9}, {93, 9}, {88, 24}},
		{{35, 20}, {29, 52}, {80, 52}, {76, 90}, {68, 95}, {56, 91}},
		{{33, 36}, {78, 36}},
		{{5, 70}, {64, 70}},
	},
	'見': {
		{{26, 6}, {26, 61}},
		{{26, 6}, {74, 6}, {74, 61}},
		{{26, 24}, {74, 24}},
		{{26, 42}, {74, 42}},
		{{26, 60}, {74, 60}},
		{{40, 62}, {36, 78}, {26, 89}, {8, 95}},
		{{60, 62}, {60, 88}, {66, 93}, {86, 93}, {91, 88}, {92, 77}},
	},
	'本': {
		{{7, 27}, {93, 27}},
		{{50, 4}, {50, 97}},
		{{48, 29}, {30, 56}, {6, 77}},
		{{52, 29}, {70, 56}, {94, 77}},
		{{30, 76}, {70, 76}},
	},
}

// inked reports whether the point x, y of the square lies under the pen.
func inked(char rune, x, y float64) bool {
	for _, s := range strokes[char] {
		for i := range len(s) - 1 {
			if distance(x, y, s[i], s[i+1]) <= pen/2 {
				return true
			}
		}
	}
	return false
}

// distance is that of a point from a piece of a stroke.
func distance(x, y float64, a, b image.Point) float64 {
	ax, ay := float64(a.X), float64(a.Y)
	dx, dy := float64(b.X)-ax, float64(b.Y)-ay
	t := ((x-ax)*dx + (y-ay)*dy) / (dx*dx + dy*dy)
	t = min(max(t, 0), 1)
	return math.Hypot(x-ax-t*dx, y-ay-t*dy)
}

// word writes characters of the given size side by side.
func (p *Picture) word(text string, at image.Point, size int) {
	for i, char := range []rune(text) {
		for dy := range size {
			for dx := range size {
				if inked(char, float64(dx)*100/float64(size), float64(dy)*100/float64(size)) {
					p.set(at.X+i*size+dx, at.Y+dy)
				}
			}
		}
	}
}
