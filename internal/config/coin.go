package config

import "github.com/kioskd/kioskd/internal/domain"

// Coin says how the coin vendor is reached and what it is.
type Coin struct {
	Kind   string `toml:"kind"`   // none, or usb: a CDC-ACM serial line
	Serial string `toml:"serial"` // of the adapter
	// Float is what the hoppers hold when the journal is new: pieces of ¥10, ¥50, ¥100, ¥500.
	Float []int32 `toml:"float,omitempty"`
	// EscrowSlots is how many coins the escrow surely holds; a deposit that would need more is refused.
	EscrowSlots int `toml:"escrow_slots"`
}

func defaultCoin() Coin { return Coin{Kind: "none", EscrowSlots: 40} }

func (c Coin) check(wrong func(ok bool, key, want string)) {
	wrong(c.Kind == "none" || c.Kind == "usb", "coin.kind", "none or usb")
	wrong(c.Kind != "usb" || c.Serial != "", "coin.serial", "the serial number: many devices are serial lines")
	wrong(len(c.Float) == 0 || len(c.Float) == int(domain.NumDenominations), "coin.float", "four numbers of pieces")
	wrong(c.EscrowSlots >= 1 && c.EscrowSlots <= 254, "coin.escrow_slots", "1 to 254 coins")
}
