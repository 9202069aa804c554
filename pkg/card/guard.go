package card

import (
	"bytes"
	"context"
	"fmt"
	"sync"
)

// Allow wraps a port so that only the commands of the user authentication sequence pass: the JPKI application by its
// full name, five of its files, reading three of them, the four-digit PIN, and one form of signature. All else is
// [ErrRefused] and never reaches the wire. Because P2 = 80 means "the selected file", the guard remembers which file
// is selected: a PIN goes to the PIN's file only, a signature to the key's only.
func Allow(p Port) Port { return &guard{port: p} }

type guard struct {
	port Port

	mu      sync.Mutex
	current fileID // 0: none
}

var _ Port = (*guard)(nil)

func (g *guard) Transmit(ctx context.Context, apdu []byte) ([]byte, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	next, ok := g.allowed(apdu)
	if !ok {
		return nil, fmt.Errorf("card: %s: %w", Masked(apdu), ErrRefused)
	}
	g.current = 0 // until the card says otherwise
	answer, err := g.port.Transmit(ctx, apdu)
	if err == nil && (apdu[1] != insSelect || bytes.HasSuffix(answer, []byte{0x90, 0x00})) {
		g.current = next
	}
	return answer, err
}

// allowed says whether the command may pass, and which file is selected after it.
func (g *guard) allowed(apdu []byte) (next fileID, ok bool) {
	if len(apdu) < 4 {
		return 0, false
	}
	if bytes.Equal(apdu, selectJPKI[:]) {
		return 0, true
	}
	switch [2]byte(apdu) {
	case [2]byte{0x00, insSelect}:
		return allowedFile(apdu)
	case [2]byte{0x00, insReadBinary}:
		return g.current, len(apdu) == 5 && apdu[2] < 0x80 && readable(g.current)
	case [2]byte{0x00, insGetResponse}:
		return g.current, len(apdu) == 5 && apdu[2] == 0 && apdu[3] == 0
	case [2]byte{0x00, insVerify}:
		return g.current, g.current == efAuthPIN && allowedVerify(apdu)
	case [2]byte{0x80, insSign}:
		return g.current, g.current == efAuthKey && allowedSign(apdu)
	}
	return 0, false
}

func readable(id fileID) bool { return id == efToken || id == efAvailability || id == efAuthCert }

func allowedFile(apdu []byte) (fileID, bool) {
	if len(apdu) != 7 || !bytes.Equal(apdu[2:5], []byte{0x02, 0x0C, 0x02}) {
		return 0, false
	}
	id := fileID(apdu[5])<<8 | fileID(apdu[6])
	return id, readable(id) || id == efAuthKey || id == efAuthPIN
}

// allowedVerify lets the counter query and a PIN of exactly four digits through.
func allowedVerify(apdu []byte) bool {
	if apdu[2] != 0x00 || apdu[3] != 0x80 {
		return false
	}
	if len(apdu) == 4 {
		return true
	}
	return len(apdu) == 9 && apdu[4] == pinLength && digitsOnly(apdu[5:])
}

func allowedSign(apdu []byte) bool {
	const digest = 32
	head := []byte{0x80, insSign, 0x00, 0x80, byte(len(digestInfo) + digest)}
	size := len(head) + len(digestInfo) + digest + 1
	return len(apdu) == size && apdu[size-1] == 0x00 &&
		bytes.HasPrefix(apdu, head) && bytes.HasPrefix(apdu[len(head):], digestInfo[:])
}
