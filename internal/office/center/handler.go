package center

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
	"github.com/kioskd/kioskd/internal/signed"
	"github.com/kioskd/kioskd/internal/wire/centerapi"
)

// maxBody bounds a request (server §4).
const maxBody = 256 << 10

// maxDeadline is the longest time that a kiosk may wait for one answer.
const maxDeadline = time.Minute

// Handler serves api/openapi.yaml. It must stand behind mutual TLS: who asks is read from the client's certificate.
func (c *Center) Handler() http.Handler {
	mux := http.NewServeMux()
	route := func(pattern string, h func(*exchange) error) {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) { c.serve(w, r, h) })
	}
	route("POST /v1/challenges", c.postChallenge)
	route("PUT /v1/applications/{id}/authentication", c.putAuthentication)
	route("GET /v1/applications/{id}/choices", c.getChoices)
	route("PUT /v1/applications/{id}/order", c.putOrder)
	route("GET /v1/applications/{id}", c.getApplication)
	route("DELETE /v1/applications/{id}", c.deleteApplication)
	route("GET /v1/applications/{id}/pages/{n}/front", c.getPage)
	route("POST /v1/applications/{id}/done", c.postDone)
	route("POST /v1/kiosk/heartbeat", c.postHeartbeat)
	route("GET /v1/kiosk/catalogue", c.getCatalogue)
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		c.problem(w, r, &fault{http.StatusNotFound, "NotFound", "no such call"})
	})
	return mux
}

// exchange is one request on its way through the centre.
type exchange struct {
	ctx  context.Context
	w    http.ResponseWriter
	r    *http.Request
	peer Peer
	id   domain.ApplicationID // of the path; zero where the path has none
}

func (c *Center) serve(w http.ResponseWriter, r *http.Request, h func(*exchange) error) {
	x := &exchange{w: w, r: r}
	var err error
	if x.peer, err = c.peer(r); err != nil {
		c.problem(w, r, err)
		return
	}
	if id := r.PathValue("id"); id != "" {
		if err := x.id.UnmarshalText([]byte(id)); err != nil {
			c.problem(w, r, errNotFound)
			return
		}
	}
	ctx, cancel, err := deadline(r)
	if err != nil {
		c.problem(w, r, err)
		return
	}
	defer cancel()
	x.ctx = ctx
	if err := h(x); err != nil {
		c.problem(w, r, err)
	}
}

// kioskURN begins the URI SAN of a kiosk's certificate.
const kioskURN = "urn:kioskd:kiosk:"

// peer reads who asks. Exactly one URI must name one kiosk that is in service.
func (c *Center) peer(r *http.Request) (Peer, error) {
	stranger := &fault{http.StatusForbidden, "NotAuthorized", "no kiosk of this centre"}
	if r.TLS == nil || len(r.TLS.VerifiedChains) == 0 {
		return Peer{}, stranger
	}
	leaf := r.TLS.VerifiedChains[0][0]
	if len(leaf.URIs) != 1 {
		return Peer{}, stranger
	}
	id, ok := strings.CutPrefix(leaf.URIs[0].String(), kioskURN)
	if !ok || !slices.Contains(c.Kiosks, domain.KioskID(id)) {
		return Peer{}, stranger
	}
	return Peer{domain.KioskID(id), signed.HashOf(leaf.RawSubjectPublicKeyInfo)}, nil
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
		return &fault{http.StatusRequestEntityTooLarge, "TooLarge", "a body of more than 256 KiB"}
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if d.Decode(into) != nil || d.More() {
		return bad("not the JSON of the interface")
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

func (c *Center) problem(w http.ResponseWriter, r *http.Request, err error) {
	p := centerapi.Problem{Type: "about:blank", Status: http.StatusInternalServerError, Code: "Internal"}
	if f, ok := errors.AsType[*fault](err); ok {
		p.Status, p.Code, p.Detail = f.status, f.code, f.detail
	} else if e, ok := errors.AsType[*centerapi.Refused](err); ok {
		p.Status, p.Code, p.Reason = http.StatusUnprocessableEntity, "", e.Reason.Code()
	} else if r.Context().Err() == nil {
		c.Log.Error("request not answered", "evt", "center.internal", "pattern", r.Pattern, "err", err)
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

func (c *Center) postChallenge(x *exchange) error {
	var r centerapi.ChallengeRequest
	if err := x.read(&r); err != nil {
		return err
	}
	a, err := c.Challenge(x.ctx, x.peer, r)
	if err != nil {
		return err
	}
	return x.write(http.StatusOK, a)
}

func (c *Center) putAuthentication(x *exchange) error {
	var r centerapi.Authentication
	if err := x.read(&r); err != nil {
		return err
	}
	a, err := c.Authenticate(x.ctx, x.peer, x.id, r)
	if err != nil {
		return err
	}
	return x.write(http.StatusOK, a)
}

func (c *Center) getChoices(x *exchange) error {
	a, err := c.Choices(x.ctx, x.peer, x.id)
	if err != nil {
		return err
	}
	return x.write(http.StatusOK, a)
}

func (c *Center) putOrder(x *exchange) error {
	var r centerapi.NoteBody
	if err := x.read(&r); err != nil {
		return err
	}
	s, err := c.Order(x.ctx, x.peer, x.id, r.Note)
	if err != nil {
		return err
	}
	return x.write(http.StatusAccepted, s)
}

func (c *Center) getApplication(x *exchange) error {
	q := x.r.URL.Query()
	after, err1 := strconv.ParseInt("0"+q.Get("after"), 10, 64)
	wait, err2 := strconv.ParseInt("0"+q.Get("wait"), 10, 16)
	if err1 != nil || err2 != nil {
		return bad("after or wait is no number")
	}
	s, ok, err := c.Wait(x.ctx, x.peer, x.id, after, time.Duration(wait)*time.Second)
	if err != nil {
		return err
	}
	if !ok {
		x.w.WriteHeader(http.StatusNoContent)
		return nil
	}
	return x.write(http.StatusOK, s)
}

func (c *Center) deleteApplication(x *exchange) error {
	s, err := c.Cancel(x.ctx, x.peer, x.id)
	if err != nil {
		return err
	}
	return x.write(http.StatusOK, s)
}

// getPage gives a page, or a range of it. Repr-Digest is of the whole page, Content-Digest of this answer's bytes (RFC
// 9530), so it stands only where the answer is the whole.
func (c *Center) getPage(x *exchange) error {
	n, err := strconv.Atoi(x.r.PathValue("n"))
	if err != nil {
		return errNotFound
	}
	page, sum, err := c.Page(x.ctx, x.peer, x.id, n)
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

func (c *Center) postDone(x *exchange) error {
	var r centerapi.NoteBody
	if err := x.read(&r); err != nil {
		return err
	}
	s, err := c.Done(x.ctx, x.peer, x.id, r.Note)
	if err != nil {
		return err
	}
	return x.write(http.StatusOK, s)
}

func (c *Center) postHeartbeat(x *exchange) error {
	var r centerapi.Heartbeat
	if err := x.read(&r); err != nil {
		return err
	}
	a, err := c.Heartbeat(x.ctx, x.peer.ID, r)
	if err != nil {
		return err
	}
	return x.write(http.StatusOK, a)
}

func (c *Center) getCatalogue(x *exchange) error {
	m, err := domain.ParseMunicipalityCode(x.r.URL.Query().Get("municipality"))
	if err != nil {
		return bad("municipality is no code")
	}
	a, err := c.Catalogue(x.ctx, m)
	if err != nil {
		return err
	}
	return x.write(http.StatusOK, a)
}
