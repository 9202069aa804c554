package signed

import (
	"time"

	"github.com/kioskd/kioskd/internal/domain"
)

// CardStatus is what the validation said of the card's certificate. Only good leads anywhere.
type CardStatus string

// StatusGood says that the responder answered "good" for this application.
const StatusGood CardStatus = "good"

// MethodJPKI is 公的個人認証方式.
const MethodJPKI = "jpki"

// Assertion is the centre's word that the holder of a card stands behind one application.
type Assertion struct {
	Env          Env
	Center       domain.CenterID
	Application  domain.ApplicationID
	Kiosk        domain.KioskID
	Challenge    Hash
	Municipality domain.MunicipalityCode
	Subject      domain.Subject
	Method       string
	Status       CardStatus
	Checked      time.Time // when the responder was asked
	OCSP         Hash      // SHA-256 of the OCSP response
	Made         time.Time
	Expires      time.Time
}

func (*Assertion) thing() Thing { return ThingAssertion }

func (n *Assertion) lines(c *codec) {
	token(c, "env", &n.Env)
	token(c, "center", &n.Center)
	c.text("application", &n.Application)
	token(c, "kiosk", &n.Kiosk)
	c.text("challenge", &n.Challenge)
	municipality(c, &n.Municipality)
	c.text("subject", &n.Subject)
	token(c, "method", &n.Method)
	token(c, "status", &n.Status)
	c.instant("checked", &n.Checked)
	c.text("ocsp", &n.OCSP)
	c.instant("made", &n.Made)
	c.instant("expires", &n.Expires)
}

func (n *Assertion) claims() claims {
	return claims{n.Env, string(n.Center), n.Made, n.Expires}
}

func municipality(c *codec, v *domain.MunicipalityCode) {
	c.through("municipality", string(*v), func(s string) (err error) {
		*v, err = domain.ParseMunicipalityCode(s)
		return err
	})
}
