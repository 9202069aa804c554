package locales

import (
	"embed"
	"strings"

	"github.com/BurntSushi/toml"

	"github.com/kioskd/kioskd/internal/domain"
)

//go:embed active.*.toml
var files embed.FS

func fileName(lang domain.Lang) string { return "active." + string(lang) + ".toml" }

// breakMark is how a file writes a place where a line may break.
const breakMark = "|"

// unmarshal reads a file and turns the break marks of every text into U+200B.
func unmarshal(data []byte, v any) error {
	if err := toml.Unmarshal(data, v); err != nil {
		return err
	}
	if root, ok := v.(*any); ok {
		*root = withBreaks(*root)
	}
	return nil
}

func withBreaks(v any) any {
	switch v := v.(type) {
	case string:
		return strings.ReplaceAll(v, breakMark, "\u200b")
	case map[string]any:
		for k, below := range v {
			v[k] = withBreaks(below)
		}
		return v
	}
	return v
}
