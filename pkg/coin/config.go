package coin

// PowerLoss says what the escrow does with the coins in it when power is lost (rule X-01).
type PowerLoss uint8

// What escrows do. With any but one that holds, a deposit opens only if the hoppers could refund the whole of it.
const (
	Holds   PowerLoss = 0
	Returns PowerLoss = 1 // to whoever stands there
	Keeps   PowerLoss = 2
	None    PowerLoss = 3 // nobody can tell
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
	// Insertions says that the acceptor's counts add up: coins inserted (header 226) are those accepted (225) and those
	// rejected (194). Then a coin that stays inside it is noticed. Units that do not know the headers are not asked.
	Insertions bool
	// SwappedLevels says that the hoppers' two level bits (header 217) stand in each other's place, as in some units.
	SwappedLevels bool
	Products      []string // product codes that are allowed; none means all
	// AcceptLimit has the acceptor itself refuse coins beyond those that may come between two looks at it (header 135):
	// then no coin slips in after the price is reached. Units that do not know the header are not asked.
	AcceptLimit bool
	// NoLevel says that the escrow has no counter of its level. Whether it is empty is then what this driver has seen:
	// that a movement ended and no coin came since. Where coins vanish from it without a movement nobody notices.
	NoLevel bool
	// Before is what the caller wrote down after the last proved act of an earlier program; nil if there was none. With
	// NoLevel it alone proves that the escrow is empty.
	Before *Counters
	// Accuracy is how far the caller's counts of the hoppers can be believed, as the last [Counts] said.
	Accuracy Accuracies
}

// DefaultConfig is the reference machine: acceptor 2, escrow 85, hoppers 3 to 6 from ¥10 to ¥500.
func DefaultConfig() Config {
	return Config{
		Acceptor: 2, Escrow: 85, Hoppers: [NumKinds]byte{3, 4, 5, 6},
		Coins: DefaultCoins(), Paths: [NumKinds]byte{1, 2, 3, 4}, EscrowSlots: 60, PowerLoss: Holds,
		Insertions: true, AcceptLimit: true,
		Accuracy: Accuracies{AccuracyUnknown, AccuracyUnknown, AccuracyUnknown, AccuracyUnknown},
	}
}
