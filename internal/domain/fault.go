package domain

import "fmt"

// FaultCode says what stands against service. Numbers and codes are written down because they stand in journals,
// reports and the small print of the screen; retired ones stay reserved.
type FaultCode uint8

// The faults.
const (
	NoFault       FaultCode = 0
	FaultReader   FaultCode = 1  // no card reader, or its service is down
	FaultStop     FaultCode = 2  // D-03: pages or a person did not match
	FaultStaff    FaultCode = 3  // a clerk was called and has not come
	FaultLateCoin FaultCode = 4  // a coin came outside a deposit
	FaultTray     FaultCode = 5  // a sheet may lie in the tray or in the printer, and nobody has said that it was taken
	FaultCoin     FaultCode = 6  // the coin vendor is needed and does not answer
	FaultJournal  FaultCode = 7  // the journal cannot write
	FaultPrinter  FaultCode = 8  // the printer is needed and does not answer
	FaultPaper    FaultCode = 9  // no A4 paper
	FaultCover    FaultCode = 10 // a cover of the printer is open
	FaultJam      FaultCode = 11 // paper is jammed
	FaultSupply   FaultCode = 12 // toner or another supply is used up
	FaultOutput   FaultCode = 13 // the output tray or the waste box is full
	FaultPanel    FaultCode = 14 // the printer is stopped, and its own panel says why
	FaultCoinPart FaultCode = 15 // the coin acceptor is jammed, broken, or was tampered with
	FaultCenter   FaultCode = 16 // the certificate centre cannot be reached
	FaultClock    FaultCode = 17 // the machine's clock is not the centre's: no coins, no judgement of certificates
	FaultStarting FaultCode = 18 // the daemon is starting
	FaultRenewed  FaultCode = 19 // the journal was begun anew: what a person counted is not yet compared
	FaultNoSheet  FaultCode = 20 // a resident says that a sheet did not come out
	FaultBadSheet FaultCode = 21 // a resident says that the print is bad
	FaultForeign  FaultCode = 22 // a resident says that a sheet is somebody else's; FaultStop stands beside it
	numFaults     FaultCode = 23
)

// Severity says how bad something is.
type Severity uint8

// The severities, rising.
const (
	SeverityNote  Severity = iota + 1 // ends by itself, soon
	SeverityFault                     // somebody has something to do
	SeverityAlarm                     // a promise may be broken: it stays until a person has looked (D-10)
)

// Owner is who ends a fault or answers for a refusal (D-10).
type Owner uint8

// The owners.
const (
	OwnerNobody       Owner = iota + 1 // it passes
	OwnerResident                      // brings another card, comes at another time
	OwnerClerk                         // of the shop, at the machine
	OwnerOperator                      // of the kiosk
	OwnerCenter                        // of the certificate centre
	OwnerMunicipality                  // of the certificate
)

// Blocks is what cannot be had while it lasts.
type Blocks uint8

// What may be blocked.
const (
	BlocksKind    Blocks = iota + 1 // this certificate; another kind may be had
	BlocksVisit                     // this visit; the next resident is served
	BlocksService                   // everybody
)

// FaultInfo is what is declared of a fault. Texts are ids of the catalogue: "fault.<Code>" names the fault, Next says
// what to do first.
type FaultInfo struct {
	Code     string
	Severity Severity
	Owner    Owner
	Blocks   Blocks
	Next     string
}

var faults = [numFaults]FaultInfo{
	FaultReader:   {"reader", SeverityFault, OwnerOperator, BlocksService, "fix.plug"},
	FaultStop:     {"stop", SeverityAlarm, OwnerOperator, BlocksService, "fix.operator"},
	FaultStaff:    {"staff", SeverityAlarm, OwnerClerk, BlocksService, "fix.look"},
	FaultLateCoin: {"late-coin", SeverityAlarm, OwnerClerk, BlocksService, "fix.coins"},
	FaultTray:     {"tray", SeverityAlarm, OwnerClerk, BlocksService, "fix.tray"},
	FaultCoin:     {"coin", SeverityFault, OwnerOperator, BlocksService, "fix.plug"},
	FaultJournal:  {"journal", SeverityAlarm, OwnerOperator, BlocksService, "fix.operator"},
	FaultPrinter:  {"printer", SeverityFault, OwnerClerk, BlocksService, "fix.plug"},
	FaultPaper:    {"paper", SeverityFault, OwnerClerk, BlocksService, "fix.paper"},
	FaultCover:    {"cover", SeverityFault, OwnerClerk, BlocksService, "fix.cover"},
	FaultJam:      {"jam", SeverityFault, OwnerClerk, BlocksService, "fix.jam"},
	FaultSupply:   {"supply", SeverityFault, OwnerClerk, BlocksService, "fix.supply"},
	FaultOutput:   {"output", SeverityFault, OwnerClerk, BlocksService, "fix.output"},
	FaultPanel:    {"panel", SeverityFault, OwnerClerk, BlocksService, "fix.panel"},
	FaultCoinPart: {"coin-part", SeverityAlarm, OwnerClerk, BlocksService, "fix.look"},
	FaultCenter:   {"center", SeverityFault, OwnerCenter, BlocksService, "fix.wait"},
	FaultClock:    {"clock", SeverityFault, OwnerOperator, BlocksService, "fix.operator"},
	FaultStarting: {"starting", SeverityNote, OwnerNobody, BlocksService, "fix.wait"},
	FaultRenewed:  {"renewed", SeverityAlarm, OwnerOperator, BlocksService, "fix.operator"},
	FaultNoSheet:  {"no-sheet", SeverityAlarm, OwnerClerk, BlocksService, "fix.sheets"},
	FaultBadSheet: {"bad-sheet", SeverityAlarm, OwnerClerk, BlocksService, "fix.sheets"},
	FaultForeign:  {"foreign-sheet", SeverityAlarm, OwnerClerk, BlocksService, "fix.sheets"},
}

// Info is what is declared of the fault; ok is false for a number that is none.
func (f FaultCode) Info() (i FaultInfo, ok bool) {
	if f == NoFault || f >= numFaults {
		return FaultInfo{}, false
	}
	return faults[f], true
}

// String is the code: in journals, in the small print, in text ids.
func (f FaultCode) String() string {
	if i, ok := f.Info(); ok {
		return i.Code
	}
	return fmt.Sprintf("fault%d", uint8(f))
}

// ParseFault reads a code. A journal of a newer program may hold one that is unknown here: ok is false.
func ParseFault(code string) (f FaultCode, ok bool) {
	for f = 1; f < numFaults; f++ {
		if faults[f].Code == code {
			return f, true
		}
	}
	return NoFault, false
}

// Faults gives every fault in the order of its number.
func Faults() []FaultCode {
	out := make([]FaultCode, 0, numFaults)
	for f := FaultCode(1); f < numFaults; f++ {
		out = append(out, f)
	}
	return out
}
