package issuingapi

import (
	"encoding/xml"
	"net/http"
	"time"

	"github.com/kioskd/kioskd/internal/domain"
)

// maxRetryAfter bounds how long a peer may be told to wait.
const maxRetryAfter = 3600

// The details of a fault, as api/issuing.xsd has them.

func walkRefusal(c *codec, r *Refusal) {
	reason := r.Reason.Code()
	token(c, "reason", formCode, &reason)
	if c.reading() {
		r.Reason, _ = domain.ParseReason(reason) // an unknown one ends in a polite screen
	}
	c.id("applicationId", &r.Application.ID)
	c.maybe("helpKey", r.HelpKey != "", func() { token(c, "helpKey", formCode, &r.HelpKey) })
}

func walkProtocolError(c *codec, p *ProtocolError) {
	token(c, "code", formCode, &p.Code)
	c.maybe("detail", p.Detail != "", func() {
		if r := []rune(p.Detail); len(r) > formText.most {
			p.Detail = string(r[:formText.most])
		}
		token(c, "detail", formText, &p.Detail)
	})
	c.maybe("retryAfterSeconds", p.RetryAfter != 0, func() {
		seconds := int((p.RetryAfter + time.Second - 1) / time.Second)
		c.integer("retryAfterSeconds", &seconds, 1, maxRetryAfter)
		p.RetryAfter = time.Duration(seconds) * time.Second
	})
}

// code is the fault code of the envelope: whose defect it is.
func (s *soap) code(r *Refusal, p *ProtocolError) string {
	if r != nil {
		return s.receiver
	}
	switch p.Code {
	case CodeMustUnderstand:
		return "MustUnderstand"
	case CodeVersionUnsupported:
		return "VersionMismatch"
	case CodeBusy, CodeInternal, CodeDeadlinePassed, CodeTopologyMismatch:
		return s.receiver
	default:
		return s.sender
	}
}

// writeFault gives the message and the HTTP status of an error.
func writeFault(s *soap, err error) ([]byte, int) {
	r, p := asFault(err)
	code, text := s.code(r, p), "refused"
	if p != nil {
		text = p.Code
	}
	status := http.StatusInternalServerError
	if s == soap12 && code == s.sender {
		status = http.StatusBadRequest
	}
	msg, err := writeEnvelope(s, func(c *codec) { c.fault(s, code, text, detailOf(r, p)) })
	if err != nil { // only where a detail cannot be written: say less
		p = protocol(CodeInternal, "the fault could not be written")
		msg, _ = writeEnvelope(s, func(c *codec) { c.fault(s, s.receiver, CodeInternal, detailOf(nil, p)) })
	}
	return msg, status
}

func detailOf(r *Refusal, p *ProtocolError) func(*codec) {
	if r != nil {
		v := *r
		return func(c *codec) { c.group("refusal", func() { walkRefusal(c, &v) }) }
	}
	v := *p
	return func(c *codec) { c.group("protocolError", func() { walkProtocolError(c, &v) }) }
}

func (c *codec) fault(s *soap, code, text string, detail func(*codec)) {
	// A finding about a header says nothing in the detail (SOAP 1.1 §4.4).
	bare := code == "MustUnderstand" || code == "VersionMismatch"
	if s == soap11 {
		c.w.WriteString("<s:Fault><faultcode>s:" + code + "</faultcode><faultstring>" + text + "</faultstring>")
		if !bare {
			c.w.WriteString("<detail>")
			detail(c)
			c.w.WriteString("</detail>")
		}
		c.w.WriteString("</s:Fault>")
		return
	}
	c.w.WriteString("<s:Fault><s:Code><s:Value>s:" + code + "</s:Value></s:Code><s:Reason><s:Text xml:lang=\"en\">" +
		text + "</s:Text></s:Reason>")
	if !bare {
		c.w.WriteString("<s:Detail>")
		detail(c)
		c.w.WriteString("</s:Detail>")
	}
	c.w.WriteString("</s:Fault>")
}

// readFault reads a Fault element of SOAP 1.2, the version that the client speaks, and gives the error that it carries.
func readFault(r *reader) error {
	if err := r.open(soap12.name("Fault")); err != nil {
		return err
	}
	for _, name := range []string{"Code", "Reason"} {
		if r.peek() != soap12.name(name) {
			return bad("a fault without %s", name)
		}
		if err := r.skip(func(xml.StartElement) error { return nil }); err != nil {
			return err
		}
	}
	if r.peek() != soap12.name("Detail") {
		return protocol(CodeInternal, "a fault without a detail")
	}
	if err := r.open(soap12.name("Detail")); err != nil {
		return err
	}
	c := &codec{r: r}
	if r.peek() == ours("refusal") {
		v := &Refusal{}
		c.group("refusal", func() { walkRefusal(c, v) })
		return c.ended(v)
	}
	v := &ProtocolError{}
	c.group("protocolError", func() { walkProtocolError(c, v) })
	return c.ended(v)
}

// ended reads to the message's end and gives the fault, or what is wrong with the message.
func (c *codec) ended(fault error) error {
	for range 2 {
		if c.err == nil {
			c.keep(c.r.close())
		}
	}
	if c.err == nil {
		c.keep(closeEnvelope(c.r))
	}
	if c.err != nil {
		return c.err
	}
	return fault
}
