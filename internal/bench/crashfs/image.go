package crashfs

import (
	"maps"
	"math/rand/v2"
	"slices"
)

// Part says how much of what is not durable an image holds.
type Part uint8

// The parts.
const (
	None Part = iota // only what is durable
	All              // all that was asked for
	Some             // each piece of 512 bytes, each truncation and each name by a draw
)

// sector is what a disk writes whole.
const sector = 512

// Player goes through the operations of a disk, and builds what a cut may leave after each of them.
type Player struct {
	ops   []Op
	next  int
	files map[int]*state
	names map[string]int // durable
	open  []Op           // creates and deletes that are not durable
}

// state is a file's durable content and what was asked for since.
type state struct {
	data    []byte
	shared  bool // an image shows the same bytes: they are copied before the first change
	pending []Op
}

// settle makes durable what is pending.
func (f *state) settle() {
	if f.shared && len(f.pending) > 0 {
		f.data, f.shared = slices.Clone(f.data), false
	}
	for _, op := range f.pending {
		f.data = op.apply(f.data)
	}
	f.pending = nil
}

// apply gives a content with a write or a truncation in it; the content is used up.
func (op Op) apply(b []byte) []byte {
	if op.Kind == Write {
		return write(b, op.At, op.Data)
	}
	return truncate(b, op.At)
}

// Play begins before the first operation.
func (d *Disk) Play() *Player {
	p := &Player{ops: d.Ops(), files: map[int]*state{}, names: map[string]int{}}
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, f := range d.base {
		p.files[f.File] = &state{data: f.Data, shared: true}
		p.names[f.Name] = f.File
	}
	return p
}

// Fork gives the disk as it was after n operations, for a process that begins when another has died: what was not
// durable is still there, and still not durable.
func (d *Disk) Fork(n int) *Disk {
	p := d.Play().To(n)
	all := map[string]int{}
	for name, file := range p.names {
		all[name] = file
	}
	rename(all, p.open, nil)
	d.mu.Lock()
	defer d.mu.Unlock()
	f := &Disk{
		NoFolderSync: d.NoFolderSync, Lies: d.Lies, names: map[string]*node{}, files: d.files, base: d.base,
		ops: slices.Clone(d.ops[:n]),
	}
	for name, file := range all {
		p.files[file].settle() // the player is not asked again
		f.names[name] = &node{number: file, data: p.files[file].data, named: p.names[name] == file, shared: true}
	}
	return f
}

// Next takes one operation in; false at the end.
func (p *Player) Next() bool {
	if p.next == len(p.ops) {
		return false
	}
	op := p.ops[p.next]
	p.next++
	switch op.Kind {
	case Create:
		p.files[op.File] = &state{}
		p.open = append(p.open, op)
	case Delete:
		p.open = append(p.open, op)
	case Write, Truncate:
		f := p.files[op.File]
		f.pending = append(f.pending, op)
	case Sync:
		p.files[op.File].settle()
	case SyncFolder:
		rename(p.names, p.open, nil)
		p.open = nil
	}
	return true
}

// To goes on until n operations are taken in.
func (p *Player) To(n int) *Player {
	for p.next < n && p.Next() {
	}
	return p
}

// Done is how many operations were taken in.
func (p *Player) Done() int { return p.next }

// Settled reports that everything is durable, so that all images are one.
func (p *Player) Settled() bool {
	if len(p.open) > 0 {
		return false
	}
	for _, f := range p.files {
		if len(f.pending) > 0 {
			return false
		}
	}
	return true
}

// Image builds a disk as a cut of the power may leave it now. rnd is asked for Some only.
func (p *Player) Image(part Part, rnd *rand.Rand) *Disk {
	keep := func(Op) bool { return part == All }
	if part == Some {
		keep = func(Op) bool { return rnd.IntN(2) == 0 }
	} else {
		rnd = nil
	}
	names := map[string]int{}
	for name, n := range p.names {
		names[name] = n
	}
	rename(names, p.open, keep)
	d := New()
	for _, name := range slices.Sorted(maps.Keys(names)) { // one order, so that a seed draws the same again
		if f := p.files[names[name]]; part == None || len(f.pending) == 0 {
			f.shared = true
			d.lay(name, f.data)
		} else {
			d.lay(name, f.with(keep, rnd))
		}
	}
	return d
}

// with gives the content with the kept part of what is pending; with rnd each piece of a write is drawn for itself.
func (f *state) with(keep func(Op) bool, rnd *rand.Rand) []byte {
	b := slices.Clone(f.data)
	for _, op := range f.pending {
		switch {
		case op.Kind == Write && rnd != nil:
			for at := op.At; at < op.At+int64(len(op.Data)); {
				end := min((at/sector+1)*sector, op.At+int64(len(op.Data)))
				if rnd.IntN(2) == 0 {
					b = write(b, at, op.Data[at-op.At:end-op.At])
				}
				at = end
			}
		case keep(op):
			b = op.apply(b)
		}
	}
	return b
}

func rename(names map[string]int, ops []Op, keep func(Op) bool) {
	for _, op := range ops {
		switch {
		case keep != nil && !keep(op):
		case op.Kind == Create:
			names[op.Name] = op.File
		case names[op.Name] == op.File:
			delete(names, op.Name)
		}
	}
}
