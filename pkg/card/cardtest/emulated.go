package cardtest

import (
	"bytes"
	"context"
	"sync"

	"github.com/kioskd/kioskd/pkg/card"
)

// A Card is an emulated card. PIN counters and what is written on it outlive its removal; all else ends with its
// power. Safe for concurrent use.
type Card struct {
	config Config
	files  map[uint16][]byte

	mu       sync.Mutex
	stats    Stats
	changed  chan struct{} // closed and renewed at each change of stats
	first    bool          // no command since power-up
	selected bool          // the JPKI application
	current  uint16        // selected file; 0: none
	pins     [2]pin        // authentication, signature
	rest     []byte        // what GET RESPONSE will give
}

var _ card.Port = (*Card)(nil)

// Stats says what the card has seen since it was made.
type Stats struct {
	Powered    bool         // has power now
	PowerUps   int          // times it got power
	PowerDowns int          // times it lost power
	Commands   map[byte]int // commands by instruction byte
	TriesLeft  int          // of the authentication PIN
	Verified   bool         // the authentication PIN is verified now
	Signatures int          // made with the authentication key
}

const (
	fileSignCert = 0x0001
	fileSignCA   = 0x0002
	fileToken    = 0x0006
	fileAvail    = 0x0008
	fileAuthCert = 0x000A
	fileAuthCA   = 0x000B
	fileAuthKey  = 0x0017
	fileAuthPIN  = 0x0018
	fileSignKey  = 0x001A
	fileSignPIN  = 0x001B
)

// application is the JPKI application's full name.
var application = []byte{0xD3, 0x92, 0xF0, 0x00, 0x26, 0x01, 0x00, 0x00, 0x00, 0x01}

// New makes a card. Give it power before it is spoken to.
func New(c Config) *Card {
	k := &Card{config: c, files: files(c), changed: make(chan struct{}), first: true}
	k.stats.Commands = map[byte]int{}
	k.pins[0] = pin{
		file: fileAuthPIN, key: fileAuthKey, value: []byte(or(c.PIN, "1234")),
		left: orInt(c.Tries, 3), full: 3,
	}
	if c.Blocked {
		k.pins[0].left = 0
	}
	k.pins[1] = pin{
		file: fileSignPIN, key: fileSignKey, value: []byte(or(c.SignPassword, "ABC123")),
		left: orInt(c.SignTries, 5), full: 5, fold: true,
	}
	return k
}

// ATR is the card's answer to reset. A mute card's is no answer that a reader could use.
func (k *Card) ATR() []byte {
	switch {
	case k.config.Mute:
		return []byte{0x00}
	case k.config.ATR != nil:
		return bytes.Clone(k.config.ATR)
	}
	return bytes.Clone(DefaultATR)
}

// PowerOn gives the card power; taking it away and giving it again forgets what was verified.
func (k *Card) PowerOn() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.forget(true)
	k.stats.Powered = true
	k.stats.PowerUps++
	k.note()
}

// PowerOff takes the power away.
func (k *Card) PowerOff() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.forget(true)
	if k.stats.Powered {
		k.stats.PowerDowns++
	}
	k.stats.Powered = false
	k.note()
}

// Reset is a warm reset: the selection is lost, a verified PIN is not (measured on one card).
func (k *Card) Reset() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.forget(false)
	k.note()
}

func (k *Card) forget(cold bool) {
	k.selected, k.current, k.first, k.rest = false, 0, true, nil
	if !cold || k.config.Quirks.SurvivesPowerCycle {
		return
	}
	for i := range k.pins {
		k.pins[i].verified = false
	}
}

// note tells those who wait that something changed.
func (k *Card) note() {
	close(k.changed)
	k.changed = make(chan struct{})
}

// Stats gives a copy.
func (k *Card) Stats() Stats {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.snapshot()
}

func (k *Card) snapshot() Stats {
	s := k.stats
	s.Commands = make(map[byte]int, len(k.stats.Commands))
	for ins, n := range k.stats.Commands {
		s.Commands[ins] = n
	}
	s.TriesLeft, s.Verified = k.pins[0].left, k.pins[0].verified
	return s
}

