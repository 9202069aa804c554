package signed

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/kioskd/kioskd/internal/domain"
)

// maxText bounds a note's text (64 pages of 200 bytes, with room).
const maxText = 256 << 10

// maxItems bounds every list in a note.
const maxItems = 256

// none stands where nothing is.
const none = "none"

// codec walks the lines of a note in their order. The same walk writes and reads, so that the two cannot differ.
type codec struct {
	reading bool
	out     bytes.Buffer
	in      []string
	err     error
}

// body is what every note can do: walk its own lines.
type body interface {
	thing() Thing
	lines(c *codec)
}

func encode(b body) ([]byte, error) {
	c := &codec{}
	fmt.Fprintf(&c.out, "kioskd/%s/%d\n", b.thing(), version)
	b.lines(c)
	if c.err != nil {
		return nil, c.err
	}
	return c.out.Bytes(), nil
}

func decode(text []byte, b body) error {
	if len(text) > maxText || len(text) == 0 || text[len(text)-1] != '\n' {
		return fmt.Errorf("%w: %d bytes, or no line feed at the end", ErrForm, len(text))
	}
	c := &codec{reading: true, in: strings.Split(string(text[:len(text)-1]), "\n")}
	if err := checkFirst(c.in[0], b.thing()); err != nil {
		return err
	}
	c.in = c.in[1:]
	b.lines(c)
	if c.err == nil && len(c.in) != 0 {
		c.fail("a line too many: %.20q", c.in[0])
	}
	if c.err != nil {
		return c.err
	}
	again, err := encode(b)
	if err != nil {
		return err
	}
	if !bytes.Equal(again, text) {
		return fmt.Errorf("%w: reads back differently", ErrForm)
	}
	return nil
}

// checkFirst tells a newer version of the same thing from any other text.
func checkFirst(line string, t Thing) error {
	prefix := "kioskd/" + string(t) + "/"
	v, ok := strings.CutPrefix(line, prefix)
	if !ok {
		return fmt.Errorf("%w: first line is not %s%d", ErrForm, prefix, version)
	}
	if n, err := strconv.Atoi(v); err == nil && n > version && strconv.Itoa(n) == v {
		return ErrNewer
	}
	if v != strconv.Itoa(version) {
		return fmt.Errorf("%w: first line is not %s%d", ErrForm, prefix, version)
	}
	return nil
}

func (c *codec) fail(format string, args ...any) {
	if c.err == nil {
		c.err = fmt.Errorf("%w: "+format, append([]any{ErrForm}, args...)...)
	}
}

// word walks one line "key value"; every other walk is built on it.
func (c *codec) word(key string, v *string) {
	if c.err != nil {
		return
	}
	if !c.reading {
		if !printable(*v) {
			c.fail("value of %s is empty, or not printable ASCII without space", key)
			return
		}
		c.out.WriteString(key + " " + *v + "\n")
		return
	}
	if len(c.in) == 0 {
		c.fail("line %s is missing", key)
		return
	}
	got, ok := strings.CutPrefix(c.in[0], key+" ")
	if !ok || !printable(got) {
		c.fail("want line %s here", key)
		return
	}
	*v, c.in = got, c.in[1:]
}

func printable(s string) bool {
	for i := range len(s) {
		if s[i] <= ' ' || s[i] > '~' {
			return false
		}
	}
	return s != ""
}

// through walks a value that has a text form: write makes it, read takes it.
func (c *codec) through(key, now string, read func(string) error) {
	c.word(key, &now)
	if c.err == nil && c.reading {
		if err := read(now); err != nil {
			c.fail("value of %s: %v", key, err)
		}
	}
}

func (c *codec) text(key string, v interface {
	fmt.Stringer
	UnmarshalText([]byte) error
},
) {
	c.through(key, v.String(), func(s string) error { return v.UnmarshalText([]byte(s)) })
}

// token walks an id of the kind K-000001.
func token[T ~string](c *codec, key string, v *T) {
	c.through(key, string(*v), func(s string) error {
		if !domain.ValidToken(s) {
			return ErrForm
		}
		*v = T(s)
		return nil
	})
}

