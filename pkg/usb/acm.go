package usb

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
)

// Requests of the abstract control model (CDC PSTN 1.2 §6.3).
const (
	setLineCoding       = 0x20
	getLineCoding       = 0x21
	setControlLineState = 0x22

	classToInterface   = 0x21 // bmRequestType: host to device, class, interface
	classFromInterface = 0xA1
)

// Line is the setting of a serial line (CDC PSTN 1.2 table 17).
type Line struct {
	Baud     uint32 // bits per second
	StopBits uint8  // 0 = one, 1 = one and a half, 2 = two
	Parity   uint8  // 0 = none, 1 = odd, 2 = even
	DataBits uint8  // 5 to 8
}

// Line9600 is 9600 baud, 8 data bits, no parity, one stop bit: what ccTalk devices speak.
var Line9600 = Line{Baud: 9600, DataBits: 8}

// Encode gives the seven bytes of the request: rate little endian, stop bits, parity, data bits.
func (l Line) Encode() []byte {
	b := binary.LittleEndian.AppendUint32(make([]byte, 0, 7), l.Baud)
	return append(b, l.StopBits, l.Parity, l.DataBits)
}

// DecodeLine reads the seven bytes of a line coding.
func DecodeLine(b []byte) (Line, error) {
	if len(b) != 7 {
		return Line{}, fmt.Errorf("usb: line coding has %d bytes, not 7", len(b))
	}
	return Line{Baud: binary.LittleEndian.Uint32(b), StopBits: b[4], Parity: b[5], DataBits: b[6]}, nil
}

// SetLineCoding asks the device for a line setting.
func SetLineCoding(ctx context.Context, p Pipe, number int, l Line) error {
	_, err := p.Control(ctx, Setup{Type: classToInterface, Request: setLineCoding, Index: uint16(number)}, l.Encode())
	return err
}

// GetLineCoding reads the line setting back.
func GetLineCoding(ctx context.Context, p Pipe, number int) (Line, error) {
	buf := make([]byte, 7)
	n, err := p.Control(ctx, Setup{Type: classFromInterface, Request: getLineCoding, Index: uint16(number)}, buf)
	if err != nil {
		return Line{}, err
	}
	return DecodeLine(buf[:n])
}

// SetControlLineState raises or drops DTR and RTS; many converters send nothing before DTR is up.
func SetControlLineState(ctx context.Context, p Pipe, number int, dtr, rts bool) error {
	s := Setup{Type: classToInterface, Request: setControlLineState, Index: uint16(number)}
	if dtr {
		s.Value |= 1
	}
	if rts {
		s.Value |= 2
	}
	_, err := p.Control(ctx, s, nil)
	return err
}

// acm is a serial line: control goes to the communication interface, bytes to the data interface.
type acm struct {
	control, data Pipe
}

var _ Pipe = (*acm)(nil)

// OpenACM claims the serial line of a CDC-ACM device, sets it and raises DTR and RTS. A device that stalls the line
// coding has a fixed line; that is no error.
func OpenACM(ctx context.Context, d Device, l Line) (Pipe, error) {
	comm, bulk, err := findACM(d.Info())
	if err != nil {
		return nil, err
	}
	control, err := d.Claim(comm)
	if err != nil {
		return nil, err
	}
	data, err := d.Claim(bulk)
	if err != nil {
		return nil, errors.Join(err, control.Close())
	}
	line := &acm{control: control, data: data}
	if err := SetLineCoding(ctx, control, comm.Interface, l); err != nil && !errors.Is(err, ErrStall) {
		return nil, errors.Join(err, line.Close())
	}
	if err := SetControlLineState(ctx, control, comm.Interface, true, true); err != nil && !errors.Is(err, ErrStall) {
		return nil, errors.Join(err, line.Close())
	}
	return line, nil
}

// findACM looks for a communication interface and for a data interface with a bulk pair in one configuration.
func findACM(i Info) (comm, data Found, err error) {
	for _, c := range i.Configs {
		var haveComm, haveData bool
		for _, f := range c.Interfaces {
			for _, a := range f.Alternates {
				_, in := a.Bulk(true)
				_, out := a.Bulk(false)
				switch {
				case !haveComm && a.Class.Class == classCDC && a.Class.SubClass == subClassACM:
					comm, haveComm = Found{c.Number, f.Number, a}, true
				case !haveData && a.Class.Class == classCDCData && in && out:
					data, haveData = Found{c.Number, f.Number, a}, true
				}
			}
		}
		if haveComm && haveData {
			return comm, data, nil
		}
	}
	return Found{}, Found{}, &Fault{Op: "find a CDC-ACM line", Kind: ErrNotFound}
}

// Read implements [Pipe].
func (a *acm) Read(ctx context.Context, p []byte) (int, error) { return a.data.Read(ctx, p) }

// Write implements [Pipe].
func (a *acm) Write(ctx context.Context, p []byte) (int, error) { return a.data.Write(ctx, p) }

// Control implements [Pipe].
func (a *acm) Control(ctx context.Context, s Setup, data []byte) (int, error) {
	return a.control.Control(ctx, s, data)
}

// Close implements [Pipe].
func (a *acm) Close() error { return errors.Join(a.data.Close(), a.control.Close()) }
