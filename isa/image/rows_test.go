package image

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/weft-toolchain/weft/targets"
)

// packable are rows that are packed in every way.
func packable(r *rand.Rand) []Row {
	rows := make([]Row, r.IntN(20))
	types := [targets.AxonTypes][]int16{}
	for t := range types {
		types[t] = draws(r, 600, func() int16 { return int16(r.Uint32()) })
	}
	for k := range rows {
		row := &rows[k]
		row.Marks = []Marks{
			{},
			{Type: uint8(r.IntN(6))},
			{Key: r.Int32() - r.Int32(), Exp: int8(r.Uint32()), Type: uint8(r.IntN(6)), Plastic: r.IntN(2) == 0, Silent: r.IntN(2) == 0},
		}[r.IntN(3)]
		n := r.IntN(600)
		switch r.IntN(4) {
		case 0: // all
			for slot := range n {
				row.Slots = append(row.Slots, uint16(slot))
			}
		case 1: // some
			every := 1 + r.IntN(40)
			for slot := range n {
				if r.IntN(every) == 0 {
					row.Slots = append(row.Slots, uint16(slot))
				}
			}
		case 2: // anywhere, some twice
			row.Slots = draws(r, r.IntN(30), func() uint16 { return uint16(r.IntN(math.MaxUint16 + 1)) })
			slices.Sort(row.Slots)
			row.Slots = append(row.Slots, row.Slots[:len(row.Slots)/2]...)
		}
		n = len(row.Slots)
		row.Weights = draws(r, n, upTo[int16](r))
		if row.Type < targets.AxonTypes && r.IntN(2) == 0 {
			for i, slot := range row.Slots {
				row.Weights[i] = types[row.Type][int(slot)%600]
			}
		}
		if r.IntN(2) == 0 {
			row.Delays = draws(r, n, upTo[uint16](r))
		}
	}
	return rows
}

// upTo draws numbers of so many bits, a number of its own, or always the same.
func upTo[T int16 | uint16](r *rand.Rand) func() T {
	width := r.IntN(17)
	if r.IntN(3) == 0 {
		same := T(r.Uint32()) >> width
		return func() T { return same }
	}
	return func() T { return T(r.Uint32()) >> width }
}

func draws[T any](r *rand.Rand, n int, draw func() T) []T {
	out := make([]T, n)
	for k := range out {
		out[k] = draw()
	}
	return out
}

// What is packed is unpacked as it was, whichever way one looks at it, and one core's
// rows are not the next one's.
func TestRowsAreUnpackedAsTheyWere(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	seen := map[packing]bool{}
	var p Packer
	for range 300 {
		want := packable(r)
		for k := range want {
			p.Add(&want[k])
		}
		if p.Len() != len(want) {
			t.Fatalf("%d rows packed, want %d", p.Len(), len(want))
		}
		packed := p.Rows()
		same := func(how string, got []Row) {
			t.Helper()
			equal := func(a, b Row) bool {
				return a.Marks == b.Marks && slices.Equal(a.Slots, b.Slots) && slices.Equal(a.Weights, b.Weights) && slices.Equal(a.Delays, b.Delays)
			}
			if !slices.EqualFunc(want, got, equal) {
				t.Fatalf("%s (-want +got):\n%s", how, cmp.Diff(want, got, cmpopts.EquateEmpty()))
			}
		}
		same("all at once", packed.Unpack())
		one, each := []Row{}, []Row{}
		for axon, row := range packed.All() {
			if packed.Synapses(axon) != len(row.Slots) || packed.Marks(axon) != row.Marks {
				t.Fatalf("row %d has %d synapses and marks %v, want %d and %v", axon, packed.Synapses(axon), packed.Marks(axon), len(row.Slots), row.Marks)
			}
			each = append(each, Row{row.Marks, slices.Clone(row.Slots), slices.Clone(row.Weights), slices.Clone(row.Delays)})
			one = append(one, packed.Row(axon))
		}
		same("one after the other", each)
		same("each by itself", one)
		for axon := range packed.Len() {
			h, _ := packed.head(axon)
			seen[h.how] = true
		}
	}
	for slots := range slotsListed + 1 {
		for weights := range weightsShorts + 1 {
			for delays := range delaysShorts + 1 {
				if !seen[packing{slots, weights, delays}] {
					t.Errorf("no row was packed as %v", packing{slots, weights, delays})
				}
			}
		}
	}
}

// A binary synapse takes a bit, one of 8 bits a byte; what a row has besides is little.
func TestRowsTakeLittle(t *testing.T) {
	r := rand.New(rand.NewPCG(2, 2))
	types := [targets.AxonTypes][]int16{}
	for k := range types {
		types[k] = draws(r, 256, func() int16 { return int16(r.IntN(511) - 255) })
	}
	var binary, bytes Packer
	for range 256 {
		row := Row{Marks: Marks{Type: uint8(r.IntN(targets.AxonTypes))}}
		whole := Row{Weights: draws(r, 256, func() int16 { return int16(r.IntN(256) - 128) })}
		for slot := range 256 {
			whole.Slots = append(whole.Slots, uint16(slot))
			if r.IntN(2) == 0 {
				row.Slots, row.Weights = append(row.Slots, uint16(slot)), append(row.Weights, types[row.Type][slot])
			}
		}
		binary.Add(&row)
		bytes.Add(&whole)
	}
	const besides = 256*8 + 4*256*2 // a row; weights of four types
	for name, c := range map[string]struct {
		rows Rows
		most int
	}{"binary": {binary.Rows(), 256*256/8 + 256*2 + besides}, "8 bits": {bytes.Rows(), 256*256 + besides}} {
		r := &c.rows
		size := 4*cap(r.at) + cap(r.data)
		for _, of := range r.types {
			size += 2 * cap(of)
		}
		if size > c.most {
			t.Errorf("%s: %d bytes, want at most %d", name, size, c.most)
		}
	}
}
