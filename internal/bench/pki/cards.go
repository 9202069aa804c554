package pki

import (
	"bytes"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"fmt"
	"path/filepath"
	"runtime"
	"sync"
	"time"

	"github.com/kioskd/kioskd/internal/domain"
	"github.com/kioskd/kioskd/internal/office/registry"
	"github.com/kioskd/kioskd/internal/signed"
)

// userAuthPolicy is the certificate policy of user authentication certificates (one source; not confirmed).
var userAuthPolicy = asn1.ObjectIdentifier{1, 2, 392, 200149, 8, 5, 1, 3, 30}

// Labels of the token file by product, as in cardtest.
const (
	labelMyNumber = "JPKIAPICCTOKEN2"
	labelJuki     = "JPKIAPICCTOKEN"
)

// cardEntry is cards/<id>.json: all that the card emulator writes on one card. Files are beside it.
type cardEntry struct {
	ID          string                 `json:"id"`
	What        map[domain.Lang]string `json:"what"`
	State       registry.CardState     `json:"state"`
	Resident    string                 `json:"resident,omitempty"`
	PIN         string                 `json:"pin"`
	Tries       int                    `json:"tries"`
	Blocked     bool                   `json:"blocked"`
	Label       string                 `json:"label"`
	NotMyNumber bool                   `json:"not_my_number"`
	Auth        string                 `json:"auth,omitempty"`    // <auth>.key and <auth>.crt
	AuthCA      string                 `json:"auth_ca,omitempty"` // a certificate file
	Sign        string                 `json:"sign,omitempty"`
	SignCA      string                 `json:"sign_ca,omitempty"`
}

// userEntry is one line of user-map.json, from which the issuing server knows whose card it is.
type userEntry struct {
	IssuerSPKI   signed.Hash `json:"issuer_spki"`
	Serial       string      `json:"serial"`
	Resident     string      `json:"resident"`
	Municipality string      `json:"municipality"`
	UsableFrom   time.Time   `json:"usable_from"`
	Ended        bool        `json:"ended"`
}

// statusEntry is one line of ocsp/status.json.
type statusEntry struct {
	Root   int       `json:"root"`
	Serial string    `json:"serial"`
	Status Verdict   `json:"status"`
	Reason int       `json:"reason,omitempty"`
	Since  time.Time `json:"since,omitzero"`
}

// makeCards makes the two roots of one name, the root of signature certificates, the responders and the cards.
func (m *maker) makeCards() error {
	list := registry.TestCards()
	keys, err := rsaKeys(len(list) + 4)
	if err != nil {
		return err
	}
	roots := make([]pair, 2)
	var anchors bytes.Buffer
	for i := range roots {
		if roots[i], err = m.cardRoot("JPKI for user authentication", keys[i]); err != nil {
			return err
		}
		anchors.Write(certPEM(roots[i].cert))
		if err := m.writePair(fmt.Sprintf("offline/root%d", i+1), roots[i]); err != nil {
			return err
		}
		if err := m.write(fmt.Sprintf("cards/root%d.crt", i+1), certPEM(roots[i].cert)); err != nil {
			return err
		}
	}
	if err := m.writeEach("card-roots.pem", anchors.Bytes(), "centerd", "issuerd"); err != nil {
		return err
	}
	if err := m.makeResponders(roots); err != nil {
		return err
	}
	if err := m.makeSign(keys[2], keys[3]); err != nil {
		return err
	}
	return m.makeAuth(list, roots, keys[4:])
}

// cardRoot makes a root that says TEST and never JPKI as its organisation.
func (m *maker) cardRoot(unit string, key crypto.Signer) (pair, error) {
	return m.issue(x509.Certificate{
		Subject: pkix.Name{
			Country: []string{"JP"}, Organization: []string{"TEST kioskd"}, OrganizationalUnit: []string{"TEST " + unit},
		},
		IsCA: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageCRLSign, SignatureAlgorithm: x509.SHA256WithRSA,
	}, key, nil)
}

