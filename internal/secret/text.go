package secret

import (
	"fmt"
	"log/slog"
)

// Text is a personal text (a name, an address) that servers handle as a string. It only guards against printing it by
// accident; memory is guarded by [Arena]. The zero Text is empty.
type Text struct{ value *string }

// NewText wraps s.
func NewText(s string) Text { return Text{&s} }

// Reveal returns the text. Every call is a place to look at in a review.
func (t Text) Reveal() string {
	if t.value == nil {
		return ""
	}
	return *t.value
}

// String returns "[redacted]".
func (t Text) String() string { return redactedText }

// GoString returns "[redacted]".
func (t Text) GoString() string { return redactedText }

// Format writes "[redacted]" for every verb.
func (t Text) Format(s fmt.State, _ rune) { write(s, redactedText) }

// LogValue returns "[redacted]".
func (t Text) LogValue() slog.Value { return logged(redactedText) }

// MarshalJSON returns "[redacted]" as a JSON string.
func (t Text) MarshalJSON() ([]byte, error) { return quoted(redactedText), nil }

// MarshalText returns "[redacted]".
func (t Text) MarshalText() ([]byte, error) { return []byte(redactedText), nil }
