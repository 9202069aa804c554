// Package ui is the resident's screen without a window: it holds the tree that is shown, paints it, and turns fingers,
// mice and keys into actions. ui/sdl puts it on a panel; the bench socket and tests use it as it is.
//
// The app knows nothing of a visit. It is told what to show (Show) and says what was asked for (Events). It never logs,
// stores or shows which key of a PIN pad was pressed: the digit goes straight into the event.
//
// Times are durations since the start of the process on a clock that is never set (monotonic); all callers must use
// the same start.
package ui

import (
	"image"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/kioskd/kioskd/ui/node"
	"github.com/kioskd/kioskd/ui/paint"
)

// ActionTouch is what a touch means that meets nothing: somebody is there. Each completed touch gives exactly one
// event: this one or the action of what was touched.
var ActionTouch = node.Action{Verb: "touch"}

// Event is one wish of whoever stands at the panel.
type Event struct {
	Action node.Action
	// Generation is that of the screen when the touch ended. That its target was there unchanged since the touch began
	// has been checked.
	Generation uint64
	// Low says that the touch fell into the lower third of the panel; keys fall nowhere.
	Low bool
}

// eventQueue bounds the events that wait for the terminal: far more than a person can make while a screen lasts. A
// full queue drops the touch, which is then made again.
const eventQueue = 64

// Options are what an app is made of.
type Options struct {
	Size image.Point // of the panel in pixels
	// Fonts writes and measures texts. Measurer replaces it for measuring where no font file is at hand (tests).
	Fonts    *paint.Fonts
	Measurer node.Measurer
	Pictures paint.Pictures
	// Wake is called after each change of the picture, from any goroutine, with no lock held; may be nil.
	Wake  func()
	Voice Voice // nil: the panel is silent
	Words Words // of what no screen has words for
	// PxPerMMPercent is how many pixels make a millimetre, in hundredths; 0 is the reference panel's 558.
	PxPerMMPercent int
	// ScanEvery is the step of a scan by one switch, 1 to 4 s; 0 is 2 s.
	ScanEvery time.Duration
}

// App is the screen. All methods are safe for concurrent use.
type App struct {
	size     image.Point
	measurer node.Measurer
	events   chan Event
	dropped  atomic.Int64
	wake     atomic.Pointer[func()]

	mu       sync.Mutex
	painter  *paint.Painter
	canvas   *image.RGBA
	damage   image.Rectangle
	revision uint64

	tree  *node.Tree
	pages map[string]int           // which page of each list is shown, from 0; of this screen alone
	since map[target]time.Duration // since when each target that takes input has been as it is
	touch pointers
	focus string
	// behind is where the focus was before a dialog came; byKeys says that keys and not fingers were used last.
	behind string
	byKeys bool
	talk   talk
	finger explorer
	scan   scan

	density int // pixels a millimetre, in hundredths
}

// New makes an app that shows nothing yet.
func New(o Options) *App {
	a := &App{
		size: o.Size, measurer: o.Measurer, events: make(chan Event, eventQueue),
		painter: paint.New(o.Fonts, o.Pictures), canvas: image.NewRGBA(image.Rectangle{Max: o.Size}),
		talk: talk{voice: o.Voice, words: o.Words}, scan: scan{every: bounded(o.ScanEvery)},
	}
	if a.density = o.PxPerMMPercent; a.density <= 0 {
		a.density = usualDensity
	}
	if a.measurer == nil {
		a.measurer = o.Fonts
	}
	a.OnChange(o.Wake)
	return a
}

// OnChange sets who is told about each change of the picture. The last one set wins; nil is nobody.
func (a *App) OnChange(wake func()) { a.wake.Store(&wake) }

// Events is where wishes come out. The app never closes it.
func (a *App) Events() <-chan Event { return a.events }

// Dropped counts events that met a full queue.
func (a *App) Dropped() int64 { return a.dropped.Load() }

// Size is the panel in pixels.
func (a *App) Size() image.Point { return a.size }

