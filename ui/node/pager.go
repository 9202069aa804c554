package node

import (
	"image"
	"slices"
	"strconv"
)

// Pager makes a Column show its children in pages when they do not fit, instead of scrolling (docs/ui.md). Bar is the
// column's last child: it is hidden where one page is enough.
type Pager struct {
	Bar, Up, Down *Node
	Label         *Node            // a Text: says which page of how many; Layout writes it
	Speak         func(PageNumber) // makes Label say it aloud; may be nil
	Page          PageNumber       // result of Layout
}

// PageNumber is which page of a pager is shown.
type PageNumber struct {
	Now, All int // from 1; All is at least 1
	// TooHigh says that one child alone is higher than the room: a fault that the linter reports.
	TooHigh bool
}

// Actions of a pager's bar; Arg is the id of its column. The app carries them out itself.
const (
	VerbPageUp   = "page.up"
	VerbPageDown = "page.down"
)

// atom is what stays whole: a child, or a child of a child that can be shared out among pages.
type atom struct{ outer, node *Node }

// paginate hides what is not on the page that is wanted (from 0). The column has its width, and room for height pixels.
func (n *Node) paginate(m Measurer, width, height, wanted int) {
	p := n.Pager
	p.Bar.Hidden, p.Page = true, PageNumber{1, 1, false}
	n.measureAnew()
	if n.measure(m, width).Y <= height {
		return
	}
	for _, c := range n.Children {
		if c.Optional || c.spring() {
			c.Hidden = true
			if n.measureAnew(); n.measure(m, width).Y <= height {
				return
			}
		}
	}
	p.Bar.Hidden = false
	p.label(1, 1) // as high as it will be
	pages := n.pages(m, width, height)
	p.Page.All = len(pages)
	p.Page.Now = min(max(wanted, 0), len(pages)-1) + 1
	show(slices.Concat(pages...), pages[p.Page.Now-1])
	p.label(p.Page.Now, p.Page.All)
	if p.Speak != nil {
		p.Speak(p.Page)
	}
	p.Up.Enabled, p.Down.Enabled = p.Page.Now > 1, p.Page.Now < p.Page.All
	n.measureAnew()
}

// label writes which page it is. The label's size is forgotten, with those around it.
func (p *Pager) label(now, all int) {
	p.Label.Runs = []Run{{strconv.Itoa(now) + " / " + strconv.Itoa(all), "en"}}
	p.Label.unmeasure()
	p.Bar.unmeasure()
}

// spring reports that a node is only room.
func (n *Node) spring() bool {
	return n.Kind == Box && len(n.Children) == 0 && n.Style.Grow > 0 && n.ID == ""
}

// atoms are what a page can be made of, in order.
func (n *Node) atoms() (all []atom) {
	for _, c := range n.Children {
		switch {
		case c == n.Pager.Bar, c.Hidden:
		case c.Splits:
			for _, inner := range c.Children {
				all = append(all, atom{c, inner})
			}
		default:
			all = append(all, atom{c, c})
		}
	}
	return all
}

// pages shares the atoms out: each page takes as many as fit, and at least one.
func (n *Node) pages(m Measurer, width, height int) (pages [][]atom) {
	every := n.atoms()
	for all := every; len(all) > 0; { // bound: each turn takes at least one
		take := 1
		for ; take <= len(all); take++ {
			show(every, all[:take])
			n.measureAnew()
			if n.measure(m, width).Y > height {
				break
			}
		}
		if take == 1 {
			n.Pager.Page.TooHigh = true
			take = 2
		}
		pages, all = append(pages, all[:take-1]), all[take-1:]
	}
	return pages
}

// show hides all atoms but those of one page.
func show(all, page []atom) {
	for _, a := range all {
		a.outer.Hidden, a.node.Hidden = true, true
	}
	for _, a := range page {
		a.outer.Hidden, a.node.Hidden = false, false
	}
}

// measureAnew forgets the sizes that depend on what is hidden.
func (n *Node) measureAnew() {
	n.unmeasure()
	for _, c := range n.Children {
		if c.Splits {
			c.unmeasure()
		}
	}
}

func (n *Node) unmeasure() { n.sizes = [2]measured{{max: -1}, {max: -1}} }

// shown are the children that have a place.
func (n *Node) shown() []*Node {
	hidden := 0
	for _, c := range n.Children {
		if c.Hidden {
			hidden++
		}
	}
	if hidden == 0 {
		return n.Children
	}
	shown := make([]*Node, 0, len(n.Children)-hidden)
	for _, c := range n.Children {
		if c.Hidden {
			c.Rect = image.Rectangle{}
			continue
		}
		shown = append(shown, c)
	}
	return shown
}

// shownNodes calls visit for the node and all below it that are not on another page, in reading order.
func (n *Node) shownNodes(visit func(*Node)) {
	if n == nil || n.Hidden {
		return
	}
	visit(n)
	for _, c := range n.Children {
		c.shownNodes(visit)
	}
}

// Pagers are the pagers that can be reached now, in reading order.
func (t *Tree) Pagers() (all []*Node) {
	t.active().shownNodes(func(n *Node) {
		if n.Pager != nil {
			all = append(all, n)
		}
	})
	return all
}
