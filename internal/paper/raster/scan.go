package raster

import (
	"bytes"
	"strings"
)

// refusedNames are the names of the PDF language that no certificate needs (ISO 32000-1 §12.6, §7.11.4, §7.6, §7.5.7).
var refusedNames = map[string]Finding{
	"JavaScript": Active, "JS": Active, "XFA": Active, "OpenAction": Active, "AA": Active, "Launch": Active,
	"EmbeddedFile": Active, "EmbeddedFiles": Active, "SubmitForm": Active, "ImportData": Active, "GoToR": Active,
	"GoToE": Active, "URI": Active, "Rendition": Active, "RichMedia": Active, "Movie": Active, "Sound": Active,
	"Screen": Active, "3D": Active, "FileAttachment": Active, "Collection": Active, "Encrypt": Encrypted,
	"ObjStm": Hidden,
}

// scan reads a PDF as a run of tokens and refuses it for the first name that has no place in a certificate. It does not
// follow references, so that a name is found wherever it stands; strings, comments and the bytes of streams are passed
// over. Object streams are refused, because names could hide in them.
func scan(pdf []byte) error {
	if !bytes.HasPrefix(pdf, []byte("%PDF-1.")) && !bytes.HasPrefix(pdf, []byte("%PDF-2.")) {
		return &RefusedError{Finding: Unreadable, Detail: "first bytes"}
	}
	for at := 0; at < len(pdf); { // every branch moves on by one byte at least
		switch c := pdf[at]; {
		case c == '%':
			at = lineEnd(pdf, at)
		case c == '(':
			if at = stringEnd(pdf, at); at < 0 {
				return &RefusedError{Finding: Unreadable, Detail: "string without an end"}
			}
		case c == '/':
			name, end := nameAt(pdf, at+1)
			if f, bad := refusedNames[name]; bad {
				return &RefusedError{Finding: f, Detail: name}
			}
			at = end
		case isRegular(c):
			end := at
			for end < len(pdf) && isRegular(pdf[end]) {
				end++
			}
			if string(pdf[at:end]) == "stream" {
				if end = streamEnd(pdf, at); end < 0 {
					return &RefusedError{Finding: Unreadable, Detail: "stream without dictionary or end"}
				}
			}
			at = end
		default:
			at++
		}
	}
	return nil
}

func lineEnd(pdf []byte, at int) int {
	if n := bytes.IndexAny(pdf[at:], "\r\n"); n >= 0 {
		return at + n + 1
	}
	return len(pdf)
}

// stringEnd passes a literal string: brackets nest, a backslash takes the next byte with it (§7.3.4.2). It gives −1
// where there is no end.
func stringEnd(pdf []byte, at int) int {
	depth := 0
	for ; at < len(pdf); at++ {
		switch pdf[at] {
		case '\\':
			at++
		case '(':
			depth++
		case ')':
			if depth--; depth == 0 {
				return at + 1
			}
		}
	}
	return -1
}

// streamEnd passes the bytes of a stream that begins at this word. Its length is not believed: the next endstream ends
// it. The word must follow a dictionary, or it could stand anywhere and hide what comes after it; then, and where there
// is no end, the answer is −1.
func streamEnd(pdf []byte, at int) int {
	const word = "endstream"
	if !bytes.HasSuffix(bytes.TrimRight(pdf[:at], "\x00\t\n\f\r "), []byte(">>")) {
		return -1
	}
	if n := bytes.Index(pdf[at:], []byte(word)); n >= 0 {
		return at + n + len(word)
	}
	return -1
}

// nameAt reads a name after its slash; #xx stands for a byte (§7.3.5).
func nameAt(pdf []byte, at int) (name string, end int) {
	var b strings.Builder
	for ; at < len(pdf) && isRegular(pdf[at]); at++ {
		c := pdf[at]
		if c == '#' && at+2 < len(pdf) {
			hi, lo := hexDigit(pdf[at+1]), hexDigit(pdf[at+2])
			if hi >= 0 && lo >= 0 {
				c = byte(hi<<4 | lo)
				at += 2
			}
		}
		b.WriteByte(c)
	}
	return b.String(), at
}

// hexDigit gives the value of a digit, −1 for any other byte.
func hexDigit(c byte) int {
	const digits = "0123456789abcdef0123456789ABCDEF"
	if n := strings.IndexByte(digits, c); n >= 0 {
		return n % 16
	}
	return -1
}

// isRegular: neither white space nor a delimiter (§7.2.2).
func isRegular(c byte) bool { return strings.IndexByte("\x00\t\n\f\r ()<>[]{}/%", c) < 0 }
