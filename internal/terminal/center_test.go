package terminal

import (
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/x509"
	"io"
	"sync"
	"time"

	"github.com/kioskd/kioskd/internal/domain"
	"github.com/kioskd/kioskd/internal/signed"
	"github.com/kioskd/kioskd/internal/wire/centerapi"
)

// fakeCenter is a centre and a municipality in one, with true signatures. hang makes calls of that name never answer.
type fakeCenter struct {
	mute, askew  bool // the heartbeat fails, or says that the clocks differ
	mu           sync.Mutex
	hang         string
	change       func(*signed.Choices)
	cancelled    int
	center, town signed.Signer
	now          func() time.Time
	request      centerapi.ChallengeRequest
	challenge    []byte
	assertion    signed.Hash
	pictures     [][]byte
	issues       bool // orders are fulfilled
	forged       string
	status       centerapi.Status
	kiosk        signed.Ring
	done         [][]byte
	another      []centerapi.AnotherRequest
	shorter      time.Duration // the delivery's life
}

func (c *fakeCenter) stuck(ctx context.Context, call string) error {
	c.mu.Lock()
	stuck := c.hang == call
	c.mu.Unlock()
	if !stuck {
		return nil
	}
	<-ctx.Done()
	return centerapi.ErrUnreachable
}

func (c *fakeCenter) Heartbeat(ctx context.Context, _ centerapi.Heartbeat) (centerapi.HeartbeatAnswer, error) {
	if c.mute {
		return centerapi.HeartbeatAnswer{}, io.ErrUnexpectedEOF
	}
	return centerapi.HeartbeatAnswer{ServerTime: c.now(), ClockOk: !c.askew}, c.stuck(ctx, "heartbeat")
}

func (c *fakeCenter) Challenge(ctx context.Context, r centerapi.ChallengeRequest) (centerapi.ChallengeAnswer, error) {
	c.request = r
	return centerapi.ChallengeAnswer{
		Center: "test-center", CenterNonce: signed.HashOf([]byte("nonce")), NotBefore: c.now().UTC().Truncate(time.Second),
		NotAfter: c.now().UTC().Truncate(time.Second).Add(domain.ChallengeLife),
	}, c.stuck(ctx, "challenge")
}

func (c *fakeCenter) Authenticate(ctx context.Context, app domain.ApplicationID, a centerapi.Authentication,
) ([]byte, domain.MunicipalityCode, error) {
	if err := c.stuck(ctx, "authenticate"); err != nil {
		return nil, "", err
	}
	sum := sha256.Sum256(a.ChallengeText)
	cert, err := x509.ParseCertificate(a.Certificate)
	if err == nil {
		err = cert.CheckSignature(x509.SHA256WithRSA, a.ChallengeText, a.Signature)
	}
	if err != nil {
		return nil, "", &centerapi.Refused{Reason: domain.CertRevoked}
	}
	now := c.now().UTC().Truncate(time.Second)
	n := signed.Assertion{
		Env: signed.EnvTest, Center: "test-center", Application: app, Kiosk: "K-000001", Challenge: sum,
		Municipality: "990019", Subject: domain.Subject{ID: domain.ID{7}}, Method: signed.MethodJPKI,
		Status: signed.StatusGood, Checked: now, OCSP: signed.HashOf(nil), Made: now, Expires: now.Add(domain.NoteLife),
	}
	c.challenge = sum[:]
	msg, hash, err := signed.Seal(n, c.center)
	c.assertion = hash
	return msg, n.Municipality, err
}

func (c *fakeCenter) Another(ctx context.Context, app domain.ApplicationID, r centerapi.AnotherRequest) error {
	if err := c.stuck(ctx, "another"); err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.another = append(c.another, r)
	if len(c.done) < len(c.another) { // the account of the one before must be here
		return centerapi.ErrProtocol
	}
	c.status = centerapi.Status{}
	return nil
}

