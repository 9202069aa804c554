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
	// Machine is what the vendor is made of: parts, which are an acceptor, an escrow and four hoppers. A changer is
	// refused.
	Machine string `toml:"machine"`
	// Acceptor, Escrow and Hoppers, from ¥10 to ¥500, are their ccTalk addresses.
	Acceptor byte   `toml:"acceptor"`
	Escrow   byte   `toml:"escrow"`
	Hoppers  []byte `toml:"hoppers"`
	// HopperKeys say how each hopper wants a dispense guarded: auto, serial or none.
	HopperKeys []string `toml:"hopper_keys"`
	// Products are the product codes of the units that may stand here; AnyProduct lets every unit in.
	Products   []string `toml:"products,omitempty"`
	AnyProduct bool     `toml:"any_product"`
	// Float is what the hoppers hold when the journal is new: pieces of ¥10, ¥50, ¥100, ¥500.
	Float []int32 `toml:"float,omitempty"`
	// EscrowSlots is how many coins the escrow surely holds; a deposit that would need more is refused.
	EscrowSlots int `toml:"escrow_slots"`
	// EscrowLevel says that the escrow has a counter of its level.
	EscrowLevel bool `toml:"escrow_level"`
	// PowerLoss is what the escrow does with coins when power is lost: holds, returns, keeps, or none where nobody can
	// tell. Without holds, a deposit opens only if the hoppers could refund all of it.
	PowerLoss string `toml:"power_loss"`
	// Insertions says that the acceptor's counts of insertions, acceptances and rejections add up.
	Insertions bool `toml:"insertions"`
	// AcceptLimit has the acceptor count itself how many coins it may take before the kiosk looks again, where it can.
	AcceptLimit bool `toml:"accept_limit"`
	// SwappedLevels says that the hoppers' level bits stand in each other's place.
	SwappedLevels bool `toml:"swapped_levels"`
}

func defaultCoin() Coin {
	return Coin{
		Kind: "none", Machine: "parts", Acceptor: 2, Escrow: 85, Hoppers: []byte{3, 4, 5, 6},
		HopperKeys:  []string{"auto", "auto", "auto", "auto"},
		EscrowSlots: 40, EscrowLevel: true, PowerLoss: "holds", Insertions: true, AcceptLimit: true,
	}
}

// powerLosses are the words of power_loss.
var powerLosses = []string{"holds", "returns", "keeps", "none"}

// hopperKeys are the words of hopper_keys. A hopper with its maker's encryption cannot be driven.
var hopperKeys = []string{"auto", "serial", "none"}

// OnUSB says that the adapter is reached without a driver of the kernel.
func (c Coin) OnUSB() bool { return c.Kind == "usb" || c.Kind == "ftdi" }

func (c Coin) check(wrong func(ok bool, key, want string)) {
	wrong(slices.Contains([]string{"none", "usb", "ftdi", "tty"}, c.Kind), "coin.kind", "none, usb, ftdi or tty")
	wrong(!c.OnUSB() || c.Serial != "", "coin.serial", "the serial number: many devices are serial lines")
	wrong((c.Kind == "tty") == (c.Path != ""), "coin.path", "the path of the terminal where kind is tty")
	wrong(len(c.Float) == 0 || len(c.Float) == int(domain.NumDenominations), "coin.float", "four numbers of pieces")
	wrong(slices.Contains(powerLosses, c.PowerLoss), "coin.power_loss", "holds, returns, keeps or none")
	wrong(c.Machine == "parts", "coin.machine", "parts: an acceptor, an escrow and four hoppers. The books are kept by "+
		"kinds of coin and a refund gives the same coins back; a changer tells values and has no escrow")
	wrong(c.addressed(), "coin.acceptor, coin.escrow, coin.hoppers",
		"six different addresses from 2 to 255; four of them hoppers, from ¥10 to ¥500")
	keyed := len(c.HopperKeys) == int(domain.NumDenominations)
	for _, k := range c.HopperKeys {
		keyed = keyed && slices.Contains(hopperKeys, k)
	}
	wrong(keyed, "coin.hopper_keys", "four of auto, serial, none; a hopper with its maker's encryption cannot be driven")
	wrong(c.Kind == "none" || c.AnyProduct != (len(c.Products) > 0), "coin.products",
		"the product codes of the units (kioskd coin status shows them), or any_product = true")
	wrong(c.EscrowSlots >= 1 && c.EscrowSlots <= 254, "coin.escrow_slots", "1 to 254 coins")
}

// addressed says that every part has an address of its own. 0 is everybody's and 1 the host's.
func (c Coin) addressed() bool {
	all := append([]byte{c.Acceptor, c.Escrow}, c.Hoppers...)
	slices.Sort(all)
	return len(c.Hoppers) == int(domain.NumDenominations) && all[0] > 1 && len(slices.Compact(all)) == len(c.Hoppers)+2
}
