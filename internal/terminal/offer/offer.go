// Package offer makes what a resident may choose from: the municipality's signed choices joined with its catalogue, the
// pictures that they name, and the texts of the catalogue on the screen.
//
// terminal calls it. It decides nothing: what is not named by the signed choices is refused.
package offer

import (
	"bytes"
	"fmt"
	"image"
	"image/png"

	"github.com/kioskd/kioskd/internal/domain"
	"github.com/kioskd/kioskd/internal/signed"
	"github.com/kioskd/kioskd/internal/terminal/session"
	"github.com/kioskd/kioskd/internal/wire/centerapi"
)

// Pictures decodes the municipality's pictures and demands exactly those whose hashes the choices name. The
// bytes are cleared.
func Pictures(n signed.Choices, all [][]byte) (map[signed.Hash]image.Image, error) {
	want := map[signed.Hash]bool{n.Holder: true}
	for _, m := range n.Members {
		want[m.Picture] = true
	}
	have := map[signed.Hash]image.Image{}
	for _, b := range all {
		hash := signed.HashOf(b)
		img, ok := decodePicture(b)
		clear(b)
		if !want[hash] || !ok {
			return nil, &signed.MismatchError{Thing: signed.ThingChoices, Field: "pictures"}
		}
		have[hash] = img
	}
	if len(have) != len(want) {
		return nil, &signed.MismatchError{Thing: signed.ThingChoices, Field: "pictures"}
	}
	return have, nil
}

// Join joins the signed choices with the catalogue that they name.
func Join(n signed.Choices, c centerapi.Catalogue) (*session.Offer, error) {
	if c.Version != n.Catalogue || c.Municipality != n.Municipality {
		return nil, &signed.MismatchError{Thing: signed.ThingChoices, Field: "catalogue"}
	}
	if len(n.Kinds) > session.MaxKinds || len(n.Members) > session.MaxMembers || len(n.Members) == 0 {
		return nil, fmt.Errorf("%w: %d kinds, %d members", centerapi.ErrProtocol, len(n.Kinds), len(n.Members))
	}
	offer := &session.Offer{Holder: n.Holder}
	for _, m := range n.Members {
		offer.Members = append(offer.Members, session.MemberOffer{Ref: m.Ref, Picture: m.Picture})
	}
	for _, k := range n.Kinds {
		o := session.KindOffer{Kind: k.Kind, Refusal: k.Refusal, UnitFee: k.UnitFee, MaxCopies: k.MaxCopies}
		for _, ck := range c.Kinds {
			if ck.Kind != k.Kind {
				continue
			}
			for _, opt := range ck.Options {
				o.Options = append(o.Options, optionOffer(opt))
			}
		}
		if len(o.Options) > session.MaxOptions {
			return nil, fmt.Errorf("%w: %d options", centerapi.ErrProtocol, len(o.Options))
		}
		offer.Kinds = append(offer.Kinds, o)
	}
	return offer, nil
}

func optionOffer(opt centerapi.CatalogueOption) session.OptionOffer {
	o := session.OptionOffer{Code: opt.Code}
	for i, c := range opt.Choices {
		o.Values = append(o.Values, c.Value)
		if c.Value == opt.Default {
			o.Default = i
		}
	}
	return o
}

// maxPicture bounds a picture of a name: pixels of one side.
const maxPicture = 4096

// decodePicture reads a municipality's picture. Its hash was checked before.
func decodePicture(b []byte) (image.Image, bool) {
	c, err := png.DecodeConfig(bytes.NewReader(b))
	if err != nil || c.Width > maxPicture || c.Height > maxPicture/4 {
		return nil, false
	}
	img, err := png.Decode(bytes.NewReader(b))
	return img, err == nil
}

// Texts joins the municipality's texts to what the session shows.
func Texts(v *session.View, c centerapi.Catalogue) {
	if len(v.Kinds) == 0 {
		return
	}
	v.Municipality = session.Text(c.Name)
	for i := range v.Kinds {
		kindTexts(c, &v.Kinds[i])
	}
	kindTexts(c, &v.Kind)
	kind, ok := kindOf(c, v.Kind.Kind)
	if !ok {
		return
	}
	for i := range v.Options {
		for _, o := range kind.Options {
			if o.Code == v.Options[i].Code {
				optionTexts(&v.Options[i], o)
			}
		}
	}
}

func kindOf(all centerapi.Catalogue, k domain.Kind) (centerapi.CatalogueKind, bool) {
	for _, c := range all.Kinds {
		if c.Kind == k {
			return c, true
		}
	}
	return centerapi.CatalogueKind{}, false
}

func kindTexts(all centerapi.Catalogue, v *session.KindView) {
	if c, ok := kindOf(all, v.Kind); ok {
		v.Label, v.Help = session.Text(c.Label), session.Text(c.Help)
	}
}

func optionTexts(v *session.OptionView, o centerapi.CatalogueOption) {
	v.Label = session.Text(o.Label)
	for i := range v.Choices {
		for _, c := range o.Choices {
			if c.Value == v.Choices[i].Value {
				v.Choices[i].Label = session.Text(c.Label)
			}
		}
	}
}
