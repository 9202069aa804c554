// Package issuingapi is the interface of the issuing server (証明発行サーバ): its types, a strict reader and writer of
// the SOAP bodies of api/issuing.wsdl, and the centre's client. The real interface (広域交付システム) is not public;
// this one is an open design of this project.
//
// The centre calls Client, the issuing server serves Service. Nothing here decides anything.
package issuingapi

import (
	"context"
	"time"

	"github.com/kioskd/kioskd/internal/domain"
	"github.com/kioskd/kioskd/internal/signed"
)

// Service is every operation of the interface. The client and the issuing server both are one.
// Errors are *Refusal (a decision about the person, kind or hour) or *ProtocolError (all else).
type Service interface {
	GetServiceCatalogue(ctx context.Context, r CatalogueRequest) (Catalogue, error)
	GetCardHomes(ctx context.Context, r CardHomesRequest) (CardHomes, error)
	GetApplicantChoices(ctx context.Context, r ChoicesRequest) (ChoicesAnswer, error)
	IssueCertificate(ctx context.Context, r IssueRequest) (IssueAnswer, error)
	GetStatus(ctx context.Context, r StatusRequest) (StatusAnswer, error)
	Cancel(ctx context.Context, r CancelRequest) (StatusAnswer, error)
	ConfirmPrinted(ctx context.Context, r ConfirmRequest) (StatusAnswer, error)
	Heartbeat(ctx context.Context, r HeartbeatRequest) (HeartbeatAnswer, error)
}

// Binding stands in every request that means a person and is repeated unchanged in the answer.
type Binding struct {
	Application  domain.ApplicationID
	Municipality domain.MunicipalityCode
	Kiosk        domain.KioskID
}

// Chain is the evidence with which the issuing server verifies an application itself.
type Chain struct {
	Challenge   []byte // the text that the card signed
	Certificate []byte // DER of the card's certificate
	Signature   []byte // by the card, PKCS #1 v1.5 over the SHA-256 of Challenge
	OCSP        []byte // the responder's answer
	Assertion   []byte // the centre's note
	Order       []byte // the kiosk's note; only in IssueRequest
}

// Text is one text in the languages a municipality wrote it in; Japanese is always there.
type Text map[domain.Lang]string

// CatalogueRequest asks for what a municipality offers at a group of kiosks.
type CatalogueRequest struct {
	RequestID    domain.RequestID
	Municipality domain.MunicipalityCode
	KioskGroup   string
	AsOf         time.Time
	KnownVersion string // "" where none is known
}

// Catalogue is dated data of a municipality (D-17). NotModified leaves all but Version empty.
type Catalogue struct {
	NotModified  bool
	Version      string
	Municipality domain.MunicipalityCode
	Name         Text // 見本市
	ValidFrom    time.Time
	ValidUntil   time.Time
	Kinds        []CatalogueKind
}

// CatalogueKind is one kind of certificate as this municipality offers it.
type CatalogueKind struct {
	Kind        domain.Kind
	Label       Text
	Help        Text
	Windows     []Window
	Closed      []Closure
	Fee         domain.Yen
	MaxCopies   int
	Orientation signed.Orientation
	Options     []CatalogueOption
}

// Window is an opening time on some days of the week, in Asia/Tokyo.
type Window struct {
	Days string // subset of "1234567", 1 is Monday
	From string // "06:30"
	To   string // "23:00"
}

// Closure is a run of days on which a kind is not issued whatever the windows say; both days belong to it.
type Closure struct{ From, Until domain.Date }

// CatalogueOption is one option of a kind.
type CatalogueOption struct {
	Code      domain.OptionCode
	Label     Text
	Choices   []OptionChoice
	Default   domain.OptionValue
	DependsOn string // "Scope=part", or ""
}

// OptionChoice is one value of an option.
type OptionChoice struct {
	Value domain.OptionValue
	Label Text
}

// CardHomesRequest asks for the cards of a municipality's residents, page by page.
type CardHomesRequest struct {
	RequestID    domain.RequestID
	Municipality domain.MunicipalityCode
	After        string // the last Card of the page before, or ""
	Limit        int    // 1 to 1000
}

// CardHomes is one page of the feed card → municipality and subject. It holds no name and no serial number.
type CardHomes struct {
	Homes []CardHome
	More  bool
}

// CardHome is one card. Card is CardKey of its certificate.
type CardHome struct {
	Card       signed.Hash
	Subject    domain.Subject
	UsableFrom time.Time
	Ended      bool // a tombstone: the card was replaced or given back
}

// ChoicesRequest asks what the holder may have.
type ChoicesRequest struct {
	RequestID domain.RequestID
	Binding   Binding
	Subject   domain.Subject
	Chain     Chain
	TimeLeft  time.Duration
}

// ChoicesAnswer is the signed choices with the pictures whose hashes it names.
type ChoicesAnswer struct {
	Binding  Binding
	Choices  []byte // signed.Choices, a note of the municipality
	Pictures [][]byte
}

// IssueRequest asks for one certificate.
type IssueRequest struct {
	RequestID domain.RequestID
	Binding   Binding
	Subject   domain.Subject
	Chain     Chain // with Order
	TimeLeft  time.Duration
}

// IssueAnswer is the manifest with its pages, each a one-page PDF, in order.
type IssueAnswer struct {
	Binding  Binding
	Issue    domain.IssueID
	Manifest []byte
	Pages    [][]byte
}

// State is where an application stands at the issuing server. An open list on the wire.
type State string

// The states.
const (
	StateReceived  State = "Received"
	StateDeciding  State = "Deciding"
	StateIssued    State = "Issued"
	StatePrinted   State = "Printed"
	StateVoided    State = "Voided"
	StateExpired   State = "Expired"
	StateRefused   State = "Refused"
	StateCancelled State = "Cancelled"
)

// StatusRequest asks where an application stands.
type StatusRequest struct {
	RequestID domain.RequestID
	Binding   Binding
}

// StatusAnswer says where an application stands.
type StatusAnswer struct {
	Binding Binding
	State   State
	Since   time.Time
	Issue   domain.IssueID // zero where nothing was issued
}

// CancelRequest ends an application. An issued one is voided.
type CancelRequest struct {
	RequestID domain.RequestID
	Binding   Binding
	Reason    string
}

// ConfirmRequest tells the outcome; Done is the kiosk's signed account.
type ConfirmRequest struct {
	RequestID domain.RequestID
	Binding   Binding
	Issue     domain.IssueID
	Done      []byte
}

// HeartbeatRequest asks whether the server is well.
type HeartbeatRequest struct {
	RequestID    domain.RequestID
	Municipality domain.MunicipalityCode
}

// HeartbeatAnswer is the server's account of itself (D-09).
type HeartbeatAnswer struct {
	Build    string
	Topology string
	Node     string
	DataAsOf time.Time
	Clock    time.Time
}

// CardKey names a card in the feed: SHA-256("kioskd/card/1\n" + hex of SHA-256 of the issuer's SPKI + "\n" + hex of the
// serial number, lower case, without leading zeros + "\n").
func CardKey(issuerSPKI signed.Hash, serialHex string) signed.Hash {
	return signed.HashOf([]byte("kioskd/card/1\n" + issuerSPKI.String() + "\n" + serialHex + "\n"))
}
