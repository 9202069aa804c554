package card_test

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"time"

	"github.com/kioskd/kioskd/pkg/card"
)

// A program that lets a My Number card sign a message. A card comes from cardpcsc's Backend, or from cardpipe's Client
// where the reader is spoken to by a child process.
func Example() {
	use := func(ctx context.Context, c card.Card, pin card.Digits) error {
		defer func() { _ = c.PowerOff(context.WithoutCancel(ctx)) }() // the only thing that makes a card forget a PIN

		s := card.NewSession(c)
		id, err := s.Identify(ctx)
		switch {
		case errors.Is(err, card.ErrNotMyNumberCard):
			return errors.New("please use your My Number card")
		case errors.Is(err, card.ErrPINBlocked):
			return errors.New("the PIN is blocked; please go to your municipal office")
		case err != nil:
			return err
		}
		if err := card.CheckCertificate(id.Certificate, time.Now()); err != nil {
			return err
		}
		fmt.Println("tries left:", id.Tries)

		signature, err := s.Authenticate(ctx, pin, sha256.Sum256([]byte("a message")))
		if wrong, ok := errors.AsType[*card.PINError](err); ok {
			return fmt.Errorf("wrong PIN, %v tries left", wrong.TriesLeft)
		}
		fmt.Println("signature of", len(signature), "bytes")
		return err
	}
	_ = use
}
