package pki

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"time"

	"golang.org/x/crypto/ocsp"
)

// Verdict is what the responder knows of a certificate.
type Verdict string

// The verdicts.
const (
	Good    Verdict = "good"
	Revoked Verdict = "revoked"
	Unknown Verdict = "unknown"
)

// Play is a way in which the responder misbehaves.
type Play string

// The plays.
const (
	Honest        Play = ""
	Stale         Play = "stale"          // an answer of an hour ago
	Replaced      Play = "replaced"       // nextUpdate has passed
	Future        Play = "future"         // an answer of tomorrow
	WrongNonce    Play = "wrong-nonce"    // another question's nonce
	NoNonce       Play = "no-nonce"       // none
	OtherSigner   Play = "other-signer"   // a responder of another CA
	NoUsage       Play = "no-usage"       // a signer without OCSPSigning
	ExpiredSigner Play = "expired-signer" // a responder whose certificate has ended
	OtherSubject  Play = "other-subject"  // an answer about the same serial number under the other root
	Malformed     Play = "malformed"      // bytes that are no answer
	TryLater      Play = "try-later"      // status tryLater
	Slow          Play = "slow"           // no answer until the client gives up
	Closed        Play = "closed"         // the connection is cut
	Huge          Play = "huge"           // 1 MiB
	ServerError   Play = "server-error"   // HTTP 500
)

// Responder is an OCSP responder of the test CA, one delegated signer per root. It is an http.Handler and safe for use
// by many goroutines.
type Responder struct {
	now     func() time.Time
	roots   []pair // certificates only
	signers map[string]pair

	mu     sync.Mutex
	states map[string]statusEntry // by serial
	play   Play
	asked  int
}

// NewResponder reads what Make wrote under dir.
func NewResponder(dir string, now func() time.Time) (*Responder, error) {
	folder := filepath.Join(dir, "ocsp")
	r := &Responder{now: now, signers: map[string]pair{}, states: map[string]statusEntry{}}
	var list []statusEntry
	if err := readJSON(filepath.Join(folder, "status.json"), &list); err != nil {
		return nil, err
	}
	for _, e := range list {
		r.states[e.Serial] = e
	}
	for i := 1; i <= 2; i++ {
		root, err := readCert(folder, fmt.Sprintf("root%d.crt", i))
		if err != nil {
			return nil, err
		}
		r.roots = append(r.roots, pair{cert: root})
	}
	for _, base := range signerFiles() {
		p, err := readPair(folder, base)
		if err != nil {
			return nil, err
		}
		r.signers[base] = p
	}
	return r, nil
}

func readJSON(path string, v any) error {
	b, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf("pki: %w; make the keys anew", err)
	}
	if err := json.Unmarshal(b, v); err != nil {
		return fmt.Errorf("pki: %s: %w", path, err)
	}
	return nil
}

// Play makes the responder misbehave from now on.
func (r *Responder) Play(p Play) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.play = p
}

// Judge changes what the responder knows of a certificate, named by its serial number in lower-case hex. Reason is that
// of RFC 5280 §5.3.1 and counts for Revoked only.
func (r *Responder) Judge(serial string, v Verdict, reason int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	e := r.states[serial]
	e.Serial, e.Status, e.Reason, e.Since = serial, v, reason, r.now().UTC().Truncate(time.Second)
	r.states[serial] = e
}

// Asked counts the questions so far.
func (r *Responder) Asked() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.asked
}

// maxQuestion bounds a request's body.
const maxQuestion = 64 << 10

// ServeHTTP answers POST requests (RFC 6960 appendix A.1).
func (r *Responder) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	body, err := io.ReadAll(io.LimitReader(req.Body, maxQuestion))
	if err != nil || req.Method != http.MethodPost {
		http.Error(w, "POST an OCSP request", http.StatusBadRequest)
		return
	}
	r.mu.Lock()
	play := r.play
	r.asked++
	r.mu.Unlock()
	answer := r.answer(body, play)
	switch play {
	case Slow:
		<-req.Context().Done()
		return
	case Closed:
		panic(http.ErrAbortHandler) // the documented way to cut a connection
	case ServerError:
		http.Error(w, "trouble", http.StatusInternalServerError)
		return
	case Malformed:
		answer = []byte("this is no OCSP answer")
	case Huge:
		answer = bytes.Repeat([]byte{0x30}, 1<<20)
	case TryLater:
		answer = ocsp.TryLaterErrorResponse
	case Honest, Stale, Replaced, Future, WrongNonce, NoNonce, OtherSigner, NoUsage, ExpiredSigner, OtherSubject:
	}
	w.Header().Set("Content-Type", "application/ocsp-response")
	_, _ = w.Write(answer) // a client that has gone is no concern of ours
}
