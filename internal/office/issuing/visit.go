package issuing

import (
	"context"
	"crypto/sha256"
	"errors"
	"time"

	"github.com/kioskd/kioskd/internal/domain"
	"github.com/kioskd/kioskd/internal/signed"
	"github.com/kioskd/kioskd/internal/wire/issuingapi"
)

// maxVisits bounds the applications that are held in memory at the same time; beyond it the answer is Busy.
const maxVisits = 1000

// maxRequests bounds the different requests of one application that are remembered.
const maxRequests = 16

// visit is what memory holds of one application, until it ends or runs out.
type visit struct {
	choices     signed.Choices
	choicesHash signed.Hash
	expires     time.Time
	answers     map[domain.RequestID]*remembered
	private     [][]byte // pictures and pages, overwritten at the end
}

// remembered is the answer to one request: the same request again gets it again (idempotent by requestId), the same
// id with other content is a conflict (D-07).
type remembered struct {
	content signed.Hash
	done    chan struct{} // closed when answer and err stand
	answer  any
	err     error
}

// contentOf names the content of a request; the time left is not part of it.
func contentOf(op string, b issuingapi.Binding, subject domain.Subject, c issuingapi.Chain) signed.Hash {
	h := sha256.New()
	text := func(s string) { h.Write([]byte(s + "\n")) }
	text(op)
	text(b.Application.String())
	text(string(b.Municipality))
	text(string(b.Kiosk))
	text(subject.String())
	for _, part := range [][]byte{c.Challenge, c.Certificate, c.Signature, c.OCSP, c.Assertion, c.Order} {
		text(signed.HashOf(part).String())
	}
	return signed.Hash(h.Sum(nil))
}

// request names a request for once.
type request struct {
	app     domain.ApplicationID
	id      domain.RequestID
	content signed.Hash
}

// once does the work of a request once; whoever asks the same again waits for the same answer. A protocol error is not
// remembered: the next attempt may find a better state.
func once[A any](ctx context.Context, s *Server, r request, work func() (A, error)) (A, error) {
	var zero A
	e, mine, err := s.enter(r)
	if err != nil {
		return zero, err
	}
	if !mine {
		select {
		case <-ctx.Done():
			return zero, deadlinePassed()
		case <-e.done:
		}
		a, _ := e.answer.(A)
		return a, e.err
	}
	a, err := work()
	s.mu.Lock()
	defer s.mu.Unlock()
	e.answer, e.err = a, err
	close(e.done)
	if _, refused := errors.AsType[*issuingapi.Refusal](err); err != nil && !refused {
		if v := s.visits[r.app]; v != nil {
			delete(v.answers, r.id)
			if len(v.answers) == 0 && v.choicesHash.IsZero() {
				delete(s.visits, r.app)
			}
		}
	}
	return a, err
}

// enter gives the entry of a request and whether the caller has to do its work.
func (s *Server) enter(r request) (e *remembered, mine bool, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	v := s.visits[r.app]
	if v == nil {
		if len(s.visits) >= maxVisits {
			return nil, false, &issuingapi.ProtocolError{
				Code: issuingapi.CodeBusy, Detail: "too many open applications", RetryAfter: 5 * time.Second,
			}
		}
		v = &visit{expires: s.Now().Add(domain.NoteLife), answers: map[domain.RequestID]*remembered{}}
		s.visits[r.app] = v
	}
	if e := v.answers[r.id]; e != nil {
		if e.content != r.content {
			return nil, false, &issuingapi.ProtocolError{
				Code: issuingapi.CodeRequestConflict, Detail: "this requestId had other content",
			}
		}
		return e, false, nil
	}
	if len(v.answers) >= maxRequests {
		return nil, false, &issuingapi.ProtocolError{
			Code:   issuingapi.CodeBusy,
			Detail: "too many requests for one application",
		}
	}
	e = &remembered{content: r.content, done: make(chan struct{})}
	v.answers[r.id] = e
	return e, true, nil
}

// keep notes what choices showed; false where the application has ended meanwhile, or other choices were kept: they are
// given once.
func (s *Server) keep(app domain.ApplicationID, c signed.Choices, hash signed.Hash, pictures [][]byte) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	v := s.visits[app]
	if v == nil || !v.choicesHash.IsZero() {
		return false
	}
	v.choices, v.choicesHash, v.expires = c, hash, c.Expires
	v.private = append(v.private, pictures...)
	return true
}

// shown gives the choices that an application was shown.
func (s *Server) shown(app domain.ApplicationID) (signed.Choices, signed.Hash, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	v := s.visits[app]
	if v == nil || v.choicesHash.IsZero() {
		return signed.Choices{}, signed.Hash{}, false
	}
	return v.choices, v.choicesHash, true
}

// keepPages notes pages for erasing.
func (s *Server) keepPages(app domain.ApplicationID, pages [][]byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if v := s.visits[app]; v != nil && !v.choicesHash.IsZero() {
		v.private = append(v.private, pages...)
		return
	}
	erase(pages) // ended meanwhile: nobody gets them
}

// forget overwrites what memory holds of an application (D-06, X-25).
func (s *Server) forget(app domain.ApplicationID) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if v := s.visits[app]; v != nil {
		erase(v.private)
		delete(s.visits, app)
	}
}

// forgetOld overwrites what ran out.
func (s *Server) forgetOld(now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for app, v := range s.visits {
		if now.After(v.expires) {
			erase(v.private)
			delete(s.visits, app)
		}
	}
}

// copied gives bytes of its own to an answer, so that erasing never meets a writer. Call it before forget can run.
func (s *Server) copied(app domain.ApplicationID, parts [][]byte) ([][]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	// A visit without choices is another one: the first has ended and its bytes are gone.
	if v := s.visits[app]; v == nil || v.choicesHash.IsZero() {
		return nil, stateConflict(issuingapi.StateCancelled)
	}
	out := make([][]byte, len(parts))
	for i, p := range parts {
		out[i] = append([]byte(nil), p...)
	}
	return out, nil
}

func erase(parts [][]byte) {
	for _, p := range parts {
		clear(p)
	}
}

func deadlinePassed() error {
	return &issuingapi.ProtocolError{Code: issuingapi.CodeDeadlinePassed, Detail: "the asker waits no longer"}
}

func stateConflict(now issuingapi.State) error {
	return &issuingapi.ProtocolError{Code: issuingapi.CodeStateConflict, Detail: string(now)}
}
