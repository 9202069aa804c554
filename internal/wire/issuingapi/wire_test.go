package issuingapi

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kioskd/kioskd/internal/domain"
)

// scripted is a Service that answers as a test says.
type scripted struct {
	Service
	catalogue func(context.Context, CatalogueRequest) (Catalogue, error)
	issue     func(context.Context, IssueRequest) (IssueAnswer, error)
}

func (s scripted) GetServiceCatalogue(ctx context.Context, r CatalogueRequest) (Catalogue, error) {
	return s.catalogue(ctx, r)
}

func (s scripted) IssueCertificate(ctx context.Context, r IssueRequest) (IssueAnswer, error) {
	return s.issue(ctx, r)
}

func quiet() *slog.Logger { return slog.New(slog.NewTextHandler(io.Discard, nil)) }

func serve(t *testing.T, s Service, slots int) (*Client, string) {
	t.Helper()
	h := Handler(ServerConfig{Service: s, Log: quiet(), Slots: slots, Authorize: func(_ *http.Request,
		m domain.MunicipalityCode,
	) error {
		if m != "990019" {
			return &ProtocolError{Code: CodeNotAuthorized}
		}
		return nil
	}})
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	return NewClient(server.URL, server.Client().Transport), server.URL
}

func askIssue(t *testing.T, c *Client, left time.Duration) (IssueAnswer, error) {
	t.Helper()
	return c.IssueCertificate(t.Context(), IssueRequest{
		domain.RequestID{ID: sampleID}, sampleBinding, domain.Subject{ID: sampleID}, ordered(sampleChain), left,
	})
}

func TestClientAndServerCarryAnswersRefusalsAndErrors(t *testing.T) {
	var next error
	answer := IssueAnswer{sampleBinding, domain.IssueID{ID: sampleID}, []byte("m"), [][]byte{[]byte("%PDF")}}
	c, _ := serve(t, scripted{issue: func(context.Context, IssueRequest) (IssueAnswer, error) { return answer, next }}, 0)
	got, err := askIssue(t, c, 0)
	if err != nil || !cmp.Equal(got, answer) {
		t.Fatalf("%v\n%s", err, cmp.Diff(answer, got))
	}
	refusal := &Refusal{domain.Unavailable, sampleBinding.Application, "counter"}
	next = refusal
	if _, err = askIssue(t, c, 0); !cmp.Equal(err, error(refusal)) {
		t.Errorf("a refusal became %v", err)
	}
	next = &ProtocolError{Code: CodeBusy, Detail: "full", RetryAfter: 1500 * time.Millisecond}
	_, err = askIssue(t, c, 0)
	if p, ok := errors.AsType[*ProtocolError](err); !ok || p.Code != CodeBusy || p.RetryAfter != 2*time.Second {
		t.Errorf("busy became %#v", err)
	}
	next = errors.New("resident 佐保 in row 12")
	_, err = askIssue(t, c, 0)
	if p, ok := errors.AsType[*ProtocolError](err); !ok || p.Code != CodeInternal || strings.Contains(p.Error(), "佐保") {
		t.Errorf("an inner error went out as %v", err)
	}
}

func TestD03_AnAnswerForAnotherApplicationIsRefusedByTheClient(t *testing.T) {
	other := sampleBinding
	other.Application.ID[0] ^= 1
	c, _ := serve(t, scripted{issue: func(context.Context, IssueRequest) (IssueAnswer, error) {
		return IssueAnswer{other, domain.IssueID{ID: sampleID}, []byte("m"), [][]byte{[]byte("%PDF")}}, nil
	}}, 0)
	_, err := askIssue(t, c, 0)
	if p, ok := errors.AsType[*ProtocolError](err); !ok || p.Code != CodeBindingMismatch {
		t.Errorf("got %v", err)
	}
}

func TestD04_TheTimeLeftEndsTheWorkAtTheServer(t *testing.T) {
	seen := make(chan time.Duration, 1)
	c, _ := serve(t, scripted{issue: func(ctx context.Context, r IssueRequest) (IssueAnswer, error) {
		deadline, _ := ctx.Deadline()
		seen <- time.Until(deadline)
		return IssueAnswer{}, &ProtocolError{Code: CodeDeadlinePassed}
	}}, 0)
	if _, err := askIssue(t, c, 1500*time.Millisecond); err == nil {
		t.Fatal("no error")
	}
	if left := <-seen; left > 1500*time.Millisecond {
		t.Errorf("the server was given %v", left)
	}
	over, stop := context.WithCancel(t.Context())
	stop()
	_, err := c.IssueCertificate(over, IssueRequest{
		domain.RequestID{ID: sampleID}, sampleBinding, domain.Subject{ID: sampleID}, ordered(sampleChain), 0,
	})
	if p, ok := errors.AsType[*ProtocolError](err); !ok || p.Code != CodeUnreachable || !errors.Is(err, context.Canceled) {
		t.Errorf("the asker's own end gave %v", err)
	}
	select {
	case <-seen:
		t.Error("work was begun for nobody")
	default:
	}
}

