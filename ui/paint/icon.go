package paint

import (
	"embed"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"regexp"

	"golang.org/x/image/vector"
)

//go:embed icons/*.svg
var iconFiles embed.FS

// iconPath finds the one path of a symbol; iconBox is its view box: 960 units, the lower left corner at (0, 0).
var iconPath = regexp.MustCompile(` d="([^"]+)"`)

const iconBox = 960

// icons draws symbols by name at any size and remembers their masks.
type icons struct{ masks map[iconKey]*image.Alpha }

type iconKey struct {
	name string
	size int
}

// maxIcons bounds the masks: about forty symbols in a few sizes.
const maxIcons = 256

// draw paints the symbol into the square at the point. A name that is not there paints nothing: a test asks HasIcon
// for each name in use.
func (s *icons) draw(dst *image.RGBA, at image.Point, key iconKey, ink color.RGBA) {
	m, err := s.mask(key)
	if err != nil {
		return
	}
	r := m.Bounds().Add(at)
	draw.DrawMask(dst, r, image.NewUniform(ink), image.Point{}, m, image.Point{}, draw.Over)
}

func (s *icons) mask(key iconKey) (*image.Alpha, error) {
	if m, ok := s.masks[key]; ok {
		return m, nil
	}
	path, err := readIcon(key.name)
	if err != nil {
		return nil, err
	}
	z := vector.NewRasterizer(key.size, key.size)
	if err := drawPath(z, path, float32(key.size)/iconBox); err != nil {
		return nil, fmt.Errorf("paint: icon %s: %w", key.name, err)
	}
	m := image.NewAlpha(image.Rect(0, 0, key.size, key.size))
	z.DrawOp = draw.Src
	z.Draw(m, m.Bounds(), image.Opaque, image.Point{})
	if s.masks == nil || len(s.masks) >= maxIcons {
		s.masks = make(map[iconKey]*image.Alpha)
	}
	s.masks[key] = m
	return m, nil
}

func readIcon(name string) (string, error) {
	svg, err := iconFiles.ReadFile("icons/" + name + ".svg")
	if err != nil {
		return "", fmt.Errorf("paint: no icon %q", name)
	}
	found := iconPath.FindSubmatch(svg)
	if found == nil {
		return "", fmt.Errorf("paint: icon %s has no path", name)
	}
	return string(found[1]), nil
}

// HasIcon tells whether there is a symbol of that name and its path can be drawn.
func HasIcon(name string) bool {
	_, err := (&icons{}).mask(iconKey{name, 24})
	return err == nil
}
