package cli

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/weft-toolchain/weft/emulator/stimulus"
	"github.com/weft-toolchain/weft/internal/diag"
	"github.com/weft-toolchain/weft/internal/ndarray"
	spiketable "github.com/weft-toolchain/weft/internal/ndarray/table"
)

// Bounds of a spike file whose network is not known.
const (
	maxSpikeFile = 2 << 30
	maxSpikeID   = 1<<24 - 1
	maxSpikePops = 1 << 12
)

// isNPZ reports whether a file's name is that of arrays.
func isNPZ(path string) bool { return strings.HasSuffix(strings.ToLower(path), ".npz") }

// loadSpikeFiles reads two spike files of populations that nobody has declared: they
// are those that the files name, and as large as the highest index needs. Those of
// an .npz have numbers for names.
func loadSpikeFiles(paths [2]string) (trains [2]*stimulus.Train, groups []stimulus.Group, err error) {
	if isNPZ(paths[0]) != isNPZ(paths[1]) {
		return trains, nil, diag.One(diag.Pos{File: paths[1]}, diag.Unsupported, "one of the two files is an .npz, whose populations are known by their numbers, and the other a csv, which has names: write both alike")
	}
	if isNPZ(paths[0]) {
		return loadNumbered(paths)
	}
	found := sizesByName{at: map[string]int{}}
	for _, path := range paths {
		if err := found.named(path); err != nil {
			return trains, nil, err
		}
	}
	groups, err = layOut(paths[1], found.list)
	for k, path := range paths {
		if err == nil {
			trains[k], _, err = stimulus.Load(path, groups, stimulus.Options{})
		}
	}
	return trains, groups, err
}

// size is a population that files name, and how many neurons it has at least.
type size struct {
	name string
	n    int
}

// layOut numbers the neurons.
func layOut(path string, sizes []size) ([]stimulus.Group, error) {
	var out []stimulus.Group
	first := 0
	for _, s := range sizes {
		if len(out) == maxSpikePops || first > math.MaxInt32-s.n {
			return nil, diag.One(diag.Pos{File: path}, diag.TooLarge, "names more than the %d populations, or %d neurons, that are compared at most", maxSpikePops, math.MaxInt32)
		}
		out = append(out, stimulus.Group{Name: s.name, First: int32(first), N: s.n})
		first += s.n
	}
	return out, nil
}

// sizesByName are the populations of csv files, in the order in which they are named;
// at has the place of each.
type sizesByName struct {
	list []size
	at   map[string]int
}

// grow makes room for an index of a population.
func (s *sizesByName) grow(name []byte, index int) {
	k, ok := s.at[string(name)]
	if !ok {
		k = len(s.list)
		s.at[string(name)] = k
		s.list = append(s.list, size{string(name), 1})
	}
	s.list[k].n = max(s.list[k].n, min(index, maxSpikeID)+1)
}

// named adds the populations of a csv file. What is wrong with the file is told when
// it is read.
func (s *sizesByName) named(path string) error {
	src, err := ndarray.Open(path, maxSpikeFile)
	if err != nil {
		return ndarray.FileError(path, err)
	}
	defer src.Close()
	lines := spiketable.NewScanner(src)
	population, index := -1, -1
	for head := true; lines.Scan(); head = false {
		fields := lines.Fields()
		if head {
			for k, f := range fields {
				switch string(f) {
				case "population":
					population = k
				case "index":
					index = k
				}
			}
			continue
		}
		if index < 0 || index >= len(fields) || population >= len(fields) || len(s.list) > maxSpikePops {
			break
		}
		var name []byte
		if population >= 0 {
			name = fields[population]
		}
		n, err := strconv.Atoi(string(fields[index]))
		if err != nil {
			n = 0
		}
		s.grow(name, n)
	}
	if len(s.list) == 0 {
		s.grow(nil, 0)
	}
	return nil
}

// loadNumbered reads two .npz files with the arrays tick, population and index.
func loadNumbered(paths [2]string) (trains [2]*stimulus.Train, groups []stimulus.Group, err error) {
	var columns [2][3][]float64
	most := []int{}
	for k, path := range paths {
		for c, name := range []string{"tick", "population", "index"} {
			if columns[k][c], err = column(path, name, []int{stimulus.MaxTicks, maxSpikePops - 1, maxSpikeID}[c]); err != nil {
				return trains, nil, err
			}
			if have, want := len(columns[k][c]), len(columns[k][0]); have != want {
				return trains, nil, diag.One(diag.Pos{File: path}, diag.BadStimulus, "array %q has %d elements, array \"tick\" has %d; want one of each for a spike", name, have, want)
			}
		}
		for i, p := range columns[k][1] {
			for len(most) <= int(p) {
				most = append(most, 0)
			}
			most[int(p)] = max(most[int(p)], int(columns[k][2][i])+1)
		}
	}
	sizes := make([]size, len(most))
	for p, n := range most {
		sizes[p] = size{fmt.Sprintf("population %d", p), max(n, 1)}
	}
	if groups, err = layOut(paths[1], sizes); err != nil {
		return trains, nil, err
	}
	for k, c := range columns {
		spikes := make([]stimulus.Spike, len(c[0]))
		for i, t := range c[0] {
			spikes[i] = stimulus.Spike{Tick: int32(t), Neuron: groups[int(c[1][i])].First + int32(c[2][i])}
		}
		trains[k] = stimulus.NewTrain(spikes)
	}
	return trains, groups, nil
}

// column reads an array of whole numbers from 0 to most.
func column(path, name string, most int) ([]float64, error) {
	a, err := ndarray.Load(path, name)
	if err != nil {
		return nil, ndarray.FileError(path, err)
	}
	for i, v := range a.Data {
		if v != math.Trunc(v) || v < 0 || v > float64(most) {
			return nil, diag.One(diag.Pos{File: path}, diag.BadStimulus, "array %q: element %d (from 0) is %v, want a whole number from 0 to %d", name, i, v, most)
		}
	}
	return a.Data, nil
}
