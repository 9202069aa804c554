package locales

import "github.com/kioskd/kioskd/internal/domain"

// Message is one text of the catalogue with the values of its placeholders, in no language yet. Messages are made by
// the constructors of locales/msg, which are generated from the catalogue: a value that is missing does not compile.
type Message struct {
	id     string
	count  int
	plural bool
	values []Value
}

// Value is what stands in a placeholder.
type Value struct {
	name   string
	kind   valueKind
	number int64
	text   string
}

type valueKind uint8

const (
	numberValue valueKind = iota
	moneyValue
	textValue
)

// New makes the message of an id ("screen.element"). Only locales/msg calls it; a test holds everybody to that.
func New(id string, values ...Value) Message { return Message{id: id, values: values} }

// NewPlural makes the message about count things; its text may use {{.Count}} besides the values.
func NewPlural(id string, count int, values ...Value) Message {
	return Message{id: id, count: count, plural: true, values: append([]Value{Int("Count", count)}, values...)}
}

// ID is the id in the catalogue.
func (m Message) ID() string { return m.id }

// Int is a whole number, written with the language's digit groups.
func Int(name string, n int) Value { return Value{name: name, kind: numberValue, number: int64(n)} }

// Money is an amount, written as the language's readers expect it.
func Money(name string, y domain.Yen) Value {
	return Value{name: name, kind: moneyValue, number: int64(y)}
}

// Words is a text that is the same in every language: a telephone number, a code.
func Words(name, text string) Value { return Value{name: name, kind: textValue, text: text} }

func (m Message) value(name string) (Value, bool) {
	for _, v := range m.values {
		if v.name == name {
			return v, true
		}
	}
	return Value{}, false
}
