package crash

import (
	"bytes"
	"context"
	"crypto/sha256"
	"sync"
	"time"

	"github.com/kioskd/kioskd/internal/domain"
	"github.com/kioskd/kioskd/internal/signed"
	"github.com/kioskd/kioskd/internal/terminal/ports"
	"github.com/kioskd/kioskd/internal/wire/centerapi"
)

// Center is a centre and a municipality in one, with true signatures. It outlives every process.
type Center struct {
	w *World

	mu        sync.Mutex
	challenge signed.Hash
	assertion signed.Hash
	status    centerapi.Status
	orders    int
	done      [][]byte
	told      map[domain.ApplicationID]bool // whose account is here
}

// another opens an application under the assertion of the one before it, if the account of that one is here.
func (c *Center) another(app domain.ApplicationID, r centerapi.AnotherRequest) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.told[r.After] || app == r.After {
		c.w.result.fault("X-11: an application begins before the account of the one before it was told")
	}
}

// take keeps an account.
func (c *Center) take(app domain.ApplicationID, note []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.told == nil {
		c.told = map[domain.ApplicationID]bool{}
	}
	c.done, c.told[app] = append(c.done, note), true
}

const (
	town   domain.MunicipalityCode = "990019"
	kiosk  domain.KioskID          = "K-000001"
	office domain.CenterID         = "test-center"
	onePDF                         = "%PDF-1.7 a page"
)

// lag is the way to the centre.
const lag = 20*time.Millisecond + 11*time.Nanosecond

var subject = domain.Subject{ID: domain.ID{7}}

func (c *Center) heartbeat() centerapi.HeartbeatAnswer {
	return centerapi.HeartbeatAnswer{ServerTime: c.w.now(), ClockOk: true}
}

func (c *Center) challengeOf() centerapi.ChallengeAnswer {
	from := c.w.now().UTC()
	return centerapi.ChallengeAnswer{
		Center: office, CenterNonce: signed.HashOf([]byte("nonce")), NotBefore: from,
		NotAfter: from.Add(domain.ChallengeLife),
	}
}

func (c *Center) authenticate(app domain.ApplicationID, a centerapi.Authentication) ([]byte, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.challenge = sha256.Sum256(a.ChallengeText)
	now := c.w.now().UTC()
	msg, hash, err := signed.Seal(signed.Assertion{
		Env: signed.EnvTest, Center: office, Application: app, Kiosk: kiosk, Challenge: c.challenge,
		Municipality: town, Subject: subject, Method: signed.MethodJPKI, Status: signed.StatusGood, Checked: now,
		OCSP: signed.HashOf(nil), Made: now, Expires: now.Add(domain.NoteLife),
	}, keys().center)
	c.assertion = hash
	return msg, err
}

func (c *Center) choices(app domain.ApplicationID) (centerapi.Choices, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	holder, member := bytes.Clone(keys().pictures[0]), bytes.Clone(keys().pictures[1])
	now := c.w.now().UTC()
	msg, _, err := signed.Seal(signed.Choices{
		Env: signed.EnvTest, Municipality: town, Application: app, Challenge: c.challenge, Assertion: c.assertion,
		Subject: subject, Holder: signed.HashOf(holder),
		Members:   []signed.Member{{Ref: "m1", Tag: signed.HashOf([]byte("t")), Picture: signed.HashOf(member)}},
		Kinds:     []signed.OfferedKind{{Kind: domain.ResidentRecord, UnitFee: c.w.script.Fee, MaxCopies: 5}},
		Catalogue: "2026.1", DataAsOf: now, Made: now, Expires: now.Add(domain.NoteLife),
	}, keys().town)
	return centerapi.Choices{
		Note: msg, Pictures: [][]byte{holder, member},
		Catalogue: centerapi.Catalogue{
			Municipality: town, Version: "2026.1", Name: centerapi.Text{domain.Japanese: "見本市"},
			Kinds: []centerapi.CatalogueKind{{
				Kind: domain.ResidentRecord, Label: centerapi.Text{domain.Japanese: "住民票の写し"},
			}},
		},
	}, err
}

