package issuingapi

import (
	"encoding/xml"
	"fmt"
	"mime"
	"strings"
)

// soap is one version of the envelope. Both are served on one address.
type soap struct {
	space     string // namespace of the envelope
	mediaType string
	sender    string // fault code for the sender's defects
	receiver  string
}

var (
	soap11 = &soap{"http://schemas.xmlsoap.org/soap/envelope/", "text/xml", "Client", "Server"}
	soap12 = &soap{"http://www.w3.org/2003/05/soap-envelope", "application/soap+xml", "Sender", "Receiver"}
)

func (s *soap) name(local string) xml.Name { return xml.Name{Space: s.space, Local: local} }

// soapOf tells the version by the content type; ok is false for any other type or for another encoding than UTF-8.
func soapOf(contentType string) (s *soap, action string, ok bool) {
	media, params, err := mime.ParseMediaType(contentType)
	if err != nil || params["charset"] != "" && !strings.EqualFold(params["charset"], "utf-8") {
		return soap11, "", false
	}
	switch media {
	case soap11.mediaType:
		return soap11, "", true
	case soap12.mediaType:
		return soap12, params["action"], true
	default:
		return soap11, "", false
	}
}

// openEnvelope reads up to the start of the body's one child and gives that child's name, which is still to be read.
// Header blocks are passed over unless they must be understood.
func openEnvelope(r *reader, s *soap) (xml.Name, error) {
	if got := r.peek(); got.Local == "Envelope" && got.Space != s.space {
		return xml.Name{}, protocol(CodeVersionUnsupported, "the envelope is not of the version that the content type names")
	}
	if err := r.open(s.name("Envelope")); err != nil {
		return xml.Name{}, err
	}
	if r.peek() == s.name("Header") {
		if err := passHeader(r, s); err != nil {
			return xml.Name{}, err
		}
	}
	if err := r.open(s.name("Body")); err != nil {
		return xml.Name{}, err
	}
	return r.peek(), nil
}

// maxHeaderBlocks bounds the blocks that are passed over.
const maxHeaderBlocks = 64

func passHeader(r *reader, s *soap) error {
	if err := r.open(s.name("Header")); err != nil {
		return err
	}
	for n := 0; r.peek() != (xml.Name{}); n++ {
		if n == maxHeaderBlocks {
			return bad("more than %d header blocks", maxHeaderBlocks)
		}
		if err := r.skip(s.optionalBlock); err != nil {
			return err
		}
	}
	return r.close()
}

func (s *soap) optionalBlock(e xml.StartElement) error {
	for _, a := range e.Attr {
		if a.Name == s.name("mustUnderstand") && a.Value != "0" && a.Value != "false" {
			return protocol(CodeMustUnderstand, "header block %.60q", e.Name.Local)
		}
	}
	return nil
}

// closeEnvelope reads what must follow the body's child: nothing.
func closeEnvelope(r *reader) error {
	for range 2 {
		if err := r.close(); err != nil {
			return err
		}
	}
	return r.end()
}

// writeEnvelope gives a whole message around a body.
func writeEnvelope(s *soap, body func(*codec)) ([]byte, error) {
	c := &codec{}
	fmt.Fprintf(&c.w, `<?xml version="1.0" encoding="UTF-8"?>`+"\n"+
		`<s:Envelope xmlns:s="%s" xmlns:%s="%s"><s:Body>`, s.space, prefix, Namespace)
	body(c)
	c.w.WriteString("</s:Body></s:Envelope>\n")
	if c.err != nil {
		return nil, c.err
	}
	return c.w.Bytes(), nil
}
