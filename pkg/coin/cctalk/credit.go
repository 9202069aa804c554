package cctalk

// Slot is one place of the acceptor's event buffer: a coin (Yen > 0) or something else that happened (Code).
type Slot struct {
	Yen  int  // 0 if no coin, or a coin of a type that is not ours: then Type is set
	Type byte // the acceptor's number of the coin type, 1-16; 0 if no coin
	Path byte // sorter path that the coin took
	Code byte // event code, if no coin
}

// SlotCount is the depth of the event buffer (header 229).
const SlotCount = 5

// AcceptorState is what the coin acceptor had counted at one moment.
type AcceptorState struct {
	Serial  uint32
	Event   byte            // event counter: 0 only after power-up, then 1…255 round and round
	Slots   [SlotCount]Slot // newest first
	Accepts uint32          // 24-bit count of all coins ever accepted (header 225); survives power loss
	Inside  Inside          // as of the begin of a deposit, or of a reading of all counters
}

// Inside is how many coins were ever inserted and neither accepted nor rejected (headers 226, 225 and 194, in 24 bits).
// Only the difference of two such numbers counts coins: one that hangs in the unit, or that left it uncounted.
type Inside struct {
	Coins uint32 `json:",omitempty"`
	Known bool   `json:",omitempty"` // false where the unit's counts do not tell
}

// Grown is how many coins went in until now and did not come out; 0 where that is not known, or coins of before came
// out meanwhile.
func (i Inside) Grown(now Inside) int {
	if n := Counted24(i.Coins, now.Coins); i.Known && now.Known && n < 1<<23 {
		return n
	}
	return 0
}

// News is what an event buffer says beyond what was known.
type News struct {
	Slots []Slot // oldest first
	Lost  int    // events that fell out of the buffer unread
	Reset bool   // the acceptor lost power: its inhibits are gone, events may be missing
}

// Since tells what happened after the acceptor was as before (ccTalk 4.7 part 3, header 229: the counter steps 1…255
// and never returns to 0 but by power-up or reset). A counter that began anew and went on until it fits is found by the
// events that it should still remember.
func (a AcceptorState) Since(before AcceptorState) News {
	if a.Event == 0 {
		return News{Reset: before.Event != 0}
	}
	d := int(a.Event) - int(before.Event)
	if d < 0 {
		d += 255
	}
	if !a.remembers(before, d) {
		return News{Reset: true}
	}
	n := News{Lost: max(d-SlotCount, 0)}
	for i := min(d, SlotCount) - 1; i >= 0; i-- {
		n.Slots = append(n.Slots, a.Slots[i])
	}
	return n
}

// remembers says that the buffer still holds the events of before, below the fresh ones.
func (a AcceptorState) remembers(before AcceptorState, fresh int) bool {
	for i := fresh; i < SlotCount; i++ {
		was, is := before.Slots[i-fresh], a.Slots[i]
		was.Yen, is.Yen = 0, 0 // what a type is worth is the caller's list
		if was != (Slot{}) && was != is {
			return false
		}
	}
	return true
}

// Before is the state before the newest events of the buffer; newest is below its depth.
func (a AcceptorState) Before(newest int) AcceptorState {
	event := int(a.Event) - newest
	if event < 1 {
		event += 255
	}
	a.Event = byte(event)
	var older [SlotCount]Slot
	copy(older[:], a.Slots[newest:])
	a.Slots = older
	return a
}

// IsDummy says that a slot is the event without meaning that some acceptors make at their first poll after power-up.
func (s Slot) IsDummy() bool { return s.Type == 0 && s.Code == 0 }
