package desk

import (
	"fmt"
	"net/http"
	"strings"
)

func (d *Desk) printer() (Printer, error) {
	if d.parts.Printer == nil {
		return nil, notBuilt("the printer")
	}
	return d.parts.Printer, nil
}

func (d *Desk) takePaper(w http.ResponseWriter, _ *http.Request) error {
	printer, err := d.printer()
	if err != nil {
		return err
	}
	taken := printer.Take()
	d.log.add("paper.take", fmt.Sprint(len(taken)))
	return answer(w, map[string]int{"sheets": len(taken)})
}

// SheetLinks is one sheet of `GET /api/printer/sheets`: where its pictures are.
type SheetLinks struct {
	ID           string `json:"id"`
	Front        string `json:"front"`
	Back         string `json:"back"`
	FrontPreview string `json:"front_preview"`
	BackPreview  string `json:"back_preview"`
}

func (d *Desk) serveSheets(w http.ResponseWriter, _ *http.Request) error {
	printer, err := d.printer()
	if err != nil {
		return err
	}
	list := []SheetLinks{}
	for _, sheet := range printer.Sheets() {
		link := func(side string, picture []byte) string {
			if len(picture) == 0 {
				return ""
			}
			return "/api/printer/sheets/" + sheet.ID + "/" + side + ".png"
		}
		list = append(list, SheetLinks{
			sheet.ID, link("front", sheet.Front), link("back", sheet.Back),
			link("front-preview", sheet.FrontPreview), link("back-preview", sheet.BackPreview),
		})
	}
	return answer(w, map[string]any{"sheets": list})
}

func (d *Desk) serveSheet(w http.ResponseWriter, r *http.Request) error {
	printer, err := d.printer()
	if err != nil {
		return err
	}
	for _, sheet := range printer.Sheets() {
		if sheet.ID != r.PathValue("id") {
			continue
		}
		picture := map[string][]byte{
			"front": sheet.Front, "back": sheet.Back,
			"front-preview": sheet.FrontPreview, "back-preview": sheet.BackPreview,
		}[strings.TrimSuffix(r.PathValue("side"), ".png")]
		if len(picture) == 0 {
			break
		}
		w.Header().Set("Content-Type", "image/png")
		w.Header().Set("Cache-Control", "no-store")
		_, err := w.Write(picture)
		return err
	}
	return fmt.Errorf("sheet %s: %w", r.PathValue("id"), ErrUnknown)
}
