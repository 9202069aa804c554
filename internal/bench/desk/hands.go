package desk

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/kioskd/kioskd/internal/bench/port"
)

func (d *Desk) reader() (Reader, error) {
	if d.parts.Reader == nil {
		return nil, notBuilt("the reader")
	}
	return d.parts.Reader, nil
}

func (d *Desk) serveCards(w http.ResponseWriter, _ *http.Request) error {
	reader, err := d.reader()
	if err != nil {
		return err
	}
	return answer(w, map[string]any{"cards": reader.Cards(), "inserted": reader.Card()})
}

func (d *Desk) insertCard(w http.ResponseWriter, r *http.Request) error {
	ask, err := read[struct {
		Card string `json:"card"`
	}](r)
	if err != nil {
		return err
	}
	reader, err := d.reader()
	if err != nil {
		return err
	}
	if err := reader.Insert(r.Context(), ask.Card); err != nil {
		return err
	}
	d.log.add("card.insert", ask.Card)
	return done(w)
}

func (d *Desk) removeCard(w http.ResponseWriter, _ *http.Request) error {
	reader, err := d.reader()
	if err != nil {
		return err
	}
	card := reader.Card()
	if err := reader.Remove(); err != nil {
		return err
	}
	d.log.add("card.remove", card)
	return answer(w, map[string]string{"card": card})
}

func (d *Desk) coins() (Coins, error) {
	if d.parts.Coins == nil {
		return nil, notBuilt("the coin vendor")
	}
	return d.parts.Coins, nil
}

func (d *Desk) insertCoin(w http.ResponseWriter, r *http.Request) error {
	ask, err := read[struct {
		Yen int `json:"yen"`
	}](r)
	if err != nil {
		return err
	}
	coins, err := d.coins()
	if err != nil {
		return err
	}
	if err := coins.Insert(ask.Yen); errors.Is(err, ErrConflict) {
		return err
	} else if err != nil {
		return bad("%v", err)
	}
	d.log.add("coin.insert", strconv.Itoa(ask.Yen))
	return done(w)
}

func (d *Desk) takeCoins(w http.ResponseWriter, _ *http.Request) error {
	coins, err := d.coins()
	if err != nil {
		return err
	}
	taken := coins.Take()
	sum := 0
	for yen, n := range taken {
		sum += yen * n
	}
	d.log.add("coin.take", strconv.Itoa(sum))
	return answer(w, map[string]any{"coins": taken, "yen": sum})
}

func (d *Desk) pullLever(w http.ResponseWriter, _ *http.Request) error {
	coins, err := d.coins()
	if err != nil {
		return err
	}
	coins.Lever()
	d.log.add("coin.lever", "")
	return done(w)
}

func (d *Desk) serveTrays(w http.ResponseWriter, _ *http.Request) error {
	coins, err := d.coins()
	if err != nil {
		return err
	}
	return answer(w, coins.Trays())
}

func (d *Desk) power(w http.ResponseWriter, r *http.Request) error {
	ask, err := read[struct {
		What string `json:"what"`
		Do   string `json:"do"`
	}](r)
	if err != nil {
		return err
	}
	if d.parts.Power == nil {
		return notBuilt("switching")
	}
	d.log.add("power", ask.What+" "+ask.Do)
	if err := d.parts.Power.Do(r.Context(), ask.What, ask.Do); err != nil {
		return err
	}
	d.Changed()
	return done(w)
}

func (d *Desk) serveClock(w http.ResponseWriter, _ *http.Request) error {
	if d.parts.Clock == nil {
		return notBuilt("the clock")
	}
	offset := d.parts.Clock.Offset()
	return answer(w, map[string]any{"offset_ms": offset.Milliseconds(), "now": time.Now().Add(offset)})
}

