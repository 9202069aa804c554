package issuing

import (
	_ "embed" // the made-up municipalities' catalogue
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/BurntSushi/toml"

	"github.com/kioskd/kioskd/internal/domain"
	"github.com/kioskd/kioskd/internal/signed"
	"github.com/kioskd/kioskd/internal/wire/issuingapi"
)

// SampleCatalogue is the catalogue of the two made-up municipalities, for ParseCatalogues.
//
//go:embed catalogue.toml
var SampleCatalogue []byte

// Catalogues are the editions of every municipality's catalogue: dated data (D-17), so that a fee changes at midnight
// without a stop.
type Catalogues struct{ editions []issuingapi.Catalogue }

// At gives the edition that is valid at an instant.
func (c Catalogues) At(m domain.MunicipalityCode, at time.Time) (issuingapi.Catalogue, bool) {
	for _, e := range c.editions {
		if e.Municipality == m && !at.Before(e.ValidFrom) && at.Before(e.ValidUntil) {
			return e, true
		}
	}
	return issuingapi.Catalogue{}, false
}

// catalogueFile is the form of the file: words once, editions that use them.
type catalogueFile struct {
	Kind    map[string]wordsOfKind
	Option  map[string]wordsOfOption
	Edition []edition
}

type words = map[domain.Lang]string

type wordsOfKind struct{ Label, Help words }

type wordsOfOption struct {
	Label  words
	Order  []domain.OptionValue
	Choice map[string]words
}

type edition struct {
	Municipality domain.MunicipalityCode
	Version      string
	Name         words
	From, Until  domain.Date // the first day, and the first day no more
	Kind         []editionKind
}

type editionKind struct {
	Code      domain.Kind
	Fee       domain.Yen
	MaxCopies int `toml:"max_copies"`
	Hours     []issuingapi.Window
	Closed    []issuingapi.Closure
	Option    []editionOption
}

type editionOption struct {
	Code      domain.OptionCode
	Default   domain.OptionValue
	DependsOn string `toml:"depends_on"`
}

// ParseCatalogues reads a catalogue file. Unknown keys, missing languages and editions that overlap are errors; all
// findings are joined.
func ParseCatalogues(text []byte) (Catalogues, error) {
	var f catalogueFile
	meta, err := toml.Decode(string(text), &f)
	if err != nil {
		return Catalogues{}, fmt.Errorf("issuing: catalogue: %w", err)
	}
	var all []error
	for _, k := range meta.Undecoded() {
		all = append(all, fmt.Errorf("issuing: catalogue: unknown key %s", k))
	}
	var c Catalogues
	for _, e := range f.Edition {
		made, err := f.edition(e)
		all = append(all, err)
		for _, other := range c.editions {
			if other.Municipality == made.Municipality && made.ValidFrom.Before(other.ValidUntil) &&
				other.ValidFrom.Before(made.ValidUntil) {
				all = append(all, fmt.Errorf("issuing: catalogue: editions %s and %s overlap", other.Version, made.Version))
			}
		}
		c.editions = append(c.editions, made)
	}
	return c, errors.Join(all...)
}

func (f catalogueFile) edition(e edition) (issuingapi.Catalogue, error) {
	c := issuingapi.Catalogue{
		Version: e.Version, Municipality: e.Municipality, Name: e.Name, ValidFrom: midnight(e.From),
		ValidUntil: midnight(e.Until),
	}
	all := []error{checkWords("name of "+string(e.Municipality), e.Name)}
	if _, err := domain.ParseMunicipalityCode(string(e.Municipality)); err != nil || !domain.ValidToken(e.Version) ||
		e.From.Compare(e.Until) >= 0 || len(e.Kind) == 0 {
		all = append(all, fmt.Errorf("issuing: catalogue: edition %q of %q is not whole", e.Version, e.Municipality))
	}
	for _, k := range e.Kind {
		made, err := f.kind(k)
		all = append(all, err)
		c.Kinds = append(c.Kinds, made)
	}
	return c, errors.Join(all...)
}

func (f catalogueFile) kind(k editionKind) (issuingapi.CatalogueKind, error) {
	text := f.Kind[string(k.Code)]
	made := issuingapi.CatalogueKind{
		Kind: k.Code, Label: text.Label, Help: text.Help, Windows: k.Hours, Closed: k.Closed, Fee: k.Fee,
		MaxCopies: k.MaxCopies, Orientation: signed.Portrait,
	}
	all := []error{checkWords("kind "+string(k.Code), text.Label), checkWords("help of "+string(k.Code), text.Help)}
	if k.Fee < 0 || k.MaxCopies < 1 || len(k.Hours) == 0 {
		all = append(all, fmt.Errorf("issuing: catalogue: kind %s needs fee, max_copies and hours", k.Code))
	}
	for _, o := range k.Option {
		text := f.Option[string(o.Code)]
		option := issuingapi.CatalogueOption{Code: o.Code, Label: text.Label, Default: o.Default, DependsOn: o.DependsOn}
		all = append(all, checkWords("option "+string(o.Code), text.Label))
		for _, v := range text.Order {
			option.Choices = append(option.Choices, issuingapi.OptionChoice{Value: v, Label: text.Choice[string(v)]})
			all = append(all, checkWords("choice "+string(v), text.Choice[string(v)]))
		}
		if !slices.Contains(text.Order, o.Default) {
			all = append(all, fmt.Errorf("issuing: catalogue: option %s has no choice %q", o.Code, o.Default))
		}
		made.Options = append(made.Options, option)
	}
	return made, errors.Join(all...)
}

// checkWords demands all seven languages (D-19).
func checkWords(what string, w words) error {
	for _, l := range domain.Langs {
		if w[l] == "" {
			return fmt.Errorf("issuing: catalogue: %s: no text in %s", what, l)
		}
	}
	return nil
}

// midnight is the first instant of a day in Tokyo.
func midnight(d domain.Date) time.Time {
	return time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, tokyo).UTC()
}
