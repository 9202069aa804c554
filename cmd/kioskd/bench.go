//go:build bench

package main

import (
	"context"
	"errors"
	"os"
	"time"

	"github.com/kioskd/kioskd/internal/bench/port"
	"github.com/kioskd/kioskd/internal/domain"
	"github.com/kioskd/kioskd/internal/terminal/hand"
	"github.com/kioskd/kioskd/internal/terminal/health"
	"github.com/kioskd/kioskd/internal/terminal/session"
	"github.com/kioskd/kioskd/ui"
)

// A bench build shows itself to the desk through a private socket, follows the desk's clock, and takes its anchors from
// a file. The default build has none of this.
func init() {
	hooks.now = func() (func() time.Time, error) {
		path := os.Getenv(port.ClockEnv)
		if path == "" {
			return time.Now, nil
		}
		return port.Clock(path)
	}
	hooks.anchors = os.ReadFile
	clerk, pace := make(chan hand.Turn), make(chan int)
	hooks.clerk, hooks.hurry = clerk, pace
	board := &board{board: port.NewBoard(), boot: domain.NewID().String()}
	hooks.observe = board.observe
	heard := &ear{}
	hooks.voice = func(v ui.Voice) ui.Voice {
		heard.voice = v
		return heard
	}
	hooks.serve = func(ctx context.Context, k *kiosk) error {
		path := os.Getenv(port.SocketEnv)
		if path == "" {
			<-ctx.Done()
			return ctx.Err()
		}
		return port.Serve(ctx, path, &benchKiosk{kiosk: k, board: board, clerk: clerk, pace: pace, ear: heard})
	}
}

// checkEnvironment: a bench build believes keys that anybody can make, so it is never a real kiosk.
func checkEnvironment(env string) error {
	if env == "prod" {
		return errors.New("kioskd: this is a bench build: it does not work in env prod")
	}
	return nil
}

// board publishes what a person in front of the panel would see.
type board struct {
	board   *port.Board
	boot    string
	visits  uint64
	last    domain.Outcome
	wasOpen bool
}

func (b *board) observe(v session.Visit, w session.View) {
	if v.Outcome != domain.OutcomeOpen {
		b.last, b.wasOpen = v.Outcome, true
	} else if b.wasOpen {
		b.wasOpen = false
		b.visits++
	}
	outcome, refusal := "", ""
	if w.Refusal != domain.NoRefusal {
		refusal = w.Refusal.Code()
	}
	if b.last != domain.OutcomeOpen {
		outcome = b.last.String()
	}
	b.board.Publish(port.State{
		Boot: b.boot, Screen: w.Screen, Session: v.State.String(), Language: string(w.Lang), Outcome: outcome,
		Visits: b.visits, Refusal: refusal,
		Money: port.Money{
			Accepting: v.SlotOpen,
			Price:     int64(v.Fee), Inserted: int64(v.In.Total()), Held: int64(v.Escrow.Total()),
			Kept: int64(v.Kept.Total()), Returned: int64(v.Back.Total() + v.PaidOut.Total()), Owed: int64(v.Owed),
		},
	})
}

// benchKiosk is what the bench socket may ask for.
type benchKiosk struct {
	kiosk *kiosk
	board *board
	clerk chan<- hand.Turn
	pace  chan<- int
	ear   *ear
}

var (
	_ port.Kiosk   = (*benchKiosk)(nil)
	_ port.Speaker = (*benchKiosk)(nil)
)

// State waits for a change. The generation is read when it is asked for, so that a touch aims at what is shown.
func (b *benchKiosk) State(ctx context.Context, after uint64) port.State {
	s := b.board.board.Wait(ctx, after)
	_, s.Generation = b.kiosk.app.Revision()
	return s
}

func (b *benchKiosk) Frame() ([]byte, uint64) {
	f := b.kiosk.app.Frame()
	png, err := f.PNG()
	if err != nil {
		return nil, f.Generation
	}
	return png, f.Generation
}

func (b *benchKiosk) Tree() []byte {
	tree, err := b.kiosk.app.JSON()
	if err != nil {
		return []byte("null")
	}
	return tree
}

var (
	pointers = map[string]ui.Device{port.DeviceFinger: ui.Finger, port.DeviceMouse: ui.Mouse}
	phases   = map[string]ui.Phase{port.PhaseDown: ui.Down, port.PhaseMove: ui.Move, port.PhaseUp: ui.Up}
)

func (b *benchKiosk) Pointer(p port.Pointer) {
	b.kiosk.app.Pointer(ui.PointerEvent{
		Device: pointers[p.Device], Phase: phases[p.Phase], Finger: p.Finger, X: p.X, Y: p.Y, At: b.kiosk.since(),
	})
}

// Staff turns a clerk's key. The socket's own context bounds the wait for a loop that is busy.
func (b *benchKiosk) Staff(ctx context.Context, s port.Staff) (ended []string, err error) {
	answer := make(chan hand.Answer, 1)
	select {
	case b.clerk <- hand.Turn{Key: health.Key(s.Key), Says: hand.Says(s.Says), Answer: answer}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	a := <-answer
	for _, f := range a.Ended {
		ended = append(ended, f.String())
	}
	return ended, a.Err
}

// Refund says a clerk's word of a slip; the machine pays while the loop waits.
func (b *benchKiosk) Refund(ctx context.Context, r port.Refund) (port.Refunded, error) {
	answer := make(chan hand.Answer, 1)
	slip := hand.Slip{Number: r.Slip, Code: r.Code, From: hand.Source(r.From)}
	copy(slip.Staff[:], r.Staff)
	select {
	case b.clerk <- hand.Turn{Key: health.Key(r.Key), Says: hand.Refund, Slip: slip, Answer: answer}:
	case <-ctx.Done():
		return port.Refunded{}, ctx.Err()
	}
	a := <-answer
	return port.Refunded{Paid: int64(a.Paid), Left: int64(a.Left)}, a.Err
}

// Said lists what the voice was told.
func (b *benchKiosk) Said(after uint64) []port.Said { return b.ear.said(after) }

func (b *benchKiosk) Pace(p port.Pace) { b.pace <- p.Times }

func (b *benchKiosk) Key(k port.Key) {
	if key, ok := ui.KeyByName(k.Name); ok {
		b.kiosk.app.Key(key, b.kiosk.since())
	}
}
