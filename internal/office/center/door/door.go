// Package door is the centre's door for kiosks: api/openapi.yaml over HTTP. It reads who asks from the client's
// certificate, takes bodies strictly, turns the time that a kiosk has left into a context, and errors into problem
// documents. What is asked is the centre's to answer. cmd/centerd serves it.
package door

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/kioskd/kioskd/internal/domain"
	"github.com/kioskd/kioskd/internal/office/center"
	"github.com/kioskd/kioskd/internal/signed"
	"github.com/kioskd/kioskd/internal/wire/centerapi"
)

// maxBody bounds a request (server §4).
const maxBody = 256 << 10

// maxDeadline is the longest time that a kiosk may wait for one answer.
const maxDeadline = time.Minute

type door struct {
	*center.Center
}

// Handler serves a centre to its kiosks. It must stand behind mutual TLS.
func Handler(c *center.Center) http.Handler {
	d := door{c}
	mux := http.NewServeMux()
	route := func(pattern string, h func(*exchange) error) {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) { d.serve(w, r, h) })
	}
	route("POST /v1/challenges", d.postChallenge)
	route("PUT /v1/applications/{id}/authentication", d.putAuthentication)
	route("PUT /v1/applications/{id}/another", d.putAnother)
	route("GET /v1/applications/{id}/choices", d.getChoices)
	route("PUT /v1/applications/{id}/order", d.putOrder)
	route("GET /v1/applications/{id}", d.getApplication)
	route("DELETE /v1/applications/{id}", d.deleteApplication)
	route("GET /v1/applications/{id}/pages/{n}/front", d.getPage)
	route("POST /v1/applications/{id}/done", d.postDone)
	route("POST /v1/kiosk/heartbeat", d.postHeartbeat)
	route("GET /v1/kiosk/catalogue", d.getCatalogue)
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		d.problem(w, r, &center.Fault{Status: http.StatusNotFound, Code: "NotFound", Detail: "no such call"})
	})
	return mux
}

// exchange is one request on its way through the centre.
type exchange struct {
	ctx  context.Context
	w    http.ResponseWriter
	r    *http.Request
	peer center.Peer
	id   domain.ApplicationID // of the path; zero where the path has none
}

func (d door) serve(w http.ResponseWriter, r *http.Request, h func(*exchange) error) {
	x := &exchange{w: w, r: r}
	var err error
	if x.peer, err = d.peer(r); err != nil {
		d.problem(w, r, err)
		return
	}
	if id := r.PathValue("id"); id != "" {
		if err := x.id.UnmarshalText([]byte(id)); err != nil {
			d.problem(w, r, errNotFound)
			return
		}
	}
	ctx, cancel, err := deadline(r)
	if err != nil {
		d.problem(w, r, err)
		return
	}
	defer cancel()
	x.ctx = ctx
	if err := h(x); err != nil {
		d.problem(w, r, err)
	}
}

func bad(detail string) error {
	return &center.Fault{Status: http.StatusBadRequest, Code: "BadRequest", Detail: detail}
}

var errNotFound = &center.Fault{Status: http.StatusNotFound, Code: "NotFound", Detail: "no such application or page"}

// kioskURN begins the URI SAN of a kiosk's certificate.
const kioskURN = "urn:kioskd:kiosk:"

// peer reads who asks. Exactly one URI must name one kiosk that is in service.
func (d door) peer(r *http.Request) (center.Peer, error) {
	stranger := &center.Fault{Status: http.StatusForbidden, Code: "NotAuthorized", Detail: "no kiosk of this centre"}
	if r.TLS == nil || len(r.TLS.VerifiedChains) == 0 {
		return center.Peer{}, stranger
	}
	leaf := r.TLS.VerifiedChains[0][0]
	if len(leaf.URIs) != 1 {
		return center.Peer{}, stranger
	}
	id, ok := strings.CutPrefix(leaf.URIs[0].String(), kioskURN)
	if !ok || !slices.Contains(d.Kiosks, domain.KioskID(id)) {
		return center.Peer{}, stranger
	}
	return center.Peer{ID: domain.KioskID(id), Key: signed.HashOf(leaf.RawSubjectPublicKeyInfo)}, nil
}

// deadline turns the time that the kiosk has left into a context.
func deadline(r *http.Request) (context.Context, context.CancelFunc, error) {
	left := maxDeadline
	if text := r.Header.Get("Kioskd-Deadline"); text != "" {
		ms, err := strconv.ParseInt(text, 10, 64)
		if err != nil || ms < 1 {
			return nil, nil, bad("Kioskd-Deadline is no number of milliseconds")
		}
		left = min(left, time.Duration(min(ms, maxDeadline.Milliseconds()))*time.Millisecond)
	}
	ctx, cancel := context.WithTimeout(r.Context(), left)
	return ctx, cancel, nil
}

