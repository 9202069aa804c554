package main

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/BurntSushi/toml"

	"github.com/kioskd/kioskd/internal/domain"
)

// entry is one message of one file.
type entry struct {
	id    string
	line  int               // where it is written
	forms map[string]string // by plural form; one without a plural under ""
	holes []string          // names of the placeholders in the order of their first use
}

// catalogue is the messages of one file by id.
type catalogue struct {
	lang    domain.Lang
	file    string
	entries map[string]*entry
}

func fileName(lang domain.Lang) string { return "active." + string(lang) + ".toml" }

// forms are the plural forms of each language by the CLDR.
var forms = map[domain.Lang][]string{
	domain.Japanese: {"other"}, domain.SimplifiedChinese: {"other"}, domain.TraditionalChinese: {"other"},
	domain.Korean: {"other"}, domain.English: {"one", "other"},
	domain.Spanish: {"many", "one", "other"}, domain.Portuguese: {"many", "one", "other"},
}

// pluralForm are all words that name a plural form.
var pluralForm = []string{"zero", "one", "two", "few", "many", "other"}

var (
	table = regexp.MustCompile(`^\[([A-Za-z0-9_.-]+)\]\s*$`)
	key   = regexp.MustCompile(`^([A-Za-z0-9_-]+)\s*=`)
	hole  = regexp.MustCompile(`\{\{\.([A-Za-z]+)\}\}`)
)

// read gives one file's messages.
func read(dir fs.FS, lang domain.Lang) (*catalogue, error) {
	c := &catalogue{lang: lang, file: fileName(lang), entries: map[string]*entry{}}
	data, err := fs.ReadFile(dir, c.file)
	if err != nil {
		return nil, err
	}
	var root map[string]any
	if _, err := toml.Decode(string(data), &root); err != nil {
		var bad toml.ParseError
		errors.As(err, &bad)
		return nil, fmt.Errorf("%s:%d: %w", c.file, bad.Position.Line, err)
	}
	lines := places(string(data))
	var faults []error
	flatten(root, "", func(id string, value any) {
		text, ok := value.(string)
		if !ok {
			faults = append(faults, fmt.Errorf("%s:%d: %s is no text", c.file, lines[id], id))
			return
		}
		faults = append(faults, c.add(id, text, lines[id]))
	})
	return c, errors.Join(faults...)
}

// places gives the line of each key by its dotted id.
func places(text string) map[string]int {
	lines, section := map[string]int{}, ""
	for i, line := range strings.Split(text, "\n") {
		if m := table.FindStringSubmatch(line); m != nil {
			section = m[1] + "."
		} else if m := key.FindStringSubmatch(line); m != nil {
			lines[section+m[1]] = i + 1
		}
	}
	return lines
}

func flatten(v any, id string, give func(id string, value any)) {
	below, ok := v.(map[string]any)
	if !ok {
		give(id, v)
		return
	}
	for _, k := range slices.Sorted(maps.Keys(below)) {
		next := k
		if id != "" {
			next = id + "." + k
		}
		flatten(below[k], next, give)
	}
}

func (c *catalogue) add(id, text string, line int) error {
	form := ""
	if i := strings.LastIndexByte(id, '.'); slices.Contains(pluralForm, id[i+1:]) {
		id, form = id[:i], id[i+1:]
	}
	e := c.entries[id]
	if e == nil {
		e = &entry{id: id, line: line, forms: map[string]string{}}
		c.entries[id] = e
	}
	e.line = min(e.line, line)
	e.forms[form] = text
	for _, m := range hole.FindAllStringSubmatch(text, -1) {
		if !slices.Contains(e.holes, m[1]) {
			e.holes = append(e.holes, m[1])
		}
	}
	if rest := hole.ReplaceAllString(text, ""); strings.Contains(rest, "{{") || strings.Contains(rest, "}}") {
		return fmt.Errorf("%s:%d: %s: a placeholder is {{.Name}}", c.file, line, id)
	}
	return nil
}

// load reads all seven files and says everything that does not fit the Japanese one.
func load(dir fs.FS) (*catalogue, error) {
	names, err := fs.Glob(dir, "active.*.toml")
	if err != nil {
		return nil, err
	}
	var faults []error
	for _, name := range names {
		lang := strings.TrimSuffix(strings.TrimPrefix(name, "active."), ".toml")
		if !slices.Contains(domain.Langs[:], domain.Lang(lang)) {
			faults = append(faults, fmt.Errorf("%s:1: %s is none of the seven languages", name, lang))
		}
	}
	source, err := read(dir, domain.Japanese)
	if err != nil {
		return nil, errors.Join(append(faults, err)...)
	}
	faults = append(faults, source.complete()...)
	for _, lang := range domain.Langs {
		if lang == domain.Japanese {
			continue
		}
		c, err := read(dir, lang)
		if err != nil {
			faults = append(faults, err)
			continue
		}
		faults = append(append(faults, c.complete()...), c.against(source)...)
	}
	return source, errors.Join(faults...)
}

// complete says where a plural lacks a form, has one that the language does not know, or is mixed with a plain text.
func (c *catalogue) complete() []error {
	var faults []error
	for _, id := range slices.Sorted(maps.Keys(c.entries)) {
		e := c.entries[id]
		got := slices.Sorted(maps.Keys(e.forms))
		if !slices.Equal(got, []string{""}) && !slices.Equal(got, forms[c.lang]) {
			faults = append(faults, fmt.Errorf("%s:%d: %s has the plural forms %q, not %q", c.file, e.line, id, got,
				forms[c.lang]))
		}
		for _, name := range e.holes {
			if _, known := kinds[name]; !known {
				faults = append(faults, fmt.Errorf("%s:%d: %s: what {{.%s}} is stands in no table (locales/gen)", c.file,
					e.line, id, name))
			}
		}
	}
	return faults
}

// against says where the file differs from the Japanese one.
func (c *catalogue) against(source *catalogue) []error {
	var faults []error
	for _, id := range slices.Sorted(maps.Keys(source.entries)) {
		want, e := source.entries[id], c.entries[id]
		if e == nil {
			faults = append(faults, fmt.Errorf("%s:1: %s of %s:%d is missing", c.file, id, source.file, want.line))
			continue
		}
		if !slices.Equal(slices.Sorted(slices.Values(e.holes)), slices.Sorted(slices.Values(want.holes))) {
			faults = append(faults, fmt.Errorf("%s:%d: %s has the placeholders %q, %s:%d has %q", c.file, e.line, id,
				e.holes, source.file, want.line, want.holes))
		}
		if _, plain := e.forms[""]; plain != want.plain() {
			faults = append(faults, fmt.Errorf("%s:%d: %s is a plural in one file only", c.file, e.line, id))
		}
	}
	for _, id := range slices.Sorted(maps.Keys(c.entries)) {
		if source.entries[id] == nil {
			faults = append(faults, fmt.Errorf("%s:%d: %s is not in %s", c.file, c.entries[id].line, id, source.file))
		}
	}
	return faults
}

func (e *entry) plain() bool {
	_, ok := e.forms[""]
	return ok
}
