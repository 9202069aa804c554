// Package cardtest holds what tests of cards need: an emulated card with the JPKI application ([Card]), and a recorder
// and a player of real exchanges ([Record], [Playback]).
//
// The emulated card is a model with a state, not a script: power, selected application and file, PIN counters,
// verified flags. It answers OpenSC's card-jpki driver as well as package card, and is judged by both. Keys and
// certificates are the caller's. It must never be given a certificate of the real JPKI: make your own, with a subject
// that says TEST.
package cardtest

import (
	"crypto/rsa"
)

// Labels of the token file, by product (OpenSC card-jpki.c; the phones': jpki/myna).
const (
	LabelMyNumber = "JPKIAPICCTOKEN2"
	LabelJuki     = "JPKIAPICCTOKEN"
	LabelAndroid  = "JPKIAPGPSETOKEN"
	LabelIPhone   = "JPKIAPIOSTOKEN"
)

// DefaultATR is the answer to reset of a type B card (OpenSC's test data). It identifies nothing.
var DefaultATR = []byte{0x3B, 0x88, 0x80, 0x01, 0x00, 0x00, 0x05, 0xE0, 0xB3, 0x81, 0xA1, 0x00, 0x7F}

// Config is what is written on an emulated card.
type Config struct {
	AuthKey  *rsa.PrivateKey // user authentication key, 2048 bits; nil: the card has none
	AuthCert []byte          // its certificate, DER; nil: the file is missing
	AuthCA   []byte          // its issuer's certificate, DER
	SignKey  *rsa.PrivateKey // signature key; nil: the card has none
	SignCert []byte          // its certificate, DER, behind the signature password
	SignCA   []byte          // its issuer's certificate, DER

	PIN          string // 4 digits; empty: 1234
	Tries        int    // tries left, 1–3; 0: 3
	Blocked      bool   // no try left
	SignPassword string // 6–16 of A–Z0–9; empty: ABC123
	SignTries    int    // tries left, 1–5; 0: 5

	Label          string // of the token file; empty: [LabelMyNumber]
	ATR            []byte // nil: [DefaultATR]
	NoAvailability bool   // file 0008 is missing
	NotMyNumber    bool   // a card without the JPKI application
	Mute           bool   // a thing whose answer to reset is no card's

	Quirks Quirks
}

// Quirks are deviations of real cards, each seen by someone or feared; all off by default.
type Quirks struct {
	FirstFails         bool // 6F00 to the first command after power-up
	ShortReads         int  // READ BINARY gives at most so many bytes; 0: no limit
	MoreData           bool // answers with data come as 61xx and GET RESPONSE
	WrongLength        bool // READ BINARY with another Le than what is left answers 6Cxx
	Filler             int  // so many bytes FF stand behind each certificate
	NonMinimalLength   bool // the certificate's length has a byte too many
	PrefixSelect       bool // SELECT matches a prefix of the name
	VerifiedSilent     bool // the counter query answers 9000 while the PIN is verified
	QueryAlwaysOK      bool // the counter query always answers 9000; OpenSC must refuse such a card
	BlockedBy6983      bool // a blocked PIN answers 6983 to VERIFY instead of 6984
	ForeignSignature   bool // the signature does not match the certificate
	SurvivesPowerCycle bool // the verified PIN outlives the power; a driver must not rely on the opposite
}
