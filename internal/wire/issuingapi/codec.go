package issuingapi

import (
	"bytes"
	"encoding/base64"
	"encoding/xml"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/kioskd/kioskd/internal/domain"
	"github.com/kioskd/kioskd/internal/signed"
)

// Namespace of the elements and types of api/issuing.xsd. An incompatible change makes :2.
const Namespace = "urn:kioskd:issuing:1"

// prefix is the one prefix that the writer uses; it is declared once, on the envelope.
const prefix = "i"

// codec walks the elements of a body in their order. The same walk writes and reads, so that the two cannot differ;
// api/issuing.xsd says the same in the words of XML Schema, and a test holds the two against each other.
type codec struct {
	r   *reader // nil: writing
	w   bytes.Buffer
	err error
}

func (c *codec) reading() bool { return c.r != nil }

func (c *codec) keep(err error) {
	if c.err == nil {
		c.err = err
	}
}

func ours(name string) xml.Name { return xml.Name{Space: Namespace, Local: name} }

// group walks an element that holds others.
func (c *codec) group(name string, inside func()) {
	if c.err != nil {
		return
	}
	if c.reading() {
		c.keep(c.r.open(ours(name)))
		if c.err == nil {
			inside()
		}
		if c.err == nil {
			c.keep(c.r.close())
		}
		return
	}
	c.w.WriteString("<" + prefix + ":" + name + ">")
	inside()
	c.w.WriteString("</" + prefix + ":" + name + ">")
}

// maybe walks an optional element: inside runs if it is there.
func (c *codec) maybe(name string, present bool, inside func()) {
	if c.err != nil {
		return
	}
	if c.reading() {
		present = c.r.peek() == ours(name)
	}
	if present {
		inside()
	}
}

// repeat walks least to most elements of one name.
func repeat[T any](c *codec, name string, items *[]T, least, most int, inside func(*T)) {
	if c.reading() {
		*items = nil
		for c.err == nil && c.r.peek() == ours(name) {
			if len(*items) == most {
				c.keep(bad("more than %d of %s", most, name))
				return
			}
			var item T
			inside(&item)
			*items = append(*items, item)
		}
	} else {
		for i := range *items {
			inside(&(*items)[i])
		}
	}
	if n := len(*items); c.err == nil && (n < least || n > most) {
		c.keep(bad("%d of %s, want %d to %d", n, name, least, most))
	}
}

// form judges the text of a simple value; it is the XSD type of the same name.
type form struct {
	pattern  *regexp.Regexp
	most     int  // characters
	collapse bool // white space around it means nothing (the XSD type is a number, time or boolean)
}

func pattern(s string, most int) form {
	return form{pattern: regexp.MustCompile("^(?:" + s + ")$"), most: most}
}

func collapsed(s string, most int) form {
	f := pattern(s, most)
	f.collapse = true
	return f
}

// The simple types of api/issuing.xsd.
var (
	formID           = pattern(`[0-7][0-9A-HJKMNP-TV-Z]{25}`, domain.IDLength)
	formMunicipality = pattern(`[0-9]{6}`, 6)
	formCode         = pattern(`[A-Za-z0-9][A-Za-z0-9._\-]{0,63}`, 64)
	formHash         = pattern(`[0-9a-f]{64}`, 64)
	formLang         = pattern(`[a-z]{2}(-[A-Z][a-z]{3})?`, 7)
	formDays         = pattern(`[1-7]{1,7}`, 7)
	formHour         = pattern(`([01][0-9]|2[0-3]):[0-5][0-9]|24:00`, 5)
	formDay          = collapsed(`[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])`, 10)
	formDepends      = pattern(`[A-Za-z0-9._\-]{1,64}=[A-Za-z0-9._\-]{1,64}`, 129)
	formText         = form{most: 400}
	formNumber       = collapsed(`0|[1-9][0-9]{0,5}`, 6)
	formBool         = collapsed(`true|false`, 5)
	formTime         = collapsed(`[0-9]{4}-[0-9]{2}-[0-9]{2}T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]{1,9})?`+
		`(Z|[+\-](0[0-9]|1[0-3]):[0-5][0-9])`, 35)
)

