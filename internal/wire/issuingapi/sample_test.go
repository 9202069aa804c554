package issuingapi

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kioskd/kioskd/internal/domain"
	"github.com/kioskd/kioskd/internal/signed"
)

var (
	sampleTime    = time.Date(2026, 11, 25, 3, 0, 0, 0, time.UTC)
	sampleID      = domain.ID{1, 2, 3}
	sampleBinding = Binding{domain.ApplicationID{ID: sampleID}, "990019", "K-000001"}
	sampleChain   = Chain{
		Challenge: []byte("kioskd/challenge/1\n"), Certificate: []byte{0x30, 0}, Signature: bytes.Repeat([]byte{7}, 256),
		OCSP: []byte{0x30, 1, 2}, Assertion: []byte("kioskd/assertion/1\n"),
	}
	hardText = Text{domain.Japanese: "辻\U000E0102・葛\U000E0102 𠮷 & <見本>", domain.English: "Copy of Resident Record"}
)

func ordered(c Chain) Chain {
	c.Order = []byte("kioskd/order/1\n")
	return c
}

func sampleCatalogue() Catalogue {
	option := CatalogueOption{
		Code: domain.OptionShowMyNumber, Label: hardText, Default: "false", DependsOn: "Scope=self",
		Choices: []OptionChoice{{"true", hardText}, {"false", hardText}},
	}
	return Catalogue{
		Version: "2026-11-20.3", Municipality: "990019", Name: hardText,
		ValidFrom: sampleTime, ValidUntil: sampleTime.Add(time.Hour),
		Kinds: []CatalogueKind{{
			Kind: domain.ResidentRecord, Label: hardText, Help: hardText, Fee: 200, MaxCopies: 10,
			Windows: []Window{{"1234567", "06:30", "23:00"}}, Orientation: signed.Portrait,
			Closed:  []Closure{{domain.Date{Year: 2026, Month: 12, Day: 29}, domain.Date{Year: 2027, Month: 1, Day: 3}}},
			Options: []CatalogueOption{option},
		}},
	}
}

// sample is one body with its name and a trial reading of any bytes as that body.
type sample struct {
	name string
	body []byte // the envelope
	read func(msg []byte) error
	trip func(t *testing.T)
}

func sampleOf[T any](name string, walk func(*codec, *T), v T) sample {
	write := func(v T) []byte {
		msg, err := writeEnvelope(soap12, func(c *codec) { c.group(name, func() { walk(c, &v) }) })
		if err != nil {
			panic(name + ": " + err.Error())
		}
		return msg
	}
	read := func(msg []byte) (got T, err error) {
		r := newReader(msg)
		if _, err := openEnvelope(r, soap12); err != nil {
			return got, err
		}
		c := &codec{r: r}
		c.group(name, func() { walk(c, &got) })
		if c.err != nil {
			return got, c.err
		}
		return got, closeEnvelope(r)
	}
	return sample{name, write(v), func(msg []byte) error { _, err := read(msg); return err }, func(t *testing.T) {
		got, err := read(write(v))
		if err != nil || !cmp.Equal(got, v) {
			t.Errorf("%s reads back differently: %v\n%s", name, err, cmp.Diff(v, got))
		}
	}}
}

func samples() []sample {
	id := domain.RequestID{ID: sampleID}
	subject := domain.Subject{ID: sampleID}
	return []sample{
		sampleOf("getServiceCatalogue", walkCatalogueRequest, CatalogueRequest{id, "990019", "default", sampleTime, "v1"}),
		sampleOf("getServiceCatalogueResponse", walkCatalogue, sampleCatalogue()),
		sampleOf("getServiceCatalogueResponse", walkCatalogue, Catalogue{NotModified: true, Version: "v1"}),
		sampleOf("getCardHomes", walkHomesRequest, CardHomesRequest{id, "990019", strings.Repeat("ab", 32), 100}),
		sampleOf("getCardHomesResponse", walkHomes, CardHomes{[]CardHome{
			{signed.Hash{1}, subject, sampleTime, false}, {signed.Hash{2}, subject, sampleTime, true},
		}, true}),
		sampleOf("getApplicantChoices", walkChoicesRequest, ChoicesRequest{
			id, sampleBinding, subject, sampleChain,
			time.Second,
		}),
		sampleOf("getApplicantChoicesResponse", walkChoices,
			ChoicesAnswer{sampleBinding, []byte("kioskd/choices/1\n"), [][]byte{{1}, {2, 3}}}),
		sampleOf("issueCertificate", walkIssueRequest,
			IssueRequest{id, sampleBinding, subject, ordered(sampleChain), 30 * time.Second}),
		sampleOf("issueCertificateResponse", walkIssue,
			IssueAnswer{sampleBinding, domain.IssueID{ID: sampleID}, []byte("kioskd/manifest/1\n"), [][]byte{
				[]byte("%PDF-1"),
				[]byte("%PDF-2"),
			}}),
		sampleOf("getStatus", walkStatusRequest, StatusRequest{id, sampleBinding}),
		sampleOf("getStatusResponse", walkStatus, StatusAnswer{
			sampleBinding, StateIssued, sampleTime,
			domain.IssueID{ID: sampleID},
		}),
		sampleOf("cancelResponse", walkStatus, StatusAnswer{sampleBinding, StateCancelled, sampleTime, domain.IssueID{}}),
		sampleOf("cancel", walkCancel, CancelRequest{id, sampleBinding, "resident"}),
		sampleOf("confirmPrinted", walkConfirm, ConfirmRequest{
			id, sampleBinding,
			domain.IssueID{ID: sampleID},
			[]byte("kioskd/done/1\n"),
		}),
		sampleOf("confirmPrintedResponse", walkStatus, StatusAnswer{
			sampleBinding, StatePrinted, sampleTime,
			domain.IssueID{ID: sampleID},
		}),
		sampleOf("heartbeat", walkHeartbeatRequest, HeartbeatRequest{id, "990019"}),
		sampleOf("heartbeatResponse", walkHeartbeat, HeartbeatAnswer{
			"issuerd-1.0.0+5f2c", "single", "node-1", sampleTime,
			sampleTime,
		}),
		sampleOf("refusal", walkRefusal, Refusal{domain.Unavailable, domain.ApplicationID{ID: sampleID}, "counter"}),
		sampleOf("protocolError", walkProtocolError, ProtocolError{
			Code: CodeBusy, Detail: "full",
			RetryAfter: 2 * time.Second,
		}),
	}
}
