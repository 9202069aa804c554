package ui

import (
	"bytes"
	"encoding/json"
	"fmt"
	"image"
	"image/png"
	"slices"
)

// Frame is a copy of what the panel shows.
type Frame struct {
	Image *image.RGBA
	// Generation is that of the tree: what a touch counts for.
	Generation uint64
	// Revision grows with each change of a pixel: what a cache of pictures goes by.
	Revision uint64
}

// Frame copies the picture.
func (a *App) Frame() Frame {
	a.mu.Lock()
	defer a.mu.Unlock()
	f := Frame{Image: &image.RGBA{
		Pix: slices.Clone(a.canvas.Pix), Stride: a.canvas.Stride, Rect: a.canvas.Rect,
	}, Revision: a.revision}
	if a.tree != nil {
		f.Generation = a.tree.Generation
	}
	return f
}

// PNG is the picture as a file.
func (f Frame) PNG() ([]byte, error) {
	var b bytes.Buffer
	encoder := png.Encoder{CompressionLevel: png.BestSpeed}
	if err := encoder.Encode(&b, f.Image); err != nil {
		return nil, fmt.Errorf("ui: write picture: %w", err)
	}
	return b.Bytes(), nil
}

// Revision is the number of the picture that is shown now, and the generation of its tree.
func (a *App) Revision() (revision, generation uint64) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.tree != nil {
		generation = a.tree.Generation
	}
	return a.revision, generation
}

// JSON is the tree that is shown, without anything private (see node.Tree.MarshalJSON), and as "focus" the ids of what
// has the ring of keys or switches; "null" before the first Show.
func (a *App) JSON() ([]byte, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	tree, err := json.Marshal(a.tree)
	if err != nil || a.tree == nil {
		return tree, wrap(err)
	}
	ids := a.scan.ids
	if len(ids) == 0 && a.focus != "" {
		ids = []string{a.focus}
	}
	focus, err := json.Marshal(append([]string{}, ids...))
	if err != nil {
		return nil, wrap(err)
	}
	return slices.Concat(tree[:len(tree)-1], []byte(`,"focus":`), focus, []byte("}")), nil
}

func wrap(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("ui: write tree: %w", err)
}

// Screen is the name of the screen that is shown; "" before the first Show.
func (a *App) Screen() string {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.tree == nil {
		return ""
	}
	return a.tree.Screen
}

// Present hands the picture and what changed in it since the last call to show, with the lock held: show copies and
// returns. Nothing is called when nothing changed.
func (a *App) Present(show func(picture *image.RGBA, changed image.Rectangle) error) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.damage.Empty() {
		return nil
	}
	changed := a.damage
	a.damage = image.Rectangle{}
	return show(a.canvas, changed)
}

// Expose says that the panel lost its picture: the next Present gives all of it.
func (a *App) Expose() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.damage = a.canvas.Rect
}
