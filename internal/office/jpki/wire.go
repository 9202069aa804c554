package jpki

import (
	"bytes"
	"crypto"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"fmt"
	"math/big"
	"time"
)

// golang.org/x/crypto/ocsp neither sends nor shows the nonce, and matches an answer by serial number alone. The
// structures of RFC 6960 §4 that are needed for that are here.

var (
	oidBasicResponse = asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 48, 1, 1}
	oidNonce         = asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 48, 1, 2}
	oidNoCheck       = asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 48, 1, 5}
)

var hashes = []struct {
	oid  asn1.ObjectIdentifier
	hash crypto.Hash
}{
	{asn1.ObjectIdentifier{1, 3, 14, 3, 2, 26}, crypto.SHA1},
	{asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 1}, crypto.SHA256},
	{asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 2}, crypto.SHA384},
	{asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 3}, crypto.SHA512},
}

type certID struct {
	Hash          pkix.AlgorithmIdentifier
	IssuerNameSum []byte
	IssuerKeySum  []byte
	Serial        *big.Int
}

// request is OCSPRequest; there is no signature in ours.
type request struct {
	TBS tbsRequest
}

type tbsRequest struct {
	Version    int `asn1:"explicit,tag:0,default:0,optional"`
	List       []single
	Extensions []pkix.Extension `asn1:"explicit,tag:2,optional"`
}

type single struct{ ID certID }

type response struct {
	Status asn1.Enumerated
	Bytes  struct {
		Type asn1.ObjectIdentifier
		Data []byte
	} `asn1:"explicit,tag:0,optional"`
}

type basicResponse struct {
	Data      responseData
	Algorithm pkix.AlgorithmIdentifier
	Signature asn1.BitString
	Certs     []asn1.RawValue `asn1:"explicit,tag:0,optional"`
}

type responseData struct {
	Version    int `asn1:"explicit,tag:0,default:0,optional"`
	Responder  asn1.RawValue
	ProducedAt time.Time `asn1:"generalized"`
	List       []singleResponse
	Extensions []pkix.Extension `asn1:"explicit,tag:1,optional"`
}

type singleResponse struct {
	ID     certID
	Status asn1.RawValue
	Rest   asn1.RawValue // thisUpdate; what follows is read by x/crypto
	Next   asn1.RawValue `asn1:"optional,explicit,tag:0"`
	Ext    asn1.RawValue `asn1:"optional,explicit,tag:1"`
}

// idOf names a certificate to a responder.
func idOf(cert, issuer *x509.Certificate, h crypto.Hash) (certID, error) {
	var spki struct {
		Algorithm pkix.AlgorithmIdentifier
		Key       asn1.BitString
	}
	if _, err := asn1.Unmarshal(issuer.RawSubjectPublicKeyInfo, &spki); err != nil {
		return certID{}, fmt.Errorf("jpki: issuer's key: %w", err)
	}
	for _, known := range hashes {
		if known.hash == h {
			return certID{
				Hash:          pkix.AlgorithmIdentifier{Algorithm: known.oid, Parameters: asn1.NullRawValue},
				IssuerNameSum: sum(h, cert.RawIssuer), IssuerKeySum: sum(h, spki.Key.RightAlign()),
				Serial: cert.SerialNumber,
			}, nil
		}
	}
	return certID{}, fmt.Errorf("jpki: no hash %v for a certificate id", h)
}

func sum(h crypto.Hash, b []byte) []byte {
	s := h.New()
	s.Write(b)
	return s.Sum(nil)
}

func (id certID) names(cert, issuer *x509.Certificate) bool {
	for _, known := range hashes {
		if !known.oid.Equal(id.Hash.Algorithm) {
			continue
		}
		want, err := idOf(cert, issuer, known.hash)
		return err == nil && id.Serial.Cmp(want.Serial) == 0 && bytes.Equal(id.IssuerNameSum, want.IssuerNameSum) &&
			bytes.Equal(id.IssuerKeySum, want.IssuerKeySum)
	}
	return false
}

// questionDER writes a request about one certificate with a nonce of 32 bytes (RFC 8954 §2.1).
func questionDER(q Question, h crypto.Hash) ([]byte, error) {
	id, err := idOf(q.Certificate, q.Issuer, h)
	if err != nil {
		return nil, err
	}
	value, err := asn1.Marshal(q.Nonce)
	if err != nil {
		return nil, fmt.Errorf("jpki: nonce: %w", err)
	}
	return asn1.Marshal(request{tbsRequest{
		List: []single{{id}}, Extensions: []pkix.Extension{{Id: oidNonce, Value: value}},
	}})
}

var errShape = errors.New("jpki: not one OCSP answer in DER")

// readData reads the signed part of an answer, strictly one value at each level.
func readData(der []byte) (responseData, error) {
	var outer response
	if err := exactly(der, &outer); err != nil {
		return responseData{}, err
	}
	if !outer.Bytes.Type.Equal(oidBasicResponse) {
		return responseData{}, errShape
	}
	var basic basicResponse
	if err := exactly(outer.Bytes.Data, &basic); err != nil {
		return responseData{}, err
	}
	return basic.Data, nil
}

func exactly(der []byte, v any) error {
	rest, err := asn1.Unmarshal(der, v)
	if err != nil || len(rest) != 0 {
		return errShape
	}
	return nil
}

// nonce gives the nonce of an answer; nil where it has none or more than one.
func (d responseData) nonce() []byte {
	var found []byte
	for _, e := range d.Extensions {
		if !e.Id.Equal(oidNonce) {
			continue
		}
		var value []byte
		if found != nil || exactly(e.Value, &value) != nil {
			return nil
		}
		found = value
	}
	return found
}
