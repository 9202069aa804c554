package usb

// Standard requests (USB 2.0 table 9-4).
const (
	reqGetStatus     = 0
	reqClearFeature  = 1
	reqSetFeature    = 3
	reqGetDescriptor = 6
	reqGetConfig     = 8
	reqSetConfig     = 9
	reqGetInterface  = 10
	reqSetInterface  = 11

	kindMask      = 0x60 // bmRequestType bits 5–6: 0 = standard
	recipientMask = 0x1F
	toEndpoint    = 2
)

// control answers one control request: the standard ones here, the rest by the device.
func (p *plug) control(s Setup, data []byte) ([]byte, error) {
	if s.Type&kindMask != 0 {
		return p.device.Control(s, data)
	}
	switch s.Request {
	case reqGetStatus:
		return p.status(s), nil
	case reqClearFeature:
		if s.Type&recipientMask == toEndpoint {
			p.clearHalt(uint8(s.Index))
		}
		return nil, nil
	case reqSetFeature, reqSetConfig, reqSetInterface:
		return nil, nil
	case reqGetConfig:
		return []byte{1}, nil
	case reqGetInterface:
		return []byte{0}, nil
	case reqGetDescriptor:
		if b, ok := p.desc.descriptor(uint8(s.Value>>8), uint8(s.Value)); ok {
			return b, nil
		}
		if k := s.Value >> 8; k == typeString || k == typeConfig || k == typeQualifier {
			return nil, ErrStall
		}
		return p.device.Control(s, data)
	}
	return nil, ErrStall
}

// status answers GET_STATUS: a device is self-powered, an endpoint may be halted.
func (p *plug) status(s Setup) []byte {
	if s.Type&recipientMask == toEndpoint {
		if q := p.endpoints[uint8(s.Index)]; q != nil && q.isHalted() {
			return []byte{1, 0}
		}
		return []byte{0, 0}
	}
	return []byte{1, 0}
}
