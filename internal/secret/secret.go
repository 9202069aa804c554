// Package secret keeps what must not be found later: a PIN in one locked page, personal bytes in an arena that is
// wiped as a whole, personal texts that print as "[redacted]".
//
// Everything may import it and it imports nothing of ours. It never logs, never converts a PIN to a string, and gives
// no way to keep an arena's bytes after they are wiped. Rules: every secret type is a struct with exactly
// one unexported pointer, because inside an unexported field fmt and slog skip the redacting methods and print what
// they find: then it is an address.
//
// Memory comes from anonymous mmap with guard pages on Linux (locked where the limit allows, left out of core dumps
// and of children); elsewhere from the heap, so that tests run on any system.
package secret

import (
	"fmt"
	"io"
	"log/slog"
)

const (
	redactedPIN  = "[PIN]"
	redactedText = "[redacted]"
)

// write answers every verb of fmt with the same word.
func write(s fmt.State, word string) { _, _ = io.WriteString(s, word) }

func quoted(word string) []byte { return []byte(`"` + word + `"`) }

func logged(word string) slog.Value { return slog.StringValue(word) }
