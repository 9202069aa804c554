package paint

import (
	"fmt"
	"strconv"

	"golang.org/x/image/vector"
)

// path reads the commands of an SVG path (SVG 1.1 §8.3) that our symbols use: M L H V Q T C Z and their relative
// forms. Arcs and S do not occur in them and are refused.
type path struct {
	z     *vector.Rasterizer
	text  string
	scale float32

	x, y           float32 // pen, in units of the view box
	startX, startY float32 // of the open contour
	ctrlX, ctrlY   float32 // last control point of Q or T, else the pen
}

// drawPath sends the path to the rasteriser. The view box begins 960 units above the origin (Material Symbols).
func drawPath(z *vector.Rasterizer, text string, scale float32) error {
	p := &path{z: z, text: text, scale: scale}
	var command byte
	for p.skip(); p.text != ""; p.skip() { // bound: each turn takes a command or fails
		if c := p.text[0]; c >= 'A' {
			command, p.text = c, p.text[1:]
		}
		if err := p.run(command); err != nil {
			return err
		}
		switch command { // further pairs after a move are lines
		case 'M':
			command = 'L'
		case 'm':
			command = 'l'
		case 'Z', 'z': // takes no numbers: what follows must be a command
			command = 0
		}
	}
	z.ClosePath()
	return nil
}

func (p *path) run(command byte) error {
	dx, dy := float32(0), float32(0)
	if command >= 'a' {
		dx, dy = p.x, p.y
	}
	switch command &^ 0x20 {
	case 'Z':
		p.z.ClosePath()
		p.to(p.startX, p.startY)
		return nil
	case 'H':
		v, err := p.numbers(1)
		p.line(v[0]+dx, p.y)
		return err
	case 'V':
		v, err := p.numbers(1)
		p.line(p.x, v[0]+dy)
		return err
	case 'M':
		v, err := p.numbers(2)
		p.move(v[0]+dx, v[1]+dy)
		return err
	case 'L':
		v, err := p.numbers(2)
		p.line(v[0]+dx, v[1]+dy)
		return err
	case 'T':
		v, err := p.numbers(2)
		p.quad(2*p.x-p.ctrlX, 2*p.y-p.ctrlY, v[0]+dx, v[1]+dy)
		return err
	case 'Q':
		v, err := p.numbers(4)
		p.quad(v[0]+dx, v[1]+dy, v[2]+dx, v[3]+dy)
		return err
	case 'C':
		v, err := p.numbers(6)
		p.z.CubeTo(p.px(v[0]+dx), p.py(v[1]+dy), p.px(v[2]+dx), p.py(v[3]+dy), p.px(v[4]+dx), p.py(v[5]+dy))
		p.to(v[4]+dx, v[5]+dy)
		return err
	}
	return fmt.Errorf("path command %q is not understood", command)
}

func (p *path) px(x float32) float32 { return snap(float32(x * p.scale)) }
func (p *path) py(y float32) float32 { return snap(float32((y + iconBox) * p.scale)) }

func (p *path) to(x, y float32) { p.x, p.y, p.ctrlX, p.ctrlY = x, y, x, y }

func (p *path) move(x, y float32) {
	p.z.ClosePath()
	p.z.MoveTo(p.px(x), p.py(y))
	p.startX, p.startY = x, y
	p.to(x, y)
}

func (p *path) line(x, y float32) {
	p.z.LineTo(p.px(x), p.py(y))
	p.to(x, y)
}

func (p *path) quad(cx, cy, x, y float32) {
	p.z.QuadTo(p.px(cx), p.py(cy), p.px(x), p.py(y))
	p.to(x, y)
	p.ctrlX, p.ctrlY = cx, cy
}

func (p *path) skip() {
	for p.text != "" && (p.text[0] == ' ' || p.text[0] == ',' || p.text[0] == '\n') {
		p.text = p.text[1:]
	}
}

// numbers reads n numbers; a number ends where the next sign or second dot begins.
func (p *path) numbers(n int) ([6]float32, error) {
	var v [6]float32
	for i := range n {
		p.skip()
		end, dot := 0, false
		for end < len(p.text) {
			c := p.text[end]
			if c == '-' && end > 0 || c == '.' && dot || c != '-' && c != '.' && (c < '0' || c > '9') {
				break
			}
			dot = dot || c == '.'
			end++
		}
		f, err := strconv.ParseFloat(p.text[:end], 32)
		if err != nil {
			return v, fmt.Errorf("path number at %.12q: %w", p.text, err)
		}
		v[i], p.text = float32(f), p.text[end:]
	}
	return v, nil
}
