package stimulus

import (
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"github.com/weft-toolchain/weft/internal/hdf5"
	"github.com/weft-toolchain/weft/internal/ndarray"
)

// Record is the spikes of a run.
type Record struct {
	Groups []Group
	// Spikes are in order of tick, then neuron.
	Spikes []Spike
	// Ticks is how long the run was, Tick the duration of one in seconds, in the
	// network's own time.
	Ticks int
	Tick  float64
}

// Write writes the record in the format that the ending of a file's name says: .npz,
// NIRData for .h5, .hdf5 and .nird, and csv for any other.
func (r *Record) Write(name string, w io.Writer) error {
	if write := writers[ending(name)]; write != nil {
		return write(r, w)
	}
	return WriteCSV(w, r.Spikes, r.Groups)
}

// writers write formats other than csv, by the ending of a name.
var writers = map[string]func(r *Record, w io.Writer) error{
	".npz": (*Record).writeNPZ, ".h5": (*Record).writeNIRData, ".hdf5": (*Record).writeNIRData, ".nird": (*Record).writeNIRData,
}

func ending(name string) string { return strings.ToLower(filepath.Ext(name)) }

// IsCSV reports whether Write writes csv to a file of this name.
func IsCSV(name string) bool { return writers[ending(name)] == nil }

// places returns the group of each spike, and the index there.
func (r *Record) places() (group, index []int, err error) {
	group, index = make([]int, len(r.Spikes)), make([]int, len(r.Spikes))
	at := 0
	for k, s := range r.Spikes {
		if at >= len(r.Groups) || !r.Groups[at].has(s.Neuron) {
			if at = groupOf(r.Groups, s.Neuron); at < 0 {
				return nil, nil, fmt.Errorf("stimulus: neuron %d is in no population", s.Neuron)
			}
		}
		group[k], index[k] = at, int(s.Neuron-r.Groups[at].First)
	}
	return group, index, nil
}

// writeNPZ writes the arrays tick, population (a number), index, and names, which
// has those of the populations.
func (r *Record) writeNPZ(w io.Writer) error {
	group, index, err := r.places()
	if err != nil {
		return err
	}
	column := func(of func(k int) int) *ndarray.Array {
		a := &ndarray.Array{Shape: []int{len(r.Spikes)}, Data: make([]float64, len(r.Spikes)), Type: ndarray.Int32}
		for k := range a.Data {
			a.Data[k] = float64(of(k))
		}
		return a
	}
	names := []string{}
	for _, g := range r.Groups {
		names = append(names, g.Name)
	}
	return ndarray.EncodeNPZ(w, map[string]*ndarray.Array{
		"tick":       column(func(k int) int { return int(r.Spikes[k].Tick) }),
		"population": column(func(k int) int { return group[k] }),
		"index":      column(func(k int) int { return index[k] }),
		"names":      {Shape: []int{len(names)}, Texts: names},
	})
}

// writeNIRData writes what nir.read_data reads, one sample: of each population the
// observable spikes, events in seconds. As NIR has it, what happens in the first
// step is at the time of one step.
//
//	/                           __type__ NIRGraphData
//	/nodes/POP                  __type__ NIRNodeData
//	/nodes/POP/observables/spikes  __type__ EventData, n_neurons, t_max; idx and time (1, events)
func (r *Record) writeNIRData(w io.Writer) error {
	group, index, err := r.places()
	if err != nil {
		return err
	}
	idx, time := make([][]int64, len(r.Groups)), make([][]float64, len(r.Groups))
	for k, s := range r.Spikes {
		g := group[k]
		idx[g], time[g] = append(idx[g], int64(index[k])), append(time[g], float64(s.Tick)*r.Tick)
	}
	typed := func(name string) map[string]any { return map[string]any{"__type__": name} }
	nodes := map[string]*hdf5.Tree{}
	for k, g := range r.Groups {
		shape := []int{1, len(idx[k])}
		spikes := &hdf5.Tree{
			Attrs: map[string]any{"__type__": "EventData", "n_neurons": int64(g.N), "t_max": float64(r.Ticks) * r.Tick},
			Data: map[string]*hdf5.Values{
				"idx":  {Shape: shape, Ints: append([]int64{}, idx[k]...)},
				"time": {Shape: shape, Floats: append([]float64{}, time[k]...)},
			},
		}
		nodes[g.Name] = &hdf5.Tree{
			Attrs:  typed("NIRNodeData"),
			Groups: map[string]*hdf5.Tree{"observables": {Groups: map[string]*hdf5.Tree{"spikes": spikes}}},
		}
	}
	return hdf5.Write(w, &hdf5.Tree{Attrs: typed("NIRGraphData"), Groups: map[string]*hdf5.Tree{"nodes": {Groups: nodes}}})
}
