package issuingapi

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"strings"

	"github.com/kioskd/kioskd/internal/domain"
)

// ServerConfig is what a Handler stands on.
type ServerConfig struct {
	Service Service
	// Authorize says whether the TLS identity of a request may act for a municipality; nil error: it may.
	Authorize func(*http.Request, domain.MunicipalityCode) error
	Log       *slog.Logger
	// Slots is how many requests are worked on at the same time; beyond it the answer is Busy at once.
	Slots int
}

// defaultSlots: an issue costs tens of milliseconds of CPU; more at once would only be late.
const defaultSlots = 32

// Handler serves the interface in SOAP 1.1 and 1.2 on one address. Log lines carry operation, code and ids, no content.
func Handler(c ServerConfig) http.Handler {
	if c.Slots == 0 {
		c.Slots = defaultSlots
	}
	return &handler{ServerConfig: c, operations: operations(), slots: make(chan struct{}, c.Slots)}
}

type handler struct {
	ServerConfig
	operations map[string]operation
	slots      chan struct{}
}

func (h *handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		http.Error(w, "POST a SOAP message; the interface is described in api/issuing.wsdl", http.StatusMethodNotAllowed)
		return
	}
	version, action, ok := soapOf(r.Header.Get("Content-Type"))
	if !ok {
		http.Error(w, "want text/xml or application/soap+xml in UTF-8", http.StatusUnsupportedMediaType)
		return
	}
	if version == soap11 {
		action = strings.Trim(r.Header.Get("SOAPAction"), `"`)
	}
	var msg []byte
	status := http.StatusOK
	answer, err := h.work(r, version, action)
	if err == nil {
		msg, err = writeEnvelope(version, answer)
	}
	if err != nil {
		msg, status = writeFault(version, err)
		h.report(r.Context(), err)
	}
	w.Header().Set("Content-Type", version.mediaType+"; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	// A peer that is gone cannot be told so; the application ends by its deadline.
	_, _ = w.Write(msg)
	clear(msg)
}

// work takes one request from its bytes to the body of its answer.
func (h *handler) work(r *http.Request, version *soap, action string) (func(*codec), error) {
	select {
	case h.slots <- struct{}{}:
		defer func() { <-h.slots }()
	default:
		return nil, &ProtocolError{Code: CodeBusy, Detail: "every slot is taken", RetryAfter: 1e9}
	}
	body, err := io.ReadAll(http.MaxBytesReader(nil, r.Body, MaxRequest))
	if err != nil {
		if _, over := errors.AsType[*http.MaxBytesError](err); over {
			return nil, protocol(CodeTooLarge, "a request has at most %d bytes", MaxRequest)
		}
		return nil, protocol(CodeSchemaInvalid, "the request ended early")
	}
	defer clear(body)
	reader := newReader(body)
	name, err := openEnvelope(reader, version)
	if err != nil {
		return nil, err
	}
	op, known := h.operations[name.Local]
	if !known || name.Space != Namespace {
		return nil, protocol(CodeSchemaInvalid, "no operation %.60q in this version", name.Local)
	}
	if action != "" && action != soapAction(op.name) {
		return nil, protocol(CodeActionMismatch, "the body asks for %s", op.name)
	}
	ctx, stop := context.WithTimeout(r.Context(), op.deadline)
	defer stop()
	return op.serve(ctx, &served{
		body:      &codec{r: reader},
		finish:    func() error { return closeEnvelope(reader) },
		authorize: func(m domain.MunicipalityCode) error { return h.Authorize(r, m) },
		service:   h.Service,
	})
}

func (h *handler) report(ctx context.Context, err error) {
	refusal, p := asFault(err)
	if refusal != nil {
		h.Log.InfoContext(ctx, "refused", "evt", "issuing.refused", "reason", refusal.Reason.Code(),
			"application", refusal.Application.String())
		return
	}
	h.Log.WarnContext(ctx, "bad request or fault", "evt", "issuing.fault", "code", p.Code, "err", p)
}
