// Package terminal is the kiosk: one loop in which an event comes in, the pure session answers with effects, and the
// effects are carried out in their order. Ports name every device and peer; this package turns their words into the
// words of the trade. It decides nothing about money, identity or time: session does.
package terminal

import (
	"context"
	"crypto/ed25519"
	"errors"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/kioskd/kioskd/internal/domain"
	"github.com/kioskd/kioskd/internal/secret"
	"github.com/kioskd/kioskd/internal/signed"
	"github.com/kioskd/kioskd/internal/terminal/acts"
	"github.com/kioskd/kioskd/internal/terminal/hand"
	"github.com/kioskd/kioskd/internal/terminal/health"
	"github.com/kioskd/kioskd/internal/terminal/journal"
	"github.com/kioskd/kioskd/internal/terminal/pulse"
	"github.com/kioskd/kioskd/internal/terminal/restart"
	"github.com/kioskd/kioskd/internal/terminal/session"
	"github.com/kioskd/kioskd/internal/terminal/session/alarm"
	"github.com/kioskd/kioskd/internal/terminal/slot"
	"github.com/kioskd/kioskd/internal/terminal/timer"
	"github.com/kioskd/kioskd/internal/terminal/watch"
	"github.com/kioskd/kioskd/pkg/coin"
)

// Identity is who this kiosk is.
type Identity struct {
	Env      signed.Env
	Kiosk    domain.KioskID
	Center   domain.CenterID
	KioskKey signed.Hash // SHA-256 of the SPKI of the TLS key
	Boot     domain.BootID
	Software signed.Hash // SHA-256 of the program
	Config   string      // version of the configuration
	Note     signed.Signer
	Anchors  signed.Ring // verification keys of municipalities and centre, from the keys note
	Own      ed25519.PublicKey
}

// Options are what a terminal is made of.
type Options struct {
	Identity Identity
	Ports    Ports
	Now      func() time.Time
	Log      *slog.Logger
	Hours    domain.Hours // in which visits may begin; zero: always
	// Missing are the configured devices that did not open. The kiosk stays out of service, and what a crash left open
	// waits, because only the devices' counters can judge it.
	Missing      []health.Fault
	TrustPrinter bool // its counters were measured (configuration)
	LetsGo       bool // without power the escrow does not hold its coins (configuration, X-01)
	// May is what this site offers beyond one certificate (configuration).
	May session.Offers
	// Hurry makes the time-outs of people run so many times faster; bench builds alone have it, for tests of the whole
	// program. May be nil.
	Hurry <-chan int
	// Observe is told of each step, from the loop; may be nil. Bench builds publish it.
	Observe func(session.Visit, session.View)
}

// Terminal is one kiosk. Make it with New; Run makes it work. All its fields belong to the loop, but for those that
// say otherwise.
type Terminal struct {
	Options
	visit     session.Visit
	held      *held
	pin       *secret.PIN
	card      slot.Slot
	asked     context.CancelFunc // ends the request under way
	answers   chan session.Event
	idle      *timer.Timer
	limit     *timer.Timer
	ring      alarm.Ring   // of what is to be taken
	rises     *timer.Timer // of the ring
	tick      *time.Ticker // of the hours, and of looks at the printer
	look      watch.Printer
	daily     watch.Daily // of the journal
	faults    health.Stops
	clerk     *hand.Turn // whose word the table is about to hear
	restart   restart.Restart
	acts      *acts.Acts
	cutOff    *session.Event // what a start offers back
	opened    bool           // the journal holds this visit
	slip      journal.Slip   // of what this visit is owed, when it is closed
	late      domain.Count   // coins in the escrow that are not of the vendor's deposit
	mixed     atomic.Bool    // a page was refused at the printer: a stop that a person must clear
	gone      bool           // a device is gone for good; this run ends when nobody is here
	toCashBox domain.Count   // coins of this deposit that go to the cash box when they are kept
	pulse     pulse.Pulse
	shown     atomic.Pointer[held] // whose pictures the panel may ask for
	dropped   uint64
	pace      int // of people's time-outs; 1 outside a bench
}

// queue bounds the answers that wait for the loop: one request and a few timers are under way at most.
const queue = 16

