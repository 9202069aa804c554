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

// read gives the texts of a language by id, of a plural by id.form. Break marks are U+200B in them.
func read(lang domain.Lang) (map[string]template, error) {
	data, err := files.ReadFile(fileName(lang))
	if err != nil {
		return nil, err
	}
	var root map[string]any
	if err := toml.Unmarshal(data, &root); err != nil {
		return nil, err
	}
	texts := map[string]template{}
	flatten(root, "", func(id, text string) {
		texts[id] = parse(id, strings.ReplaceAll(text, breakMark, "\u200b"), lang)
	})
	return texts, nil
}

// flatten calls give for each text below v with its dotted id.
func flatten(v any, id string, give func(id, text string)) {
	switch v := v.(type) {
	case string:
		give(id, v)
	case map[string]any:
		for k, below := range v {
			if id != "" {
				k = id + "." + k
			}
			flatten(below, k, give)
		}
	}
}
