package config

import (
	"slices"

	"github.com/kioskd/kioskd/internal/domain"
)

// Coin says how the coin vendor is reached and what it is.
type Coin struct {
	// Kind is how it is reached: none; usb, a CDC-ACM serial line; ftdi, one of FTDI's converters; tty, a terminal device.
	Kind   string `toml:"kind"`
	Serial string `toml:"serial"` // of the adapter, for usb and ftdi
	Path   string `toml:"path"`   // for tty: one that names the converter for good, below /dev/serial/by-id
	Echo   bool   `toml:"echo"`   // the adapter gives back what is sent: one-wire adapters
	// CRC16 are the addresses of devices that use the CRC; all others use the simple checksum.
	CRC16 []byte `toml:"crc16,omitempty"`
	// Float is what the hoppers hold when the journal is new: pieces of ¥10, ¥50, ¥100, ¥500.
	Float []int32 `toml:"float,omitempty"`
	// EscrowSlots is how many coins the escrow surely holds; a deposit that would need more is refused.
	EscrowSlots int `toml:"escrow_slots"`
	// PowerLoss is what the escrow does with coins when power is lost: holds, returns, keeps, or none where nobody can
	// tell. Without holds, a deposit opens only if the hoppers could refund all of it.
	PowerLoss string `toml:"power_loss"`
	// Insertions says that the acceptor's counts of insertions, acceptances and rejections add up.
	Insertions bool `toml:"insertions"`
	// SwappedLevels says that the hoppers' level bits stand in each other's place.
	SwappedLevels bool `toml:"swapped_levels"`
}

func defaultCoin() Coin {
	return Coin{Kind: "none", EscrowSlots: 40, PowerLoss: "holds", Insertions: true}
}

// powerLosses are the words of power_loss.
var powerLosses = []string{"holds", "returns", "keeps", "none"}

// OnUSB says that the adapter is reached without a driver of the kernel.
func (c Coin) OnUSB() bool { return c.Kind == "usb" || c.Kind == "ftdi" }

func (c Coin) check(wrong func(ok bool, key, want string)) {
	wrong(slices.Contains([]string{"none", "usb", "ftdi", "tty"}, c.Kind), "coin.kind", "none, usb, ftdi or tty")
	wrong(!c.OnUSB() || c.Serial != "", "coin.serial", "the serial number: many devices are serial lines")
	wrong((c.Kind == "tty") == (c.Path != ""), "coin.path", "the path of the terminal where kind is tty")
	wrong(len(c.Float) == 0 || len(c.Float) == int(domain.NumDenominations), "coin.float", "four numbers of pieces")
	wrong(slices.Contains(powerLosses, c.PowerLoss), "coin.power_loss", "holds, returns, keeps or none")
	wrong(c.EscrowSlots >= 1 && c.EscrowSlots <= 254, "coin.escrow_slots", "1 to 254 coins")
}
