package printer

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"image"
	"image/png"
	"io"
	"math/bits"

	"github.com/kioskd/kioskd/pkg/printer/pwg"
)

// Sheet is one printed sheet. Both sides are as a person sees them who turns the sheet over the edge that the job
// named: the long one like a page of a book, the short one if Tumble.
type Sheet struct {
	Job    int
	Number int // within the job, from 1
	Tumble bool
	Front  Picture
	Back   Picture // empty if printed on one side
}

// Picture is one side, twice.
type Picture struct {
	Full    []byte // PNG, every pixel
	Preview []byte // PNG, one pixel for 4 × 4
}

// previewScale is how many pixels make one of the preview.
const previewScale = 4

// page is one side in memory: 1 bit or 8 bits a pixel, as stored in the raster.
type page struct {
	head pwg.Header
	bits []byte
}

// readPages decodes a document of at most limit sides and hands over each; only one is in memory at a time.
func readPages(r io.Reader, limit int, each func(n int, p *page) error) (int, error) {
	d := pwg.NewReader(r)
	for n := 0; ; n++ {
		h, err := d.Next()
		if errors.Is(err, io.EOF) {
			return n, nil
		}
		if err != nil {
			return n, err
		}
		if n == limit {
			return n, fmt.Errorf("more than %d sides", limit)
		}
		size := h.BytesPerLine()
		p := &page{head: h, bits: make([]byte, size*h.Height)}
		for y := range h.Height {
			line, err := d.Line()
			if err != nil {
				return n, err
			}
			copy(p.bits[y*size:], line)
		}
		if err := each(n, p); err != nil {
			return n, err
		}
	}
}

// turnBack undoes what the machine asked for, so that the side is as seen after turning. The machine knows its own
// mechanics; it does not believe the header.
//
//	keyword        long edge              short edge
//	normal         as stored              as stored
//	flipped        top and bottom change  left and right change
//	rotated        half a turn            as stored
//	manual-tumble  as stored              half a turn
func (p *page) turnBack(s pwg.SheetBack) {
	type way struct{ x, y bool }
	ways := map[pwg.SheetBack][2]way{
		pwg.BackNormal:       {},
		pwg.BackFlipped:      {{y: true}, {x: true}},
		pwg.BackRotated:      {{x: true, y: true}, {}},
		pwg.BackManualTumble: {{}, {x: true, y: true}},
	}
	edge := 0
	if p.head.Tumble {
		edge = 1
	}
	w := ways[s][edge]
	if w.y {
		p.flipY()
	}
	if w.x {
		p.flipX()
	}
}

// flipY exchanges top and bottom.
func (p *page) flipY() {
	n := p.head.BytesPerLine()
	for a, b := 0, p.head.Height-1; a < b; a, b = a+1, b-1 {
		for i := range n {
			p.bits[a*n+i], p.bits[b*n+i] = p.bits[b*n+i], p.bits[a*n+i]
		}
	}
}

// flipX exchanges left and right, pixel by pixel: slow and obvious.
func (p *page) flipX() {
	n := p.head.BytesPerLine()
	for y := range p.head.Height {
		row := p.bits[y*n : (y+1)*n]
		old := bytes.Clone(row)
		clear(row)
		for x := range p.head.Width {
			from := p.head.Width - 1 - x
			if p.head.Space == pwg.SGray {
				row[x] = old[from]
			} else if old[from/8]>>(7-from%8)&1 == 1 {
				row[x/8] |= 0x80 >> (x % 8)
			}
		}
	}
}

// picture makes both PNGs.
func (p *page) picture() (Picture, error) {
	full, err := p.full()
	if err != nil {
		return Picture{}, err
	}
	var small bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.BestSpeed}).Encode(&small, p.preview()); err != nil {
		return Picture{}, err
	}
	return Picture{Full: full, Preview: small.Bytes()}, nil
}

// preview makes a grey picture from 4 × 4 pixels each.
func (p *page) preview() *image.Gray {
	n := p.head.BytesPerLine()
	w, h := p.head.Width/previewScale, p.head.Height/previewScale
	g := image.NewGray(image.Rect(0, 0, max(w, 1), max(h, 1)))
	for y := range h {
		for x := range w {
			sum := 0
			for dy := range previewScale {
				row := p.bits[(y*previewScale+dy)*n:]
				if p.head.Space == pwg.Black {
					nibble := row[x/2] >> (4 * (1 - x%2)) & 0xF
					sum += 255 * (previewScale - bits.OnesCount8(nibble))
				} else {
					for dx := range previewScale {
						sum += int(row[x*previewScale+dx])
					}
				}
			}
			g.Pix[y*g.Stride+x] = byte(sum / (previewScale * previewScale))
		}
	}
	return g
}

// full writes a PNG with the page's own bits: the standard library would take a byte a pixel and a second a page.
// Black raster has ink as 1, PNG grey has white as 1.
func (p *page) full() ([]byte, error) {
	var out bytes.Buffer
	out.WriteString("\x89PNG\r\n\x1a\n")
	depth := byte(8)
	if p.head.Space == pwg.Black {
		depth = 1
	}
	be := binary.BigEndian
	head := be.AppendUint32(be.AppendUint32(nil, uint32(p.head.Width)), uint32(p.head.Height))
	pngChunk(&out, "IHDR", append(head, depth, 0, 0, 0, 0))
	perMetre := uint32(float64(p.head.Resolution)/0.0254 + 0.5)
	pngChunk(&out, "pHYs", append(be.AppendUint32(be.AppendUint32(nil, perMetre), perMetre), 1))
	var packed bytes.Buffer
	z, err := zlib.NewWriterLevel(&packed, zlib.BestSpeed)
	if err != nil {
		return nil, err
	}
	n := p.head.BytesPerLine()
	row := make([]byte, n+1) // filter 0, then the line
	for y := range p.head.Height {
		copy(row[1:], p.bits[y*n:(y+1)*n])
		if depth == 1 {
			for i := range n {
				row[1+i] = ^row[1+i]
			}
		}
		if _, err := z.Write(row); err != nil {
			return nil, err
		}
	}
	if err := z.Close(); err != nil {
		return nil, err
	}
	pngChunk(&out, "IDAT", packed.Bytes())
	pngChunk(&out, "IEND", nil)
	return out.Bytes(), nil
}

// pngChunk writes length, name, data and CRC.
func pngChunk(out *bytes.Buffer, name string, data []byte) {
	b := binary.BigEndian.AppendUint32(nil, uint32(len(data)))
	b = append(append(b, name...), data...)
	b = binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(b[4:]))
	out.Write(b)
}