func (f form) check(s string) error {
	if n := utf8.RuneCountInString(s); n > f.most || n == 0 && f.pattern == nil {
		return bad("%d characters, want 1 to %d", n, f.most)
	}
	if f.pattern != nil && !f.pattern.MatchString(s) {
		return bad("a value that does not match its pattern")
	}
	return nil
}

// value walks a simple element: now is written, set takes what was read and may refuse it.
func (c *codec) value(name string, f form, now string, set func(string) error) {
	if c.err != nil {
		return
	}
	if !c.reading() {
		if err := f.check(now); err != nil {
			c.keep(fmt.Errorf("write %s: %w", name, err))
			return
		}
		c.w.WriteString("<" + prefix + ":" + name + ">")
		c.keep(xml.EscapeText(&c.w, []byte(now)))
		c.w.WriteString("</" + prefix + ":" + name + ">")
		return
	}
	c.keep(c.r.open(ours(name)))
	if c.err != nil {
		return
	}
	s, err := c.r.text(maxValue)
	if err == nil {
		if f.collapse {
			s = strings.Trim(s, xmlSpace)
		}
		err = f.check(s)
	}
	if err == nil {
		err = set(s)
	}
	if err != nil {
		c.keep(fmt.Errorf("%s: %w", name, err))
	}
}

// maxValue bounds the bytes of a simple value: 400 characters of four bytes.
const maxValue = 1600

// bytes walks a base64 value of 1 to most bytes.
func (c *codec) bytes(name string, v *[]byte, most int) {
	if c.err != nil {
		return
	}
	if !c.reading() {
		if len(*v) == 0 || len(*v) > most {
			c.keep(fmt.Errorf("write %s: %w", name, bad("%d bytes, want 1 to %d", len(*v), most)))
			return
		}
		c.w.WriteString("<" + prefix + ":" + name + ">")
		c.w.Write(base64.StdEncoding.AppendEncode(c.w.AvailableBuffer(), *v))
		c.w.WriteString("</" + prefix + ":" + name + ">")
		return
	}
	c.keep(c.r.open(ours(name)))
	if c.err != nil {
		return
	}
	got, err := c.r.bytes(most)
	if err != nil {
		c.keep(fmt.Errorf("%s: %w", name, err))
		return
	}
	*v = got
}

func (c *codec) id(name string, v *domain.ID) {
	c.value(name, formID, v.String(), func(s string) (err error) {
		*v, err = domain.ParseID(s)
		return inXML(err)
	})
}

func (c *codec) hash(name string, v *signed.Hash) {
	c.value(name, formHash, v.String(), func(s string) (err error) {
		*v, err = signed.ParseHash(s)
		return inXML(err)
	})
}

// token walks any text with a form of its own.
func token[T ~string](c *codec, name string, f form, v *T) {
	c.value(name, f, string(*v), func(s string) error {
		*v = T(s)
		return nil
	})
}

func (c *codec) integer(name string, v *int, least, most int) {
	c.value(name, formNumber, strconv.Itoa(*v), func(s string) error {
		n, err := strconv.Atoi(s)
		if err != nil || n < least || n > most {
			return bad("not a number of %d to %d", least, most)
		}
		*v = n
		return nil
	})
}

// maxYen is the largest amount on this wire (server §2.2).
const maxYen = 999_990

func (c *codec) yen(name string, v *domain.Yen) {
	n := int(*v)
	c.integer(name, &n, 0, maxYen)
	if c.reading() {
		*v = domain.Yen(n)
	}
}

func (c *codec) boolean(name string, v *bool) {
	c.value(name, formBool, strconv.FormatBool(*v), func(s string) error {
		*v = s == "true"
		return nil
	})
}

// instant walks a time. Any zone is read, since clients rewrite zones; whole seconds in UTC are written.
func (c *codec) instant(name string, v *time.Time) {
	c.value(name, formTime, v.UTC().Format(time.RFC3339), func(s string) error {
		t, err := time.Parse(time.RFC3339Nano, s)
		*v = t.UTC()
		return inXML(err)
	})
}

func (c *codec) day(name string, v *domain.Date) {
	c.value(name, formDay, v.String(), func(s string) error { return inXML(v.UnmarshalText([]byte(s))) })
}

// inXML marks a finding of another reader as one of this one.
func inXML(err error) error {
	if err == nil || errors.Is(err, errXML) {
		return err
	}
	return fmt.Errorf("%w: %w", errXML, err)
}
