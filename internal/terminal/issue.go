package terminal

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/kioskd/kioskd/internal/domain"
	"github.com/kioskd/kioskd/internal/secret"
	"github.com/kioskd/kioskd/internal/signed"
	"github.com/kioskd/kioskd/internal/terminal/account"
	"github.com/kioskd/kioskd/internal/terminal/acts"
	"github.com/kioskd/kioskd/internal/terminal/journal"
	"github.com/kioskd/kioskd/internal/terminal/offer"
	"github.com/kioskd/kioskd/internal/terminal/ports"
	"github.com/kioskd/kioskd/internal/terminal/session"
	"github.com/kioskd/kioskd/internal/terminal/sheet"
	"github.com/kioskd/kioskd/internal/terminal/words"
	"github.com/kioskd/kioskd/internal/wire/centerapi"
	"github.com/kioskd/kioskd/pkg/printer"
)

// document is what came back for an order, before it is held against the visit.
type document struct {
	manifest signed.Manifest
	hash     signed.Hash
	delivery signed.Delivery
	notes    notes
	pages    [][]byte
}

// requestIssue signs the order, takes manifest, delivery and pages, and holds all of it against what this visit holds
// (design §6) before a yen is asked for.
func (t *Terminal) requestIssue(ctx context.Context, h *held, v session.Visit) session.Event {
	msg, err := t.order(h, v)
	if err != nil {
		return t.failed("order", err)
	}
	d, err := t.fetch(ctx, v.Application, msg)
	if err != nil {
		return t.failed("issue", err)
	}
	d.notes.order = msg
	if err := t.fitDocument(h, v.Application, &d); err != nil {
		return t.failed("document", err)
	}
	body, err := account.Of(d.hash, d.delivery).Encoded()
	if err == nil { // so that the centre hears of the sheets even after a crash
		err = t.Ports.Journal.Record(ctx, t.Now(), journal.Event{Application: v.Application, Type: account.Held, Body: body})
	}
	if err != nil {
		return t.failed("journal", err)
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.notes.order, h.notes.manifest, h.notes.delivery = msg, d.notes.manifest, d.notes.delivery
	h.manifest, h.hash, h.delivery = d.manifest, d.hash, d.delivery
	for _, p := range d.pages {
		doc, err := h.arena.Put(p)
		if err != nil {
			return t.failed("pages", err)
		}
		h.pages = append(h.pages, doc)
	}
	return session.Event{Kind: session.DocumentHeld, N: len(d.delivery.Sheets)}
}

// order makes the kiosk's note of what the resident chose.
func (t *Terminal) order(h *held, v session.Visit) ([]byte, error) {
	chosen, ok := v.Order()
	if !ok {
		return nil, errors.New("terminal: no kind is chosen")
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	now := t.Now().UTC()
	o := signed.Order{
		Env: t.Identity.Env, Kiosk: t.Identity.Kiosk, Boot: t.Identity.Boot, Software: t.Identity.Software,
		Application: v.Application, Challenge: h.textHash, Choices: h.choicesHash,
		Municipality: h.choices.Municipality, Kind: chosen.Kind, Options: offer.SortedOptions(chosen.Options),
		Members: chosen.Members, Copies: chosen.Copies, UnitFee: chosen.UnitFee, TotalFee: chosen.Fee,
		Catalogue: h.choices.Catalogue, Config: t.Identity.Config, Made: now, Expires: now.Add(domain.NoteLife),
	}
	if err := signed.FitOrder(o, h.choices, h.choicesHash); err != nil {
		return nil, err
	}
	msg, _, err := signed.Seal(o, t.Identity.Note)
	return msg, err
}

// fetch sends the order and waits for the document.
func (t *Terminal) fetch(ctx context.Context, app domain.ApplicationID, order []byte) (document, error) {
	var d document
	if err := t.Ports.Center.Order(ctx, app, order); err != nil {
		return d, err
	}
	var s centerapi.Status
	for s.State != centerapi.StateReady { // bounded by the context: domain.IssueBudget and room
		next, err := t.Ports.Center.Wait(ctx, app, s.Rev)
		if err != nil {
			return d, err
		}
		s = next
		if centerapi.Final(s.State) {
			return d, &centerapi.Refused{Reason: finalReason(s)}
		}
	}
	d.notes.manifest, d.notes.delivery = s.Manifest, s.Delivery
	if s.Pages < 1 || s.Pages > signed.MaxPages {
		return d, &signed.MismatchError{Thing: signed.ThingManifest, Field: "pages"}
	}
	for n := range s.Pages {
		p, err := t.Ports.Center.Page(ctx, app, n+1)
		if err != nil {
			return d, err
		}
		d.pages = append(d.pages, p)
	}
	return d, nil
}

func finalReason(s centerapi.Status) domain.RefusalReason {
	if r := s.Refusal(); r != domain.NoRefusal {
		return r
	}
	return domain.ServerUnreachable
}

// fitDocument is D-02 and D-03: every note by the right signer, every line as this visit holds it, every page's digest.
func (t *Terminal) fitDocument(h *held, app domain.ApplicationID, d *document) error {
	now := t.Now()
	var err error
	d.manifest, d.hash, err = signed.Open[signed.Manifest](d.notes.manifest, t.Identity.Anchors, now,
		signed.RoleMunicipality)
	if err != nil {
		return fmt.Errorf("manifest: %w", err)
	}
	d.delivery, _, err = signed.Open[signed.Delivery](d.notes.delivery, t.Identity.Anchors, now, signed.RoleCenter)
	if err != nil {
		return fmt.Errorf("delivery: %w", err)
	}
	s := sheet.Source{
		Manifest: d.manifest, Delivery: d.delivery, Copy: 1, PDFs: d.pages, Kiosk: t.Identity.Kiosk,
		Proof: t.proof(h, app, d.notes, now),
	}
	for n := range max(1, len(d.pages), len(d.manifest.Pages)) {
		if err := sheet.Verify(s, n+1); err != nil {
			return err
		}
	}
	return nil
}

// proof is what a document must fit: what this visit holds, and the notes that came for the order.
func (t *Terminal) proof(h *held, app domain.ApplicationID, came notes, at time.Time) sheet.Proof {
	h.mu.Lock()
	defer h.mu.Unlock()
	return sheet.Proof{
		Assertion: h.notes.assertion, Choices: h.notes.choices, Order: came.order, Manifest: came.manifest,
		Delivery: came.delivery, Application: app, Challenge: h.challenge, Anchors: t.Identity.Anchors,
		OwnName: t.Identity.Note.Name(), Own: t.Identity.Own, At: at,
	}
}

// checkPages renders every page dry, before payment.
func (t *Terminal) checkPages(ctx context.Context, h *held) session.Event {
	if t.Ports.Pages == nil || t.acts.Printer == nil {
		return session.Event{Kind: session.CheckFailed, Reason: domain.PrinterNotReady}
	}
	if s, err := t.acts.Ready(ctx); err != nil || !s.Usable() {
		t.acts.DoubtPrinter()
		t.Log.Warn("printer not ready", "evt", "print.ready", "err", err, "blocking", fmt.Sprint(s.Blocking()))
		return session.Event{Kind: session.CheckFailed, Reason: domain.PrinterNotReady}
	}
	pdfs := h.copyPages()
	defer wipePages(pdfs)
	if err := t.Ports.Pages.Check(ctx, pdfs); err != nil {
		t.Log.Warn("page refused", "evt", "page.refused", "err", err)
		return session.Event{Kind: session.CheckFailed, Reason: domain.DocumentUnreadable}
	}
	return session.Event{Kind: session.Checked, N: h.left(t.Now())}
}

func (h *held) copyPages() [][]byte {
	h.mu.Lock()
	pages := append([]secret.Doc(nil), h.pages...)
	h.mu.Unlock()
	var out [][]byte
	for _, d := range pages {
		d.View(func(b []byte) { out = append(out, append([]byte(nil), b...)) })
	}
	return out
}

// print prints one copy. A kiosk without a printer prints nothing, and says so before it has asked for money.
func (t *Terminal) print(ctx context.Context, h *held, v session.Visit, n int) session.Event {
	if t.acts.Printer == nil || t.Ports.Pages == nil {
		return session.Event{Kind: session.CopyFailed, Evidence: session.EvidenceNotPrinted}
	}
	h.mu.Lock()
	c := ports.Copy{Manifest: h.manifest, Delivery: h.delivery, N: n, Kiosk: t.Identity.Kiosk}
	came := h.notes
	h.mu.Unlock()
	c.Proof = t.proof(h, v.Application, came, t.Now()) // once a copy
	c.PDFs = h.copyPages()
	defer wipePages(c.PDFs)
	return t.acts.PrintCopy(ctx, acts.Order{
		Application: v.Application, N: n, Sheets: len(c.Manifest.Pages),
		Body: func(w io.Writer, caps printer.Capabilities) error {
			err := t.Ports.Pages.Write(ctx, w, caps, c)
			if words.Center(err) == domain.DocumentMismatch { // D-02 at the last moment: a stop
				t.Log.Error("a page is not this application's", "evt", "alarm", "err", err)
				t.mixed.Store(true)
			}
			return err
		},
	})
}

func wipePages(pdfs [][]byte) {
	for _, p := range pdfs {
		clear(p)
	}
}
