package center

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/kioskd/kioskd/internal/domain"
	"github.com/kioskd/kioskd/internal/office/jpki"
	"github.com/kioskd/kioskd/internal/office/store"
	"github.com/kioskd/kioskd/internal/signed"
	"github.com/kioskd/kioskd/internal/wire/issuingapi"
)

// home is where a card belongs.
type home struct {
	municipality domain.MunicipalityCode
	subject      domain.Subject
}

// home looks a card up in what the municipalities say (server §3.2 step 10).
func (c *Center) home(ctx context.Context, card jpki.Card, now time.Time) (home, error) {
	var h home
	var subject string
	var from int64
	var ended, stopped bool
	err := c.Store.Read(ctx, func(t *store.Tx) error {
		return t.One(`SELECT h.municipality, h.subject, h.usable_from, h.ended,
				EXISTS (SELECT 1 FROM stopped s WHERE s.municipality = h.municipality)
			FROM card_home h WHERE h.card=?`, []any{issuingapi.CardKey(card.IssuerSPKI, card.Serial).String()},
			&h.municipality, &subject, &from, &ended, &stopped)
	})
	switch {
	case errors.Is(err, store.ErrNone):
		return home{}, refused(domain.NotYetUsable) // the feed comes daily; a new card is usable the day after
	case err != nil:
		return home{}, err
	case ended:
		return home{}, refused(domain.CertRevoked) // replaced or given back
	case now.Before(time.UnixMilli(from)):
		return home{}, refused(domain.NotYetUsable)
	case !c.joined(h.municipality):
		return home{}, refused(domain.MunicipalityNotJoin)
	case stopped:
		return home{}, refused(domain.Maintenance)
	}
	return h, h.subject.UnmarshalText([]byte(subject))
}

// Bounds of one feed: pages of homesPage cards, maxHomePages of them (ten million cards), all within feedLimit.
const (
	homesPage    = 1000
	maxHomePages = 10_000
	homesLimit   = 30 * time.Second
	feedLimit    = 10 * time.Minute
	feedsAtOnce  = 8
)

// SyncHomes asks every municipality for its cards. One that does not answer keeps what it said before, and one that is
// slow does not make the others wait.
func (c *Center) SyncHomes(ctx context.Context) error {
	var group sync.WaitGroup
	all := make([]error, len(c.Municipalities))
	slots := make(chan struct{}, feedsAtOnce)
	for i, m := range c.Municipalities {
		slots <- struct{}{}
		group.Go(func() {
			defer func() { <-slots }()
			if err := c.syncHomes(ctx, m); err != nil {
				all[i] = fmt.Errorf("center: cards of %s: %w", m, err)
			}
		})
	}
	group.Wait()
	return errors.Join(all...)
}

func (c *Center) syncHomes(ctx context.Context, m domain.MunicipalityCode) error {
	ctx, cancel := context.WithTimeout(ctx, feedLimit)
	defer cancel()
	service, err := c.issuing(m)
	if err != nil {
		return err
	}
	after := ""
	for range maxHomePages {
		page, err := c.homesOf(ctx, service, issuingapi.CardHomesRequest{
			RequestID: domain.RequestID{ID: domain.NewID()}, Municipality: m, After: after, Limit: homesPage,
		})
		if err != nil {
			return err
		}
		if err := c.keepHomes(ctx, m, page.Homes); err != nil {
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

func (c *Center) homesOf(
	ctx context.Context, s issuingapi.Service, r issuingapi.CardHomesRequest,
) (issuingapi.CardHomes, error) {
	ctx, cancel := context.WithTimeout(ctx, homesLimit)
	defer cancel()
	return s.GetCardHomes(ctx, r)
}

// keepHomes writes a page of the feed. A card that another municipality named is taken over only where that one has
// said that it ended there: a municipality cannot claim another's residents.
func (c *Center) keepHomes(ctx context.Context, m domain.MunicipalityCode, homes []issuingapi.CardHome) error {
	return c.Store.Write(ctx, func(t *store.Tx) error {
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
