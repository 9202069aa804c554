//go:build debian || judge

package form

import (
	"testing"

	"github.com/tdewolff/canvas"
)

// asleep loads the font as New does, without wake.
func asleep(t *testing.T) *canvas.Font {
	t.Helper()
	font, err := canvas.LoadFontFile(DefaultFontPath, canvas.FontRegular)
	if err != nil {
		t.Fatal(err)
	}
	return font
}
