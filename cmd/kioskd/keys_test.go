//go:build bench

package main

import (
	"testing"

	"github.com/kioskd/kioskd/internal/bench/port"
	"github.com/kioskd/kioskd/ui"
)

// Two layers that may not import each other name the same keys: every key that the desk takes means something here.
func TestKeysOfTheDeskAreKeysOfTheScreen(t *testing.T) {
	for _, name := range port.Keys {
		if _, ok := ui.KeyByName(name); !ok {
			t.Errorf("the desk takes %q and the screen does not know it", name)
		}
	}
	if _, ok := ui.KeyByName("F1"); ok || (port.Key{Name: "F1"}).Valid() {
		t.Error("there is a key F1")
	}
}
