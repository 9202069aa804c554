package ui

import "image"

// edge is how far outside of the window a panel may report a finger that is on its edge, as a part of the window.
const edge = 0.02

// Place turns a place in parts of the window (0…1) into panel pixels, the edges included. on is false for what is no
// place: not a number, or outside by more than an edge.
func Place(x, y float32, size image.Point) (at image.Point, on bool) {
	const low, high = -edge, 1 + edge
	if !(x >= low && x <= high && y >= low && y <= high) { // so written, it is false for NaN too
		return at, false
	}
	return image.Pt(clamp(int(x*float32(size.X)), size.X), clamp(int(y*float32(size.Y)), size.Y)), true
}

// clamp brings a pixel into 0 … size-1.
func clamp(v, size int) int { return max(min(v, size-1), 0) }
