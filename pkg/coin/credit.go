package coin

// Slot is one place of the acceptor's event buffer: a coin (Yen > 0) or something else that happened (Code).
type Slot struct {
	Yen  int  // 0 if no coin, or a coin of a type that is not ours: then Type is set
	Type byte // the acceptor's number of the coin type, 1-16; 0 if no coin
	Path byte // sorter path that the coin took
	Code byte // event code, if no coin
}

// slotCount is the depth of the event buffer (header 229).
const slotCount = 5

// Acceptor is what the coin acceptor had counted at one moment.
type Acceptor struct {
	Serial  uint32
	Event   byte            // event counter: 0 only after power-up, then 1…255 round and round
	Slots   [slotCount]Slot // newest first
	Accepts uint32          // 24-bit count of all coins ever accepted (header 225); survives power loss
}

// news is what an event buffer says beyond what was known.
type news struct {
	slots []Slot // oldest first
	lost  int    // events that fell out of the buffer unread
	reset bool   // the acceptor lost power: its inhibits are gone, events may be missing
}

// newsSince tells what happened between two states of the event counter (ccTalk 4.7 part 3, header 229: the counter
// steps 1…255 and never returns to 0 but by power-up or reset).
func newsSince(last byte, now Acceptor) news {
	if now.Event == 0 {
		return news{reset: last != 0}
	}
	d := int(now.Event) - int(last)
	if d < 0 {
		d += 255
	}
	n := news{lost: max(d-slotCount, 0)}
	for i := min(d, slotCount) - 1; i >= 0; i-- {
		n.slots = append(n.slots, now.Slots[i])
	}
	return n
}

// isDummy says that a slot is the event without meaning that some acceptors make at their first poll after power-up.
func (s Slot) isDummy() bool { return s.Type == 0 && s.Code == 0 }