// order makes manifest and delivery for an order, and refuses one that the kiosk has not signed.
func (c *Center) order(app domain.ApplicationID, msg []byte) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := c.w.now().UTC()
	o, hash, err := signed.Open[signed.Order](msg, keys().kioskRing, now, signed.RoleKiosk)
	if err != nil {
		return err
	}
	c.orders++
	issue := domain.IssueID{ID: domain.ID{byte(c.orders)}}
	manifest, mHash, err := signed.Seal(signed.Manifest{
		Env: signed.EnvTest, Municipality: town, Application: app, Order: hash, Assertion: c.assertion,
		Choices: o.Choices, Issue: issue, Kind: o.Kind, Copies: o.Copies, Holder: signed.HolderOf(subject, hash),
		Tally: signed.TallyOf(issue, hash, 1),
		Pages: []signed.Page{{
			Orientation: signed.Portrait, Bytes: len(onePDF), Digest: signed.HashOf([]byte(onePDF)),
			Persons: []signed.Tag{signed.HashOf([]byte("t"))},
		}},
		Fee: o.TotalFee, Issued: domain.DateOf(now), DataAsOf: now, Build: "test", Topology: "single", Made: now,
		Expires: now.Add(domain.NoteLife),
	}, keys().town)
	if err != nil {
		return err
	}
	d := signed.Delivery{
		Env: signed.EnvTest, Center: office, Application: app, Kiosk: kiosk, Manifest: mHash, Assertion: c.assertion,
		Generation: 1, Back: signed.BackNone, Made: now, Expires: now.Add(domain.NoteLife),
	}
	for n := range o.Copies {
		d.Sheets = append(d.Sheets, signed.Sheet{
			Copy: n + 1, Page: 1, ID: domain.SheetID{ID: domain.ID{byte(c.orders), byte(n + 1)}},
		})
	}
	delivery, _, err := signed.Seal(d, keys().center)
	c.status = centerapi.Status{
		State: centerapi.StateReady, Pages: 1, Manifest: manifest, Delivery: delivery, Rev: int64(c.orders),
	}
	return err
}

// wire is the centre as one process sees it: with a gate on both sides of each call.
type wire struct {
	c *Center
	p *process
}

var _ ports.Center = wire{}

func (w wire) Heartbeat(context.Context, centerapi.Heartbeat) (a centerapi.HeartbeatAnswer, err error) {
	w.p.after(lag, "center.heartbeat", func() { a = w.c.heartbeat() })
	return a, nil
}

func (w wire) Challenge(context.Context, centerapi.ChallengeRequest) (a centerapi.ChallengeAnswer, err error) {
	w.p.after(lag, "center.challenge", func() { a = w.c.challengeOf() })
	return a, nil
}

func (w wire) Authenticate(_ context.Context, app domain.ApplicationID, a centerapi.Authentication,
) (msg []byte, m domain.MunicipalityCode, err error) {
	w.p.after(lag, "center.authenticate", func() { msg, err = w.c.authenticate(app, a) })
	return msg, town, err
}

func (w wire) Another(_ context.Context, app domain.ApplicationID, r centerapi.AnotherRequest) error {
	w.p.after(lag, "center.another", func() { w.c.another(app, r) })
	return nil
}

func (w wire) Choices(_ context.Context, app domain.ApplicationID) (a centerapi.Choices, err error) {
	w.p.after(lag, "center.choices", func() { a, err = w.c.choices(app) })
	return a, err
}

func (w wire) Order(_ context.Context, app domain.ApplicationID, msg []byte) (err error) {
	w.p.after(lag, "center.order", func() { err = w.c.order(app, msg) })
	return err
}

func (w wire) Wait(context.Context, domain.ApplicationID, int64) (s centerapi.Status, err error) {
	w.p.after(lag, "center.wait", func() { s = w.c.status })
	return s, nil
}

func (w wire) Page(context.Context, domain.ApplicationID, int) (b []byte, err error) {
	w.p.after(lag, "center.page", func() { b = []byte(onePDF) })
	return b, nil
}

func (w wire) Done(_ context.Context, app domain.ApplicationID, note []byte) error {
	w.p.after(lag, "center.done", func() { w.c.take(app, note) })
	return nil
}

func (w wire) Cancel(context.Context, domain.ApplicationID) error {
	w.p.after(3*lag, "center.cancel", func() {})
	return nil
}