func (c *fakeCenter) Choices(ctx context.Context, app domain.ApplicationID) (centerapi.Choices, error) {
	if err := c.stuck(ctx, "choices"); err != nil {
		return centerapi.Choices{}, err
	}
	pictures := [][]byte{bytes.Clone(c.pictures[0]), bytes.Clone(c.pictures[1])}
	now := c.now().UTC().Truncate(time.Second)
	n := signed.Choices{
		Env: signed.EnvTest, Municipality: "990019", Application: app, Challenge: signed.Hash(c.challenge),
		Assertion: c.assertion, Subject: domain.Subject{ID: domain.ID{7}}, Holder: signed.HashOf(pictures[0]),
		Members:   []signed.Member{{Ref: "m1", Tag: signed.HashOf([]byte("t")), Picture: signed.HashOf(pictures[1])}},
		Kinds:     []signed.OfferedKind{{Kind: domain.ResidentRecord, UnitFee: 200, MaxCopies: 5}},
		Catalogue: "2026.1", DataAsOf: now, Made: now, Expires: now.Add(domain.NoteLife),
	}
	if c.change != nil {
		c.change(&n)
	}
	msg, _, err := signed.Seal(n, c.town)
	return centerapi.Choices{
		Note: msg, Pictures: pictures,
		Catalogue: centerapi.Catalogue{
			Municipality: "990019", Version: "2026.1", Name: centerapi.Text{domain.Japanese: "見本市"},
			Kinds: []centerapi.CatalogueKind{{
				Kind: domain.ResidentRecord, Label: centerapi.Text{domain.Japanese: "住民票の写し"},
				Options: []centerapi.CatalogueOption{{
					Code: domain.OptionScope, Default: domain.ScopeSelf, Choices: []centerapi.OptionChoice{
						{Value: domain.ScopeWhole}, {Value: domain.ScopePart}, {Value: domain.ScopeSelf},
					},
				}},
			}},
		},
	}, err
}

func (c *fakeCenter) Order(ctx context.Context, app domain.ApplicationID, msg []byte) error {
	if err := c.stuck(ctx, "order"); err != nil {
		return err
	}
	if !c.issues {
		return &centerapi.Refused{Reason: domain.ServerUnreachable}
	}
	o, hash, err := signed.Open[signed.Order](msg, c.kiosk, c.now(), signed.RoleKiosk)
	if err != nil {
		return err
	}
	now := c.now().UTC().Truncate(time.Second)
	issue := domain.IssueID{ID: domain.NewID()}
	m := signed.Manifest{
		Env: signed.EnvTest, Municipality: "990019", Application: app, Order: hash, Assertion: c.assertion,
		Choices: o.Choices, Issue: issue, Kind: o.Kind, Copies: o.Copies,
		Holder: signed.HolderOf(domain.Subject{ID: domain.ID{7}}, hash), Tally: signed.TallyOf(issue, hash, 1),
		Pages: []signed.Page{{
			Orientation: signed.Portrait, Bytes: len(onePDF), Digest: signed.HashOf([]byte(onePDF)),
			Persons: []signed.Tag{signed.HashOf([]byte("t"))},
		}},
		Fee: o.TotalFee, Issued: domain.DateOf(now), DataAsOf: now, Build: "test", Topology: "single", Made: now,
		Expires: now.Add(domain.NoteLife),
	}
	var mHash signed.Hash
	if c.status.Manifest, mHash, err = signed.Seal(m, c.town); err != nil {
		return err
	}
	d := signed.Delivery{
		Env: signed.EnvTest, Center: "test-center", Application: app, Kiosk: "K-000001", Manifest: mHash,
		Assertion: c.assertion, Generation: 1, Back: signed.BackNone, Made: now,
		Expires: now.Add(domain.NoteLife - c.shorter),
	}
	for n := range o.Copies {
		d.Sheets = append(d.Sheets, signed.Sheet{Copy: n + 1, Page: 1, ID: domain.SheetID{ID: domain.NewID()}})
	}
	c.status.Delivery, _, err = signed.Seal(d, c.center)
	c.status.State, c.status.Pages = centerapi.StateReady, 1
	return err
}

// onePDF stands for the municipality's page; the fake renderer only looks at its bytes.
const onePDF = "%PDF-1.7 a page"

func (c *fakeCenter) Wait(context.Context, domain.ApplicationID, int64) (centerapi.Status, error) {
	return c.status, nil
}

func (c *fakeCenter) Page(context.Context, domain.ApplicationID, int) ([]byte, error) {
	return []byte(onePDF + c.forged), nil
}

func (c *fakeCenter) Done(ctx context.Context, _ domain.ApplicationID, note []byte) error {
	if err := c.stuck(ctx, "done"); err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.done = append(c.done, note)
	return nil
}

func (c *fakeCenter) Cancel(context.Context, domain.ApplicationID) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.cancelled++
	return nil
}
