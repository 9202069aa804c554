package raster

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"io"
)

// A kind says what a frame is; a retired number stays reserved.
type kind byte

const (
	kindReady   kind = 1 // to the parent, once: the engine is there
	kindPage    kind = 2 // to the child: one PDF
	kindBand    kind = 3 // to the parent: first row in 2 bytes, then rows
	kindRetired kind = 4
	kindRefused kind = 5 // to the parent: a finding in 1 byte, then its detail in ASCII
	kindDrawn   kind = 6 // to the parent: the page has ended; SHA-256 of the PDF that was drawn
)

// A frame, both ways:
//
//	offset 0   kind     1 byte
//	offset 1   length   4 bytes, big-endian: of the payload
//	offset 5   payload
const (
	frameHead = 5
	bandHead  = 2
	maxBand   = bandHead + bandRows*RowBytes
	maxDetail = 100
)

// bounds are the largest payloads of each kind.
var bounds = [...]int{
	kindReady: 0, kindPage: MaxPDF, kindBand: maxBand, kindRefused: 1 + maxDetail, kindDrawn: sha256.Size,
}

// writeFrame writes one frame; the payload may come in parts.
func writeFrame(w io.Writer, k kind, payload ...[]byte) error {
	head := [frameHead]byte{byte(k)}
	n := 0
	for _, p := range payload {
		n += len(p)
	}
	if n > bounds[k] {
		return fmt.Errorf("raster: frame of %d bytes, the bound is %d", n, bounds[k])
	}
	binary.BigEndian.PutUint32(head[1:], uint32(n))
	if _, err := w.Write(head[:]); err != nil {
		return err
	}
	for _, p := range payload {
		if len(p) == 0 {
			continue
		}
		if _, err := w.Write(p); err != nil {
			return err
		}
	}
	return nil
}

// readFrame reads one frame of one of the kinds given. The payload lies in buf where it fits, else in new memory.
// io.EOF means that the pipe ended between frames.
func readFrame(r io.Reader, buf []byte, allowed ...kind) (kind, []byte, error) {
	var head [frameHead]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return 0, nil, err
	}
	k, n := kind(head[0]), int64(binary.BigEndian.Uint32(head[1:]))
	for _, a := range allowed {
		if k != a {
			continue
		}
		if n > int64(bounds[k]) {
			return k, nil, fmt.Errorf("raster: frame of %d bytes, the bound is %d", n, bounds[k])
		}
		if n > int64(len(buf)) {
			buf = make([]byte, n)
		}
		if _, err := io.ReadFull(r, buf[:n]); err != nil {
			return k, nil, fmt.Errorf("raster: frame cut short: %w", err)
		}
		return k, buf[:n], nil
	}
	return k, nil, fmt.Errorf("raster: frame of kind %d is not expected here", k)
}
