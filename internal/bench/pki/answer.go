package pki

import (
	"bytes"
	"crypto"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"fmt"
	"strconv"
	"time"

	"golang.org/x/crypto/ocsp"
)

// oidNonce is id-pkix-ocsp-nonce; oidNoCheck id-pkix-ocsp-nocheck (RFC 6960 §4.2.2.2.1, §4.4.1).
var (
	oidNonce   = asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 48, 1, 2}
	oidNoCheck = asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 48, 1, 5}
)

// signerFiles are the signers in ocsp/: an honest one per root, and three that nobody should believe.
func signerFiles() []string {
	return []string{"responder1", "responder2", "nousage1", "nousage2", "expired1", "expired2", "foreign"}
}

// makeResponders makes the signers of answers.
func (m *maker) makeResponders(roots []pair) error {
	usage := []x509.ExtKeyUsage{x509.ExtKeyUsageOCSPSigning}
	for i, root := range roots {
		n := strconv.Itoa(i + 1)
		if err := m.write("ocsp/root"+n+".crt", certPEM(root.cert)); err != nil {
			return err
		}
		for base, t := range map[string]x509.Certificate{
			"responder": {ExtKeyUsage: usage},
			"nousage":   {},
			"expired":   {ExtKeyUsage: usage, NotAfter: m.from.AddDate(0, 1, 0)},
		} {
			if err := m.responder("ocsp/"+base+n, t, unnamed(root)); err != nil {
				return err
			}
		}
	}
	other, err := m.authority("TEST another CA")
	if err != nil {
		return err
	}
	return m.responder("ocsp/foreign", x509.Certificate{ExtKeyUsage: usage}, &other)
}

func (m *maker) responder(file string, t x509.Certificate, by *pair) error {
	key, err := newECDSA()
	if err != nil {
		return err
	}
	t.Subject, t.KeyUsage = name("TEST OCSP"), x509.KeyUsageDigitalSignature
	t.ExtraExtensions = []pkix.Extension{{Id: oidNoCheck, Value: asn1.NullBytes}}
	p, err := m.issue(t, key, by)
	if err != nil {
		return err
	}
	return m.writePair(file, p)
}

// answer makes the DER of an answer to a request.
func (r *Responder) answer(body []byte, play Play) []byte {
	q, err := ocsp.ParseRequest(body)
	if err != nil {
		return ocsp.MalformedRequestErrorResponse
	}
	i := r.rootOf(q)
	if i < 0 {
		return ocsp.UnauthorizedErrorResponse
	}
	n := strconv.Itoa(i + 1)
	signer, about := r.signers["responder"+n], i
	switch play {
	case NoUsage:
		signer = r.signers["nousage"+n]
	case ExpiredSigner:
		signer = r.signers["expired"+n]
	case OtherSigner:
		signer = r.signers["foreign"]
	case OtherSubject:
		about = 1 - i
	case Honest, Stale, Replaced, Future, WrongNonce, NoNonce, Malformed, TryLater, Slow, Closed, Huge, ServerError:
	}
	der, err := ocsp.CreateResponse(r.roots[about].cert, signer.cert, r.template(q, play, signer.cert), signer.key)
	if err != nil {
		return ocsp.InternalErrorErrorResponse
	}
	if der, err = withNonce(der, nonceFor(body, play), signer.key); err != nil {
		return ocsp.InternalErrorErrorResponse
	}
	return der
}

// rootOf finds the issuer that a question names.
func (r *Responder) rootOf(q *ocsp.Request) int {
	for i, root := range r.roots {
		var spki struct {
			Algorithm pkix.AlgorithmIdentifier
			Key       asn1.BitString
		}
		if _, err := asn1.Unmarshal(root.cert.RawSubjectPublicKeyInfo, &spki); err != nil {
			continue
		}
		h := q.HashAlgorithm.New()
		h.Write(spki.Key.RightAlign())
		if bytes.Equal(h.Sum(nil), q.IssuerKeyHash) {
			return i
		}
	}
	return -1
}

