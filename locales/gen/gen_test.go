package main

import (
	"fmt"
	"io/fs"
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/kioskd/kioskd/internal/domain"
)

// files is the real catalogue in memory.
func files(t *testing.T) fstest.MapFS {
	t.Helper()
	got := fstest.MapFS{}
	for _, lang := range domain.Langs {
		data, err := fs.ReadFile(os.DirFS(".."), fileName(lang))
		if err != nil {
			t.Fatal(err)
		}
		got[fileName(lang)] = &fstest.MapFile{Data: data}
	}
	return got
}

// TestGeneratedIsCurrent also holds the seven files against each other: generate refuses what does not fit.
func TestGeneratedIsCurrent(t *testing.T) {
	want, err := generate(files(t))
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile("../msg/msg_gen.go")
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != string(want) {
		t.Error("msg_gen.go is not what the catalogue gives: run go generate ./locales/msg")
	}
}

func TestBadCataloguesAreRefusedWithTheirPlace(t *testing.T) {
	replace := func(lang domain.Lang, old, fresh string) func(*testing.T, fstest.MapFS) {
		return func(t *testing.T, m fstest.MapFS) {
			f := m[fileName(lang)]
			text := strings.Replace(string(f.Data), old, fresh, 1)
			if text == string(f.Data) {
				t.Fatalf("%s has no %q", fileName(lang), old)
			}
			f.Data = []byte(text)
		}
	}
	at := func(lang domain.Lang, id string) string {
		return fmt.Sprintf("%s:%d: ", fileName(lang), places(string(files(t)[fileName(lang)].Data))[id])
	}
	spoken, back := "step.spoken", "common.back"
	tests := map[string]struct {
		spoil func(*testing.T, fstest.MapFS)
		want  string
	}{
		"missing key": {
			replace("ko", "\nback =", "\nbackward ="),
			"active.ko.toml:1: common.back of " + strings.TrimSuffix(at("ja", back), ": ") + " is missing",
		},
		"unknown key": {
			replace("ko", "\nback =", "\nbackward ="), at("ko", back) + "common.backward is not in active.ja.toml",
		},
		"placeholder of another name": {
			replace("en", "Step {{.Now}} of", "Step {{.Fee}} of"), at("en", spoken) + "step.spoken has the placeholders",
		},
		"placeholder left out": {
			replace("es", "{{.Now}} de ", ""), at("es", spoken) + "step.spoken has the placeholders",
		},
		"placeholder no table": {replace("ja", "{{.Now}}", "{{.Foo}}"), at("ja", spoken) + "step.spoken: what {{.Foo}} is"},
		"placeholder misspelt": {replace("pt", "{{.Now}}", "{{Now}}"), at("pt", spoken) + "step.spoken: a placeholder is"},
		"missing plural form": {
			replace("en", "one = \"{{.Count}} try left\"\n", ""), at("en", "enter_pin.tries.one") + "enter_pin.tries has",
		},
		"form of no use": {
			replace("ja", "[enter_pin.tries]\n", "[enter_pin.tries]\none = \"x\"\n"), "enter_pin.tries has the plural forms",
		},
		"plural in one file": {replace("ko", "back = \"", "back.other = \""), "common.back is a plural in one file only"},
		"no text":            {replace("ja", "back = \"戻る\"", "back = 7"), at("ja", back) + "common.back is no text"},
		"not TOML":           {replace("ja", "back = \"戻る\"", "back = \"戻る"), at("ja", back) + "toml: "},
		"unknown language": {
			func(_ *testing.T, m fstest.MapFS) { m["active.fr.toml"] = &fstest.MapFile{} }, "active.fr.toml:1: fr is none",
		},
		"a language is missing": {func(_ *testing.T, m fstest.MapFS) { delete(m, "active.ko.toml") }, "active.ko.toml"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			m := files(t)
			tt.spoil(t, m)
			source, err := generate(m)
			if err == nil || !strings.Contains(err.Error(), tt.want) || source != nil {
				t.Errorf("%d bytes, error %v; want %q", len(source), err, tt.want)
			}
		})
	}
}

func TestConstructorsTakeWhatTheTextNeeds(t *testing.T) {
	source, err := generate(files(t))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"func StepSpoken(all int, now int) locales.Message {", "func EnterPINTries(count int) locales.Message {",
		"func ProgressSheet(count int, now int) locales.Message {",
		"func RefusedReturned(amount domain.Yen) locales.Message {",
	} {
		if !strings.Contains(string(source), want) {
			t.Errorf("no %s", want)
		}
	}
	if strings.Contains(string(source), "func Refusal") {
		t.Error("a family has constructors of its own")
	}
}
