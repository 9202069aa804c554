package node

import "image"

// place is the second pass: it gives the node its rectangle and shares out the room inside.
func (n *Node) place(m *pass, room image.Rectangle) {
	n.Rect = room
	in := n.Inner()
	if n.Kind == Text {
		n.Lines = m.Break(n.Runs, n.Style.Font, in.Dx())
	}
	if n.Pager != nil {
		n.paginate(m, in.Dx(), in.Dy(), m.pages[n.ID])
	}
	switch n.Style.Dir {
	case Column:
		n.placeColumn(m, in)
	case Row:
		n.placeRow(m, in)
	case Stack:
		for _, c := range n.shown() {
			c.place(m, n.stacked(m, c, in))
		}
	case Grid:
		n.placeGrid(m, in)
	}
}

// Inner is the node's rectangle without its padding.
func (n *Node) Inner() image.Rectangle {
	p := n.Style.Pad
	return image.Rect(n.Rect.Min.X+p.Left, n.Rect.Min.Y+p.Top,
		atLeast(n.Rect.Max.X-p.Right, n.Rect.Min.X+p.Left), atLeast(n.Rect.Max.Y-p.Bottom, n.Rect.Min.Y+p.Top))
}

func (n *Node) placeColumn(m *pass, in image.Rectangle) {
	shown := n.shown()
	heights := make([]int, len(shown))
	left, shares := in.Dy()-n.gaps(len(shown)), 0
	for i, c := range shown {
		heights[i] = c.measure(m, n.crossWidth(m, c, in.Dx())).Y
		left -= heights[i]
		shares += c.Style.Grow
	}
	y, gap := in.Min.Y, n.Style.Gap
	if shares == 0 {
		y, gap = n.justify(y, gap, left)
	}
	for i, c := range shown {
		h := heights[i]
		if (c.Style.Shrink || c.Pager != nil) && left < 0 {
			less := min(h, -left)
			h, left = h-less, left+less
		}
		if c.Style.Grow > 0 && left > 0 {
			extra := left * c.Style.Grow / shares
			h, left, shares = h+extra, left-extra, shares-c.Style.Grow
		}
		w := n.crossWidth(m, c, in.Dx())
		x := in.Min.X + offset(n.Style.Cross, in.Dx()-w)
		c.place(m, image.Rect(x, y, x+w, y+h))
		y += h + gap
	}
}

func (n *Node) placeRow(m *pass, in image.Rectangle) {
	shown := n.shown()
	widths := n.rowWidths(m, shown, in.Dx())
	left := in.Dx() - n.gaps(len(shown))
	for _, w := range widths {
		left -= w
	}
	x, gap := n.justify(in.Min.X, n.Style.Gap, left)
	for i, c := range shown {
		h := in.Dy()
		if n.Style.Cross != Stretch || c.Style.Height > 0 {
			h = min(c.measure(m, widths[i]).Y, in.Dy())
		}
		y := in.Min.Y + offset(n.Style.Cross, in.Dy()-h)
		c.place(m, image.Rect(x, y, x+widths[i], y+h))
		x += widths[i] + gap
	}
}

// justify moves the first child and widens the gaps by the room that is left over on the main axis.
func (n *Node) justify(at, gap, left int) (int, int) {
	if left <= 0 {
		return at, gap
	}
	if n.Style.Main == Between {
		if children := len(n.shown()); children > 1 {
			gap += left / (children - 1)
		}
		return at, gap
	}
	return at + offset(n.Style.Main, left), gap
}

// crossWidth is the width of a child of a Column: all of it, unless the column aligns or the child is fixed.
func (n *Node) crossWidth(m *pass, c *Node, width int) int {
	if n.Style.Cross == Stretch && c.Style.Width == 0 {
		return width
	}
	return min(c.measure(m, width).X, width)
}

// stacked is the rectangle of a child of a Stack: all of it, or its own size where the stack aligns.
func (n *Node) stacked(m *pass, c *Node, in image.Rectangle) image.Rectangle {
	w, h := in.Dx(), in.Dy()
	size := c.measure(m, w)
	if n.Style.Cross != Stretch || c.Style.Width > 0 {
		w = min(size.X, w)
	}
	if n.Style.Main != Stretch || c.Style.Height > 0 {
		h = min(size.Y, h)
	}
	x := in.Min.X + offset(n.Style.Cross, in.Dx()-w)
	y := in.Min.Y + offset(n.Style.Main, in.Dy()-h)
	return image.Rect(x, y, x+w, y+h)
}

func offset(a Align, left int) int {
	switch a {
	case Center:
		return left / 2
	case End:
		return left
	case Stretch, Start, Between:
	}
	return 0
}
