package paint

import "container/list"

// lru is a cache bounded by the sum of its entries' costs; the entry that was not asked for longest goes first.
type lru[K comparable, V any] struct {
	max, cost int
	order     list.List
	entries   map[K]*list.Element
}

type lruEntry[K comparable, V any] struct {
	key   K
	value V
	cost  int
}

func (c *lru[K, V]) get(key K) (V, bool) {
	if e, ok := c.entries[key]; ok {
		c.order.MoveToFront(e)
		return e.Value.(*lruEntry[K, V]).value, true
	}
	var none V
	return none, false
}

func (c *lru[K, V]) put(key K, value V, cost int) {
	if c.entries == nil {
		c.entries = make(map[K]*list.Element)
	}
	c.entries[key] = c.order.PushFront(&lruEntry[K, V]{key, value, cost})
	c.cost += cost
	for c.cost > c.max && c.order.Len() > 1 { // bound: each turn removes one entry
		last := c.order.Back()
		e := c.order.Remove(last).(*lruEntry[K, V])
		delete(c.entries, e.key)
		c.cost -= e.cost
	}
}

func (c *lru[K, V]) each(do func(V)) {
	for e := c.order.Front(); e != nil; e = e.Next() {
		do(e.Value.(*lruEntry[K, V]).value)
	}
}

func (c *lru[K, V]) wipe() {
	c.order.Init()
	clear(c.entries)
	c.cost = 0
}
