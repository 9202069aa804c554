package secret

import (
	"errors"
	"fmt"
	"log/slog"
	"sync"
)

// PINDigits is the length of the user authentication PIN of a My Number card (JPKI: exactly four digits).
const PINDigits = 4

// Errors of [PIN.Append].
var (
	ErrPINFull  = errors.New("secret: the PIN has its four digits; delete one first")
	ErrNotDigit = errors.New("secret: a PIN digit is an ASCII digit '0' to '9'")
)

// PIN is up to four digits in one locked page outside the Go heap. Its methods may be called from any
// goroutine. Printed by fmt, slog or JSON it is "[PIN]". A PIN never leaves it but by [PIN.CopyTo].
type PIN struct{ page *pinPage }

// pinPage holds the digits as ASCII, as VERIFY sends them, and their number in the byte after them: nothing of a PIN,
// not even its length, lives in the heap.
type pinPage struct {
	mu     sync.Mutex
	memory *region // nil until the first digit and after Wipe
}

const lengthAt = PINDigits

// NewPIN returns an empty PIN. Its page is mapped with the first digit.
func NewPIN() *PIN { return &PIN{page: &pinPage{}} }

// Append adds one ASCII digit. Errors: [ErrPINFull], [ErrNotDigit], or that no page could be had.
func (p *PIN) Append(digit byte) error {
	if digit < '0' || digit > '9' {
		return ErrNotDigit
	}
	p.page.mu.Lock()
	defer p.page.mu.Unlock()
	if p.page.memory == nil {
		memory, err := newRegion(PINDigits + 1)
		if err != nil {
			return err
		}
		p.page.memory = memory
	}
	b := p.page.memory.bytes
	if b[lengthAt] >= PINDigits {
		return ErrPINFull
	}
	b[b[lengthAt]] = digit
	b[lengthAt]++
	return nil
}

// Delete takes the last digit away; on an empty PIN it does nothing.
func (p *PIN) Delete() {
	p.page.mu.Lock()
	defer p.page.mu.Unlock()
	if p.page.memory == nil {
		return
	}
	if b := p.page.memory.bytes; b[lengthAt] > 0 {
		b[lengthAt]--
		b[b[lengthAt]] = 0
	}
}

// Clear takes all digits away and keeps the page for the next try.
func (p *PIN) Clear() {
	p.page.mu.Lock()
	defer p.page.mu.Unlock()
	if p.page.memory != nil {
		clear(p.page.memory.bytes)
	}
}

// Len is the number of digits, 0 to 4.
func (p *PIN) Len() int {
	p.page.mu.Lock()
	defer p.page.mu.Unlock()
	if p.page.memory == nil {
		return 0
	}
	return int(p.page.memory.bytes[lengthAt])
}

// CopyTo copies the digits to dst and returns how many were copied. Whoever calls it wipes dst.
func (p *PIN) CopyTo(dst []byte) int {
	p.page.mu.Lock()
	defer p.page.mu.Unlock()
	if p.page.memory == nil {
		return 0
	}
	b := p.page.memory.bytes
	return copy(dst, b[:b[lengthAt]])
}

// Locked reports whether the digits are in memory that is never swapped out. The self-test demands it; it is false
// before the first digit.
func (p *PIN) Locked() bool {
	p.page.mu.Lock()
	defer p.page.mu.Unlock()
	return p.page.memory != nil && p.page.memory.locked
}

// Wipe zeroes the digits and gives the page back. The PIN is empty afterwards and may be used again.
func (p *PIN) Wipe() {
	p.page.mu.Lock()
	defer p.page.mu.Unlock()
	if p.page.memory != nil {
		p.page.memory.free()
		p.page.memory = nil
	}
}

// String returns "[PIN]".
func (p PIN) String() string { return redactedPIN }

// GoString returns "[PIN]".
func (p PIN) GoString() string { return redactedPIN }

// Format writes "[PIN]" for every verb.
func (p PIN) Format(s fmt.State, _ rune) { write(s, redactedPIN) }

// LogValue returns "[PIN]".
func (p PIN) LogValue() slog.Value { return logged(redactedPIN) }

// MarshalJSON returns "[PIN]" as a JSON string.
func (p PIN) MarshalJSON() ([]byte, error) { return quoted(redactedPIN), nil }

// MarshalText returns "[PIN]".
func (p PIN) MarshalText() ([]byte, error) { return []byte(redactedPIN), nil }