// New makes a terminal.
func New(o Options) *Terminal {
	t := &Terminal{
		Options: o, pin: secret.NewPIN(), answers: make(chan session.Event, queue), held: newHeld(), pace: 1,
		idle: timer.New(), limit: timer.New(), rises: timer.New(),
		acts: acts.New(acts.Options{
			Coins: o.Ports.Coins, Printer: o.Ports.Printer, Journal: o.Ports.Journal, Now: o.Now, Log: o.Log,
			Trusted: o.TrustPrinter,
		}),
	}
	t.pulse.Center, t.pulse.Beat, t.pulse.Log = o.Ports.Center, t.beat, o.Log
	t.pulse.Told = make(chan pulse.News, 1)
	t.look = watch.Printer{Look: t.acts.Look, Log: o.Log}
	t.daily = watch.Daily{Check: o.Ports.Journal.CheckWhole, Every: journal.CheckEvery}
	t.faults.Journal, t.faults.Now = o.Ports.Journal, o.Now
	t.restart = restart.Restart{
		Coins: o.Ports.Coins, Printer: o.Ports.Printer, Journal: o.Ports.Journal, Now: o.Now, Log: o.Log,
		Trusted: o.TrustPrinter, LetsGo: o.LetsGo,
	}
	return t
}

// Run works until the context ends. It always leaves the devices inert and nothing personal behind.
func (t *Terminal) Run(ctx context.Context) error {
	defer t.leave()
	for _, f := range t.Missing {
		t.faults.Raise(f)
	}
	if err := t.faults.Remember(ctx); err != nil {
		return err
	}
	last, checked, err := t.Ports.Journal.LastCheck(ctx)
	if err != nil {
		return err
	}
	if !checked {
		last = t.Now() // this start has looked at the file
	}
	t.daily.Due = last.Add(t.daily.Every)
	if len(t.Missing) == 0 {
		if err := t.recover(ctx); err != nil {
			return err
		}
	}
	if t.cutOff != nil {
		t.step(ctx, *t.cutOff)
	} else if e, ok := t.faultEvent(); ok { // before the first screen: nobody begins at a machine that is not in order
		t.step(ctx, e)
	}
	t.show(ctx)
	t.tick = time.NewTicker(hoursEvery)
	defer t.tick.Stop()
	for {
		e, ok := t.next(ctx)
		if !ok {
			return ctx.Err()
		}
		t.step(ctx, e)
		if t.gone && t.visit.Idle() {
			return ErrDeviceGone
		}
	}
}

// ErrDeviceGone ends a run whose device went away: the next run opens it again, and recovers by its counters.
var ErrDeviceGone = errors.New("terminal: a device is gone: start again")

// next waits for one event. ok is false when the context ended.
func (t *Terminal) next(ctx context.Context) (e session.Event, ok bool) {
	for {
		select {
		case <-ctx.Done():
			return e, false
		case u := <-t.Ports.Panel.Events():
			e, ok = t.touch(u)
		case c, open := <-t.Ports.Reader.Events():
			if !open {
				return e, false
			}
			e, ok = t.cardEvent(c)
		case c := <-t.coinEvents():
			e, ok = t.coinEvent(ctx, c)
		case e = <-t.answers:
			ok = true
		case <-t.idle.C():
			e, ok = session.Event{Kind: session.TimedOut, ID: t.idle.ID()}, true
		case <-t.limit.C():
			e, ok = session.Event{Kind: session.CapReached, ID: t.limit.ID()}, true
		case <-t.rises.C():
			t.louder(ctx)
		case <-t.faults.Changed():
			e, ok = t.faultEvent()
		case <-t.tick.C:
			if t.Ports.Printer != nil && (t.visit.Nobody() || t.visit.State == session.Pay) {
				t.look.Start(ctx)
			}
			if t.visit.Idle() {
				t.daily.Start(ctx, t.Now())
			}
			e, ok = t.faultEvent()
		case s := <-t.look.Seen():
			if e, ok = t.look.Judge(s, &t.faults); t.look.Lost() { // told again, so that the loop sees that it is over
				e, ok, t.gone = session.Event{Kind: session.PrinterGone, Fault: health.Printer}, true, true
			}
		case found := <-t.daily.Ended():
			if err := t.daily.Judge(found, t.Now()); err != nil {
				t.broken("daily check", err)
			}
			e, ok = t.faultEvent()
		case n := <-t.pulse.Told:
			e, ok = watch.Center(n, &t.faults)
		case u := <-t.Ports.Clerk:
			e, ok = t.turned(ctx, u)
		case n := <-t.Hurry:
			t.hurry(n)
		}
		if ok {
			return e, true
		}
	}
}

