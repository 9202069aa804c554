package usb

import (
	"encoding/binary"
	"unicode/utf16"
)

// Speed is how fast a device is attached.
type Speed int

// Speeds in Mbit/s, as the kernel writes them in sysfs.
const (
	FullSpeed Speed = 12
	HighSpeed Speed = 480
)

// Descriptors is what a device says of itself.
type Descriptors struct {
	Speed           Speed
	Vendor, Product uint16
	Release         uint16   // bcdDevice
	Class           [3]uint8 // of the device; zero = per interface
	Manufacturer    string   // the three strings become indexes 1, 2, 3; "" = none
	Name            string
	Serial          string
	Interfaces      []Interface // of the one configuration, number 1
}

// Interface is one alternate setting; settings of one interface follow each other.
type Interface struct {
	Number, Alternate uint8
	Class             [3]uint8
	Extra             []byte // class-specific descriptors, whole
	Endpoints         []Endpoint
}

// Endpoint describes one endpoint.
type Endpoint struct {
	Address   uint8 // bit 7 = device to host
	Kind      uint8 // 2 bulk, 3 interrupt
	MaxPacket uint16
	Interval  uint8
}

// Descriptor types (USB 2.0 table 9-5).
const (
	typeDevice    = 1
	typeConfig    = 2
	typeString    = 3
	typeInterface = 4
	typeEndpoint  = 5
	typeQualifier = 6
)

// packetSize0 is the packet size of endpoint 0.
const packetSize0 = 64

// stringIndex gives the index of a string or 0 for none.
func stringIndex(s string, index uint8) uint8 {
	if s == "" {
		return 0
	}
	return index
}

// deviceBytes is the device descriptor (USB 2.0 table 9-8).
func (d Descriptors) deviceBytes() []byte {
	b := []byte{18, typeDevice, 0x00, 0x02, d.Class[0], d.Class[1], d.Class[2], packetSize0}
	b = binary.LittleEndian.AppendUint16(b, d.Vendor)
	b = binary.LittleEndian.AppendUint16(b, d.Product)
	b = binary.LittleEndian.AppendUint16(b, d.Release)
	return append(b, stringIndex(d.Manufacturer, 1), stringIndex(d.Name, 2), stringIndex(d.Serial, 3), 1)
}

// configBytes is the configuration with everything below it (tables 9-10, 9-12, 9-13).
func (d Descriptors) configBytes() []byte {
	var body []byte
	numbers := map[uint8]bool{}
	for _, i := range d.Interfaces {
		numbers[i.Number] = true
		body = append(body, 9, typeInterface, i.Number, i.Alternate, uint8(len(i.Endpoints)),
			i.Class[0], i.Class[1], i.Class[2], 0)
		body = append(body, i.Extra...)
		for _, e := range i.Endpoints {
			body = append(body, 7, typeEndpoint, e.Address, e.Kind)
			body = binary.LittleEndian.AppendUint16(body, e.MaxPacket)
			body = append(body, e.Interval)
		}
	}
	head := []byte{9, typeConfig}
	head = binary.LittleEndian.AppendUint16(head, uint16(9+len(body)))
	head = append(head, uint8(len(numbers)), 1, 0, 0xC0, 1) // self-powered, 2 mA
	return append(head, body...)
}

// stringBytes is a string descriptor; index 0 is the list of languages (table 9-15).
func (d Descriptors) stringBytes(index uint8) ([]byte, bool) {
	if index == 0 {
		return []byte{4, typeString, 0x09, 0x04}, true // English (United States)
	}
	texts := []string{d.Manufacturer, d.Name, d.Serial}
	if int(index) > len(texts) || texts[index-1] == "" {
		return nil, false
	}
	b := []byte{0, typeString}
	for _, u := range utf16.Encode([]rune(texts[index-1])) {
		b = binary.LittleEndian.AppendUint16(b, u)
	}
	b = b[:min(len(b), 254)]
	b[0] = uint8(len(b))
	return b, true
}

// descriptor answers GET_DESCRIPTOR for the types kept here.
func (d Descriptors) descriptor(kind, index uint8) ([]byte, bool) {
	switch kind {
	case typeDevice:
		return d.deviceBytes(), true
	case typeConfig:
		return d.configBytes(), index == 0
	case typeString:
		return d.stringBytes(index)
	case typeQualifier:
		return []byte{10, typeQualifier, 0, 2, 0, 0, 0, packetSize0, 1, 0}, d.Speed == HighSpeed
	}
	return nil, false
}
