package sheet

import (
	"image"
	"image/color"
	"image/png"
	"math"
	"os"
	"path/filepath"
	"testing"
)

// A plane is a field of darkness, 0 paper to 1 ink.
type plane struct {
	w, h int
	dark []float64
}

// crop takes a window of a picture, each pixel as n × n.
func crop(p *Picture, r image.Rectangle, n int) plane {
	out := plane{r.Dx() * n, r.Dy() * n, make([]float64, r.Dx()*n*r.Dy()*n)}
	for y := range out.h {
		row := p.row(r.Min.Y + y/n)
		for x := range out.w {
			px := r.Min.X + x/n
			out.dark[y*out.w+x] = float64(row[px>>3] >> (7 - px&7) & 1)
		}
	}
	return out
}

// blurred spreads a plane by a Gaussian.
func (p plane) blurred(sigma float64) plane {
	reach := int(3*sigma) + 1
	kernel, sum := make([]float64, 2*reach+1), 0.0
	for i := range kernel {
		kernel[i] = math.Exp(-float64((i-reach)*(i-reach)) / (2 * sigma * sigma))
		sum += kernel[i]
	}
	once := func(from []float64, step, size int) []float64 {
		to := make([]float64, len(from))
		for i := range from {
			at := i / step % size
			for k, weight := range kernel {
				if j := at + k - reach; j >= 0 && j < size {
					to[i] += weight / sum * from[i+(k-reach)*step]
				}
			}
		}
		return to
	}
	return plane{p.w, p.h, once(once(p.dark, 1, p.w), p.w, p.h)}
}

// over makes ink where the darkness is above a level; the edge between is soft by half a width each way.
func (p plane) over(level, width float64) plane {
	out := plane{p.w, p.h, make([]float64, len(p.dark))}
	for i, v := range p.dark {
		out.dark[i] = min(1, max(0, (v-level)/(2*width)+0.5))
	}
	return out
}

// printed is a laser printer: a spot with a sigma of 0.8 pixel, and toner where the charge is above 0.4. It makes 18
// pixels in a cell of 20, and 26 in one of 24, equal to the fine dots.
func (p plane) printed(perPixel float64) plane { return p.blurred(0.8*perPixel).over(0.4, 0.05) }

// copied is a copier set to text: blurred by 1.3 pixels, then black or white.
func (p plane) copied(perPixel float64) plane { return p.blurred(1.3*perPixel).over(0.45, 0.01) }

// tones are the mean darkness of the ground and of the word, away from the edge between them.
func tones(p plane, at image.Point, perPixel int) (ground, word float64) {
	mask := newWordMask()
	const clear = 16 // pixels
	var dark, all [2]float64
	for y := range p.h {
		for x := range p.w {
			px, py := at.X+x/perPixel, at.Y+y/perPixel
			in := mask.at(px, py)
			if in != mask.at(px-clear, py) || in != mask.at(px+clear, py) || in != mask.at(px, py-clear) ||
				in != mask.at(px, py+clear) {
				continue
			}
			all[boolInt(in)]++
			dark[boolInt(in)] += p.dark[y*p.w+x]
		}
	}
	return dark[0] / all[0], dark[1] / all[1]
}

// window shows a large part of one word; fineness is how many parts of a pixel the models look at.
var window = image.Rect(1150, 2400, 1750, 2900)

const fineness = 4

func TestGroundHasTheTonesOfTheReference(t *testing.T) {
	g := plainGround()
	if fine, coarse := tones(crop(g, window, 1), window.Min, 1); math.Abs(fine-0.125) > 0.003 ||
		math.Abs(coarse-0.09) > 0.004 {
		t.Errorf("ground %.4f, word %.4f of ink", fine, coarse)
	}
}

func TestWordIsHiddenOnTheOriginal(t *testing.T) {
	for dot, hidden := range map[int]bool{coarseDot: true, coarseDot + 12: false} {
		g := newGround(dot)
		ground, word := tones(crop(g, window, fineness).printed(fineness), window.Min, fineness)
		if diff := math.Abs(ground - word); (diff <= 0.005) != hidden {
			t.Errorf("dots of %d: ground %.4f, word %.4f", dot, ground, word)
		}
	}
}

// A copy shows the word and loses the ground. The picture is kept to be looked at.
func TestCopyShowsTheWord(t *testing.T) {
	g := plainGround()
	sheet := crop(g, window, fineness).printed(fineness)
	if r := likeness(sheet, window.Min); math.Abs(r) > 0.3 {
		t.Errorf("control: the original itself is like the word by %.2f", r)
	}
	page := sheet.copied(fineness)
	ground, word := tones(page, window.Min, fineness)
	if word-ground < 0.04 || ground > 0.01 {
		t.Errorf("on a copy the ground is %.3f dark, the word %.3f", ground, word)
	}
	if r := likeness(page, window.Min); r < 0.5 {
		t.Errorf("the copy is like the word by %.2f", r)
	}
	keep(t, "original.png", sheet)
	keep(t, "copy.png", page)
}

// likeness is the correlation of darkness with the word, both as means of 1 mm.
func likeness(p plane, at image.Point) float64 {
	const cell = 24 * fineness
	mask := newWordMask()
	var n, sa, sb, saa, sbb, sab float64
	for cy := 0; cy+cell <= p.h; cy += cell {
		for cx := 0; cx+cell <= p.w; cx += cell {
			var a, b float64
			for i := range cell * cell {
				x, y := cx+i%cell, cy+i/cell
				a += p.dark[y*p.w+x]
				b += float64(boolInt(mask.at(at.X+x/fineness, at.Y+y/fineness)))
			}
			n, sa, sb, saa, sbb, sab = n+1, sa+a, sb+b, saa+a*a, sbb+b*b, sab+a*b
		}
	}
	return (n*sab - sa*sb) / math.Sqrt((n*saa-sa*sa)*(n*sbb-sb*sb))
}

func keep(t *testing.T, name string, p plane) {
	t.Helper()
	img := image.NewGray(image.Rect(0, 0, p.w, p.h))
	for i, v := range p.dark {
		img.Pix[i] = color.Gray{Y: byte(255 - 255*v)}.Y
	}
	f, err := os.Create(filepath.Join(t.ArtifactDir(), name))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := png.Encode(f, img); err != nil {
		t.Fatal(err)
	}
}
