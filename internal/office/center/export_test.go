package center

// Rests is how many applications wait for another one.
func (c *Center) Rests() int { return c.rests.Len() }
