// Package catalogue keeps what municipalities offer as the centre last heard it, and says it in the words of the
// kiosks' interface. The centre asks it; it asks the issuing servers, and only where what it holds is old.
package catalogue

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/kioskd/kioskd/internal/domain"
	"github.com/kioskd/kioskd/internal/wire/centerapi"
	"github.com/kioskd/kioskd/internal/wire/issuingapi"
)

// Shelf holds the last answer of each municipality. Its methods may be called from any goroutine.
type Shelf struct {
	service func(domain.MunicipalityCode) (issuingapi.Service, error)

	mu   sync.Mutex
	held map[domain.MunicipalityCode]held // of those who take part only
}

type held struct {
	issuingapi.Catalogue
	asked time.Time
}

// NewShelf makes an empty shelf. Service gives the issuing server of a municipality, or an error where none takes part.
func NewShelf(service func(domain.MunicipalityCode) (issuingapi.Service, error)) *Shelf {
	return &Shelf{service: service, held: map[domain.MunicipalityCode]held{}}
}

// age is how long today's catalogue is given out again without asking, so that kiosks that ask often do not reach the
// issuing server. An edition ends at its own instant all the same.
const age = time.Minute

// kioskGroup: one group of kiosks until kiosks in town halls and post offices keep their own hours.
const kioskGroup = "default"

// Question is which catalogue is wanted.
type Question struct {
	Municipality domain.MunicipalityCode
	Version      string // "": today's
	At           time.Time
}

// Catalogue gives a catalogue. What is held is asked for again with its version, which is cheap.
func (s *Shelf) Catalogue(ctx context.Context, q Question) (issuingapi.Catalogue, error) {
	s.mu.Lock()
	old := s.held[q.Municipality]
	s.mu.Unlock()
	valid := !q.At.Before(old.ValidFrom) && q.At.Before(old.ValidUntil)
	since := q.At.Sub(old.asked)
	if valid && (q.Version == old.Version || q.Version == "" && since >= 0 && since < age) {
		return old.Catalogue, nil
	}
	service, err := s.service(q.Municipality)
	if err != nil {
		return issuingapi.Catalogue{}, err
	}
	got, err := service.GetServiceCatalogue(ctx, issuingapi.CatalogueRequest{
		RequestID: domain.RequestID{ID: domain.NewID()}, Municipality: q.Municipality, KioskGroup: kioskGroup, AsOf: q.At,
		KnownVersion: old.Version,
	})
	if err != nil {
		return issuingapi.Catalogue{}, err
	}
	if got.NotModified {
		got = old.Catalogue
	}
	if got.Municipality != q.Municipality || got.Version == "" || q.Version != "" && got.Version != q.Version {
		return issuingapi.Catalogue{}, errors.New("catalogue: of another municipality or version")
	}
	s.mu.Lock()
	s.held[q.Municipality] = held{got, q.At}
	s.mu.Unlock()
	return got, nil
}

// JSON gives a catalogue in the words of the kiosks' interface.
func JSON(in issuingapi.Catalogue) centerapi.Catalogue {
	out := centerapi.Catalogue{
		Version: in.Version, Municipality: in.Municipality, Name: centerapi.Text(in.Name), ValidFrom: in.ValidFrom.UTC(),
		ValidUntil: in.ValidUntil.UTC(), Kinds: []centerapi.CatalogueKind{},
	}
	for _, k := range in.Kinds {
		kind := centerapi.CatalogueKind{
			Kind: k.Kind, Label: centerapi.Text(k.Label), Help: centerapi.Text(k.Help), Fee: k.Fee, MaxCopies: k.MaxCopies,
			Orientation: string(k.Orientation), Windows: []centerapi.Window{}, Options: []centerapi.CatalogueOption{},
		}
		for _, w := range k.Windows {
			kind.Windows = append(kind.Windows, centerapi.Window(w))
		}
		for _, o := range k.Options {
			kind.Options = append(kind.Options, optionJSON(o))
		}
		out.Kinds = append(out.Kinds, kind)
	}
	return out
}

func optionJSON(in issuingapi.CatalogueOption) centerapi.CatalogueOption {
	out := centerapi.CatalogueOption{
		Code: in.Code, Label: centerapi.Text(in.Label), Default: in.Default, DependsOn: in.DependsOn,
		Choices: []centerapi.OptionChoice{},
	}
	for _, ch := range in.Choices {
		out.Choices = append(out.Choices, centerapi.OptionChoice{Value: ch.Value, Label: centerapi.Text(ch.Label)})
	}
	return out
}
