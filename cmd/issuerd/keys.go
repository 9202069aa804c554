package main

import (
	"crypto"
	"crypto/x509"
	"encoding/pem"
	"fmt"

	"github.com/kioskd/kioskd/internal/domain"
	"github.com/kioskd/kioskd/internal/office/form"
	"github.com/kioskd/kioskd/internal/signed"
)

// signers reads the note key of every municipality: <code>.note.key.
func (c config) signers(ring signed.Ring) (map[domain.MunicipalityCode]signed.Signer, error) {
	all := map[domain.MunicipalityCode]signed.Signer{}
	for _, m := range c.Municipalities {
		var err error
		if all[m], err = c.Dir.Signer(string(m)+".note.key", ring, signed.RoleMunicipality, string(m)); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// pdfKeys reads the PDF key of every municipality: <code>.pdf.crt and .key under pdf-ca.crt.
func (c config) pdfKeys() (map[domain.MunicipalityCode]form.SigningKey, error) {
	ca, err := c.certificate("pdf-ca.crt")
	if err != nil {
		return nil, err
	}
	all := map[domain.MunicipalityCode]form.SigningKey{}
	for _, m := range c.Municipalities {
		pair, err := c.Dir.Pair(string(m) + ".pdf")
		if err != nil {
			return nil, err
		}
		signer, ok := pair.PrivateKey.(crypto.Signer)
		if !ok {
			return nil, fmt.Errorf("issuerd: PDF key of %s cannot sign", m)
		}
		all[m] = form.SigningKey{Signer: signer, Certificate: pair.Leaf, Chain: []*x509.Certificate{ca}}
	}
	return all, nil
}

func (c config) certificate(name string) (*x509.Certificate, error) {
	text, err := c.Dir.Read(name)
	if err != nil {
		return nil, err
	}
	block, _ := pem.Decode(text)
	if block == nil {
		return nil, fmt.Errorf("issuerd: %s holds no PEM", name)
	}
	cert, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		return nil, fmt.Errorf("issuerd: %s: %w", name, err)
	}
	return cert, nil
}
