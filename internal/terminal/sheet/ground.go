package sheet

import (
	"image"
	"math"
	"sync"

	"github.com/kioskd/kioskd/internal/paper/raster"
)

// The copy-deterrent ground: fine dots all over, and the word 複写 in coarse dots of the same tone. A copier loses the
// fine dots and keeps the coarse ones, so that the word comes out (antitamper §7.1).
const (
	top    = 400  // 16.9 mm
	bottom = 6600 // 279.4 mm

	fineCell   = 8  // pixels; two dots a cell, a lattice at 45°, 106 lines an inch
	fineDot    = 2  // pixels square
	coarseCell = 20 // pixels; 42 lines an inch
	// coarseDot is how many pixels make a coarse dot. By ink alone 25 would equal the fine dots; but a laser's spot is
	// about as large as a fine dot, which therefore comes out smaller than drawn, and on paper 18 equals it (the model is
	// in the tests). Each printer's own calibration will take its place.
	coarseDot = 18

	wordSize  = 28.0 // mm of one character; the pen is 2.2 mm
	wordPitch = 70.0 // mm along the line
	linePitch = 42.0 // mm between lines
	wordTurn  = 30.0 // degrees
	pixelMM   = 25.4 / raster.DPI
)

// Two grounds: each is the same on every sheet and holds nothing of anybody. A kiosk makes one of them.
var (
	plainGround  = sync.OnceValue(func() *Picture { return newGround(coarseDot) })
	sampleGround = sync.OnceValue(func() *Picture {
		const size = 600 // 25 mm
		p := newGround(coarseDot)
		box := image.Rect(right-2*size-200, top+100, right-100, top+size+200)
		p.box(box, true)
		p.box(box.Inset(12), false)
		p.word("見本", box.Min.Add(image.Pt(50, 50)), size)
		return p
	})
)

// newGround draws the pattern with coarse dots of so many pixels.
func newGround(dot int) *Picture {
	p := new(Picture)
	p.clear()
	word := newWordMask()
	lattice(fineCell, func(x, y int) {
		if !word.at(x, y) {
			for i := range fineDot * fineDot {
				p.set(x+i%fineDot, y+i/fineDot)
			}
		}
	})
	cluster := growth(dot)
	lattice(coarseCell, func(x, y int) {
		if word.at(x, y) {
			for _, c := range cluster {
				p.set(x+c[0], y+c[1])
			}
		}
	})
	return p
}

// lattice visits the points of a lattice at 45°: two a cell.
func lattice(cell int, visit func(x, y int)) {
	for y := top; y < bottom; y += cell / 2 {
		x := left
		if (y-top)/(cell/2)%2 == 1 {
			x += cell / 2
		}
		for ; x < right; x += cell {
			visit(x, y)
		}
	}
}

// growth gives the n pixels of a coarse dot, from its centre outward.
func growth(n int) [][2]int {
	var dot [][2]int
	for ring := 0.0; len(dot) < n; ring += 0.25 { // bounded: the area grows with every ring
		for y := -4; y <= 4; y++ {
			for x := -4; x <= 4; x++ {
				d := math.Hypot(float64(x)+0.4, float64(y)+0.3) // off the centre, so that no two are equally far
				if d >= ring && d < ring+0.25 && len(dot) < n {
					dot = append(dot, [2]int{x, y})
				}
			}
		}
	}
	return dot
}

// wordMask is one tile of the repeated word, a bit for each quarter of a millimetre.
type wordMask struct {
	w, h int
	ink  []bool
	cos  float64
	sin  float64
}

const maskStep = 0.25 // mm

func newWordMask() *wordMask {
	m := &wordMask{
		w: int(wordPitch / maskStep), h: int(linePitch / maskStep),
		cos: math.Cos(wordTurn * math.Pi / 180), sin: math.Sin(wordTurn * math.Pi / 180),
	}
	m.ink = make([]bool, m.w*m.h)
	for i := range m.ink {
		u, v := float64(i%m.w)*maskStep, float64(i/m.w)*maskStep
		char, x := '複', u
		if u >= wordSize {
			char, x = '写', u-wordSize
		}
		m.ink[i] = inked(char, x*100/wordSize, v*100/wordSize)
	}
	return m
}

// at reports whether a pixel belongs to a word. Words rise to the right; every second line is moved by half a pitch.
func (m *wordMask) at(x, y int) bool {
	mx, my := float64(x)*pixelMM, float64(y)*pixelMM
	u, v := mx*m.cos-my*m.sin, mx*m.sin+my*m.cos
	line := math.Floor(v / linePitch)
	u += wordPitch / 2 * math.Mod(math.Abs(line), 2)
	i, j := int(math.Floor(u/maskStep))%m.w, int((v-line*linePitch)/maskStep)
	if i < 0 {
		i += m.w
	}
	return m.ink[min(j, m.h-1)*m.w+i]
}