// setClock looks at all that is asked for before it does any of it; what is left out does not change.
func (d *Desk) setClock(w http.ResponseWriter, r *http.Request) error {
	ask, err := read[struct {
		OffsetMs *int64 `json:"offset_ms"`
		Pace     *int   `json:"pace"`
	}](r)
	const limit = 100 * 366 * 24 * 3600 * 1000
	switch {
	case err != nil:
		return err
	case ask.OffsetMs != nil && (*ask.OffsetMs > limit || *ask.OffsetMs < -limit):
		return bad("offset_ms is at most a hundred years")
	case ask.OffsetMs != nil && d.parts.Clock == nil:
		return notBuilt("the clock")
	case ask.Pace != nil && !(port.Pace{Times: *ask.Pace}).Valid():
		return bad("pace is 1 to %d", port.MaxPace)
	case ask.Pace != nil && d.parts.Kiosk == nil:
		return port.ErrNoKiosk
	}
	if ask.Pace != nil {
		if err := d.parts.Kiosk.Pace(r.Context(), *ask.Pace); err != nil {
			return err
		}
		d.log.add("pace", strconv.Itoa(*ask.Pace))
	}
	if ask.OffsetMs != nil {
		if err := d.moveClock(r.Context(), time.Duration(*ask.OffsetMs)*time.Millisecond); err != nil {
			return err
		}
	}
	return done(w)
}

func (d *Desk) moveClock(ctx context.Context, offset time.Duration) error {
	if err := d.parts.Clock.Set(offset); err != nil {
		return err
	}
	if d.parts.Kiosk != nil {
		_ = d.parts.Kiosk.ClockMoved(ctx) // an absent kioskd reads the clock when it starts
	}
	d.log.add("clock", offset.String())
	return nil
}

func (d *Desk) serveDevices(w http.ResponseWriter, _ *http.Request) error {
	seen := map[string]any{}
	if p := d.parts.Reader; p != nil {
		seen["reader"] = p.Seen()
	}
	if p := d.parts.Coins; p != nil {
		seen["coin"] = p.Seen()
	}
	if p := d.parts.Printer; p != nil {
		seen["printer"] = p.Seen()
	}
	if d.parts.USB != nil {
		seen["usb"] = d.parts.USB()
	}
	return answer(w, seen)
}

// Faults are numbered within their part; their id is part-number.

func (d *Desk) serveFaults(w http.ResponseWriter, _ *http.Request) error {
	all := map[string]any{}
	for name, part := range d.parts.Faults {
		for number, fault := range part.Faults() {
			all[fmt.Sprintf("%s-%d", name, number)] = fault
		}
	}
	return answer(w, map[string]any{"faults": all})
}

// serveFaultKinds says what a person can choose; parts that cannot say it are left out.
func (d *Desk) serveFaultKinds(w http.ResponseWriter, _ *http.Request) error {
	all := map[string]any{}
	for name, part := range d.parts.Faults {
		if c, ok := part.(Chooser); ok {
			all[name] = c.FaultKinds()
		}
	}
	return answer(w, map[string]any{"kinds": all})
}

func (d *Desk) addFault(w http.ResponseWriter, r *http.Request) error {
	ask, err := read[struct {
		Part  string          `json:"part"`
		Fault json.RawMessage `json:"fault"`
	}](r)
	if err != nil {
		return err
	}
	part, ok := d.parts.Faults[ask.Part]
	if !ok {
		return fmt.Errorf("part %q: %w; there are %s", ask.Part, ErrUnknown, d.faulty())
	}
	number, err := part.AddFault(ask.Fault)
	if err != nil {
		return bad("%v", err)
	}
	id := fmt.Sprintf("%s-%d", ask.Part, number)
	d.log.add("fault.add", id)
	return answer(w, map[string]string{"id": id})
}

// faulty names the parts that can be made to fail.
func (d *Desk) faulty() string {
	return strings.Join(slices.Sorted(maps.Keys(d.parts.Faults)), ", ")
}

func (d *Desk) removeFault(w http.ResponseWriter, r *http.Request) error {
	id := r.PathValue("id")
	name, digits, _ := strings.Cut(id, "-")
	number, err := strconv.Atoi(digits)
	part, ok := d.parts.Faults[name]
	if err != nil || !ok {
		return fmt.Errorf("fault %q: %w", id, ErrUnknown)
	}
	if err := part.RemoveFault(number); err != nil {
		return err
	}
	d.log.add("fault.remove", id)
	return done(w)
}
