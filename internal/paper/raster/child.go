package raster

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
)

// maxPages bounds what one child draws: a copy of 64 pages.
const maxPages = 64

// ServeChild is the child's whole life: it limits itself, opens the engine, and answers each PDF with its bands or a
// finding until the pipe ends. It returns nil then. cacheDir holds compiled code: nobody but the owner may write there.
func ServeChild(ctx context.Context, in io.Reader, out io.Writer, cacheDir string) error {
	if err := limitSelf(); err != nil {
		return err
	}
	return serve(ctx, in, out, cacheDir)
}

func serve(ctx context.Context, in io.Reader, out io.Writer, cacheDir string) (err error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	e, err := openEngine(ctx, cacheDir)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, e.close()) }()
	if err := writeFrame(out, kindReady); err != nil {
		return err
	}
	for range maxPages {
		_, pdf, err := readFrame(in, nil, kindPage)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		digest := sha256.Sum256(pdf)
		err = within(pageLimit, cancel, func() error {
			return e.draw(pdf, func(b Band) error { return writeBand(out, b) })
		})
		clear(pdf)
		if err := answer(out, digest, err); err != nil {
			return err
		}
		if ctx.Err() != nil {
			return ErrLimit
		}
	}
	return fmt.Errorf("raster: one child draws %d pages at most", maxPages)
}

// answer ends a page, and says which one it was.
func answer(out io.Writer, digest [sha256.Size]byte, err error) error {
	if err == nil {
		return writeFrame(out, kindDrawn, digest[:])
	}
	refused, ok := errors.AsType[*RefusedError](err)
	if !ok {
		return err
	}
	return writeFrame(out, kindRefused, []byte{byte(refused.Finding)}, []byte(asciiOnly(refused.Detail)))
}

// asciiOnly keeps a detail short and plain: it ends in a log.
func asciiOnly(s string) string {
	out := make([]byte, 0, maxDetail)
	for _, r := range s {
		if len(out) == maxDetail {
			break
		}
		if r < 0x20 || r > 0x7E {
			r = '?'
		}
		out = append(out, byte(r))
	}
	return string(out)
}

func writeBand(out io.Writer, b Band) error {
	err := writeFrame(out, kindBand, []byte{byte(b.Y >> 8), byte(b.Y)}, b.Rows)
	clear(b.Rows)
	return err
}
