package mesh

// Chips says how a mesh is made of chips side by side: how many columns and rows of
// routers each of them has. The zero value is one chip, whatever the mesh.
type Chips struct{ Width, Height int }

// Fill reports whether whole chips make a mesh of so many columns and rows.
func (c Chips) Fill(width, height int) bool {
	if c == (Chips{}) {
		return true
	}
	return c.Width > 0 && c.Height > 0 && width%c.Width == 0 && height%c.Height == 0
}

// Between returns how many borders of chips a packet crosses from one column and row
// to another, where it nowhere turns back.
func (c Chips) Between(x, y, toX, toY int) int {
	if c == (Chips{}) {
		return 0
	}
	return abs(x/c.Width-toX/c.Width) + abs(y/c.Height-toY/c.Height)
}

// Crosses reports whether a hop is between two chips of a mesh. The I/O port is no
// chip of its own.
func (c Chips) Crosses(m *Mesh, h Hop) bool {
	to, ok := m.Beyond(h.Router, h.Side)
	return ok && c.between(m, h.Router, to) > 0
}

// Crossings returns how many links between chips a packet crosses between two places
// of a mesh, either of which may be Host; none where there is no way.
func (c Chips) Crossings(m *Mesh, from, to int32) (n int) {
	switch {
	case c == (Chips{}):
		return 0
	case m.Whole():
		return c.between(m, max(from, 0), max(to, 0))
	}
	m.walk(from, to, func(h Hop) {
		if c.Crosses(m, h) {
			n++
		}
	})
	return n
}

// between is Between of two routers.
func (c Chips) between(m *Mesh, a, b int32) int {
	from, to := int(a), int(b)
	return c.Between(from%m.width, from/m.width, to%m.width, to/m.width)
}
