package paint

import (
	"bytes"
	"fmt"
	"os"

	"github.com/go-text/typesetting/font"
	"github.com/go-text/typesetting/font/opentype"
	"github.com/go-text/typesetting/shaping"

	"github.com/kioskd/kioskd/ui/node"
)

// Where Debian's fonts-noto-cjk puts the two weights.
const (
	RegularPath = "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc"
	BoldPath    = "/usr/share/fonts/opentype/noto/NotoSansCJK-Bold.ttc"
)

// Bounds of the caches. A full screen needs about 400 masks (600 KiB) and 60 shaped lines.
const (
	maxMaskBytes   = 16 << 20
	maxShapedTexts = 2048
	maxParagraphs  = 1024
)

// Fonts is the two weights of the one face that serves all seven languages (reference ui.md U4), with their caches.
// It is a node.Measurer. Not safe for concurrent use: the app's lock guards it.
type Fonts struct {
	faces  [2]*font.Face // regular, bold
	shaper shaping.HarfbuzzShaper

	masks      lru[maskKey, mask]
	shaped     lru[shapeKey, *shapedText]
	paragraphs lru[paragraphKey, []node.Line]
	rasterizer rasterizer
}

var _ node.Measurer = (*Fonts)(nil)

// OpenFonts reads the two font files. Only face 0 of each collection is parsed: Noto Sans CJK JP, whose locl feature
// holds the Chinese and Korean shapes; parsing all ten faces of a file would cost 200 MB.
func OpenFonts(regular, bold string) (*Fonts, error) {
	f := &Fonts{}
	f.masks.max, f.shaped.max, f.paragraphs.max = maxMaskBytes, maxShapedTexts, maxParagraphs
	for i, path := range []string{regular, bold} {
		face, err := openFace(path)
		if err != nil {
			return nil, fmt.Errorf("paint: font %s: %w (Debian: install fonts-noto-cjk)", path, err)
		}
		f.faces[i] = face
	}
	return f, nil
}

func openFace(path string) (*font.Face, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	loaders, err := opentype.NewLoaders(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	parsed, err := font.NewFont(loaders[0])
	if err != nil {
		return nil, err
	}
	return font.NewFace(parsed), nil
}

func (f *Fonts) face(bold bool) *font.Face {
	if bold {
		return f.faces[1]
	}
	return f.faces[0]
}

// Wipe zeroes and drops everything that was remembered about texts and their shapes. Called at the end of a visit.
func (f *Fonts) Wipe() {
	f.masks.each(func(m mask) { clear(m.alpha.Pix) })
	f.masks.wipe()
	f.shaped.each(func(s *shapedText) { clear(s.glyphs) })
	f.shaped.wipe()
	f.paragraphs.wipe()
}
