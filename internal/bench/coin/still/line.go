package still

import (
	"time"

	"github.com/kioskd/kioskd/internal/bench/coin/still/frame"
	"github.com/kioskd/kioskd/internal/bench/coin/trouble"
)

// line is the two-wire side of the machine. Bytes take their time; they come in pieces that are cut where something
// waits for a byte.
type line struct {
	wire     []byte        // from the host, on their way
	from     time.Duration // when the first of them began
	arriving bool          // the arrival of the next piece is on the agenda
	heard    []byte        // arrived and not understood yet
	gap      int           // counts arrivals: a beginning that nothing follows is dropped
	queue    []byte        // of answers still to come
	talking  bool
	say      []byte // for the host to read
	passed   int    // bytes so far, both ways
	marks    []mark
}

// mark is something that waits for a byte.
type mark struct {
	left int
	do   func()
}

const (
	maxSay    = 4096                  // what a serial adapter would hold for a host that does not read
	frameGap  = 50 * time.Millisecond // longest pause inside a frame
	sayPieces = 7                     // bytes that come at once: no frame may depend on the cut
)

// powerOff forgets what was heard and was to be said; the adapter, which has power of its own, keeps what it has.
func (l *line) powerOff() { l.heard, l.queue, l.talking = nil, nil, false }

// Hear takes bytes from the host. They begin to pass now, behind those that are on their way.
func (u *Unit) Hear(p []byte) {
	if !u.plugged {
		return
	}
	l := &u.line
	if len(l.wire) == 0 {
		l.from = u.now
	}
	l.wire = append(l.wire, p...)
	u.listen()
}

// listen puts the arrival of the next piece on the agenda.
func (u *Unit) listen() {
	l := &u.line
	if l.arriving || len(l.wire) == 0 {
		return
	}
	n := u.upToMark(l.nextPiece())
	l.arriving = true
	end := l.from + time.Duration(n)*u.opt.ByteTime
	u.soon(end-u.now, func() {
		piece := l.wire[:n:n]
		l.wire, l.from, l.arriving = l.wire[n:], end, false
		u.count(n)
		u.arrive(piece)
		u.listen()
	})
}

// nextPiece is how many bytes of the wire make the frame whole that is being heard, or all there are.
func (l *line) nextPiece() int {
	both := append(l.heard[:len(l.heard):len(l.heard)], l.wire...)
	size := frame.Size(both)
	if size == 0 || size > len(both) {
		return len(l.wire)
	}
	return size - len(l.heard)
}

// arrive is what the devices hear.
func (u *Unit) arrive(piece []byte) {
	l := &u.line
	if u.opt.Echo {
		u.utter(piece)
	}
	if !u.on {
		return
	}
	l.heard = append(l.heard, piece...)
	l.gap++
	for {
		size := frame.Size(l.heard)
		if size == 0 || len(l.heard) < size {
			break
		}
		whole := l.heard[:size:size]
		l.heard = l.heard[size:]
		u.take(whole)
	}
	if gap := l.gap; len(l.heard) > 0 {
		u.soon(frameGap, func() {
			if l.gap == gap {
				l.heard = nil
			}
		})
	}
}

// take understands one frame and answers it.
func (u *Unit) take(p []byte) {
	s := u.slaveAt(p[0])
	if s == nil || !frame.Intact(p, u.usesCRC(p[0])) {
		return // nobody feels meant; a damaged command is not answered
	}
	addr, header, host := p[0], p[3], p[2]
	if u.usesCRC(addr) {
		host = 1
	}
	if u.lineFault(trouble.LoseCommand, addr, header) {
		return
	}
	u.seen[Seen{addr, header}]++
	epoch := u.epoch
	r := u.busyOr(addr, header, func() reply { return u.obey(s, header, p[4:len(p)-1]) })
	if u.lineFault(trouble.PullLever, addr, header) {
		u.Lever()
	}
	if u.lineFault(trouble.PowerCycle, addr, header) {
		u.cycle()
	}
	if u.epoch != epoch || u.lineFault(trouble.LoseReply, addr, header) {
		return
	}
	answer := frame.Encode(addr, host, r.header, r.data, u.usesCRC(addr))
	if u.lineFault(trouble.CorruptReply, addr, header) {
		answer[len(answer)-2] ^= 0x10
	}
	if u.lineFault(trouble.CutReply, addr, header) {
		answer = answer[:len(answer)/2]
	}
	if f, is := u.lineStrike(trouble.Foreign, addr, header); is {
		u.babble(f)
	}
	u.speak(answer)
}

// speak sends an answer piece by piece at the speed of the line.
func (u *Unit) speak(answer []byte) {
	l := &u.line
	l.queue = append(l.queue, answer...)
	if !l.talking {
		l.talking = true
		u.talk(u.opt.Reply)
	}
}

func (u *Unit) talk(wait time.Duration) {
	l := &u.line
	if len(l.queue) == 0 {
		l.talking = false
		return
	}
	n := u.upToMark(min(len(l.queue), sayPieces))
	piece := l.queue[:n:n]
	l.queue = l.queue[n:]
	epoch := u.epoch
	u.soon(wait+time.Duration(n)*u.opt.ByteTime, func() {
		if u.epoch != epoch {
			return
		}
		u.utter(piece)
		u.count(n)
		if u.epoch == epoch {
			u.talk(0)
		}
	})
}

// upToMark cuts a piece of n bytes where something waits for one of them.
func (u *Unit) upToMark(n int) int {
	for _, m := range u.line.marks {
		n = min(n, max(1, m.left))
	}
	return n
}

// count counts bytes that have gone over the line and lets happen what waited for them.
func (u *Unit) count(n int) {
	l := &u.line
	l.passed += n
	var due []func()
	left := l.marks[:0:0]
	for _, m := range l.marks {
		if m.left -= n; m.left > 0 {
			left = append(left, m)
			continue
		}
		due = append(due, m.do)
	}
	l.marks = left
	for _, do := range due {
		do()
	}
}

// AtByte does something when n more bytes, 1 or more, have gone over the line, both ways together. do must not call the
// unit.
func (u *Unit) AtByte(n int, do func()) { u.line.marks = append(u.line.marks, mark{n, do}) }

// Bytes counts what has gone over the line so far, both ways together.
func (u *Unit) Bytes() int { return u.line.passed }

func (u *Unit) utter(p []byte) {
	l := &u.line
	if !u.plugged || len(l.say)+len(p) > maxSay {
		return // nobody there, or an overrun: lost, as in a serial adapter
	}
	l.say = append(l.say, p...)
}

// Said gives at most most bytes of what the machine has said and nobody has read yet.
func (u *Unit) Said(most int) []byte {
	n := min(len(u.line.say), most)
	p := append([]byte(nil), u.line.say[:n]...)
	u.line.say = u.line.say[n:]
	return p
}

// Saying is how many bytes wait to be read.
func (u *Unit) Saying() int { return len(u.line.say) }

// Flush drops what was said and not read, as a fresh connection does.
func (u *Unit) Flush() { u.line.say = nil }
