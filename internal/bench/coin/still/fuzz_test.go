package still

import (
	"testing"
	"time"

	"github.com/kioskd/kioskd/internal/bench/coin/trouble"
)

// maxAgenda bounds what can be planned at once: a few things for each coin and device, and one for the line's silence
// after each arrival of the last 50 ms.
const maxAgenda = 4096

// FuzzLine gives the machine any bytes in any cut, while up to 24 coins fall, power and cable come and go, and bytes
// get lost: it never panics, never makes or loses a coin, holds no more than its bounds, and answers the next sound
// command after a silence.
func FuzzLine(f *testing.F) {
	f.Add([]byte{0, 5, 2, 0, 1, 254, 0xFF, 0xF0})
	f.Add([]byte{
		0, 6, 2, 1, 1, 228, 1, 0x17, 0, 7, 2, 2, 1, 231, 0xFF, 0xFF, 0x16, 0xF1, 0xC2, 0xC3, 0xC1, 0xF3,
		0, 6, 85, 1, 1, 107, 1, 61, 0xF3,
	})
	f.Add([]byte{0, 6, 3, 1, 1, 164, 0xA5, 0xB2, 0, 14, 3, 9, 1, 167, 0, 0, 0, 0, 0, 0, 0, 0, 5, 0x47, 0xD0, 0xF3})
	f.Add([]byte{0, 3, 2, 255, 1, 0xF0, 0xD1, 0xF3, 0xD2, 0xF3, 0, 1, 7})
	f.Fuzz(func(t *testing.T, script []byte) {
		u := start(t, Defaults())
		coins := 0
		for i := 0; i < len(script) && i < 4096; {
			op := script[i]
			i++
			switch {
			case op < 0xC0: // bytes
				n := 1
				if i < len(script) {
					n = int(script[i]) % 32
					i++
				}
				n = min(n, len(script)-i)
				u.Hear(script[i : i+n])
				i += n
				u.pass(time.Duration(op) * time.Millisecond)
			case op < 0xD0 && coins >= 24: // enough
			case op < 0xD0:
				yen := []int{10, 50, 100, 500, 5}[op%5]
				coins++
				u.put[yen]++
				if err := u.Insert(yen); err != nil {
					t.Fatal(err)
				}
			case op < 0xE0:
				u.fault(trouble.Fault{Do: trouble.PowerCycle, Byte: int(op) - 0xCF})
			case op < 0xF0:
				u.fault(trouble.Fault{Do: trouble.Unplug, Byte: int(op) - 0xDF, Ms: 30})
			default:
				u.pass(time.Duration(op-0xEF) * time.Duration(op-0xEF) * 30 * time.Millisecond)
			}
			if len(u.line.heard) > 257 || u.Saying() > maxSay || len(u.agenda) > maxAgenda {
				t.Fatalf("%d bytes heard, %d to be read, %d things planned", len(u.line.heard), u.Saying(), len(u.agenda))
			}
		}
		for id := range u.Faults() {
			u.ClearFault(id)
		}
		u.pass(5 * time.Minute) // everything ends by itself
		if len(u.agenda) != 0 || !u.On() || !u.Plugged() {
			t.Fatalf("%d things planned, on %v, plugged %v", len(u.agenda), u.On(), u.Plugged())
		}
		u.ask(2, 254)
	})
}
