package pwg

import (
	"fmt"
	"math/bits"
)

// SheetBack says how a device wants the backs of two-sided sheets stored (pwg-raster-document-sheet-back,
// PWG 5102.4 §4.2).
type SheetBack uint8

// The four keywords.
const (
	BackNormal SheetBack = iota
	BackFlipped
	BackRotated
	BackManualTumble
)

// sheetBacks are the keywords in the order of the constants.
var sheetBacks = [...]string{"normal", "flipped", "rotated", "manual-tumble"}

// String gives the keyword.
func (s SheetBack) String() string { return sheetBacks[s] }

// ParseSheetBack reads a keyword.
func ParseSheetBack(keyword string) (SheetBack, error) {
	for n, k := range sheetBacks {
		if k == keyword {
			return SheetBack(n), nil
		}
	}
	return 0, fmt.Errorf("pwg: unknown pwg-raster-document-sheet-back %q", keyword)
}

// Transform gives CrossFeedTransform and FeedTransform of a back: −1 mirrors left to right, top to bottom.
func (s SheetBack) Transform(tumble bool) (crossFeed, feed int) {
	switch {
	case s == BackFlipped && !tumble:
		return 1, -1
	case s == BackFlipped:
		return -1, 1
	case s == BackRotated && !tumble, s == BackManualTumble && tumble:
		return -1, -1
	}
	return 1, 1
}

// mirror turns a line around, left to right. scratch is as long as the line.
func mirror(line, scratch []byte, width, bitsPerPixel int) {
	n := len(line)
	if bitsPerPixel == 8 {
		for i, b := range line {
			scratch[n-1-i] = b
		}
		copy(line, scratch)
		return
	}
	for i, b := range line {
		scratch[n-1-i] = bits.Reverse8(b)
	}
	shift := n*8 - width // unused bits of the last byte stand in front now
	for i := range line {
		line[i] = scratch[i] << shift
		if i+1 < n {
			line[i] |= scratch[i+1] >> (8 - shift)
		}
	}
}
