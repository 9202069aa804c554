package cardtest

import (
	"bytes"
	"encoding/binary"
)

// files lays out the card's readable files.
func files(c Config) map[uint16][]byte {
	f := map[uint16][]byte{fileToken: tokenInfo(or(c.Label, LabelMyNumber))}
	certificates := map[uint16][]byte{
		fileSignCert: c.SignCert, fileSignCA: c.SignCA, fileAuthCert: c.AuthCert, fileAuthCA: c.AuthCA,
	}
	for id, der := range certificates {
		if der == nil {
			continue
		}
		if c.Quirks.NonMinimalLength {
			der = lengthen(der)
		}
		f[id] = append(bytes.Clone(der), bytes.Repeat([]byte{0xFF}, c.Quirks.Filler)...)
	}
	if !c.NoAvailability {
		f[fileAvail] = []byte{present(c.SignCert), present(c.AuthCert), 0x00}
	}
	return f
}

func present(der []byte) byte {
	if der == nil {
		return 0x00
	}
	return 0x8F
}

// lengthen gives a sequence of two length bytes a third one.
func lengthen(der []byte) []byte {
	if len(der) < 4 || der[1] != 0x82 {
		return der
	}
	return append([]byte{0x30, 0x83, 0x00}, der[2:]...)
}

// tokenInfo is CK_TOKEN_INFO with 32-bit big-endian numbers (PKCS #11 v2.40 §3.2):
//
//	offset   0  label          32 bytes, padded with spaces
//	offset  32  manufacturer   32 bytes, padded with spaces
//	offset  64  model          16 bytes, padded with spaces
//	offset  80  serial number  16 bytes, padded with spaces
//	offset  96  flags           4 bytes
//	offset 100  ten numbers     4 bytes each; the fifth and sixth are the PIN's longest and shortest length
//	offset 140  two versions    2 bytes each
//	offset 144  time           16 bytes
func tokenInfo(label string) []byte {
	b := bytes.Repeat([]byte{' '}, 160)
	clear(b[96:144])
	copy(b, label)
	copy(b[32:], "TEST")
	binary.BigEndian.PutUint32(b[116:], 4)
	binary.BigEndian.PutUint32(b[120:], 4)
	b[140], b[142] = 1, 1
	return b
}
