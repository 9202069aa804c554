package ui

import (
	"slices"
	"time"

	"github.com/kioskd/kioskd/ui/node"
)

// The bounds of a scan's step.
const (
	slowestScan = 4 * time.Second
	fastestScan = time.Second
	usualScan   = 2 * time.Second
	// scanRounds is how often a scan goes around by itself before it waits for the switch again.
	scanRounds = 3
)

// scan is what people with one or two switches go by: the ring steps over what can be chosen. A row of the PIN pad is
// one step, and its keys are the next ones once it was chosen.
type scan struct {
	every time.Duration // of a step by itself
	auto  bool          // one switch: it steps by itself
	due   time.Duration // the next such step
	round int           // how often it went around without a press

	row string   // id of the first key of the row that was chosen; "" before
	ids []string // what the ring is around now
}

// bounded brings a step's time into its bounds; 0 is the usual one.
func bounded(every time.Duration) time.Duration {
	if every == 0 {
		return usualScan
	}
	return min(max(every, fastestScan), slowestScan)
}

// leave forgets where the scan is; a scan that runs by itself begins anew.
func (s *scan) leave(at time.Duration) {
	s.row, s.ids, s.round, s.due = "", nil, 0, at+s.every
}

// scanning does what a switch means.
func (a *App) scanning(k Key, at time.Duration) {
	s := &a.scan
	switch {
	case k == KeySwitchNext:
		s.auto = false
		a.scanNext(at)
	case k == KeySwitchSelect:
		s.auto = false
		a.scanSelect(at)
		return
	case s.auto:
		a.scanSelect(at)
		return
	default:
		s.auto = true
		a.scanNext(at)
	}
	a.present()
}

// present says that somebody is there, except before the question whether anybody is: its answers are chosen.
func (a *App) present() {
	if dialog(a.tree) != timeoutID {
		a.send(ActionTouch)
	}
}

// scanNext puts the ring around the next item; behind the last key of a row it goes back to the row.
func (a *App) scanNext(at time.Duration) {
	s := &a.scan
	s.due = at + s.every
	items := a.items()
	if len(items) == 0 {
		return
	}
	now := slices.IndexFunc(items, func(i []*node.Node) bool { return len(s.ids) > 0 && i[0].ID == s.ids[0] })
	if now+1 == len(items) {
		if s.row != "" {
			s.row = ""
			a.scanNext(at)
			return
		}
		s.round++
	}
	item := items[(now+1)%len(items)]
	s.ids = s.ids[:0]
	for _, n := range item {
		s.ids = append(s.ids, n.ID)
	}
	a.tellItem(item, items)
}

// tellItem says what the ring is around: a control, or which row.
func (a *App) tellItem(item []*node.Node, items [][]*node.Node) {
	if len(item) == 1 {
		a.focus = item[0].ID
		a.control(item[0])
		return
	}
	a.focus = ""
	if w := a.talk.words.Position; w != nil {
		n, of := 0, 0
		for _, i := range items {
			if len(i) > 1 {
				of++
				if i[0] == item[0] {
					n = of
				}
			}
		}
		a.say(w(a.tree.Lang, n, of))
	}
}

// items are the steps of the scan: what can be chosen now, the keys of a PIN pad by rows, or those of the chosen row.
func (a *App) items() (items [][]*node.Node) {
	for _, n := range controls(a.tree) {
		if !n.Enabled {
			continue
		}
		last := len(items) - 1
		if n.Role == node.RoleKey && last >= 0 && items[last][0].Role == node.RoleKey &&
			items[last][0].Rect.Min.Y == n.Rect.Min.Y {
			items[last] = append(items[last], n)
			continue
		}
		items = append(items, []*node.Node{n})
	}
	for _, row := range items {
		if a.scan.row != "" && row[0].ID == a.scan.row {
			items = nil
			for _, n := range row {
				items = append(items, []*node.Node{n})
			}
			return items
		}
	}
	return items
}

// scanSelect chooses what the ring is around; where it is around nothing yet, it steps.
func (a *App) scanSelect(at time.Duration) {
	s := &a.scan
	switch {
	case len(s.ids) == 0:
		a.scanNext(at)
		a.present()
	case len(s.ids) > 1:
		s.row, s.ids, s.round = s.ids[0], nil, 0
		a.scanNext(at)
		a.present()
	default:
		n := a.tree.Find(s.ids[0])
		if !a.act(at, s.ids[0]) {
			a.present()
			return
		}
		if n != nil && n.Role == node.RoleKey {
			a.chime(ChimeKey)
		}
		a.focus = ""
		s.leave(at)
	}
}

// endScan gives way to a key or a finger.
func (a *App) endScan(at time.Duration) {
	a.scan.auto = false
	a.scan.leave(at)
}

// scanStep is a step by itself. Where nobody has pressed for a while it ends, so that the panel is still again.
func (a *App) scanStep(at time.Duration) {
	s := &a.scan
	if !s.auto || at < s.due {
		return
	}
	if s.round >= scanRounds {
		s.auto, a.focus = false, ""
		s.leave(at)
		return
	}
	a.scanNext(at)
}

// rescan brings the scan to a new tree: kept where the item is still there, begun anew on another screen.
func (a *App) rescan(before, next *node.Tree, at time.Duration) {
	s := &a.scan
	if before == nil || !same(before, next) {
		s.leave(at)
		return
	}
	for _, id := range s.ids {
		if n := next.Find(id); n == nil || !n.Enabled || n.Hidden {
			s.leave(at)
			return
		}
	}
}

// Ringed is the ids that the ring of a scan is around: one, or those of a row.
func (a *App) Ringed() []string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.Clone(a.scan.ids)
}
