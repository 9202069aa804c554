package issuingapi

import (
	"bytes"
	"encoding/base64"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// errXML is every finding of the strict reader; it becomes the fault SchemaInvalid.
var errXML = errors.New("not in the one allowed form")

// maxDepth bounds nesting, also inside header blocks that nobody here understands.
const maxDepth = 32

// source gives the decoder one byte at a time, so that its position is known after every token and a long base64 value
// can be cut out of the buffer instead of being walked byte by byte (16 times faster).
type source struct {
	buf []byte
	pos int
}

func (s *source) ReadByte() (byte, error) {
	if s.pos >= len(s.buf) {
		return 0, io.EOF
	}
	s.pos++
	return s.buf[s.pos-1], nil
}

// Read is never called by the decoder, which prefers ReadByte.
func (s *source) Read(p []byte) (int, error) {
	n := copy(p, s.buf[s.pos:])
	s.pos += n
	if n == 0 {
		return 0, io.EOF
	}
	return n, nil
}

// reader pulls elements in a fixed order: what comes in another order, twice, unknown or not at all is an error by
// construction. Beyond what encoding/xml refuses it refuses DTDs, processing instructions, attributes (but namespace
// declarations), text between elements, and comments inside values.
type reader struct {
	src   *source
	dec   *xml.Decoder
	ahead xml.Token // the next start or end tag, where peek has read it
	err   error     // the first finding; it stays
	depth int
}

func newReader(b []byte) *reader {
	s := &source{buf: b}
	return &reader{src: s, dec: xml.NewDecoder(s)}
}

func bad(format string, args ...any) error {
	return fmt.Errorf("%w: "+format, append([]any{errXML}, args...)...)
}

// token gives the next token that means something anywhere: no DTD, no processing instruction but the declaration.
func (r *reader) token() (xml.Token, error) {
	first := r.src.pos == 0
	t, err := r.dec.Token()
	if errors.Is(err, io.EOF) {
		return nil, err
	}
	if err != nil {
		return nil, bad("%v", err)
	}
	switch t := t.(type) {
	case xml.Directive:
		return nil, bad("a DTD or other directive")
	case xml.ProcInst:
		if !first || t.Target != "xml" {
			return nil, bad("a processing instruction")
		}
	}
	return t, nil
}

// tag gives the next start or end tag; between tags stand only white space and comments.
func (r *reader) tag() (xml.Token, error) {
	if t := r.ahead; t != nil {
		r.ahead = nil
		return t, nil
	}
	if r.err != nil {
		return nil, r.err
	}
	t, err := r.nextTag()
	r.err = err
	return t, err
}

func (r *reader) nextTag() (xml.Token, error) {
	for { // ends at the buffer's end
		t, err := r.token()
		if err != nil {
			return nil, err
		}
		switch t := t.(type) {
		case xml.StartElement, xml.EndElement:
			return t, nil
		case xml.CharData:
			if len(bytes.Trim(t, " \t\r\n")) != 0 {
				return nil, bad("text between elements")
			}
		}
	}
}

// peek gives the name of the next start tag, or the zero name before an end tag or an error; the error comes again with
// the next call.
func (r *reader) peek() xml.Name {
	t, err := r.tag()
	if err != nil {
		return xml.Name{}
	}
	r.ahead = t
	if s, ok := t.(xml.StartElement); ok {
		return s.Name
	}
	return xml.Name{}
}

// open reads the start tag that must come next.
func (r *reader) open(name xml.Name) error {
	_, err := r.start(name, plainAttributes)
	return err
}

func (r *reader) start(name xml.Name, attributes func([]xml.Attr) error) (xml.StartElement, error) {
	t, err := r.tag()
	if err != nil {
		return xml.StartElement{}, unexpectedEnd(err)
	}
	s, ok := t.(xml.StartElement)
	if !ok || s.Name != name {
		return s, bad("want element %s here", name.Local)
	}
	if err := attributes(s.Attr); err != nil {
		return s, err
	}
	if r.depth++; r.depth > maxDepth {
		return s, bad("nested deeper than %d", maxDepth)
	}
	return s, nil
}

// plainAttributes allows namespace declarations only: none twice, no prefix without a namespace.
func plainAttributes(attrs []xml.Attr) error {
	for i, a := range attrs {
		declares := a.Name.Space == "xmlns" && a.Value != "" || a.Name.Space == "" && a.Name.Local == "xmlns"
		if !declares {
			return bad("attribute %.40q", a.Name.Local)
		}
		if slices.ContainsFunc(attrs[:i], func(b xml.Attr) bool { return a.Name == b.Name }) {
			return bad("attribute %.40q twice", a.Name.Local)
		}
	}
	return nil
}

// close reads the end tag that must come next. The decoder has matched its name with the start tag's.
func (r *reader) close() error {
	t, err := r.tag()
	if err != nil {
		return unexpectedEnd(err)
	}
	if s, ok := t.(xml.StartElement); ok {
		return bad("element %.40q is too many or in the wrong place", s.Name.Local)
	}
	r.depth--
	return nil
}

// end demands that nothing follows the root element.
func (r *reader) end() error {
	_, err := r.tag()
	if err == nil {
		return bad("an element after the root")
	}
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
}

// text reads the value of the element just opened, and its end tag. A child element or a comment inside is an error.
func (r *reader) text(most int) (string, error) {
	var b strings.Builder
	for { // ends at the end tag or the buffer's end
		t, err := r.token()
		if err != nil {
			return "", unexpectedEnd(err)
		}
		switch t := t.(type) {
		case xml.CharData:
			if b.Len()+len(t) > most {
				return "", bad("a value longer than %d bytes", most)
			}
			b.Write(t)
		case xml.EndElement:
			r.depth--
			return b.String(), nil
		default:
			return "", bad("an element or a comment inside a value")
		}
	}
}

// bytes reads the base64 value of the element just opened straight from the buffer, and its end tag.
func (r *reader) bytes(most int) ([]byte, error) {
	at := r.src.pos
	if r.src.buf[at-1] != '>' || r.src.buf[at-2] == '/' {
		return nil, bad("an empty base64 value")
	}
	n := bytes.IndexByte(r.src.buf[at:], '<')
	if n < 0 {
		return nil, unexpectedEnd(io.EOF)
	}
	raw := bytes.Trim(r.src.buf[at:at+n], xmlSpace)
	if bytes.ContainsAny(raw, " \t") { // the decoder passes over CR and LF itself
		raw = bytes.Join(bytes.Fields(raw), nil)
	}
	if base64.StdEncoding.DecodedLen(len(raw)) > most+most/32+4 { // leave for line breaks each 64 characters
		return nil, bad("a base64 value longer than %d bytes", most)
	}
	out := make([]byte, base64.StdEncoding.DecodedLen(len(raw)))
	m, err := base64.StdEncoding.Strict().Decode(out, raw)
	if err != nil || m == 0 || m > most {
		return nil, bad("not base64 of 1 to %d bytes", most)
	}
	r.src.pos += n
	t, err := r.token()
	if _, ok := t.(xml.EndElement); err != nil || !ok {
		return nil, bad("something else than base64 in a base64 value")
	}
	r.depth--
	return out[:m], nil
}

const xmlSpace = " \t\r\n"

// skip passes over a whole element that nobody here understands, its start tag being next.
func (r *reader) skip(check func(xml.StartElement) error) error {
	for inside := 0; ; { // ends at its end tag or the buffer's end
		t, err := r.headerToken()
		if err != nil {
			return unexpectedEnd(err)
		}
		switch t := t.(type) {
		case xml.StartElement:
			if inside == 0 {
				if err := check(t); err != nil {
					return err
				}
			}
			if inside++; r.depth+inside > maxDepth {
				return bad("nested deeper than %d", maxDepth)
			}
		case xml.EndElement:
			if inside--; inside == 0 {
				return nil
			}
		}
	}
}

func (r *reader) headerToken() (xml.Token, error) {
	if t := r.ahead; t != nil {
		r.ahead = nil
		return t, nil
	}
	return r.token()
}

func unexpectedEnd(err error) error {
	if errors.Is(err, io.EOF) {
		return bad("the document ends early")
	}
	return err
}
