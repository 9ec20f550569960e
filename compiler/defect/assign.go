package defect

import (
	"slices"

	"github.com/weft-toolchain/weft/targets"
)

// Need is what a core of a network asks of a crossbar.
type Need struct {
	// Rows has, for each axon, the slots of the neurons that it has synapses to,
	// which have to work, ascending.
	Rows [][]int32
	// Slots is how many neurons there are; Group of them, 1 or more, stay side by
	// side, as the compartments of a neuron do.
	Slots, Group int
	// Fixed says that neurons stay in their slots, as those do whose program looks
	// across them.
	Fixed bool
}

// Crossbar is what a core has: Axons rows, some of them dead, and dead cells in
// order of axon.
type Crossbar struct {
	Axons     int
	DeadAxons []int32
	DeadCells []targets.Cell
}

// Assignment gives each axon of a Need a row and each neuron a slot.
type Assignment struct {
	// Rows has the row of each axon, −1 for one that has none, and Slots the slot of
	// each neuron.
	Rows, Slots []int32
	// Placed counts the axons that have a row: all of them where the need is met.
	Placed int
	// Spent is how much of the budget was used; where it is more than all of it, the
	// search was ended, and a larger budget may do better.
	Spent int
}

// Met reports whether every axon has a row.
func (a *Assignment) Met() bool { return a.Placed == len(a.Rows) }

// DefaultBudget is a budget for Assign that takes some hundredths of a second.
const DefaultBudget = 1 << 22

// Assign looks for rows and slots such that no synapse that is needed stands in a
// dead row or cell. Axons and neurons stay where they are if they can. budget is
// how many pairs of an axon and a row it looks at, at most.
//
// With the neurons where they are, the most axons that can have a row are a
// maximum matching, which augmenting paths find (Kuhn 1955). Then, for each axon
// that is left, neurons change places so that dead cells of a free row fall where
// nobody needs them, a row and a neuron at a time.
func Assign(n *Need, x *Crossbar, budget int) Assignment {
	s := newSearch(n, x, budget)
	s.stay()
	hopeless := len(n.Rows) > len(s.order) && len(x.DeadCells) == 0 // as many as can be have a row
	for axon := range s.rowOf {
		if s.rowOf[axon] < 0 && !hopeless {
			s.visits++
			s.augment(int32(axon))
		}
	}
	if !n.Fixed && !hopeless {
		for axon := range s.rowOf {
			if s.rowOf[axon] < 0 {
				s.makeRoom(int32(axon))
			}
		}
	}
	out := Assignment{Rows: s.rowOf, Slots: s.slotOf, Spent: budget - s.budget}
	for _, row := range s.rowOf {
		if row >= 0 {
			out.Placed++
		}
	}
	return out
}

// search is an assignment in the making.
type search struct {
	need *Need
	// wants has a bit for each axon and neuron with a synapse between them, words
	// words an axon.
	wants []uint64
	words int
	// rowOf and axonIn are the inverse of each other, slotOf and neuronIn too.
	rowOf, axonIn, slotOf, neuronIn []int32
	// order lists the rows that are not dead, those with most dead cells first, so
	// that clean ones are left for axons that need them.
	order []int32
	// inRow and inSlot are the dead cells of slots in use, by row and by slot.
	inRow, inSlot [][]int32
	// seen[row] is the visit that saw a row last.
	seen   []int
	visits int
	budget int
}

func newSearch(n *Need, x *Crossbar, budget int) *search {
	s := &search{
		need: n, words: (n.Slots + 63) / 64, budget: budget,
		rowOf: make([]int32, len(n.Rows)), axonIn: make([]int32, x.Axons),
		slotOf: make([]int32, n.Slots), neuronIn: make([]int32, n.Slots),
		inRow: make([][]int32, x.Axons), inSlot: make([][]int32, n.Slots), seen: make([]int, x.Axons),
	}
	s.wants = make([]uint64, len(n.Rows)*s.words)
	for axon, slots := range n.Rows {
		s.rowOf[axon] = -1
		for _, slot := range slots {
			s.wants[axon*s.words+int(slot)/64] |= 1 << (slot % 64)
		}
	}
	for slot := range s.slotOf {
		s.slotOf[slot], s.neuronIn[slot] = int32(slot), int32(slot)
	}
	for _, c := range x.DeadCells {
		if int(c.Slot) < n.Slots {
			s.inRow[c.Axon] = append(s.inRow[c.Axon], c.Slot)
			s.inSlot[c.Slot] = append(s.inSlot[c.Slot], c.Axon)
		}
	}
	for row := range s.axonIn {
		s.axonIn[row] = -1
		if !slices.Contains(x.DeadAxons, int32(row)) {
			s.order = append(s.order, int32(row))
		}
	}
	slices.SortStableFunc(s.order, func(a, b int32) int { return len(s.inRow[b]) - len(s.inRow[a]) })
	return s
}

