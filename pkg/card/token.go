package card

import (
	"context"
	"errors"
	"fmt"
	"strings"
)

// A TokenKind says what carries the JPKI application.
type TokenKind uint8

// The kinds of tokens.
const (
	TokenUnknown  TokenKind = iota // a label that nobody has described
	TokenMyNumber                  // 個人番号カード
	TokenJuki                      // 住民基本台帳カード, not issued since December 2015
	TokenAndroid                   // スマホ用電子証明書 on Android
	TokenIPhone                    // the same on an iPhone
)

// A Token is what a card says of itself in its file 0006.
type Token struct {
	Kind  TokenKind
	Label string // without its padding; names a product, never a person
}

// labels of file 0006; the last two from jpki/myna, the iPhone's from one author only.
var labels = map[string]TokenKind{
	"JPKIAPICCTOKEN2": TokenMyNumber,
	"JPKIAPICCTOKEN":  TokenJuki,
	"JPKIAPGPSETOKEN": TokenAndroid,
	"JPKIAPIOSTOKEN":  TokenIPhone,
}

// labelLength is the first field of CK_TOKEN_INFO (PKCS #11 v2.40 §3.2), padded with spaces.
const labelLength = 32

// Probe selects the JPKI application and reads the card's label. The ATR says nothing: it differs by reader, interface
// and lot, and may hold a random number. Errors: [ErrNotMyNumberCard] and those of the port.
func (s *Session) Probe(ctx context.Context) (Token, error) {
	if _, err := s.expect(ctx, selectJPKI[:]); err != nil {
		if status, ok := errors.AsType[*StatusError](err); ok && foreign(status.SW) {
			return Token{}, fmt.Errorf("card: probe: %w", ErrNotMyNumberCard)
		}
		return Token{}, fmt.Errorf("card: probe: %w", err)
	}
	if err := s.selectFile(ctx, efToken); err != nil {
		return Token{}, fmt.Errorf("card: probe: select label: %w", err)
	}
	data, err := s.readUpTo(ctx, labelLength)
	if err != nil {
		return Token{}, fmt.Errorf("card: probe: read label: %w", err)
	}
	label := strings.TrimRight(string(data), " \x00")
	return Token{Kind: labels[label], Label: label}, nil
}

// foreign says whether a card that answers so to SELECT knows no such application: not found, wrong parameters, or
// an instruction or class that it does not have.
func foreign(sw uint16) bool {
	switch sw {
	case swNotFound, 0x6A81, 0x6A86, 0x6D00, 0x6E00, 0x6999:
		return true
	}
	return false
}

// usable says why a token is refused.
func (t Token) usable() error {
	switch t.Kind {
	case TokenMyNumber:
		return nil
	case TokenJuki:
		return ErrJukiCard
	case TokenAndroid, TokenIPhone:
		return ErrPhone
	case TokenUnknown:
	}
	return ErrUnknownGeneration
}
