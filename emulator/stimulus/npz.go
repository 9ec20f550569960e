package stimulus

import (
	"math"

	"github.com/weft-toolchain/weft/internal/diag"
	"github.com/weft-toolchain/weft/internal/ndarray"
)

// loadNPZ reads the arrays tick and index.
func loadNPZ(path string, groups []Group, _ Options) (*Train, Told, error) {
	in, err := oneInput(path, "an .npz file of spikes", groups)
	if err != nil {
		return nil, Told{}, err
	}
	t, err := npzTrain(path, in)
	return t, Told{}, err
}

// oneInput returns the input of a network that has no other.
func oneInput(path, what string, groups []Group) (Group, error) {
	if len(groups) != 1 {
		return Group{}, diag.One(diag.Pos{File: path}, diag.Unsupported, "%s serves networks of one input, this one has %d; use .csv with the header %s", what, len(groups), header)
	}
	return groups[0], nil
}

func npzTrain(path string, in Group) (*Train, error) {
	pos := diag.Pos{File: path}
	var arrays [2]*ndarray.Array
	for i, name := range []string{"tick", "index"} {
		a, err := ndarray.Load(path, name)
		if err != nil {
			return nil, ndarray.FileError(path, err)
		}
		if len(a.Shape) != 1 {
			return nil, diag.One(pos, diag.BadStimulus, "array %q has %d dimensions, want 1", name, len(a.Shape))
		}
		arrays[i] = a
	}
	ticks, indices := arrays[0].Data, arrays[1].Data
	if len(ticks) != len(indices) {
		return nil, diag.One(pos, diag.BadStimulus, "array \"tick\" has %d elements, array \"index\" has %d; want one of each for a spike", len(ticks), len(indices))
	}
	if len(ticks) > MaxSpikes {
		return nil, diag.One(pos, diag.TooLarge, "has %d spikes, at most %d are read", len(ticks), MaxSpikes)
	}
	var diags diag.List
	check := func(name string, i int, v float64, lo, hi int) {
		if v != math.Trunc(v) || v < float64(lo) || v > float64(hi) {
			diags.Add(pos, diag.BadStimulus, "array %q: element %d (from 0) is %v, want a whole number from %d to %d", name, i, v, lo, hi)
		}
	}
	keys := make([]uint64, len(ticks))
	for i := range keys {
		check("tick", i, ticks[i], 0, MaxTicks)
		check("index", i, indices[i], 0, in.N-1)
		if diags.Len() == 0 {
			keys[i] = key(int(ticks[i]), in.First+int32(indices[i]))
		}
	}
	if err := diags.Err(); err != nil {
		return nil, err
	}
	return newTrain(keys), nil
}