// wanted reports whether an axon has a synapse to a neuron.
func (s *search) wanted(axon, neuron int32) bool {
	return s.wants[int(axon)*s.words+int(neuron)/64]>>(neuron%64)&1 != 0
}

// fits reports whether an axon can have a row, with the neurons where they are.
func (s *search) fits(axon, row int32) bool {
	s.budget--
	for _, slot := range s.inRow[row] {
		if s.wanted(axon, s.neuronIn[slot]) {
			return false
		}
	}
	return true
}

func (s *search) put(axon, row int32) { s.rowOf[axon], s.axonIn[row] = row, axon }

// stay leaves the axons where they are that can stay, and gives the others the
// first free row that they can have.
func (s *search) stay() {
	for _, row := range s.order {
		if axon := row; int(axon) < len(s.rowOf) && s.fits(axon, row) {
			s.put(axon, row)
		}
	}
	for axon := range s.rowOf {
		if s.rowOf[axon] >= 0 {
			continue
		}
		for _, row := range s.order {
			if s.budget < 0 {
				return
			}
			if s.axonIn[row] < 0 && s.fits(int32(axon), row) {
				s.put(int32(axon), row)
				break
			}
		}
	}
}

// augment gives an axon a row, if need be by giving others other ones.
func (s *search) augment(axon int32) bool {
	for _, row := range s.order {
		if s.budget < 0 {
			return false
		}
		if s.seen[row] == s.visits {
			s.budget--
			continue
		}
		if !s.fits(axon, row) {
			continue
		}
		s.seen[row] = s.visits
		if s.axonIn[row] < 0 || s.augment(s.axonIn[row]) {
			s.put(axon, row)
			return true
		}
	}
	return false
}

// makeRoom moves neurons until an axon fits some free row.
func (s *search) makeRoom(axon int32) bool {
	for _, row := range slices.Backward(s.order) { // those with fewest dead cells first
		if s.budget < 0 {
			return false
		}
		if s.axonIn[row] >= 0 {
			continue
		}
		s.put(axon, row)
		if s.clear(axon, row) {
			return true
		}
		s.rowOf[axon], s.axonIn[row] = -1, -1
	}
	return false
}

// clear moves neurons that an axon wants out of the slots where its row has dead
// cells. Neurons that it moved before it failed are well where they are.
func (s *search) clear(axon, row int32) bool {
	for _, slot := range s.inRow[row] {
		if s.wanted(axon, s.neuronIn[slot]) && !s.moveOut(slot/int32(s.need.Group)) {
			return false
		}
	}
	return true
}

// moveOut changes the group of neurons in a place with another group, such that
// no axon wants a neuron of either over a dead cell.
func (s *search) moveOut(place int32) bool {
	for other := range int32(s.need.Slots / s.need.Group) {
		if s.budget < 0 {
			return false
		}
		if other == place {
			continue
		}
		s.swap(place, other)
		if s.suits(place) && s.suits(other) {
			return true
		}
		s.swap(place, other)
	}
	return false
}

// swap changes the neurons of two places of groups.
func (s *search) swap(a, b int32) {
	g := int32(s.need.Group)
	for k := range g {
		x, y := a*g+k, b*g+k
		s.neuronIn[x], s.neuronIn[y] = s.neuronIn[y], s.neuronIn[x]
		s.slotOf[s.neuronIn[x]], s.slotOf[s.neuronIn[y]] = x, y
	}
}

// suits reports whether no axon wants a neuron of a place over a dead cell of its
// row.
func (s *search) suits(place int32) bool {
	g := int32(s.need.Group)
	for slot := place * g; slot < (place+1)*g; slot++ {
		for _, row := range s.inSlot[slot] {
			s.budget--
			if axon := s.axonIn[row]; axon >= 0 && s.wanted(axon, s.neuronIn[slot]) {
				return false
			}
		}
	}
	return true
}