// unnamed is a root as an issuer whose certificates carry no authority key identifier, as the real ones do not.
func unnamed(p pair) *pair {
	c := *p.cert
	c.SubjectKeyId = nil
	return &pair{&c, p.key}
}

// makeSign makes the signature certificate (署名用) that every card carries, so that a program that reads it by mistake
// has something to be refused with. It names nobody.
func (m *maker) makeSign(rootKey, key crypto.Signer) error {
	root, err := m.cardRoot("JPKI for digital signature", rootKey)
	if err != nil {
		return err
	}
	p, err := m.issue(x509.Certificate{
		Subject:  name("TEST SIGN"),
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageContentCommitment, SignatureAlgorithm: x509.SHA256WithRSA,
	}, key, unnamed(root))
	if err != nil {
		return err
	}
	if err := m.write("cards/signroot.crt", certPEM(root.cert)); err != nil {
		return err
	}
	return m.writePair("cards/sign", p)
}

func (m *maker) makeAuth(list []registry.TestCard, roots []pair, keys []crypto.Signer) error {
	users, states := []userEntry{}, []statusEntry{}
	for i, p := range list {
		entry := describe(p)
		if p.State != registry.CardOther {
			root := rootOf(p)
			cert, err := m.authCert(p, keys[i], roots[root-1])
			if err != nil {
				return err
			}
			if err := m.writePair("cards/"+p.ID, cert); err != nil {
				return err
			}
			states = append(states, m.statusOf(p, cert))
			if p.State != registry.CardUnknown && p.State != registry.CardJuki {
				users = append(users, m.userOf(p, cert, roots[root-1]))
			}
		}
		if err := m.writeJSON("cards/"+p.ID+".json", entry); err != nil {
			return err
		}
	}
	if err := m.writeJSON("issuerd/user-map.json", users); err != nil {
		return err
	}
	return m.writeJSON("ocsp/status.json", states)
}

// rootOf is the root that makes a card's certificate; cards that no user can use have no root of their own.
func rootOf(p registry.TestCard) int { return max(p.Root, 1) }

func describe(p registry.TestCard) cardEntry {
	e := cardEntry{
		ID: p.ID, What: p.What, State: p.State, Resident: string(p.Resident), PIN: p.PIN, Tries: p.Tries,
		Label: labelMyNumber,
	}
	switch p.State {
	case registry.CardOther:
		e.NotMyNumber = true
		return e
	case registry.CardPINBlocked:
		e.Blocked = true
	case registry.CardJuki:
		e.Label = labelJuki
	case registry.CardGood, registry.CardExpired, registry.CardNotYet, registry.CardRevoked, registry.CardUnknown:
	}
	e.Auth, e.AuthCA = p.ID, fmt.Sprintf("root%d.crt", rootOf(p))
	e.Sign, e.SignCA = "sign", "signroot.crt"
	return e
}

// authCert makes a user authentication certificate; its subject is a number, as on real cards (card.md §8).
func (m *maker) authCert(p registry.TestCard, key crypto.Signer, root pair) (pair, error) {
	t := x509.Certificate{
		Subject: name(fmt.Sprintf("TEST%010X003A", serial().Uint64()>>24)), KeyUsage: x509.KeyUsageDigitalSignature,
		Policies: []x509.OID{policy()}, SignatureAlgorithm: x509.SHA256WithRSA,
	}
	switch p.State {
	case registry.CardExpired, registry.CardJuki:
		t.NotAfter = m.now.AddDate(0, 0, -30)
	case registry.CardGood, registry.CardNotYet, registry.CardRevoked, registry.CardPINBlocked, registry.CardOther,
		registry.CardUnknown:
	}
	return m.issue(t, key, unnamed(root))
}

func policy() x509.OID {
	arcs := make([]uint64, len(userAuthPolicy))
	for i, n := range userAuthPolicy {
		arcs[i] = uint64(n)
	}
	oid, err := x509.OIDFromInts(arcs)
	if err != nil {
		panic("pki: the policy is no object identifier") // cannot be: it is a constant
	}
	return oid
}

// keyCompromise is reason 1 of RFC 5280 §5.3.1.
const keyCompromise = 1