// coinEvents is where the coin vendor speaks; nil, which never speaks, where there is none.
func (t *Terminal) coinEvents() <-chan coin.Event {
	if t.Ports.Coins == nil {
		return nil
	}
	return t.Ports.Coins.Events()
}

// step applies one event and carries out what follows.
func (t *Terminal) step(ctx context.Context, e session.Event) {
	before := t.visit.State
	if session.Stranger(t.visit, e) {
		t.dropped++
		t.Log.Info("late answer dropped", "evt", "session.dropped", "kind", e.Kind.String(), "count", t.dropped)
		return
	}
	var effects []session.Effect
	t.visit, effects = session.Step(t.visit, e)
	if !t.visit.Idle() {
		t.daily.Stop() // the visit will write
	}
	t.tray(ctx, before, e)
	if t.visit.State != before {
		t.Log.Info("state", "evt", "session.state", "from", before.String(), "to", t.visit.State.String(),
			"by", e.Kind.String())
	}
	for _, f := range effects {
		t.carryOut(ctx, f)
	}
	if t.clerk != nil {
		t.decided(ctx, before)
	}
	t.nameSlip(ctx, t.visit.Owed)
	t.show(ctx)
	if t.mixed.Swap(false) {
		t.raise(ctx, health.Stop)
	}
	if t.acts.PrinterGone() {
		t.Log.Error("printer is gone", "evt", "print.gone")
		t.faults.Raise(health.Printer)
		t.gone = true
	}
	if t.acts.Unresolved() { // the next start ends the act by the counters of a vendor that is there again
		t.gone = true
	}
	if t.visit.Idle() {
		if !t.faults.Has(health.Coin) && t.acts.EndFailed() { // a vendor that is gone is asked when it is back
			t.lookIntoEscrow(ctx)
		}
		t.faults.Look()
	}
}

// tray keeps in mind, over every start, that sheets may lie where the next resident would find them.
func (t *Terminal) tray(ctx context.Context, before session.State, e session.Event) {
	switch {
	case before == session.TakePaper && t.visit.State == session.Finish:
		t.settle(ctx, health.Tray, "resident")
	case e.Kind == session.CopyFailed && e.Evidence == session.EvidenceNotPrinted && t.visit.CopiesGood == 0:
		t.settle(ctx, health.Tray, "printer")
	}
}

// show draws what the session says. It is called after the effects: what is durable comes before what is seen.
func (t *Terminal) show(ctx context.Context) {
	v := t.visit.View()
	v.Ring = t.remind()
	t.held.texts(&v)
	if v.State == session.Maintenance {
		v.Slips = t.slips(ctx)
	}
	if v.Faults = t.faults.All(); v.Owed > 0 {
		v.Slip, v.Claim = t.slip.Number, t.slip.Code
	}
	t.Ports.Panel.Show(v)
	if t.Observe != nil {
		t.Observe(t.visit, v)
	}
}

func (t *Terminal) leave() {
	if t.asked != nil {
		t.asked()
	}
	t.pin.Wipe()
	t.card.PowerOff(context.Background(), t.Log)
	t.held.wipe()
	t.Ports.Panel.Wipe()
}

// hurry makes the time-outs of people run n times faster, the one under way too. A request keeps its time.
func (t *Terminal) hurry(n int) {
	t.pace = max(1, n)
	if t.visit.Await == 0 {
		t.idle.Hurry(t.pace)
	}
	t.limit.Hurry(t.pace)
	t.rises.Hurry(t.pace)
}

// patience is how long a person is waited for.
func (t *Terminal) patience(ms int) time.Duration {
	return time.Duration(ms) * time.Millisecond / time.Duration(t.pace)
}

// hoursEvery is how often the hours are looked at; the wall clock may be set in between.
const hoursEvery = 10 * time.Second

// faultEvent holds faults and hours against the state: only an idle machine goes out of service or comes back.
func (t *Terminal) faultEvent() (session.Event, bool) {
	t.faults.Looked()
	switch {
	case t.visit.State == session.OutOfService && !t.faults.Any():
		return session.Event{Kind: session.FaultCleared}, true
	case t.visit.Idle() && t.visit.State != session.OutOfService && t.faults.Any():
		return session.Event{Kind: session.FaultSet}, true
	case t.visit.State == session.Attract && !t.Hours.At(t.Now()):
		return session.Event{Kind: session.Closed}, true
	case t.visit.State == session.ServiceClosed && t.Hours.At(t.Now()):
		return session.Event{Kind: session.Opened}, true
	default:
		return session.Event{}, false
	}
}
