//go:build !cgo

package cardpcsc

import (
	"strings"
	"testing"
)

func TestWithoutCgoEveryCallSaysSo(t *testing.T) {
	t.Parallel()
	b := New()
	if err := b.Watch(t.Context(), nil); err == nil || !strings.Contains(err.Error(), "built without cgo") {
		t.Errorf("watch: %v", err)
	}
	if _, err := b.Connect(t.Context(), "any"); err == nil || !strings.Contains(err.Error(), "built without cgo") {
		t.Errorf("connect: %v", err)
	}
}
