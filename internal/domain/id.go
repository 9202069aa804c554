package domain

import (
	"crypto/rand"
	"errors"
	"fmt"
)

// crockford is the alphabet of Crockford's base32: no I, L, O, U, so that a person can read an id aloud.
const crockford = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

// IDLength is the number of characters in the text form of an ID.
const IDLength = 26

// ErrID says that a text is no id of ours.
var ErrID = errors.New("domain: not an id: want 26 characters of Crockford base32, the first 0 to 7")

// ID is 128 random bits. Its text form is 26 characters of Crockford base32, the first one 0 to 7.
type ID [16]byte

// The ids of the service. They are distinct types so that one cannot stand where another is meant.
type (
	// ApplicationID names one application of one visit (D-01). Made at the kiosk, echoed by every hop.
	ApplicationID struct{ ID }
	// IssueID names one issue of a certificate at the issuing server.
	IssueID struct{ ID }
	// SheetID names one printed sheet (copy × page).
	SheetID struct{ ID }
	// BootID names one run of one process.
	BootID struct{ ID }
	// Subject is the opaque reference a municipality made for the holder of one card; never a name or number.
	Subject struct{ ID }
	// RequestID makes a request idempotent.
	RequestID struct{ ID }
)

// NewID draws a fresh id.
func NewID() ID {
	var id ID
	// crypto/rand.Read never returns an error; it ends the program where the system has no randomness.
	_, _ = rand.Read(id[:])
	return id
}

// NewApplicationID draws a fresh application id.
func NewApplicationID() ApplicationID { return ApplicationID{NewID()} }

// IsZero reports whether the id is unset.
func (id ID) IsZero() bool { return id == ID{} }

// String gives the 26 characters.
func (id ID) String() string { return string(id.append(make([]byte, 0, IDLength))) }

func (id ID) append(dst []byte) []byte {
	// 26 characters carry 130 bits: two zero bits stand before the 128.
	var acc uint32
	bits := 2
	for _, b := range id {
		acc = acc<<8 | uint32(b)
		bits += 8
		for bits >= 5 {
			bits -= 5
			dst = append(dst, crockford[acc>>bits&31])
		}
	}
	return dst
}

// ParseID reads the text form. It accepts the canonical form only: upper case, 26 characters.
func ParseID(s string) (ID, error) {
	var id ID
	if len(s) != IDLength || s[0] > '7' {
		return id, ErrID
	}
	var acc uint32
	bits, n := -2, 0
	for i := range len(s) {
		v := crockfordValue(s[i])
		if v < 0 {
			return ID{}, ErrID
		}
		acc = acc<<5 | uint32(v)
		bits += 5
		if bits >= 8 {
			bits -= 8
			id[n] = byte(acc >> bits)
			n++
		}
	}
	return id, nil
}

func crockfordValue(c byte) int {
	for i := range len(crockford) {
		if crockford[i] == c {
			return i
		}
	}
	return -1
}

// MarshalText gives the text form.
func (id ID) MarshalText() ([]byte, error) { return id.append(nil), nil }

// UnmarshalText reads the text form.
func (id *ID) UnmarshalText(b []byte) error {
	got, err := ParseID(string(b))
	if err != nil {
		return err
	}
	*id = got
	return nil
}

// Crockford gives the first n characters (5 bits each) of b in Crockford base32; for short marks that people read.
func Crockford(b []byte, n int) (string, error) {
	if len(b)*8 < n*5 {
		return "", fmt.Errorf("domain: %d bytes are too few for %d characters", len(b), n)
	}
	out := make([]byte, n)
	for i := range out {
		var v byte
		for bit := i * 5; bit < i*5+5; bit++ {
			v = v<<1 | b[bit/8]>>(7-bit%8)&1
		}
		out[i] = crockford[v]
	}
	return string(out), nil
}
