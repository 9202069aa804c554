package coin

// PowerLoss says what the escrow does with the coins in it when power is lost (rule X-01).
type PowerLoss uint8

// What escrows do. Unattended service needs one that holds.
const (
	Holds   PowerLoss = 0
	Returns PowerLoss = 1
	Keeps   PowerLoss = 2
	Unknown PowerLoss = 3
)

// Config says what hangs on the bus.
type Config struct {
	Bus         BusOptions
	Acceptor    byte           // address
	Escrow      byte           // address
	Hoppers     [NumKinds]byte // addresses
	Keys        [NumKinds]KeyMode
	Coins       map[string]int // worth of a coin by its id; others are never accepted
	Paths       [NumKinds]byte // sorter path to the hopper of each kind, 1-8
	EscrowSlots int            // coins that the escrow can hold
	PowerLoss   PowerLoss
	Products    []string // product codes that are allowed; none means all
}

// DefaultConfig is the reference machine: acceptor 2, escrow 85, hoppers 3 to 6 from ¥10 to ¥500.
func DefaultConfig() Config {
	return Config{
		Acceptor: 2, Escrow: 85, Hoppers: [NumKinds]byte{3, 4, 5, 6},
		Coins: DefaultCoins(), Paths: [NumKinds]byte{1, 2, 3, 4}, EscrowSlots: 60, PowerLoss: Holds,
	}
}
