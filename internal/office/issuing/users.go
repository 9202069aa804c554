package issuing

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/kioskd/kioskd/internal/domain"
	"github.com/kioskd/kioskd/internal/office/registry"
	"github.com/kioskd/kioskd/internal/office/store"
	"github.com/kioskd/kioskd/internal/signed"
	"github.com/kioskd/kioskd/internal/wire/issuingapi"
)

// User is one line of user management (利用者管理): whose card a certificate's serial number is (server §3.3).
type User struct {
	IssuerSPKI   signed.Hash             `json:"issuer_spki"` // SHA-256 of the issuer's public key
	Serial       string                  `json:"serial"`      // lower-case hex without leading zeros
	Resident     registry.ResidentID     `json:"resident"`
	Municipality domain.MunicipalityCode `json:"municipality"`
	UsableFrom   time.Time               `json:"usable_from"`
	Ended        bool                    `json:"ended"` // a tombstone
}

// ParseUsers reads the lines of a user map; an unknown field is an error.
func ParseUsers(text []byte) ([]User, error) {
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	var users []User
	if err := d.Decode(&users); err != nil {
		return nil, fmt.Errorf("issuing: user map: %w", err)
	}
	return users, nil
}

// ErrCardMoved says that a line of the user map gives a known card to another resident; a card never changes hands.
var ErrCardMoved = errors.New("issuing: user map: a card would change hands; have a person look at the feed")

// LoadUsers takes in the user map. A card that is new gets an opaque subject of its own.
func (s *Server) LoadUsers(ctx context.Context, users []User) error {
	return s.Store.Write(ctx, func(t *store.Tx) error {
		for _, u := range users {
			row, known := s.Registry.Resident(u.Resident)
			if !known || row.Municipality != u.Municipality {
				return fmt.Errorf("issuing: user map: no resident %s in %s", u.Resident, u.Municipality)
			}
			changed, err := t.Change(`INSERT INTO user_map (card, subject, municipality, resident, usable_from, ended)
				VALUES (?, ?, ?, ?, ?, ?)
				ON CONFLICT (card) DO UPDATE SET usable_from=excluded.usable_from, ended=excluded.ended
				WHERE resident=excluded.resident AND municipality=excluded.municipality`,
				issuingapi.CardKey(u.IssuerSPKI, u.Serial).String(), domain.NewID().String(), string(u.Municipality),
				string(u.Resident), u.UsableFrom.UnixMilli(), u.Ended)
			if err != nil {
				return err
			}
			if !changed {
				return ErrCardMoved
			}
		}
		return nil
	})
}

// user is a line as the decisions read it.
type user struct {
	card         signed.Hash
	subject      domain.Subject
	municipality domain.MunicipalityCode
	resident     registry.ResidentID
	usableFrom   time.Time
	ended        bool
}

const userColumns = `card, subject, municipality, resident, usable_from, ended`

func scanUser(r store.Row) (u user, err error) {
	var card, subject string
	var from int64
	if err := r.Scan(&card, &subject, &u.municipality, &u.resident, &from, &u.ended); err != nil {
		return user{}, fmt.Errorf("issuing: user map: %w", err)
	}
	u.usableFrom = time.UnixMilli(from).UTC()
	if u.card, err = signed.ParseHash(card); err != nil {
		return user{}, err
	}
	return u, u.subject.UnmarshalText([]byte(subject))
}

// userOf finds the line of a card; known is false where there is none.
func (s *Server) userOf(ctx context.Context, card signed.Hash) (u user, known bool, err error) {
	err = s.Store.Read(ctx, func(t *store.Tx) error {
		return t.Each(`SELECT `+userColumns+` FROM user_map WHERE card=?`, []any{card.String()},
			func(r store.Row) (err error) {
				u, err = scanUser(r)
				known = true
				return err
			})
	})
	return u, known, err
}

// subjectOf reads the subject back from the row that was printed and the card that asked (D-03).
func (s *Server) subjectOf(
	ctx context.Context, row registry.ResidentID, card signed.Hash,
) (d domain.Subject, err error) {
	var text string
	err = s.Store.Read(ctx, func(t *store.Tx) error {
		return t.One(`SELECT subject FROM user_map WHERE resident=? AND card=?`, []any{string(row), card.String()}, &text)
	})
	if err != nil {
		return d, err
	}
	return d, d.UnmarshalText([]byte(text))
}

// GetCardHomes gives one page of the feed of cards, in the order of the cards. It holds no name and no serial number.
func (s *Server) GetCardHomes(ctx context.Context, r issuingapi.CardHomesRequest) (issuingapi.CardHomes, error) {
	if _, served := s.Signers[r.Municipality]; !served {
		return issuingapi.CardHomes{}, notServed(r.Municipality)
	}
	var page issuingapi.CardHomes
	err := s.Store.Read(ctx, func(t *store.Tx) error {
		return t.Each(`SELECT `+userColumns+` FROM user_map WHERE municipality=? AND card>? ORDER BY card LIMIT ?`,
			[]any{string(r.Municipality), r.After, r.Limit + 1}, func(row store.Row) error {
				u, err := scanUser(row)
				if err != nil {
					return err
				}
				if len(page.Homes) == r.Limit {
					page.More = true
					return nil
				}
				page.Homes = append(page.Homes, issuingapi.CardHome{
					Card: u.card, Subject: u.subject, UsableFrom: u.usableFrom, Ended: u.ended,
				})
				return nil
			})
	})
	return page, err
}
