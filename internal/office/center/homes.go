package center

import (
	"context"
	"errors"
	"time"

	"github.com/kioskd/kioskd/internal/domain"
	"github.com/kioskd/kioskd/internal/office/center/homes"
	"github.com/kioskd/kioskd/internal/office/jpki"
	"github.com/kioskd/kioskd/internal/office/store"
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

// SyncHomes asks every municipality for its cards. One that does not answer keeps what it said before.
func (c *Center) SyncHomes(ctx context.Context) error {
	return homes.Feed{Store: c.Store, Municipalities: c.Municipalities, Issuing: c.issuing}.Sync(ctx)
}
