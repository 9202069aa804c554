package node

import "image"

// cell is the width of one of the equal columns of a Grid.
func (n *Node) cell(inner int) int {
	cols := atLeast(n.Style.Columns, 1)
	return atLeast((inner-n.Style.Gap*(cols-1))/cols, 0)
}

// gridRows is the height of each row of a Grid: that of its highest cell.
func (n *Node) gridRows(m Measurer, cell int) []int {
	cols := atLeast(n.Style.Columns, 1)
	rows := make([]int, (len(n.Children)+cols-1)/cols)
	for i, c := range n.Children {
		rows[i/cols] = atLeast(rows[i/cols], c.measure(m, cell).Y)
	}
	return rows
}

func (n *Node) gridSize(m Measurer, inner int) image.Point {
	h := 0
	for i, row := range n.gridRows(m, n.cell(inner)) {
		if i > 0 {
			h += n.Style.Gap
		}
		h += row
	}
	return image.Pt(inner, h)
}

func (n *Node) placeGrid(m *pass, in image.Rectangle) {
	cols, cell := atLeast(n.Style.Columns, 1), n.cell(in.Dx())
	rows := n.gridRows(m, cell)
	y := in.Min.Y
	for i, c := range n.Children {
		if i > 0 && i%cols == 0 {
			y += rows[i/cols-1] + n.Style.Gap
		}
		x := in.Min.X + (i%cols)*(cell+n.Style.Gap)
		c.place(m, image.Rect(x, y, x+cell, y+rows[i/cols]))
	}
}