// Show lays the tree out, paints it and takes input for it from now on; at is the time of the change. It returns the
// tree's generation: the same as before if the screen and everything that can be touched on it are the same.
//
// The app owns the tree from here on.
func (a *App) Show(t *node.Tree, at time.Duration) uint64 {
	a.mu.Lock()
	a.show(t, at)
	a.mu.Unlock()
	a.changed()
	return t.Generation
}

func (a *App) show(t *node.Tree, at time.Duration) {
	if a.tree == nil || a.tree.Screen != t.Screen {
		a.pages = map[string]int{}
	}
	t.Pages = a.pages
	t.Layout(a.measurer, a.size)
	name(t)
	switch {
	case a.tree == nil:
		t.Generation = 1
	case a.tree.SameTargets(t):
		t.Generation = a.tree.Generation
	default:
		t.Generation = a.tree.Generation + 1
	}
	if pad(a.tree) && !pad(t) {
		a.flush()
	}
	a.keep(t, at)
	a.rescan(a.tree, t, at)
	before := a.tree
	a.tree = t
	a.follow(before)
	a.repaint(a.canvas.Rect)
}

// Wipe overwrites the picture and forgets the tree and every cached text: the end of a visit.
func (a *App) Wipe() {
	a.mu.Lock()
	clear(a.canvas.Pix)
	if a.tree != nil {
		a.tree = &node.Tree{Root: &node.Node{}, Generation: a.tree.Generation + 1}
	}
	a.since, a.focus, a.behind, a.byKeys, a.pages = nil, "", "", false, nil
	a.touch.forget()
	a.touch.holding = false
	a.finger.forget()
	a.scan = scan{every: a.scan.every}
	a.flush()
	if !a.talk.final || a.talk.private {
		a.hush()
	}
	a.talk.woken = false
	a.painter.Wipe()
	a.damage = a.canvas.Rect
	a.revision++
	a.mu.Unlock()
	a.changed()
}

// enter runs one act of a person, repaints what it changed of focus and press, and wakes whoever shows the picture.
func (a *App) enter(act func()) {
	a.mu.Lock()
	focus, pressed, ring := a.focus, a.touch.pressed, slices.Clone(a.scan.ids)
	before, waited := a.next()
	revision := a.revision
	if a.tree != nil {
		act()
	}
	moved := a.focus != focus || a.touch.pressed != pressed || !slices.Equal(ring, a.scan.ids)
	if moved {
		a.repaintNodes(slices.Concat(ring, a.scan.ids, []string{focus, a.focus, pressed, a.touch.pressed})...)
	}
	due, waits := a.next()
	changed := a.revision != revision
	a.mu.Unlock()
	if changed || waits && (!waited || due != before) {
		a.changed()
	}
}

func (a *App) changed() {
	if wake := a.wake.Load(); wake != nil && *wake != nil {
		(*wake)()
	}
}

func (a *App) send(action node.Action) {
	select {
	case a.events <- Event{Action: action, Generation: a.tree.Generation, Low: a.touch.low}:
	default:
		a.dropped.Add(1)
	}
}

// repaint paints a part of the screen anew. The lock is held.
func (a *App) repaint(clip image.Rectangle) {
	if a.tree == nil {
		return
	}
	a.painter.Paint(a.canvas, a.tree, paint.State{
		Pressed: a.touch.pressed, Focused: a.focus, Around: a.scan.ids, FocusWidth: focusWidth, PressWidth: pressWidth,
	}, clip)
	a.damage = a.damage.Union(clip.Intersect(a.canvas.Rect))
	a.revision++
}

// Widths of the focus ring and of a pressed control's border in pixels (reference ui.md §3: 1.6 mm and 6 px).
const (
	focusWidth = 9
	pressWidth = 6
)

// repaintNodes paints the named nodes anew, with what reaches beyond their rectangles.
func (a *App) repaintNodes(ids ...string) {
	var clip image.Rectangle
	for _, id := range ids {
		if id == "" {
			continue
		}
		if n := a.tree.Find(id); n != nil {
			clip = clip.Union(n.Rect.Inset(-2 * focusWidth))
		}
	}
	if !clip.Empty() {
		a.repaint(clip)
	}
}
