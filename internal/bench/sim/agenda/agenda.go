// Package agenda is what will happen in a simulated world, in the order of its time. Worlds draw the ties themselves,
// so that a seed decides every order.
package agenda

// Thing is one thing that will happen. Ties are drawn from the seed.
type Thing struct {
	At  int64
	Tie uint32
	Do  func()
}

// Queue is a binary heap of what will happen.
type Queue []Thing

func (q Queue) before(i, j int) bool {
	return q[i].At < q[j].At || q[i].At == q[j].At && q[i].Tie < q[j].Tie
}

// Push adds a thing.
func (q *Queue) Push(t Thing) {
	*q = append(*q, t)
	h := *q
	for i := len(h) - 1; i > 0; {
		up := (i - 1) / 2
		if !h.before(i, up) {
			return
		}
		h[i], h[up] = h[up], h[i]
		i = up
	}
}

// Pop takes the first thing; there must be one.
func (q *Queue) Pop() Thing {
	h := *q
	top, last := h[0], len(h)-1
	h[0] = h[last]
	h[last] = Thing{}
	h = h[:last]
	*q = h
	for i := 0; ; {
		down := 2*i + 1
		if down >= last {
			return top
		}
		if down+1 < last && h.before(down+1, down) {
			down++
		}
		if !h.before(down, i) {
			return top
		}
		h[i], h[down] = h[down], h[i]
		i = down
	}
}
