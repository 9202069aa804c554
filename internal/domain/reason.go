package domain

import "fmt"

// RefusalReason says why a certificate is not issued. Numbers are written down because they stand in journals;
// retired ones stay reserved. Each is distinct except where that would harm (D-15, X-22).
type RefusalReason uint8

// The reasons (domain §6).
const (
	NoRefusal            RefusalReason = 0
	NotMyNumberCard      RefusalReason = 1 // the card answers 6A82 to SELECT JPKI-AP
	JukiCardEnded        RefusalReason = 2
	NoAuthCertificate    RefusalReason = 3
	CertExpired          RefusalReason = 4
	CertRevoked          RefusalReason = 5
	PINBlocked           RefusalReason = 6
	NotYetUsable         RefusalReason = 7
	MunicipalityNotJoin  RefusalReason = 8
	MovedOut             RefusalReason = 9
	MoveOutFiled         RefusalReason = 10
	HouseholdHasLeaver   RefusalReason = 11
	Deceased             RefusalReason = 12
	Unavailable          RefusalReason = 13 // shared by Protected and at least four common reasons
	CharacterPending     RefusalReason = 14
	TextTooLong          RefusalReason = 15
	SealNotRegistered    RefusalReason = 16
	OutOfHours           RefusalReason = 17
	Maintenance          RefusalReason = 18
	ServerStale          RefusalReason = 19
	CenterUnreachable    RefusalReason = 20
	ServerUnreachable    RefusalReason = 21
	ValidationUnreach    RefusalReason = 22
	PhoneUnsupported     RefusalReason = 23
	UnknownGeneration    RefusalReason = 24
	CardUnreadable       RefusalReason = 25 // mute, damaged, or a protocol error
	CardRemovedTooEarly  RefusalReason = 26
	NotMe                RefusalReason = 27 // the resident says that the holder line is another person
	DocumentMismatch     RefusalReason = 28 // D-02, D-03: nothing is printed, out of service until cleared
	ChangeUnavailable    RefusalReason = 29
	DocumentUnreadable   RefusalReason = 30 // a page that the renderer refuses
	Under15              RefusalReason = 31
	CertNotYetValid      RefusalReason = 32
	HonsekiNotRegistered RefusalReason = 33
	CardBusy             RefusalReason = 34
	DeadlinePassed       RefusalReason = 35 // D-04
	EscrowFull           RefusalReason = 36
	PrinterNotReady      RefusalReason = 37
	CoinsNotReady        RefusalReason = 38
	Superseded           RefusalReason = 39 // another application of the same card is open
)

// reasonCodes are the code names on the wires; open list on the wire, closed here.
var reasonCodes = map[RefusalReason]string{
	NotMyNumberCard: "NotMyNumberCard", JukiCardEnded: "JukiCardEnded", NoAuthCertificate: "NoAuthCertificate",
	CertExpired: "CertExpired", CertRevoked: "CertRevoked", PINBlocked: "PINBlocked", NotYetUsable: "NotYetUsable",
	MunicipalityNotJoin: "MunicipalityNotJoined", MovedOut: "MovedOut", MoveOutFiled: "MoveOutFiled",
	HouseholdHasLeaver: "HouseholdHasLeaver", Deceased: "Deceased", Unavailable: "Unavailable",
	CharacterPending: "CharacterPending", TextTooLong: "TextTooLong", SealNotRegistered: "SealNotRegistered",
	OutOfHours: "OutOfHours", Maintenance: "Maintenance", ServerStale: "ServerStale",
	CenterUnreachable: "CenterUnreachable", ServerUnreachable: "ServerUnreachable",
	ValidationUnreach: "ValidationUnreachable", PhoneUnsupported: "PhoneUnsupported",
	UnknownGeneration: "UnknownGeneration", CardUnreadable: "CardUnreadable",
	CardRemovedTooEarly: "CardRemovedTooEarly", NotMe: "NotMe", DocumentMismatch: "DocumentMismatch",
	ChangeUnavailable: "ChangeUnavailable", DocumentUnreadable: "DocumentUnreadable", Under15: "Under15",
	CertNotYetValid: "CertNotYetValid", HonsekiNotRegistered: "HonsekiNotRegistered", CardBusy: "CardBusy",
	DeadlinePassed: "DeadlinePassed", EscrowFull: "EscrowFull", PrinterNotReady: "PrinterNotReady",
	CoinsNotReady: "CoinsNotReady", Superseded: "Superseded",
}

var reasonsByCode = func() map[string]RefusalReason {
	m := make(map[string]RefusalReason, len(reasonCodes))
	for r, c := range reasonCodes {
		m[c] = r
	}
	return m
}()

// Code is the name on the wires and in text ids ("refusal.<Code>.title").
func (r RefusalReason) Code() string {
	if c, ok := reasonCodes[r]; ok {
		return c
	}
	return fmt.Sprintf("Reason%d", uint8(r))
}

func (r RefusalReason) String() string { return r.Code() }

// ParseReason reads a code name. An unknown one becomes Unavailable with ok false, so that a newer server's reason
// still ends in a polite screen.
func ParseReason(code string) (r RefusalReason, ok bool) {
	if r, ok = reasonsByCode[code]; ok {
		return r, true
	}
	return Unavailable, false
}

// Reasons gives every reason in the order of its number.
func Reasons() []RefusalReason {
	out := make([]RefusalReason, 0, len(reasonCodes))
	for r := range RefusalReason(255) {
		if _, ok := reasonCodes[r]; ok {
			out = append(out, r)
		}
	}
	return out
}

// Outcome is how a visit ended for money and paper (design §3). Numbers stand in the journal.
type Outcome uint8

// The outcomes.
const (
	OutcomeOpen        Outcome = 0
	OutcomeNothing     Outcome = 1
	OutcomePrintedPaid Outcome = 2
	OutcomePartPaid    Outcome = 3
	OutcomeRefunded    Outcome = 4
	OutcomeOwed        Outcome = 5
)

var outcomeCodes = [...]string{"open", "nothing", "printed_paid", "part_paid", "refunded", "owed"}

func (o Outcome) String() string {
	if int(o) < len(outcomeCodes) {
		return outcomeCodes[o]
	}
	return fmt.Sprintf("outcome%d", uint8(o))
}

// ParseOutcome reads the name of an outcome.
func ParseOutcome(s string) (Outcome, error) {
	for i, c := range outcomeCodes {
		if c == s {
			return Outcome(i), nil
		}
	}
	return 0, fmt.Errorf("domain: unknown outcome %q", s)
}