func (m *maker) statusOf(p registry.TestCard, c pair) statusEntry {
	e := statusEntry{Root: rootOf(p), Serial: c.cert.SerialNumber.Text(16), Status: Good}
	if p.State == registry.CardRevoked {
		e.Status, e.Reason, e.Since = Revoked, keyCompromise, m.now.AddDate(0, 0, -10).UTC().Truncate(time.Second)
	}
	return e
}

func (m *maker) userOf(p registry.TestCard, c, root pair) userEntry {
	from := m.from
	if p.State == registry.CardNotYet {
		from = m.now.AddDate(0, 0, 1) // the day after it was handed out
	}
	return userEntry{
		IssuerSPKI: signed.HashOf(root.cert.RawSubjectPublicKeyInfo), Serial: c.cert.SerialNumber.Text(16),
		Resident: string(p.Resident), Municipality: string(p.Municipality), UsableFrom: from.UTC().Truncate(time.Second),
	}
}

// rsaKeys makes n keys of 2048 bits on all processors.
func rsaKeys(n int) ([]crypto.Signer, error) {
	keys, errs := make([]crypto.Signer, n), make([]error, n)
	var group sync.WaitGroup
	gate := make(chan struct{}, runtime.GOMAXPROCS(0))
	for i := range n {
		group.Go(func() {
			gate <- struct{}{}
			defer func() { <-gate }()
			keys[i], errs[i] = rsa.GenerateKey(rand.Reader, 2048)
		})
	}
	group.Wait()
	for _, err := range errs {
		if err != nil {
			return nil, fmt.Errorf("RSA key: %w", err)
		}
	}
	return keys, nil
}

// Card is one test card as the card emulator takes it.
type Card struct {
	ID          string
	What        map[domain.Lang]string // who it is and what it shows
	State       registry.CardState
	Resident    string
	PIN         string
	Tries       int
	Blocked     bool
	Label       string
	NotMyNumber bool
	AuthKey     *rsa.PrivateKey // nil where the card has none
	AuthCert    []byte          // DER
	AuthCA      []byte
	AuthCAFile  string // root1.crt or root2.crt
	SignKey     *rsa.PrivateKey
	SignCert    []byte
	SignCA      []byte
}

// LoadCards reads the cards that Make wrote under dir, in the order of the list.
func LoadCards(dir string) ([]Card, error) {
	folder := filepath.Join(dir, "cards")
	cards := []Card{}
	for _, p := range registry.TestCards() {
		c, err := loadCard(folder, p.ID)
		if err != nil {
			return nil, err
		}
		cards = append(cards, c)
	}
	return cards, nil
}

func loadCard(folder, id string) (Card, error) {
	var e cardEntry
	if err := readJSON(filepath.Join(folder, id+".json"), &e); err != nil {
		return Card{}, err
	}
	c := Card{
		ID: e.ID, What: e.What, State: e.State, Resident: e.Resident, PIN: e.PIN, Tries: e.Tries, Blocked: e.Blocked,
		Label: e.Label, NotMyNumber: e.NotMyNumber, AuthCAFile: e.AuthCA,
	}
	if e.Auth == "" {
		return c, nil
	}
	var err error
	if c.AuthKey, c.AuthCert, c.AuthCA, err = loadKey(folder, e.Auth, e.AuthCA); err != nil {
		return Card{}, err
	}
	c.SignKey, c.SignCert, c.SignCA, err = loadKey(folder, e.Sign, e.SignCA)
	return c, err
}

func loadKey(folder, base, ca string) (key *rsa.PrivateKey, cert, issuer []byte, err error) {
	p, err := readPair(folder, base)
	if err != nil {
		return nil, nil, nil, err
	}
	root, err := readCert(folder, ca)
	if err != nil {
		return nil, nil, nil, err
	}
	key, ok := p.key.(*rsa.PrivateKey)
	if !ok {
		return nil, nil, nil, fmt.Errorf("pki: %s.key is no RSA key", base)
	}
	return key, p.cert.Raw, root.Raw, nil
}
