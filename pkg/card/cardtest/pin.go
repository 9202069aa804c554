package cardtest

import (
	"bytes"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
)

// pin is a PIN with its counter.
type pin struct {
	file     uint16
	key      uint16
	value    []byte
	left     int
	full     int
	verified bool
	fold     bool // lower case counts as upper case
}

func (k *Card) verify(apdu []byte) []byte {
	p := k.pinOf(k.current)
	switch {
	case apdu[2] != 0 || apdu[3] != 0x80:
		return sw(0x6A86)
	case k.current == 0:
		return sw(0x6986)
	case p == nil:
		return sw(0x6981)
	case len(apdu) == 4 && (k.config.Quirks.QueryAlwaysOK || k.config.Quirks.VerifiedSilent && p.verified):
		return sw(0x9000)
	case len(apdu) == 4:
		return sw(0x63C0 | uint16(p.left))
	}
	given, ok := body(apdu)
	if !ok {
		return sw(0x6700)
	}
	return p.try(given, k.config.Quirks.BlockedBy6983)
}

func (k *Card) pinOf(file uint16) *pin {
	for i := range k.pins {
		if k.pins[i].file == file {
			return &k.pins[i]
		}
	}
	return nil
}

func (p *pin) try(given []byte, by6983 bool) []byte {
	switch {
	case p.left == 0 && by6983:
		return sw(0x6983)
	case p.left == 0:
		return sw(0x6984)
	}
	match := bytes.Equal(given, p.value)
	if p.fold {
		match = bytes.EqualFold(given, p.value)
	}
	if match {
		p.left, p.verified = p.full, true
		return sw(0x9000)
	}
	p.left, p.verified = p.left-1, false
	return sw(0x63C0 | uint16(p.left))
}

func (k *Card) sign(apdu []byte) []byte {
	data, ok := body(apdu)
	switch {
	case !ok:
		return sw(0x6700)
	case apdu[2] != 0 || apdu[3] != 0x80:
		return sw(0x6A86)
	case k.current == 0:
		return sw(0x6986)
	}
	for i, key := range []*rsa.PrivateKey{k.config.AuthKey, k.config.SignKey} {
		p := &k.pins[i]
		if p.key != k.current || key == nil {
			continue
		}
		if !p.verified {
			return sw(0x6982)
		}
		return k.signWith(key, data, i == 0)
	}
	return sw(0x6981)
}

func (k *Card) signWith(key *rsa.PrivateKey, data []byte, auth bool) []byte {
	if k.config.Quirks.ForeignSignature {
		sum := sha256.Sum256(data)
		data = sum[:]
	}
	// Hash 0: the data is padded as it is, as P1 = 00 asks.
	signature, err := rsa.SignPKCS1v15(rand.Reader, key, 0, data)
	if err != nil {
		return sw(0x6700)
	}
	if auth {
		k.stats.Signatures++
	}
	return append(signature, 0x90, 0x00)
}
