package sheet

import (
	"io"
	"iter"
	"testing"

	"github.com/kioskd/kioskd/internal/paper/raster"
	"github.com/kioskd/kioskd/pkg/printer/pwg"
)

func BenchmarkCopyOfTwoSheets(b *testing.B) {
	d, err := Assemble(source(2))
	if err != nil {
		b.Fatal(err)
	}
	white := make([]byte, raster.Height*raster.RowBytes)
	sampleGround()
	b.ReportAllocs()
	for b.Loop() {
		err := d.Write(pwg.NewWriter(io.Discard, pwg.Params{Sheets: 2}), func([]byte) iter.Seq2[raster.Band, error] {
			return func(yield func(raster.Band, error) bool) { yield(raster.Band{Rows: white}, nil) }
		})
		if err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkBack compares a back that lies on the ground with one that is a whole picture of its own.
func BenchmarkBack(b *testing.B) {
	d, err := Assemble(source(1))
	if err != nil {
		b.Fatal(err)
	}
	ground := sampleGround()
	b.Run("laid", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if err := d.back(new(Picture), d.pages[0]); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("whole", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			var p Picture
			p.clear()
			copy(p.rows, ground.rows)
			if err := p.write(left, footLine, "as many letters as an application, a page and a sheet have"); err != nil {
				b.Fatal(err)
			}
		}
	})
}