func (r *Responder) template(q *ocsp.Request, play Play, signer *x509.Certificate) ocsp.Response {
	r.mu.Lock()
	e, known := r.states[q.SerialNumber.Text(16)]
	r.mu.Unlock()
	at := r.now().UTC().Truncate(time.Second)
	t := ocsp.Response{
		Status: ocsp.Unknown, SerialNumber: q.SerialNumber, ThisUpdate: at, NextUpdate: at.Add(time.Hour),
		Certificate: signer, IssuerHash: q.HashAlgorithm,
	}
	switch {
	case known && e.Status == Good:
		t.Status = ocsp.Good
	case known && e.Status == Revoked:
		t.Status, t.RevokedAt, t.RevocationReason = ocsp.Revoked, e.Since, e.Reason
	}
	switch play {
	case Stale:
		t.ThisUpdate = at.Add(-time.Hour)
	case Replaced:
		t.ThisUpdate, t.NextUpdate = at.Add(-2*time.Minute), at.Add(-time.Minute)
	case Future:
		t.ThisUpdate, t.NextUpdate = at.AddDate(0, 0, 1), at.AddDate(0, 0, 2)
	case Honest, WrongNonce, NoNonce, OtherSigner, NoUsage, ExpiredSigner, OtherSubject, Malformed, TryLater, Slow,
		Closed, Huge, ServerError:
	}
	return t
}

// nonceFor gives the nonce extension of the answer: the question's, or what the play says; nil for none.
func nonceFor(body []byte, play Play) []pkix.Extension {
	var q struct {
		TBS struct {
			Version    int           `asn1:"explicit,tag:0,default:0,optional"`
			Name       asn1.RawValue `asn1:"explicit,tag:1,optional"`
			List       []asn1.RawValue
			Extensions []pkix.Extension `asn1:"explicit,tag:2,optional"`
		}
	}
	if _, err := asn1.Unmarshal(body, &q); err != nil || play == NoNonce {
		return nil
	}
	for _, e := range q.TBS.Extensions {
		if !e.Id.Equal(oidNonce) {
			continue
		}
		if play == WrongNonce {
			e.Value = bytes.Clone(e.Value)
			e.Value[len(e.Value)-1] ^= 1
		}
		return []pkix.Extension{{Id: oidNonce, Value: e.Value}}
	}
	return nil
}

// withNonce puts extensions into the signed part and signs again; golang.org/x/crypto/ocsp can write none there.
func withNonce(der []byte, extensions []pkix.Extension, key crypto.Signer) ([]byte, error) {
	var outer struct {
		Status asn1.Enumerated
		Bytes  struct {
			Type asn1.ObjectIdentifier
			Data []byte
		} `asn1:"explicit,tag:0"`
	}
	var basic struct {
		Data      asn1.RawValue
		Algorithm pkix.AlgorithmIdentifier
		Signature asn1.BitString
		Certs     []asn1.RawValue `asn1:"explicit,tag:0,optional"`
	}
	var data struct {
		Version    int `asn1:"explicit,tag:0,default:0,optional"`
		Responder  asn1.RawValue
		ProducedAt time.Time `asn1:"generalized"`
		List       []asn1.RawValue
		Extensions []pkix.Extension `asn1:"explicit,tag:1,optional"`
	}
	for _, part := range []struct {
		der  func() []byte
		into any
	}{
		{func() []byte { return der }, &outer},
		{func() []byte { return outer.Bytes.Data }, &basic},
		{func() []byte { return basic.Data.FullBytes }, &data},
	} {
		if _, err := asn1.Unmarshal(part.der(), part.into); err != nil {
			return nil, fmt.Errorf("pki: answer: %w", err)
		}
	}
	data.Extensions = extensions
	tbs, err := asn1.Marshal(data)
	if err != nil {
		return nil, fmt.Errorf("pki: answer: %w", err)
	}
	digest := sha256.Sum256(tbs)
	signature, err := key.Sign(rand.Reader, digest[:], crypto.SHA256)
	if err != nil {
		return nil, fmt.Errorf("pki: answer: %w", err)
	}
	basic.Data = asn1.RawValue{FullBytes: tbs}
	basic.Signature = asn1.BitString{Bytes: signature, BitLength: 8 * len(signature)}
	if outer.Bytes.Data, err = asn1.Marshal(basic); err != nil {
		return nil, fmt.Errorf("pki: answer: %w", err)
	}
	return asn1.Marshal(outer)
}
