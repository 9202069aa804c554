// Package card reads and uses one thing of Japan's My Number card (個人番号カード): the user authentication
// certificate (利用者証明用電子証明書) of the JPKI application, and its key.
//
// It talks to the card through a [Port], which carries one APDU at a time. Sub-package cardpcsc makes a port of a
// PC/SC reader, cardpipe carries one through a pipe to a child process, cardtest holds an emulated card. Every port
// is wrapped by [Allow], so that no call of this package, and no mistake in it, can select another application of the
// card: the applications that hold the number, the address and the picture are out of reach.
//
// It never retries a PIN, never prints one, and never keeps one longer than the command that carries it. It keeps
// nothing between two cards.
//
// Nothing official about the card's files is published. The layout is observed behaviour, as OpenSC (card-jpki.c),
// jpki/myna and soltia48/myna-card found it; JICSAP v1.1 and ISO 7816-4 name the commands.
package card

import "context"

// A Port carries one command APDU to a card and brings its answer back: the data and the two status bytes.
//
// The answer belongs to the caller. The port may not keep apdu after it returns, and the caller may wipe it. An
// error is one of this package's sentinels where the reason is known: [ErrRemoved], [ErrReset], [ErrStalled],
// [ErrReaderGone], [ErrServiceDown]. After an error the state of the card is unknown.
type Port interface {
	Transmit(ctx context.Context, apdu []byte) ([]byte, error)
}

// A Card is a card in a reader, connected to for this process alone.
type Card interface {
	Port
	// PowerOff takes the card's power away and ends the connection. Only this clears the card's memory of a PIN, so
	// it is called on every way out. A second call does nothing. After [ErrStalled] it touches nothing.
	PowerOff(ctx context.Context) error
}

// Digits is a PIN that only gives itself away when it is asked for its bytes.
type Digits interface {
	// CopyTo writes the ASCII digits to b, as many as fit, and says how many it wrote.
	CopyTo(b []byte) int
}