func TestFullServerSaysBusyAtOnce(t *testing.T) {
	entered, leave := make(chan bool), make(chan bool)
	c, _ := serve(t, scripted{issue: func(context.Context, IssueRequest) (IssueAnswer, error) {
		entered <- true
		<-leave
		return IssueAnswer{sampleBinding, domain.IssueID{ID: sampleID}, []byte("m"), [][]byte{[]byte("%PDF")}}, nil
	}}, 1)
	first := make(chan error, 1)
	go func() {
		_, err := c.IssueCertificate(context.Background(), IssueRequest{
			domain.RequestID{ID: sampleID}, sampleBinding, domain.Subject{ID: sampleID}, ordered(sampleChain), 0,
		})
		first <- err
	}()
	<-entered
	_, err := askIssue(t, c, 0)
	if p, ok := errors.AsType[*ProtocolError](err); !ok || p.Code != CodeBusy {
		t.Errorf("got %v", err)
	}
	leave <- true
	if err := <-first; err != nil {
		t.Error(err)
	}
}

func TestServerSpeaksBothVersionsAndNamesTheSendersDefects(t *testing.T) {
	_, url := serve(t, scripted{catalogue: func(context.Context, CatalogueRequest) (Catalogue, error) {
		return sampleCatalogue(), nil
	}}, 0)
	body := func(s *soap, m domain.MunicipalityCode) string {
		r := CatalogueRequest{domain.RequestID{ID: sampleID}, m, "default", sampleTime, ""}
		msg, err := writeEnvelope(s, func(c *codec) {
			c.group("getServiceCatalogue", func() {
				walkCatalogueRequest(c,
					&r)
			})
		})
		if err != nil {
			t.Fatal(err)
		}
		return string(msg)
	}
	must := func(s string) string {
		return strings.Replace(s, "<s:Body>", `<s:Header><h:a xmlns:h="urn:h" s:mustUnderstand="1"/></s:Header><s:Body>`, 1)
	}
	for _, c := range []struct {
		name, contentType, action, body string
		status                          int
		want                            string
	}{
		{
			"SOAP 1.1", "text/xml; charset=utf-8", `"urn:kioskd:issuing:1:getServiceCatalogue"`, body(soap11, "990019"), 200,
			"辻\U000E0102",
		},
		{"SOAP 1.2", "application/soap+xml", "", body(soap12, "990019"), 200, "getServiceCatalogueResponse"},
		{"other action", "text/xml", `"urn:kioskd:issuing:1:cancel"`, body(soap11, "990019"), 500, CodeActionMismatch},
		{
			"other action 1.2", `application/soap+xml; action="urn:kioskd:issuing:1:cancel"`, "", body(soap12, "990019"), 400,
			CodeActionMismatch,
		},
		{"other municipality", "application/soap+xml", "", body(soap12, "990027"), 400, CodeNotAuthorized},
		{"version", "application/soap+xml", "", body(soap11, "990019"), 500, "s:VersionMismatch"},
		{"header", "text/xml", "", must(body(soap11, "990019")), 500, "s:MustUnderstand"},
		{"header 1.2", "application/soap+xml", "", must(body(soap12, "990019")), 500, "s:MustUnderstand"},
		{"no XML", "text/xml", "", "hello", 500, CodeSchemaInvalid},
		{"too large", "text/xml", "", strings.Repeat(" ", MaxRequest+1), 500, CodeTooLarge},
		{"JSON", "application/json", "", "{}", 415, ""},
		{"Shift_JIS", "text/xml; charset=shift_jis", "", body(soap11, "990019"), 415, ""},
	} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url, strings.NewReader(c.body))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", c.contentType)
		req.Header.Set("SOAPAction", c.action)
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(resp.Body)
		_ = resp.Body.Close()
		if err != nil || resp.StatusCode != c.status || !strings.Contains(string(got), c.want) {
			t.Errorf("%s: status %d, want %d with %q:\n%s", c.name, resp.StatusCode, c.status, c.want, got)
		}
	}
}

func TestAWebPageInPlaceOfAnAnswerIsUnreachable(t *testing.T) {
	server := httptest.NewServer(http.NotFoundHandler())
	defer server.Close()
	c := NewClient(server.URL, server.Client().Transport)
	_, err := c.Heartbeat(t.Context(), HeartbeatRequest{domain.RequestID{ID: sampleID}, "990019"})
	if p, ok := errors.AsType[*ProtocolError](err); !ok || p.Code != CodeUnreachable {
		t.Errorf("got %v", err)
	}
	server.Close()
	_, err = c.Heartbeat(t.Context(), HeartbeatRequest{domain.RequestID{ID: sampleID}, "990019"})
	if p, ok := errors.AsType[*ProtocolError](err); !ok || p.Code != CodeUnreachable || p.Err == nil {
		t.Errorf("got %v", err)
	}
}
