package center

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"sync"
	"time"

	"github.com/kioskd/kioskd/internal/domain"
	"github.com/kioskd/kioskd/internal/signed"
	"github.com/kioskd/kioskd/internal/wire/centerapi"
	"github.com/kioskd/kioskd/internal/wire/issuingapi"
)

// maxVisits bounds the open applications in memory; the nation needs a few hundred at a time.
const maxVisits = 10_000

// visit is what the centre holds of one open application, in memory only. It is wiped when the application ends.
type visit struct {
	id    domain.ApplicationID
	kiosk Peer
	ctx   context.Context // ends with the application; upstream calls hang on it
	end   context.CancelFunc

	mu      sync.Mutex
	changed chan struct{} // closed and renewed at each change of state
	tasks   map[string]*task

	// Each of these is written by one task before its done channel closes, and read after it.
	opening signed.Challenge     // without the certificate
	hint    signed.Hash          // the certificate that the kiosk announced; zero: none
	after   domain.ApplicationID // the application before it under the same assertion; zero: none
	// applications under the assertion, with this one.
	applications int
	chain        issuingapi.Chain
	subject      domain.Subject
	assertion    sealed[signed.Assertion]
	choices      sealed[signed.Choices]
	pictures     [][]byte
	catalogue    issuingapi.Catalogue
	order        sealed[signed.Order]
	manifest     sealed[signed.Manifest]
	delivery     []byte
	pages        [][]byte
}

// sealed is a note as it came, as it reads, and its hash.
type sealed[T any] struct {
	msg  []byte
	note T
	hash signed.Hash
}

// Peer is who stands at the other end of a connection, by its TLS certificate.
type Peer struct {
	ID  domain.KioskID
	Key signed.Hash // SHA-256 of its SubjectPublicKeyInfo
}

// task is one piece of work that runs once, however often it is asked for.
type task struct {
	digest signed.Hash // of the request
	done   chan struct{}
	err    error
}

// begin gives the task of a name. First is true for the one caller that must run it. Another request under the same
// name is a conflict.
func (v *visit) begin(name string, digest signed.Hash) (t *task, first bool, err error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if t, ok := v.tasks[name]; ok {
		if t.digest != digest {
			return nil, false, errRequest
		}
		return t, false, nil
	}
	t = &task{digest: digest, done: make(chan struct{})}
	v.tasks[name] = t
	return t, true, nil
}

// notify wakes those who wait for a change.
func (v *visit) notify() {
	v.mu.Lock()
	defer v.mu.Unlock()
	close(v.changed)
	v.changed = make(chan struct{})
}

// change gives a channel that closes at the next change.
func (v *visit) change() <-chan struct{} {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.changed
}

// evidence copies the chain of an application for one call, so that wiping it cannot meet the call's reading.
func (v *visit) evidence() issuingapi.Chain {
	v.mu.Lock()
	defer v.mu.Unlock()
	c := v.chain
	for _, b := range []*[]byte{&c.Challenge, &c.Certificate, &c.Signature, &c.OCSP, &c.Assertion, &c.Order} {
		*b = bytes.Clone(*b)
	}
	return c
}

// wipe overwrites what names a person.
func (v *visit) wipe() {
	v.mu.Lock()
	defer v.mu.Unlock()
	for _, list := range [][][]byte{v.pictures, v.pages, {v.chain.Certificate, v.chain.Signature, v.chain.OCSP}} {
		for _, b := range list {
			clear(b)
		}
	}
	v.pictures, v.pages, v.chain, v.delivery = nil, nil, issuingapi.Chain{}, nil
	v.opening, v.hint = signed.Challenge{}, signed.Hash{}
}

// hold puts an application into memory.
func (c *Center) hold(v *visit) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, ok := c.visits[v.id]; ok {
		return errRequest
	}
	if len(c.visits) >= maxVisits {
		return errBusy
	}
	c.visits[v.id] = v
	return nil
}

// visit finds an open application of a kiosk in memory.
func (c *Center) visit(k domain.KioskID, id domain.ApplicationID) (*visit, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	v, ok := c.visits[id]
	return v, ok && v.kiosk.ID == k
}

// held finds the visit for a step, or says why there is none. The kiosk must have the key that it had at the challenge.
func (c *Center) held(ctx context.Context, k Peer, id domain.ApplicationID) (*visit, error) {
	if v, ok := c.visit(k.ID, id); ok {
		if v.kiosk != k {
			return nil, errNotFound
		}
		return v, nil
	}
	a, err := c.application(ctx, k.ID, id)
	if err != nil {
		return nil, err
	}
	if a.state == centerapi.StateRefused || a.state == centerapi.StateCancelled || a.state == centerapi.StateExpired {
		if r, _ := domain.ParseReason(a.reason); a.reason != "" {
			return nil, refused(r)
		}
	}
	return nil, errGone
}

// forget wipes an application and takes it out of memory.
func (c *Center) forget(id domain.ApplicationID) {
	c.mu.Lock()
	v := c.visits[id]
	delete(c.visits, id)
	c.mu.Unlock()
	if v != nil {
		v.end()
		v.notify()
		v.wipe()
	}
}

// mark names a card among the open applications; it means nothing after a restart.
func (c *Center) mark(certificate signed.Hash) string {
	m := hmac.New(sha256.New, c.markKey[:])
	m.Write(certificate[:])
	return hex.EncodeToString(m.Sum(nil))
}

// work is one task's doing.
type work struct {
	name   string
	digest signed.Hash // of the request
	limit  time.Duration
	do     func(context.Context, *visit) error
}

// run runs a task once and waits for it as long as the caller does. The work ends the application where it fails, and
// at its time limit whether it comes back or not (D-04): what it brings later is dropped.
func (c *Center) run(ctx context.Context, v *visit, w work) error {
	t, err := c.launch(v, w)
	if err != nil {
		return err
	}
	select {
	case <-t.done:
		return t.err
	case <-v.ctx.Done(): // the application has ended, perhaps by this very task; the database knows why
		_, err := c.held(context.WithoutCancel(ctx), v.kiosk, v.id)
		return err
	case <-ctx.Done():
		return refused(domain.DeadlinePassed)
	}
}

func (c *Center) launch(v *visit, w work) (*task, error) {
	t, first, err := v.begin(w.name, w.digest)
	if err != nil {
		c.count(context.WithoutCancel(v.ctx), "request_conflict")
		c.Log.Error("another request under the same id", "evt", "center.conflict", "application", v.id.String())
		return nil, err
	}
	if !first {
		return t, nil
	}
	ctx, cancel := context.WithTimeout(v.ctx, w.limit)
	a := application{id: v.id, kiosk: v.kiosk.ID}
	stop := context.AfterFunc(ctx, func() {
		if context.Cause(ctx) == context.DeadlineExceeded {
			c.finish(a, centerapi.StateCancelled, domain.DeadlinePassed)
		}
	})
	go func() {
		defer cancel()
		defer close(t.done)
		t.err = c.settle(v, w.do(ctx, v))
		stop()
	}()
	return t, nil
}
