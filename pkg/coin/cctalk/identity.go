package cctalk

import (
	"context"
	"fmt"
	"slices"
	"strings"
)

// Identity is what a device says it is.
type Identity struct {
	Address  byte
	Category string // "Coin Acceptor", "Payout", "Escrow" (ccTalk 4.7 part 3, header 245)
	Maker    string
	Product  string
	Software string
	Serial   uint32 // 24 bit
}

// WrongDeviceError says that an address is not the device it should be.
type WrongDeviceError struct {
	Address byte
	Reason  string
}

func (e *WrongDeviceError) Error() string {
	return fmt.Sprintf("coin: device %d: %s; see that the addresses in the configuration are those of the unit",
		e.Address, e.Reason)
}

// Identify asks a device who it is.
func (b *Bus) Identify(ctx context.Context, addr byte) (Identity, error) {
	id := Identity{Address: addr}
	if _, err := b.Do(ctx, Request{To: addr, Header: hdrSimplePoll}); err != nil {
		return id, err
	}
	for _, ask := range []struct {
		header byte
		text   *string
	}{{hdrCategory, &id.Category}, {hdrMaker, &id.Maker}, {hdrProduct, &id.Product}, {hdrSoftware, &id.Software}} {
		data, err := b.Do(ctx, Request{To: addr, Header: ask.header, Want: AnyLength})
		if err != nil {
			return id, err
		}
		*ask.text = strings.TrimSpace(printable(data))
	}
	serial, err := b.Do(ctx, Request{To: addr, Header: hdrSerial, Want: 3})
	if err != nil {
		return id, err
	}
	id.Serial = uint24(serial)
	return id, nil
}

// IdentifyAs refuses a device of another category, or of a product that is not in products (if there are any).
func (b *Bus) IdentifyAs(ctx context.Context, addr byte, category string, products []string) (Identity, error) {
	id, err := b.Identify(ctx, addr)
	switch {
	case err != nil:
		return id, err
	case !strings.EqualFold(id.Category, category):
		return id, &WrongDeviceError{Address: addr, Reason: fmt.Sprintf("is a %q, not a %q", id.Category, category)}
	case len(products) > 0 && !slices.Contains(products, id.Product):
		return id, &WrongDeviceError{Address: addr, Reason: fmt.Sprintf("product %q is not allowed", id.Product)}
	}
	return id, nil
}

// printable replaces what is not plain ASCII: the text goes to logs.
func printable(p []byte) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' {
			return '?'
		}
		return r
	}, string(p))
}

// uint24 reads three bytes, lowest first.
func uint24(p []byte) uint32 { return uint32(p[0]) | uint32(p[1])<<8 | uint32(p[2])<<16 }

// Counted24 is how far a 24-bit counter went from before to after.
func Counted24(before, after uint32) int { return int((after - before) & 0xFFFFFF) }