// optional walks a hash that may be none.
func (c *codec) optional(key string, v *Hash) {
	now := none
	if !v.IsZero() {
		now = v.String()
	}
	c.through(key, now, func(s string) error {
		if s == none {
			*v = Hash{}
			return nil
		}
		return v.UnmarshalText([]byte(s))
	})
}

func (c *codec) bytes32(key string, v *[32]byte) { c.text(key, (*Hash)(v)) }

// instant walks an RFC 3339 time in UTC of whole seconds.
func (c *codec) instant(key string, v *time.Time) {
	c.through(key, v.UTC().Format(time.RFC3339), func(s string) error {
		t, err := time.Parse(time.RFC3339, s)
		if err != nil || !strings.HasSuffix(s, "Z") {
			return ErrForm
		}
		*v = t.UTC()
		return nil
	})
}

func (c *codec) number(key string, v *int64, most int64) {
	c.through(key, strconv.FormatInt(*v, 10), func(s string) (err error) {
		*v, err = number(s, most)
		return err
	})
}

func (c *codec) integer(key string, v *int, most int64) {
	n := int64(*v)
	c.number(key, &n, most)
	*v = int(n)
}

func (c *codec) yen(key string, v *domain.Yen) {
	n := int64(*v)
	c.number(key, &n, maxYen)
	*v = domain.Yen(n)
}

// maxYen is the largest fee that a note may name (server §2.2).
const maxYen = 999_990

// number reads a decimal without sign or leading zero.
func number(s string, most int64) (int64, error) {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n < 0 || n > most || strconv.FormatInt(n, 10) != s {
		return 0, fmt.Errorf("%w: %.20q is not a number of 0 to %d", ErrForm, s, most)
	}
	return n, nil
}

// list walks a count line and numbered lines of n parts separated by ":".
func list[T any](c *codec, key string, items *[]T, parts func(*T) []string, read func(*T, []string) error) {
	singular := strings.TrimSuffix(key, "s")
	n := len(*items)
	c.integer(key, &n, maxItems)
	if c.err != nil {
		return
	}
	if c.reading {
		*items = make([]T, n)
	}
	for i := range n {
		item := &(*items)[i]
		var now string
		if !c.reading {
			now = strings.Join(parts(item), ":")
		}
		c.through(fmt.Sprintf("%s.%d", singular, i+1), now, func(s string) error {
			return read(item, strings.Split(s, ":"))
		})
	}
}

// fields assigns split parts to readers one to one.
func fields(parts []string, readers ...func(string) error) error {
	if len(parts) != len(readers) {
		return fmt.Errorf("%w: want %d parts, have %d", ErrForm, len(readers), len(parts))
	}
	for i, read := range readers {
		if err := read(parts[i]); err != nil {
			return err
		}
	}
	return nil
}

func asText(v interface{ UnmarshalText([]byte) error }) func(string) error {
	return func(s string) error { return v.UnmarshalText([]byte(s)) }
}

func asToken[T ~string](v *T) func(string) error {
	return func(s string) error {
		if !domain.ValidToken(s) {
			return fmt.Errorf("%w: %.20q is not a token", ErrForm, s)
		}
		*v = T(s)
		return nil
	}
}

func asInt(v *int, most int64) func(string) error {
	return func(s string) error {
		n, err := number(s, most)
		*v = int(n)
		return err
	}
}

func asYen(v *domain.Yen) func(string) error {
	return func(s string) error {
		n, err := number(s, maxYen)
		*v = domain.Yen(n)
		return err
	}
}

func asOptional(v *Hash) func(string) error {
	return func(s string) error {
		if s == none {
			*v = Hash{}
			return nil
		}
		return v.UnmarshalText([]byte(s))
	}
}

func orNone(h Hash) string {
	if h.IsZero() {
		return none
	}
	return h.String()
}

func hexOf(b []byte) string { return hex.EncodeToString(b) }
