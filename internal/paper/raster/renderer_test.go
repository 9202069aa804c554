package raster

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"io"
	"net"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// fakeStart gives a child that is a function on the other end of a pipe; killing it closes that end.
func fakeStart(child func(net.Conn)) (start Start, kills *int) {
	kills = new(int)
	return func(context.Context) (io.ReadWriteCloser, func() error, error) {
		near, far := net.Pipe()
		var done sync.WaitGroup
		done.Go(func() { defer far.Close(); child(far) })
		return near, func() error {
			*kills++
			err := far.Close()
			done.Wait()
			return err
		}, nil
	}, kills
}

// bands sends a whole page of rows that carry their number, as that of a PDF.
func bands(w io.Writer, pdf string, heights ...int) {
	y := 0
	for _, h := range heights {
		rows := bytes.Repeat([]byte{byte(y >> 8)}, h*RowBytes)
		if writeBand(w, Band{Y: y, Rows: rows}) != nil {
			return
		}
		y += h
	}
	_ = answer(w, sha256.Sum256([]byte(pdf)), nil)
}

func plan() (heights []int) {
	for y := 0; y < Height; y += bandRows {
		heights = append(heights, min(bandRows, Height-y))
	}
	return heights
}

func TestPageGivesEveryRowOnceInOrder(t *testing.T) {
	start, kills := fakeStart(func(c net.Conn) {
		_ = writeFrame(c, kindReady)
		for range 2 {
			if _, p, err := readFrame(c, nil, kindPage); err != nil || string(p) != "pdf" {
				return
			}
			bands(c, "pdf", plan()...)
		}
	})
	child, err := New(start).Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		y := 0
		for b, err := range child.Page([]byte("pdf")) {
			if err != nil || b.Y != y || b.Rows[0] != byte(y>>8) {
				t.Fatalf("row %d: band at %d, %v", y, b.Y, err)
			}
			y += len(b.Rows) / RowBytes
		}
		if y != Height {
			t.Fatalf("%d rows", y)
		}
	}
	if err := child.Close(); err != nil || *kills != 1 {
		t.Errorf("close: %v, killed %d times", err, *kills)
	}
}

func TestChildThatBreaksTheProtocolIsKilled(t *testing.T) {
	for name, child := range map[string]func(io.Writer){
		"rows_missing":     func(w io.Writer) { bands(w, "", plan()[:13]...) },
		"band_twice":       func(w io.Writer) { bands(w, "", append(plan(), bandRows)...) },
		"short_band":       func(w io.Writer) { bands(w, "", 100) },
		"wrong_row":        func(w io.Writer) { _ = writeBand(w, Band{Y: 512, Rows: make([]byte, bandRows*RowBytes)}) },
		"unknown_kind":     func(w io.Writer) { _, _ = w.Write([]byte{99, 0, 0, 0, 0}) },
		"ready_again":      func(w io.Writer) { _ = writeFrame(w, kindReady) },
		"endless_length":   func(w io.Writer) { _, _ = w.Write([]byte{byte(kindBand), 0xFF, 0xFF, 0xFF, 0xFF}) },
		"refused_in_blank": func(w io.Writer) { _ = writeFrame(w, kindRefused) },
		"another_page":     func(w io.Writer) { bands(w, "other", plan()...) },
		"death":            func(io.Writer) {},
	} {
		t.Run(name, func(t *testing.T) {
			start, kills := fakeStart(func(c net.Conn) {
				_ = writeFrame(c, kindReady)
				if _, _, err := readFrame(c, nil, kindPage); err == nil {
					child(c)
				}
			})
			if err := New(start).Check(t.Context(), nil); !errors.Is(err, ErrChild) || *kills != 1 {
				t.Errorf("%v, killed %d times", err, *kills)
			}
		})
	}
}

// The rows of another page than the one that was sent are refused before the page is whole (D-02).
func TestD02_RowsOfAnotherPageAreRefused(t *testing.T) {
	for sent, want := range map[string]bool{"mine": true, "theirs": false} {
		start, _ := fakeStart(func(c net.Conn) {
			_ = writeFrame(c, kindReady)
			_, _, _ = readFrame(c, nil, kindPage)
			bands(c, "mine", plan()...)
		})
		if err := New(start).Check(t.Context(), []byte(sent)); (err == nil) != want {
			t.Errorf("%s: %v", sent, err)
		}
	}
}

func TestFindingReachesTheParent(t *testing.T) {
	start, _ := fakeStart(func(c net.Conn) {
		_ = writeFrame(c, kindReady)
		_, _, _ = readFrame(c, nil, kindPage)
		_ = answer(c, [32]byte{}, &RefusedError{Finding: ForeignFont, Detail: "明朝"})
	})
	err := New(start).Check(t.Context(), nil)
	if refused, ok := errors.AsType[*RefusedError](err); !ok || refused.Finding != ForeignFont || refused.Detail != "??" {
		t.Error(err)
	}
}

func TestLateChildIsKilled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		stuck := make(chan struct{})
		start := func(context.Context) (io.ReadWriteCloser, func() error, error) {
			near, far := net.Pipe()
			go func() {
				_ = writeFrame(far, kindReady)
				_, _, _ = readFrame(far, nil, kindPage)
				<-stuck // no closed pipe reaches a child that computes
			}()
			return near, func() error { close(stuck); return far.Close() }, nil
		}
		began := time.Now()
		if err := New(start).Check(t.Context(), nil); !errors.Is(err, ErrLimit) {
			t.Error(err)
		}
		if d := time.Since(began); d != pageLimit+lateness {
			t.Errorf("killed after %s", d)
		}
	})
}

func TestEndOfTheContextKillsTheChild(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	start, kills := fakeStart(func(c net.Conn) {
		_ = writeFrame(c, kindReady)
		_, _, _ = readFrame(c, nil, kindPage)
		cancel()
		_, _, _ = readFrame(c, nil, kindPage)
	})
	if err := New(start).Check(ctx, nil); !errors.Is(err, context.Canceled) || *kills != 1 {
		t.Errorf("%v, killed %d times", err, *kills)
	}
}

func TestTooLargePageDoesNotReachTheChild(t *testing.T) {
	start, _ := fakeStart(func(c net.Conn) { _ = writeFrame(c, kindReady); _, _, _ = readFrame(c, nil, kindPage) })
	err := New(start).Check(t.Context(), make([]byte, MaxPDF+1))
	if refused, ok := errors.AsType[*RefusedError](err); !ok || refused.Finding != TooLarge {
		t.Error(err)
	}
}