// read takes the body strictly: one JSON value, no field that the interface does not have.
func (x *exchange) read(into any) error {
	text, err := io.ReadAll(io.LimitReader(x.r.Body, maxBody+1))
	if err != nil {
		return bad("the body broke off")
	}
	if len(text) > maxBody {
		return &center.Fault{Status: http.StatusRequestEntityTooLarge, Code: "TooLarge", Detail: "over 256 KiB"}
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	if decoder.Decode(into) != nil {
		return bad("not the JSON of the interface")
	}
	if _, err := decoder.Token(); err != io.EOF {
		return bad("something follows the JSON of the interface")
	}
	return nil
}

// write gives an answer in JSON. Nothing of it may be kept on its way.
func (x *exchange) write(status int, v any) error {
	text, err := json.Marshal(v)
	if err != nil {
		return err
	}
	x.w.Header().Set("Content-Type", "application/json")
	x.w.Header().Set("Cache-Control", "no-store")
	x.w.WriteHeader(status)
	_, _ = x.w.Write(text) // a kiosk that has gone asks again
	return nil
}

func (d door) problem(w http.ResponseWriter, r *http.Request, err error) {
	p := centerapi.Problem{Type: "about:blank", Status: http.StatusInternalServerError, Code: "Internal"}
	if f, ok := errors.AsType[*center.Fault](err); ok {
		p.Status, p.Code, p.Detail = f.Status, f.Code, f.Detail
	} else if e, ok := errors.AsType[*centerapi.Refused](err); ok {
		p.Status, p.Code, p.Reason = http.StatusUnprocessableEntity, "", e.Reason.Code()
	} else if r.Context().Err() == nil {
		d.Log.Error("request not answered", "evt", "center.internal", "pattern", r.Pattern, "err", err)
	}
	p.Title = http.StatusText(p.Status)
	text, err := json.Marshal(p)
	if err != nil {
		text = []byte(`{"type":"about:blank","title":"Internal Server Error","status":500}`)
	}
	w.Header().Set("Content-Type", "application/problem+json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(p.Status)
	_, _ = w.Write(text) // a kiosk that has gone asks again
}

func (d door) postChallenge(x *exchange) error {
	var r centerapi.ChallengeRequest
	if err := x.read(&r); err != nil {
		return err
	}
	a, err := d.Challenge(x.ctx, x.peer, r)
	if err != nil {
		return err
	}
	return x.write(http.StatusOK, a)
}

func (d door) putAuthentication(x *exchange) error {
	var r centerapi.Authentication
	if err := x.read(&r); err != nil {
		return err
	}
	a, err := d.Authenticate(x.ctx, x.peer, x.id, r)
	if err != nil {
		return err
	}
	return x.write(http.StatusOK, a)
}

func (d door) putAnother(x *exchange) error {
	var r centerapi.AnotherRequest
	if err := x.read(&r); err != nil {
		return err
	}
	s, err := d.Another(x.ctx, x.peer, x.id, r)
	if err != nil {
		return err
	}
	return x.write(http.StatusOK, s)
}

func (d door) getChoices(x *exchange) error {
	a, err := d.Choices(x.ctx, x.peer, x.id)
	if err != nil {
		return err
	}
	return x.write(http.StatusOK, a)
}

func (d door) putOrder(x *exchange) error {
	var r centerapi.NoteBody
	if err := x.read(&r); err != nil {
		return err
	}
	s, err := d.Order(x.ctx, x.peer, x.id, r.Note)
	if err != nil {
		return err
	}
	return x.write(http.StatusAccepted, s)
}

func (d door) getApplication(x *exchange) error {
	q := x.r.URL.Query()
	after, err1 := strconv.ParseInt("0"+q.Get("after"), 10, 64)
	wait, err2 := strconv.ParseInt("0"+q.Get("wait"), 10, 16)
	if err1 != nil || err2 != nil {
		return bad("after or wait is no number")
	}
	s, ok, err := d.Wait(x.ctx, x.peer, x.id, after, time.Duration(wait)*time.Second)
	if err != nil {
		return err
	}
	if !ok {
		x.w.WriteHeader(http.StatusNoContent)
		return nil
	}
	return x.write(http.StatusOK, s)
}

func (d door) deleteApplication(x *exchange) error {
	s, err := d.Cancel(x.ctx, x.peer, x.id)
	if err != nil {
		return err
	}
	return x.write(http.StatusOK, s)
}

// getPage gives a page, or a range of it. Repr-Digest is of the whole page, Content-Digest of this answer's bytes (RFC
// 9530), so it stands only where the answer is the whole.
func (d door) getPage(x *exchange) error {
	n, err := strconv.Atoi(x.r.PathValue("n"))
	if err != nil {
		return errNotFound
	}
	page, sum, err := d.Page(x.ctx, x.peer, x.id, n)
	if err != nil {
		return err
	}
	defer clear(page)
	h := x.w.Header()
	field := "sha-256=:" + base64.StdEncoding.EncodeToString(sum[:]) + ":"
	h.Set("ETag", centerapi.PageTag(sum))
	h.Set("Content-Type", "application/pdf")
	h.Set("Cache-Control", "no-store")
	h.Set("Repr-Digest", field)
	if x.r.Header.Get("Range") == "" && sha256.Sum256(page) == sum {
		h.Set("Content-Digest", field)
	}
	http.ServeContent(x.w, x.r, "", time.Time{}, bytes.NewReader(page))
	return nil
}

func (d door) postDone(x *exchange) error {
	var r centerapi.NoteBody
	if err := x.read(&r); err != nil {
		return err
	}
	s, err := d.Done(x.ctx, x.peer, x.id, r.Note)
	if err != nil {
		return err
	}
	return x.write(http.StatusOK, s)
}

func (d door) postHeartbeat(x *exchange) error {
	var r centerapi.Heartbeat
	if err := x.read(&r); err != nil {
		return err
	}
	a, err := d.Heartbeat(x.ctx, x.peer.ID, r)
	if err != nil {
		return err
	}
	return x.write(http.StatusOK, a)
}

func (d door) getCatalogue(x *exchange) error {
	m, err := domain.ParseMunicipalityCode(x.r.URL.Query().Get("municipality"))
	if err != nil {
		return bad("municipality is no code")
	}
	a, err := d.Catalogue(x.ctx, m)
	if err != nil {
		return err
	}
	return x.write(http.StatusOK, a)
}
