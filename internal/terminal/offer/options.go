package offer

import (
	"slices"
	"strings"

	"github.com/kioskd/kioskd/internal/domain"
)

// SortedOptions gives the options in the order of the note: by code (notes: order).
func SortedOptions(in []domain.Option) []domain.Option {
	out := slices.Clone(in)
	slices.SortFunc(out, func(a, b domain.Option) int { return strings.Compare(string(a.Code), string(b.Code)) })
	return out
}
