package usb

import (
	"context"
	"errors"
	"fmt"
)

// Requests of FTDI's serial converters (FT232 family; vendor requests to the device, the port number in Index).
const (
	ftdiReset   = 0 // value 0: the port; 1: drop what was received; 2: drop what is to be sent
	ftdiFlow    = 2 // 0: none
	ftdiBaud    = 3 // divisor of 3 MHz
	ftdiData    = 4 // data bits, parity, stop bits
	ftdiLatency = 9 // milliseconds, 1 to 255, until a packet that is not full is sent

	vendorToDevice = 0x40 // bmRequestType: host to device, vendor, device
	vendorFTDI     = uint16(0x0403)
	ftdiClock      = 3_000_000
	ftdiStatus     = 2 // bytes of modem and line status at the head of each packet
	ftdiWait       = 2 // ms: our latency; a ccTalk answer is short
)

// IsFTDI says that the device is one of FTDI's, with a bulk pair that belongs to the vendor.
func (i Info) IsFTDI() bool {
	_, ok := i.ftdiPort()
	return ok
}

// ftdiPort finds the first port: an interface of the vendor's own class with a bulk pair.
func (i Info) ftdiPort() (Found, bool) {
	if i.Vendor != vendorFTDI {
		return Found{}, false
	}
	for _, c := range i.Configs {
		for _, f := range c.Interfaces {
			for _, a := range f.Alternates {
				_, in := a.Bulk(true)
				_, out := a.Bulk(false)
				if a.Class.Class == 0xFF && in && out {
					return Found{Config: c.Number, Interface: f.Number, Alternate: a}, true
				}
			}
		}
	}
	return Found{}, false
}

// ftdi is a serial line behind FTDI's packets.
type ftdi struct {
	Pipe
	transfers TransferReader
	packet    int    // bytes of a full packet: 64 at full speed, 512 at high speed
	raw       []byte // of one transfer
	have      []byte // of raw, without the status bytes and not yet given on
}

var _ Pipe = (*ftdi)(nil)

// OpenFTDI claims the first serial line of one of FTDI's converters and sets it: 9600 8N1 and the like, no flow
// control, a latency of 2 ms. Every packet that comes begins with two bytes of status, which are taken away; a packet
// of these alone is silence.
func OpenFTDI(ctx context.Context, d Device, l Line) (Pipe, error) {
	found, ok := d.Info().ftdiPort()
	if !ok {
		return nil, &Fault{Op: "find an FTDI line", Kind: ErrNotFound}
	}
	in, _ := found.Alternate.Bulk(true)
	if in.MaxPacket <= ftdiStatus {
		return nil, &Fault{
			Op: "find an FTDI line", Kind: ErrNotFound,
			Cause: fmt.Errorf("packets of %d bytes have no room for data", in.MaxPacket),
		}
	}
	requests, err := ftdiSettings(found.Interface, l)
	if err != nil {
		return nil, err
	}
	p, err := d.Claim(found)
	if err != nil {
		return nil, err
	}
	transfers, ok := p.(TransferReader)
	if !ok {
		return nil, errors.Join(&Fault{
			Op: "read an FTDI line", Kind: ErrNotFound,
			Cause: errors.New("the pipe does not tell where a transfer ends"),
		}, p.Close())
	}
	for _, s := range requests {
		if _, err := p.Control(ctx, s, nil); err != nil {
			return nil, errors.Join(err, p.Close())
		}
	}
	return &ftdi{Pipe: p, transfers: transfers, packet: in.MaxPacket, raw: make([]byte, 32*in.MaxPacket)}, nil
}

// ftdiSettings are the requests that make a line of port number port.
func ftdiSettings(port int, l Line) ([]Setup, error) {
	if l.Baud == 0 {
		return nil, &Fault{Op: "set an FTDI line", Kind: ErrNotFound, Cause: errors.New("no speed")}
	}
	divisor, fraction := ftdiClock/l.Baud, (8*ftdiClock/l.Baud)%8
	if divisor < 2 || divisor > 0x3FFF || l.DataBits < 7 || l.DataBits > 8 || l.Parity > 2 || l.StopBits > 2 {
		return nil, &Fault{Op: "set an FTDI line", Kind: ErrNotFound, Cause: fmt.Errorf("no such line: %+v", l)}
	}
	// The eighths of the divisor stand in three bits in an order of their own; only these four are in all chips.
	sub, ok := map[uint32]uint16{0: 0, 4: 1, 2: 2, 1: 3}[fraction]
	if !ok {
		sub = 0 // off by less than an eighth of the divisor: under 0.1 % at 9600 baud
	}
	index := uint16(port + 1) // "port A" is 1
	vendor := func(request uint8, value uint16) Setup {
		return Setup{Type: vendorToDevice, Request: request, Value: value, Index: index}
	}
	baud := vendor(ftdiBaud, uint16(divisor)|sub<<14)
	if port == 0 {
		baud.Index = 0 // its high byte is bit 2 of the eighths, which is not used
	}
	return []Setup{
		vendor(ftdiReset, 0), baud,
		vendor(ftdiData, uint16(l.DataBits)|uint16(l.Parity)<<8|uint16(l.StopBits)<<11),
		vendor(ftdiFlow, 0), vendor(ftdiLatency, ftdiWait), vendor(ftdiReset, 1), vendor(ftdiReset, 2),
	}, nil
}

// Read implements [Pipe]. A transfer holds packets, each with its status, and only the last one is shorter than full.
// Silence comes as transfers of status alone.
func (f *ftdi) Read(ctx context.Context, p []byte) (int, error) {
	for len(f.have) == 0 {
		n, err := f.transfers.ReadTransfer(ctx, f.raw)
		f.have = stripFTDI(f.raw[:n], f.packet)
		if err != nil && len(f.have) == 0 {
			return 0, err
		}
	}
	n := copy(p, f.have)
	f.have = f.have[n:]
	return n, nil
}

// stripFTDI takes the status of each packet out of a transfer. A byte that the line spoilt is among the data: the
// frames that run over it have checksums.
//
//	offset          in each packet of a transfer
//	0               modem status
//	1               line status: bit 1 overrun, 2 parity, 3 framing, 4 break
//	2 … packet-1    data
func stripFTDI(raw []byte, packet int) []byte {
	data := raw[:0]
	for len(raw) > 0 {
		one := raw[:min(packet, len(raw))]
		raw = raw[len(one):]
		if len(one) > ftdiStatus {
			data = append(data, one[ftdiStatus:]...)
		}
	}
	return data
}
