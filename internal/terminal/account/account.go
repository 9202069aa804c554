// Package account makes the kiosk's account of a visit's end, the done note, from what memory or, after a crash, the
// journal holds of it. It is pure; terminal signs and sends.
package account

import (
	"encoding/json"
	"fmt"

	"github.com/kioskd/kioskd/internal/domain"
	"github.com/kioskd/kioskd/internal/signed"
	"github.com/kioskd/kioskd/pkg/printer"
)

// Document is what an account says of a document: hashes and ids, nothing of its content. The zero value is none.
type Document struct {
	Manifest   signed.Hash `json:"manifest"`
	Generation int         `json:"generation"`
	Sheets     []Sheet     `json:"sheets"`
}

// Sheet is one sheet of one copy, 1 ….
type Sheet struct {
	ID   domain.SheetID `json:"id"`
	Copy int            `json:"copy"`
}

// Held is the type of the journal's event that carries a Document.
const Held = "document.held"

// Of is the document of a verified delivery.
func Of(manifest signed.Hash, d signed.Delivery) Document {
	doc := Document{Manifest: manifest, Generation: d.Generation}
	for _, s := range d.Sheets {
		doc.Sheets = append(doc.Sheets, Sheet{ID: s.ID, Copy: s.Copy})
	}
	return doc
}

// Encoded is the body of the journal's event.
func (d Document) Encoded() ([]byte, error) { return json.Marshal(d) }

// Parse reads the body of the journal's event.
func Parse(body []byte) (d Document, err error) {
	if err := json.Unmarshal(body, &d); err != nil {
		return Document{}, fmt.Errorf("account: document: %w", err)
	}
	return d, nil
}

// Printing is how far the copies came.
type Printing struct {
	Good     int // proved
	UnderWay int // the copy whose end is not proved, 1 …; 0: none
}

// Any reports whether a sheet may lie in the world, so that the centre must hear of it.
func (p Printing) Any() bool { return p.Good > 0 || p.UnderWay > 0 }

// Impressions reads the printer's life counter of sides from the counters of an act; 0 where the device tells none.
func Impressions(counters []byte) int64 {
	var c printer.Counters
	if json.Unmarshal(counters, &c) != nil || !c.Impressions.Known || c.Impressions.N < 0 {
		return 0
	}
	return int64(c.Impressions.N)
}

// Fates says what became of each sheet.
func (d Document) Fates(p Printing) (all []signed.DoneSheet) {
	for _, s := range d.Sheets {
		fate := signed.SheetUnfed
		switch {
		case s.Copy <= p.Good:
			fate = signed.SheetPrinted
		case s.Copy == p.UnderWay:
			fate = signed.SheetUnknown
		}
		all = append(all, signed.DoneSheet{ID: s.ID, Fate: fate})
	}
	return all
}
