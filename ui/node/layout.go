package node

import "image"

// Layout gives every node below and with n its rectangle, and every text its lines. All arithmetic is integer, so the
// same tree gives the same pixels on every machine.
func Layout(n *Node, m Measurer, room image.Rectangle) {
	layout(n, m, room, nil)
}

func layout(n *Node, m Measurer, room image.Rectangle, pages map[string]int) {
	n.forget()
	n.place(&pass{m, pages}, room)
}

// pass is one run of layout: it measures, and knows which page of each pager is wanted.
type pass struct {
	Measurer
	pages map[string]int
}

func (n *Node) forget() {
	n.unmeasure()
	n.Hidden = false
	for _, c := range n.Children {
		c.forget()
	}
	for _, c := range n.Room {
		c.forget()
	}
}

// Measure is the size that the node wants when it may be at most max pixels wide.
func (n *Node) measure(m Measurer, max int) image.Point {
	for _, s := range n.sizes {
		if s.max == max {
			return s.size
		}
	}
	size := n.measureFresh(m, max)
	n.sizes[1] = n.sizes[0]
	n.sizes[0] = measured{max, size}
	return size
}

func (n *Node) measureFresh(m Measurer, max int) image.Point {
	s := &n.Style
	if s.Width > 0 && s.Width < max {
		max = s.Width
	}
	inner := max - s.Pad.Left - s.Pad.Right
	if inner < 0 {
		inner = 0
	}
	size := n.content(m, inner)
	size.X += s.Pad.Left + s.Pad.Right
	size.Y += s.Pad.Top + s.Pad.Bottom
	size.X, size.Y = atLeast(size.X, s.MinWidth), atLeast(size.Y, s.MinHeight)
	for _, c := range n.Room {
		size.Y = atLeast(size.Y, c.measure(m, max).Y)
	}
	if s.Width > 0 {
		size.X = s.Width
	}
	if s.Height > 0 {
		size.Y = s.Height
	}
	return size
}

func (n *Node) content(m Measurer, inner int) image.Point {
	switch n.Kind {
	case Text:
		return n.textSize(m.Break(n.Runs, n.Style.Font, inner))
	case Icon:
		return image.Pt(n.Style.Font.Size, n.Style.Font.Size)
	case Picture:
		return image.Point{}
	case Box:
	}
	switch n.Style.Dir {
	case Row:
		return n.rowSize(m, inner)
	case Stack:
		return n.stackSize(m, inner)
	case Grid:
		return n.gridSize(m, inner)
	case Column:
	}
	return n.columnSize(m, inner)
}

func (n *Node) textSize(lines []Line) image.Point {
	w := 0
	for _, l := range lines {
		w = atLeast(w, l.Width)
	}
	return image.Pt(w, atLeast(len(lines), n.Style.MinLines)*n.Style.Font.LineHeight())
}

func (n *Node) columnSize(m Measurer, inner int) image.Point {
	var size image.Point
	shown := n.shown()
	for _, c := range shown {
		s := c.measure(m, inner)
		size.X = atLeast(size.X, s.X)
		size.Y += s.Y
	}
	size.Y += n.gaps(len(shown))
	return size
}

func (n *Node) rowSize(m Measurer, inner int) image.Point {
	var size image.Point
	shown := n.shown()
	for i, w := range n.rowWidths(m, shown, inner) {
		s := shown[i].measure(m, w)
		size.X += atLeast(w, 0)
		size.Y = atLeast(size.Y, s.Y)
	}
	size.X += n.gaps(len(shown))
	return size
}

func (n *Node) stackSize(m Measurer, inner int) image.Point {
	var size image.Point
	for _, c := range n.shown() {
		s := c.measure(m, inner)
		size.X, size.Y = atLeast(size.X, s.X), atLeast(size.Y, s.Y)
	}
	return size
}

// rowWidths is the width of each child of a Row: what each wants, and what is left over for those that grow.
func (n *Node) rowWidths(m Measurer, shown []*Node, inner int) []int {
	widths := make([]int, len(shown))
	left, shares := inner-n.gaps(len(shown)), 0
	for i, c := range shown {
		if c.Style.Grow > 0 {
			shares += c.Style.Grow
			continue
		}
		widths[i] = c.measure(m, atLeast(left, 0)).X
		left -= widths[i]
	}
	for i, c := range shown {
		if c.Style.Grow > 0 {
			widths[i] = atLeast(left*c.Style.Grow/shares, 0)
			left -= widths[i]
			shares -= c.Style.Grow
		}
	}
	return widths
}

// gaps is the room between so many children.
func (n *Node) gaps(children int) int { return n.Style.Gap * max(children-1, 0) }

func atLeast(a, b int) int { return max(a, b) }
