package crash

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"image"
	"image/png"
	"math/big"
	"strings"
	"sync"
	"time"

	"golang.org/x/mod/sumdb/note"

	"github.com/kioskd/kioskd/internal/domain"
	"github.com/kioskd/kioskd/internal/signed"
)

// keyset is everybody's keys, throw-away, made once.
type keyset struct {
	card      *rsa.PrivateKey
	der       []byte // the card's certificate
	center    signed.Signer
	town      signed.Signer
	own       signed.Signer
	public    ed25519.PublicKey // own
	anchors   signed.Ring       // centre and municipality
	kioskRing signed.Ring
	pictures  [2][]byte
}

// epoch is where every world's time begins: that of a bubble of testing/synctest.
var epoch = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)

var keys = sync.OnceValue(func() keyset {
	k, err := makeKeys()
	if err != nil {
		panic("crash: keys cannot be made: " + err.Error())
	}
	return k
})

func makeKeys() (k keyset, err error) {
	if k.card, err = rsa.GenerateKey(rand.Reader, 2048); err != nil {
		return k, err
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(5), Subject: pkix.Name{Organization: []string{"TEST kioskd"}},
		NotBefore: epoch.Add(-time.Hour), NotAfter: epoch.Add(24 * 365 * time.Hour),
	}
	if k.der, err = x509.CreateCertificate(rand.Reader, template, template, &k.card.PublicKey, k.card); err != nil {
		return k, err
	}
	for i, width := range []int{16, 24} {
		var b bytes.Buffer
		if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, width, 8))); err != nil {
			return k, err
		}
		k.pictures[i] = b.Bytes()
	}
	var center, municipality, own signed.Key
	if k.center, center, err = noteKey(signed.RoleCenter, "c1", string(office), signed.ThingAssertion,
		signed.ThingDelivery); err != nil {
		return k, err
	}
	if k.town, municipality, err = noteKey(signed.RoleMunicipality, string(town), string(town), signed.ThingChoices,
		signed.ThingManifest); err != nil {
		return k, err
	}
	if k.own, own, err = noteKey(signed.RoleKiosk, string(kiosk), string(kiosk), signed.ThingOrder,
		signed.ThingDone); err != nil {
		return k, err
	}
	k.public = own.Public
	k.anchors = signed.Ring{Env: signed.EnvTest, Keys: []signed.Key{center, municipality}}
	k.kioskRing = signed.Ring{Env: signed.EnvTest, Keys: []signed.Key{own}}
	return k, nil
}

func noteKey(role signed.Role, id, holder string, things ...signed.Thing) (signed.Signer, signed.Key, error) {
	secret, public, err := note.GenerateKey(rand.Reader, signed.KeyName(role, id))
	if err != nil {
		return signed.Signer{}, signed.Key{}, err
	}
	s, err := signed.NewSigner(secret)
	if err != nil {
		return s, signed.Key{}, err
	}
	raw, err := base64.StdEncoding.DecodeString(strings.SplitN(public, "+", 3)[2])
	return s, signed.Key{
		Name: s.Name(), Holder: holder, Things: things, Env: signed.EnvTest,
		From:  domain.Date{Year: 1999, Month: 1, Day: 1},
		Until: domain.Date{Year: 2099, Month: 1, Day: 1}, Public: ed25519.PublicKey(raw[1:]),
	}, err
}
