package card

import "errors"

// errTLV: not a sequence with a definite length.
var errTLV = errors.New("no DER sequence at the file's start")

// outerLength reads the head of a DER SEQUENCE and gives its whole length, head included. It accepts 1–4 length
// bytes and lengths that are longer than needed, which files of this card have and encoding/asn1 refuses.
//
//	offset 0   30        SEQUENCE
//	offset 1   00–7F     length, or
//	           81–84     number of length bytes that follow, most significant first
func outerLength(head []byte) (int, error) {
	if len(head) < 2 || head[0] != 0x30 {
		return 0, errTLV
	}
	if head[1] < 0x80 {
		return 2 + int(head[1]), nil
	}
	n := int(head[1] & 0x7F)
	if n < 1 || n > 4 || len(head) < 2+n {
		return 0, errTLV
	}
	var length uint64
	for _, b := range head[2 : 2+n] {
		length = length<<8 | uint64(b)
	}
	if length > maxFile { // the cap also keeps the sum below from overflowing
		return 0, errTooLong
	}
	return 2 + n + int(length), nil
}

// minimalHead rewrites the head of a DER SEQUENCE with the shortest length, so that encoding/asn1 takes it. The
// whole sequence must be there.
func minimalHead(der []byte) ([]byte, error) {
	total, err := outerLength(der)
	if err != nil || total > len(der) {
		return nil, errTLV
	}
	head := 2
	if der[1] >= 0x80 {
		head += int(der[1] & 0x7F)
	}
	body := der[head:total]
	n := len(body)
	switch {
	case n < 0x80:
		return append([]byte{0x30, byte(n)}, body...), nil
	case n < 0x100:
		return append([]byte{0x30, 0x81, byte(n)}, body...), nil
	case n < 0x10000:
		return append([]byte{0x30, 0x82, byte(n >> 8), byte(n)}, body...), nil
	}
	return nil, errTooLong
}
