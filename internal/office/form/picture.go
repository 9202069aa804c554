package form

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math"

	"github.com/tdewolff/canvas"
	"github.com/tdewolff/canvas/renderers/rasterizer"
)

// PictureStyle is the use of a picture on the screen.
type PictureStyle int

// The styles.
const (
	// MemberLine is one name in a list of members: 64 pixels high.
	MemberLine PictureStyle = iota
	// HolderLine is the name on the screen that asks whether the holder is this person: 96 pixels high.
	HolderLine
)

// maxPictureWidth bounds a picture in pixels; a longer line is set smaller, down to smallest.
const maxPictureWidth = 1600

func (s PictureStyle) height() float64 {
	if s == HolderLine {
		return 96
	}
	return 64
}

// Picture sets one line as a grey PNG, black on white, for the screen: the kiosk needs no font with the
// municipality's characters. The same text and style give the same bytes. Errors: ErrCharacterPending, ErrTextTooLong.
func (f *Former) Picture(text string, style PictureStyle) ([]byte, error) {
	if text == "" {
		return nil, fmt.Errorf("%w: no text for a picture", ErrDocument)
	}
	if err := f.CheckText(text); err != nil {
		return nil, err
	}
	height := style.height()
	line, em, err := f.pictureLine(text, height)
	if err != nil {
		return nil, err
	}
	pad := height / 8
	width := math.Ceil(line.Bounds().X1 + 2*pad)
	c := canvas.New(width, height)
	ctx := canvas.NewContext(c)
	ctx.SetFillColor(canvas.White)
	ctx.DrawPath(0, 0, canvas.Rectangle(width, height))
	ctx.SetFillColor(canvas.Black)
	ctx.DrawPath(pad, (height-em)/2+em*descent, line)
	return encodeGrey(rasterizer.Draw(c, canvas.DPMM(1), canvas.LinearColorSpace{}))
}

// descent is the part of the em square below the baseline (IPAmj: 0.12).
const descent = 0.12

// pictureLine gives the outline of a text in pixels and its em.
func (f *Former) pictureLine(text string, height float64) (*canvas.Path, float64, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	em := height * 0.72
	face := f.font.Face(pt(em), canvas.Black)
	width := face.TextWidth(text)
	if room := maxPictureWidth - height/4; width > room {
		scale := room / width
		if scale < smallest {
			return nil, 0, ErrTextTooLong
		}
		em *= scale
		face = f.font.Face(pt(em), canvas.Black)
	}
	if err := f.glyphs.shapedRight(face, text); err != nil {
		return nil, 0, err
	}
	path, _, err := face.ToPath(text)
	if err != nil {
		return nil, 0, fmt.Errorf("form: outline: %w", err)
	}
	return path, em, nil
}

// pt turns millimetres (or, in a picture, pixels) into the points that a face is made with.
func pt(mm float64) float64 { return mm * 72 / 25.4 }

func encodeGrey(img image.Image) ([]byte, error) {
	grey := image.NewGray(img.Bounds())
	for y := grey.Rect.Min.Y; y < grey.Rect.Max.Y; y++ {
		for x := grey.Rect.Min.X; x < grey.Rect.Max.X; x++ {
			grey.Set(x, y, color.GrayModel.Convert(img.At(x, y)))
		}
	}
	var b bytes.Buffer
	if err := png.Encode(&b, grey); err != nil {
		return nil, fmt.Errorf("form: encode picture: %w", err)
	}
	return b.Bytes(), nil
}
