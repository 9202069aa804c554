package cardpipe

import (
	"context"
	"errors"
	"fmt"

	"github.com/kioskd/kioskd/pkg/card"
)

// codes number the errors on the wire; a retired number stays reserved. Code 0 is any other error.
var codes = map[byte]error{
	1:  card.ErrRemoved,
	2:  card.ErrReset,
	3:  card.ErrMute,
	4:  card.ErrBusy,
	5:  card.ErrReaderGone,
	6:  card.ErrStalled,
	7:  card.ErrServiceDown,
	8:  card.ErrTransport,
	9:  card.ErrRefused,
	10: context.Canceled,
	11: context.DeadlineExceeded,
}

// errOther: the child met an error that has no code.
var errOther = errors.New("error in the card process")

// encodeError gives code and text.
func encodeError(err error) []byte {
	text := err.Error()
	b := append([]byte{codeOf(err)}, text[:min(len(text), maxErrorText)]...)
	return b
}

func codeOf(err error) byte {
	for code, sentinel := range codes {
		if errors.Is(err, sentinel) {
			return code
		}
	}
	return 0
}

func decodeError(b []byte) error {
	if len(b) == 0 {
		return errOther
	}
	err, ok := codes[b[0]]
	if !ok {
		err = errOther
	}
	return fmt.Errorf("card process: %w (%s)", err, b[1:])
}
