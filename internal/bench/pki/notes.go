package pki

import (
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"strings"

	"golang.org/x/mod/sumdb/note"

	"github.com/kioskd/kioskd/internal/domain"
	"github.com/kioskd/kioskd/internal/signed"
)

// holders are the three who sign the list of keys, two of them each time.
var holders = []string{"a", "b", "c"}

// makeNotes makes the note keys and the list that says who may sign what.
func (m *maker) makeNotes() error {
	list := signed.Keys{Env: signed.EnvTest, Sequence: 1, Made: m.from, Expires: m.until}
	add := func(file string, role signed.Role, holder string, things ...signed.Thing) error {
		private, public, err := noteKey(role, holder)
		if err != nil {
			return err
		}
		raw, err := publicBytes(public)
		if err != nil {
			return err
		}
		list.Keys = append(list.Keys, signed.Key{
			Name: signed.KeyName(role, holder), Holder: holder, Things: things, Env: signed.EnvTest,
			From: domain.DateOf(m.from), Until: domain.DateOf(m.until), Public: raw,
		})
		return m.write(file, []byte(private+"\n"))
	}
	if err := add("centerd/note.key", signed.RoleCenter, string(Center), signed.ThingAssertion,
		signed.ThingDelivery); err != nil {
		return err
	}
	if err := add("kioskd/note.key", signed.RoleKiosk, string(Kiosk), signed.ThingOrder, signed.ThingDone); err != nil {
		return err
	}
	for _, code := range Municipalities {
		if err := add("issuerd/"+string(code)+".note.key", signed.RoleMunicipality, string(code), signed.ThingChoices,
			signed.ThingManifest); err != nil {
			return err
		}
	}
	return m.sealKeys(list)
}

// sealKeys signs the list with two of three and writes it beside the three anchors.
func (m *maker) sealKeys(list signed.Keys) error {
	var anchors strings.Builder
	var signers []signed.Signer
	for i, h := range holders {
		private, public, err := noteKey(signed.RoleKeys, h)
		if err != nil {
			return err
		}
		anchors.WriteString(public + "\n")
		if err := m.write("offline/keys-"+h+".key", []byte(private+"\n")); err != nil {
			return err
		}
		if i == 0 {
			continue // two of three are enough; the first holder is away
		}
		s, err := signed.NewSigner(private)
		if err != nil {
			return err
		}
		signers = append(signers, s)
	}
	msg, _, err := signed.Seal(list, signers...)
	if err != nil {
		return err
	}
	if err := m.writeEach("keys.note", msg, "centerd", "issuerd", "kioskd"); err != nil {
		return err
	}
	return m.writeEach("keys.anchors", []byte(anchors.String()), "centerd", "issuerd", "kioskd")
}

func noteKey(role signed.Role, id string) (private, public string, err error) {
	private, public, err = note.GenerateKey(rand.Reader, signed.KeyName(role, id))
	if err != nil {
		return "", "", fmt.Errorf("note key: %w", err)
	}
	return private, public, nil
}

// publicBytes takes the 32 bytes out of a verifier key "name+hash+base64(1 ‖ key)" (C2SP signed-note).
func publicBytes(verifier string) ([]byte, error) {
	parts := strings.SplitN(verifier, "+", 3)
	if len(parts) != 3 {
		return nil, fmt.Errorf("verifier key %.40q", verifier)
	}
	raw, err := base64.StdEncoding.DecodeString(parts[2])
	if err != nil || len(raw) != 33 {
		return nil, fmt.Errorf("verifier key %.40q", verifier)
	}
	return raw[1:], nil
}