// Wait returns as soon as done says so, or with the context's error.
func (k *Card) Wait(ctx context.Context, done func(Stats) bool) error {
	for {
		k.mu.Lock()
		s, changed := k.snapshot(), k.changed
		k.mu.Unlock()
		if done(s) {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// Transmit answers one command. A card without power answers [card.ErrRemoved].
func (k *Card) Transmit(ctx context.Context, apdu []byte) ([]byte, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if !k.stats.Powered {
		return nil, card.ErrRemoved
	}
	defer k.note()
	if len(apdu) < 4 {
		return sw(0x6700), nil
	}
	k.stats.Commands[apdu[1]]++
	first := k.first
	k.first = false
	if first && k.config.Quirks.FirstFails {
		return sw(0x6F00), nil
	}
	return k.shape(apdu, k.answer(apdu)), nil
}

// shape applies the quirk of answers in pieces.
func (k *Card) shape(apdu, answer []byte) []byte {
	data := answer[:len(answer)-2]
	if !k.config.Quirks.MoreData || len(data) == 0 || apdu[1] == 0xC0 {
		return answer
	}
	k.rest = bytes.Clone(data)
	return sw(0x6100 | uint16(byte(min(len(data), 256))))
}

func (k *Card) answer(apdu []byte) []byte {
	if apdu[0]&0x03 != 0 {
		return sw(0x6881)
	}
	switch [2]byte{apdu[0] & 0xFC, apdu[1]} {
	case [2]byte{0x00, 0xA4}:
		return k.selectFile(apdu)
	case [2]byte{0x00, 0xB0}:
		return k.readBinary(apdu)
	case [2]byte{0x00, 0x20}:
		return k.verify(apdu)
	case [2]byte{0x80, 0x2A}:
		return k.sign(apdu)
	case [2]byte{0x00, 0xC0}:
		return k.getResponse(apdu)
	}
	return sw(0x6D00)
}

func (k *Card) selectFile(apdu []byte) []byte {
	data, ok := body(apdu)
	switch {
	case apdu[2] == 0x04 && ok:
		return k.selectApplication(data)
	case apdu[2] == 0x02 && ok && len(data) == 2 && k.selected:
		id := uint16(data[0])<<8 | uint16(data[1])
		if !k.exists(id) {
			return sw(0x6A82)
		}
		k.current = id
		return sw(0x9000)
	case apdu[2] == 0x02:
		return sw(0x6A82)
	}
	return sw(0x6A86)
}

func (k *Card) selectApplication(name []byte) []byte {
	match := bytes.Equal(name, application)
	if k.config.Quirks.PrefixSelect && len(name) > 0 {
		match = bytes.HasPrefix(application, name)
	}
	if !match || k.config.NotMyNumber {
		return sw(0x6A82)
	}
	k.selected, k.current = true, 0
	return sw(0x9000)
}

func (k *Card) exists(id uint16) bool {
	if _, ok := k.files[id]; ok {
		return true
	}
	switch id {
	case fileAuthPIN, fileSignPIN:
		return true
	case fileAuthKey:
		return k.config.AuthKey != nil
	case fileSignKey:
		return k.config.SignKey != nil
	}
	return false
}

func (k *Card) readBinary(apdu []byte) []byte {
	if apdu[2]&0x80 != 0 || len(apdu) != 5 {
		return sw(0x6A86)
	}
	file, ok := k.files[k.current]
	switch {
	case k.current == 0:
		return sw(0x6986)
	case !ok:
		return sw(0x6981)
	case k.current == fileSignCert && !k.pins[1].verified:
		return sw(0x6982)
	}
	offset, le := int(apdu[2])<<8|int(apdu[3]), int(apdu[4])
	if le == 0 {
		le = 256
	}
	if offset > len(file) {
		return sw(0x6B00)
	}
	part := file[offset:min(offset+le, len(file))]
	if short := k.config.Quirks.ShortReads; short > 0 {
		part = part[:min(len(part), short)]
	}
	if k.config.Quirks.WrongLength && len(part) < le && len(part) > 0 {
		return sw(0x6C00 | uint16(byte(len(part))))
	}
	return append(bytes.Clone(part), 0x90, 0x00)
}

func (k *Card) getResponse(apdu []byte) []byte {
	if len(k.rest) == 0 || len(apdu) != 5 {
		return sw(0x6985)
	}
	le := int(apdu[4])
	if le == 0 {
		le = 256
	}
	n := min(le, len(k.rest))
	part := append(bytes.Clone(k.rest[:n]), 0x90, 0x00)
	if k.rest = k.rest[n:]; len(k.rest) > 0 {
		part[n], part[n+1] = 0x61, byte(min(len(k.rest), 256))
	}
	return part
}

// body is the data of a short command with or without Le.
func body(apdu []byte) ([]byte, bool) {
	if len(apdu) < 6 {
		return nil, false
	}
	lc := int(apdu[4])
	if lc == 0 || (len(apdu) != 5+lc && len(apdu) != 6+lc) {
		return nil, false
	}
	return apdu[5 : 5+lc], true
}

func sw(word uint16) []byte { return []byte{byte(word >> 8), byte(word)} }

func or(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

func orInt(n, otherwise int) int {
	if n == 0 {
		return otherwise
	}
	return n
}
