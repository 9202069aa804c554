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
	OtherCard            RefusalReason = 40 // not the card that signed in this visit
)

// ReasonInfo is what is declared of a refusal. Texts are ids of the catalogue: "refusal.<Code>" is the reason, Next the
// one thing to do (domain §6). Code is the name on the wires: an open list there, closed here.
type ReasonInfo struct {
	Code     string
	Severity Severity
	Owner    Owner
	Blocks   Blocks
	Next     string
}

var reasons = [...]ReasonInfo{
	NotMyNumberCard:      {"NotMyNumberCard", SeverityNote, OwnerResident, BlocksVisit, "next.card"},
	JukiCardEnded:        {"JukiCardEnded", SeverityNote, OwnerResident, BlocksVisit, "next.card"},
	NoAuthCertificate:    {"NoAuthCertificate", SeverityNote, OwnerResident, BlocksVisit, "next.counter"},
	CertExpired:          {"CertExpired", SeverityNote, OwnerResident, BlocksVisit, "next.renew"},
	CertRevoked:          {"CertRevoked", SeverityNote, OwnerResident, BlocksVisit, "next.counter"},
	PINBlocked:           {"PINBlocked", SeverityNote, OwnerResident, BlocksVisit, "next.reset"},
	NotYetUsable:         {"NotYetUsable", SeverityNote, OwnerResident, BlocksVisit, "next.tomorrow"},
	MunicipalityNotJoin:  {"MunicipalityNotJoined", SeverityNote, OwnerMunicipality, BlocksVisit, "next.counter"},
	MovedOut:             {"MovedOut", SeverityNote, OwnerMunicipality, BlocksVisit, "next.new_town"},
	MoveOutFiled:         {"MoveOutFiled", SeverityNote, OwnerMunicipality, BlocksVisit, "next.counter"},
	HouseholdHasLeaver:   {"HouseholdHasLeaver", SeverityNote, OwnerMunicipality, BlocksVisit, "next.counter"},
	Deceased:             {"Deceased", SeverityNote, OwnerMunicipality, BlocksVisit, "next.counter"},
	Unavailable:          {"Unavailable", SeverityNote, OwnerMunicipality, BlocksVisit, "next.counter"},
	CharacterPending:     {"CharacterPending", SeverityNote, OwnerMunicipality, BlocksKind, "next.counter"},
	TextTooLong:          {"TextTooLong", SeverityNote, OwnerMunicipality, BlocksKind, "next.counter"},
	SealNotRegistered:    {"SealNotRegistered", SeverityNote, OwnerMunicipality, BlocksKind, "next.counter"},
	OutOfHours:           {"OutOfHours", SeverityNote, OwnerResident, BlocksKind, "next.hours"},
	Maintenance:          {"Maintenance", SeverityNote, OwnerMunicipality, BlocksKind, "next.later"},
	ServerStale:          {"ServerStale", SeverityFault, OwnerMunicipality, BlocksKind, "next.later"},
	CenterUnreachable:    {"CenterUnreachable", SeverityFault, OwnerCenter, BlocksVisit, "next.later"},
	ServerUnreachable:    {"ServerUnreachable", SeverityFault, OwnerMunicipality, BlocksVisit, "next.later"},
	ValidationUnreach:    {"ValidationUnreachable", SeverityFault, OwnerCenter, BlocksVisit, "next.later"},
	PhoneUnsupported:     {"PhoneUnsupported", SeverityNote, OwnerResident, BlocksVisit, "next.card"},
	UnknownGeneration:    {"UnknownGeneration", SeverityNote, OwnerResident, BlocksVisit, "next.counter"},
	CardUnreadable:       {"CardUnreadable", SeverityNote, OwnerResident, BlocksVisit, "next.retry"},
	CardRemovedTooEarly:  {"CardRemovedTooEarly", SeverityNote, OwnerResident, BlocksVisit, "next.retry"},
	NotMe:                {"NotMe", SeverityAlarm, OwnerOperator, BlocksService, "next.counter"},
	DocumentMismatch:     {"DocumentMismatch", SeverityAlarm, OwnerOperator, BlocksService, "next.counter"},
	ChangeUnavailable:    {"ChangeUnavailable", SeverityFault, OwnerClerk, BlocksVisit, "next.exact"},
	DocumentUnreadable:   {"DocumentUnreadable", SeverityFault, OwnerMunicipality, BlocksVisit, "next.counter"},
	Under15:              {"Under15", SeverityNote, OwnerResident, BlocksVisit, "next.counter"},
	CertNotYetValid:      {"CertNotYetValid", SeverityNote, OwnerResident, BlocksVisit, "next.tomorrow"},
	HonsekiNotRegistered: {"HonsekiNotRegistered", SeverityNote, OwnerResident, BlocksVisit, "next.counter"},
	CardBusy:             {"CardBusy", SeverityNote, OwnerResident, BlocksVisit, "next.retry"},
	DeadlinePassed:       {"DeadlinePassed", SeverityNote, OwnerResident, BlocksVisit, "next.retry"},
	EscrowFull:           {"EscrowFull", SeverityNote, OwnerResident, BlocksVisit, "next.exact"},
	PrinterNotReady:      {"PrinterNotReady", SeverityFault, OwnerClerk, BlocksVisit, "next.staff"},
	CoinsNotReady:        {"CoinsNotReady", SeverityFault, OwnerClerk, BlocksVisit, "next.staff"},
	Superseded:           {"Superseded", SeverityNote, OwnerResident, BlocksVisit, "next.retry"},
	OtherCard:            {"OtherCard", SeverityNote, OwnerResident, BlocksVisit, "next.retry"},
}

var reasonsByCode = func() map[string]RefusalReason {
	m := make(map[string]RefusalReason, len(reasons))
	for r, i := range reasons {
		if i.Code != "" {
			m[i.Code] = RefusalReason(r)
		}
	}
	return m
}()

// Info is what is declared of the reason; ok is false for a number that is none.
func (r RefusalReason) Info() (i ReasonInfo, ok bool) {
	if int(r) >= len(reasons) || reasons[r].Code == "" {
		return ReasonInfo{}, false
	}
	return reasons[r], true
}

// Code is the name on the wires and in text ids ("refusal.<Code>").
func (r RefusalReason) Code() string {
	if i, ok := r.Info(); ok {
		return i.Code
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
	out := make([]RefusalReason, 0, len(reasons))
	for r := range reasons {
		if reasons[r].Code != "" {
			out = append(out, RefusalReason(r))
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

// OutcomeOf is how a visit ends: what is owed counts first, then the copies, then the coins that came and went.
func OutcomeOf(owed Yen, ordered, good int, in Count) Outcome {
	switch {
	case owed > 0:
		return OutcomeOwed
	case ordered > 0 && good == ordered:
		return OutcomePrintedPaid
	case good > 0:
		return OutcomePartPaid
	case !in.IsZero():
		return OutcomeRefunded
	default:
		return OutcomeNothing
	}
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
