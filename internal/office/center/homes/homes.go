// Package homes brings to the centre's database which municipality a card belongs to, as the municipalities say. The
// centre runs it; what a card may do then is the centre's own to decide.
package homes

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/kioskd/kioskd/internal/domain"
	"github.com/kioskd/kioskd/internal/office/store"
	"github.com/kioskd/kioskd/internal/signed"
	"github.com/kioskd/kioskd/internal/wire/issuingapi"
)

// Feed asks the municipalities and writes the table card_home.
type Feed struct {
	Store          *store.Store
	Municipalities []domain.MunicipalityCode
	Issuing        func(domain.MunicipalityCode) (issuingapi.Service, error)
}

// Bounds of one feed: pages of homesPage cards, maxHomePages of them (ten million cards), all within feedLimit.
const (
	homesPage    = 1000
	maxHomePages = 10_000
	homesLimit   = 30 * time.Second
	feedLimit    = 10 * time.Minute
	feedsAtOnce  = 8
)

// Sync asks every municipality for its cards. One that does not answer keeps what it said before, and one that is
// slow does not make the others wait.
func (f Feed) Sync(ctx context.Context) error {
	var group sync.WaitGroup
	all := make([]error, len(f.Municipalities))
	slots := make(chan struct{}, feedsAtOnce)
	for i, m := range f.Municipalities {
		slots <- struct{}{}
		group.Go(func() {
			defer func() { <-slots }()
			if err := f.sync(ctx, m); err != nil {
				all[i] = fmt.Errorf("center: cards of %s: %w", m, err)
			}
		})
	}
	group.Wait()
	return errors.Join(all...)
}

func (f Feed) sync(ctx context.Context, m domain.MunicipalityCode) error {
	ctx, cancel := context.WithTimeout(ctx, feedLimit)
	defer cancel()
	service, err := f.Issuing(m)
	if err != nil {
		return err
	}
	after := ""
	for range maxHomePages {
		page, err := onePage(ctx, service, issuingapi.CardHomesRequest{
			RequestID: domain.RequestID{ID: domain.NewID()}, Municipality: m, After: after, Limit: homesPage,
		})
		if err != nil {
			return err
		}
		if err := f.keep(ctx, m, page.Homes); err != nil {
			return err
		}
		if !page.More || len(page.Homes) == 0 {
			return nil
		}
		last := page.Homes[len(page.Homes)-1].Card.String()
		if last <= after {
			return errors.New("a page that does not come after the one before")
		}
		after = last
	}
	return errors.New("more pages than there are people")
}

func onePage(
	ctx context.Context, s issuingapi.Service, r issuingapi.CardHomesRequest,
) (issuingapi.CardHomes, error) {
	ctx, cancel := context.WithTimeout(ctx, homesLimit)
	defer cancel()
	return s.GetCardHomes(ctx, r)
}

// keep writes a page of the feed. A card that another municipality named is taken over only where that one has
// said that it ended there: a municipality cannot claim another's residents.
func (f Feed) keep(ctx context.Context, m domain.MunicipalityCode, homes []issuingapi.CardHome) error {
	return f.Store.Write(ctx, func(t *store.Tx) error {
		for _, h := range homes {
			if h.Card == (signed.Hash{}) || h.Subject.IsZero() {
				return errors.New("a line without card or subject")
			}
			err := t.Exec(`INSERT INTO card_home (card, municipality, subject, usable_from, ended) VALUES (?, ?, ?, ?, ?)
				ON CONFLICT (card) DO UPDATE SET municipality=excluded.municipality, subject=excluded.subject,
					usable_from=excluded.usable_from, ended=excluded.ended
				WHERE card_home.municipality=excluded.municipality OR card_home.ended<>0`,
				h.Card.String(), string(m), h.Subject.String(), h.UsableFrom.UnixMilli(), h.Ended)
			if err != nil {
				return err
			}
		}
		return nil
	})
}
