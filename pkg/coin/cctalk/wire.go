package cctalk

import (
	"errors"
	"fmt"
)

// Checksum is how a device protects its frames. It is fixed per device and told by configuration, never guessed.
type Checksum uint8

// The two checksums of ccTalk 4.7 part 1.
const (
	Simple Checksum = iota // 8 bit: all bytes of a frame sum to 0
	CRC16                  // 16 bit, polynomial 0x1021; its low byte takes the place of the source
)

// MaxData is the most data bytes in a frame.
const MaxData = 252

// Frame is one ccTalk message.
//
//	offset  simple checksum        CRC-16
//	0       destination            destination
//	1       number of data n       number of data n
//	2       source                 CRC low
//	3       header                 header
//	4…3+n   data                   data
//	4+n     checksum               CRC high
//
// Source: ccTalk 4.7 part 1 §7.
type Frame struct {
	Dest   byte
	Source byte // 0 when decoded in CRC mode: such a frame does not say who sent it
	Header byte
	Data   []byte // at most MaxData
}

// ErrShort says that more bytes are needed before a frame can be decoded.
var ErrShort = errors.New("coin: frame is not complete")

// FrameError says that bytes are not a frame, and where the first wrong one stands.
type FrameError struct {
	Offset int
	Reason string
}

func (e *FrameError) Error() string {
	return fmt.Sprintf("coin: byte %d of frame: %s", e.Offset, e.Reason)
}

// Append adds the frame's bytes to dst. It errs only when there are more than MaxData data bytes.
func (f Frame) Append(dst []byte, sum Checksum) ([]byte, error) {
	if len(f.Data) > MaxData {
		return dst, &FrameError{Offset: 1, Reason: "more than 252 data bytes"}
	}
	start := len(dst)
	dst = append(dst, f.Dest, byte(len(f.Data)), f.Source, f.Header)
	dst = append(dst, f.Data...)
	if sum == CRC16 {
		crc := frameCRC(dst[start:])
		dst[start+2] = byte(crc)
		return append(dst, byte(crc>>8)), nil
	}
	return append(dst, -byteSum(dst[start:])), nil
}

// Decode reads one frame from the start of p and says how many bytes it took. With ErrShort p is a good beginning;
// with a *FrameError the bytes up to n are to be dropped. The frame's data are a copy.
func Decode(p []byte, sum Checksum) (f Frame, n int, err error) {
	if len(p) < 5 {
		return Frame{}, 0, ErrShort
	}
	size := 5 + int(p[1])
	if p[1] > MaxData {
		return Frame{}, len(p), &FrameError{Offset: 1, Reason: "length above 252"}
	}
	if len(p) < size {
		return Frame{}, 0, ErrShort
	}
	f = Frame{Dest: p[0], Header: p[3], Data: append([]byte(nil), p[4:size-1]...)}
	switch sum {
	case CRC16:
		if crc := frameCRC(p[:size-1]); p[2] != byte(crc) || p[size-1] != byte(crc>>8) {
			return Frame{}, size, &FrameError{Offset: size - 1, Reason: "CRC differs"}
		}
	case Simple:
		f.Source = p[2]
		if byteSum(p[:size]) != 0 {
			return Frame{}, size, &FrameError{Offset: size - 1, Reason: "checksum differs"}
		}
	}
	return f, size, nil
}

func byteSum(p []byte) byte {
	var sum byte
	for _, b := range p {
		sum += b
	}
	return sum
}

// frameCRC is the CRC over destination, length, header and data of a frame without its last byte; what stands in the
// place of the source is left out.
func frameCRC(p []byte) uint16 {
	return crc16(crc16(0, p[:2]), p[3:])
}

// crc16 is CRC-16/XMODEM: polynomial 0x1021, start 0, neither reflected nor inverted.
func crc16(crc uint16, p []byte) uint16 {
	for _, b := range p {
		crc ^= uint16(b) << 8
		for range 8 {
			high := crc & 0x8000
			crc <<= 1
			if high != 0 {
				crc ^= 0x1021
			}
		}
	}
	return crc
}
