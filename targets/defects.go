package targets

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/weft-toolchain/weft/targets/mesh"
)

// Defects is what is dead of one chip of an Arch. It is immutable. A nil *Defects
// is a chip without defects.
type Defects struct {
	// Name is what its file calls it; File is that file.
	Name, File string
	// Cores says of each router, y · mesh width + x, whether its core is dead. The
	// router itself passes packets on.
	Cores []bool
	// Links are the dead links, dead both ways, in order.
	Links []mesh.Link

	width, height, neurons, axons int
	// deadAxons and deadSynapses are those listed, by router, in order.
	deadAxons    map[int32][]int32
	deadSynapses map[int32][]Cell
	random       randomDefects
}

// Cell is a place of a core's crossbar: where an axon's row meets the column
// of the neuron in a slot.
type Cell struct{ Axon, Slot int32 }

func (c Cell) compare(o Cell) int {
	return cmp.Or(cmp.Compare(c.Axon, o.Axon), cmp.Compare(c.Slot, o.Slot))
}

// randomDefects are the shares, 0 to 1, of what is dead by chance.
type randomDefects struct {
	seed                          uint64
	cores, links, axons, synapses float64
}

// The streams of random numbers of a seed; those of axons and synapses have one
// for each core.
const (
	coreStream = 1 + iota
	linkStream
	axonStream
	synapseStream
	streamBits = 3
)

func (r *randomDefects) stream(what, core int) *rand.Rand {
	return rand.New(rand.NewPCG(r.seed, uint64(core)<<streamBits|uint64(what)))
}

// draw adds the cores and links that are dead by chance to those listed: the
// nearest whole number to the share of each. With one seed, what is dead at a
// share is dead at every greater one.
func (d *Defects) draw() {
	for _, k := range least(d.random.stream(coreStream, 0), len(d.Cores), d.random.cores) {
		d.Cores[k] = true
	}
	all := mesh.New(d.width, d.height, nil).Links()
	for _, k := range least(d.random.stream(linkStream, 0), len(all), d.random.links) {
		d.Links = append(d.Links, all[k])
	}
	d.Links = mesh.New(d.width, d.height, d.Links).Dead()
}

// least gives each of n things a random key, and returns those with the least
// ones, a share of them.
func least(r *rand.Rand, n int, share float64) []int {
	keys, order := make([]uint64, n), make([]int, n)
	for k := range keys {
		keys[k], order[k] = r.Uint64(), k
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Or(cmp.Compare(keys[a], keys[b]), cmp.Compare(a, b)) })
	return order[:int(math.Round(share*float64(n)))]
}

// DeadCore reports whether the core of a router is dead.
func (d *Defects) DeadCore(router int32) bool { return d != nil && d.Cores[router] }

// DeadAxons returns the dead axons of a router's core, ascending: those listed,
// and each other one with the probability that the file gives.
func (d *Defects) DeadAxons(router int32) []int32 {
	if d == nil {
		return nil
	}
	out := slices.Clone(d.deadAxons[router])
	if p := d.random.axons; p > 0 {
		r := d.random.stream(axonStream, int(router))
		for axon := range int32(d.axons) {
			if r.Float64() < p {
				out = append(out, axon)
			}
		}
		slices.Sort(out)
	}
	return slices.Compact(out)
}

// DeadSynapses returns the dead synapses of a router's core, in order of axon and
// slot, chosen as DeadAxons chooses.
func (d *Defects) DeadSynapses(router int32) []Cell {
	if d == nil {
		return nil
	}
	out := slices.Clone(d.deadSynapses[router])
	if p := d.random.synapses; p > 0 {
		r := d.random.stream(synapseStream, int(router))
		for axon := range int32(d.axons) {
			for slot := range int32(d.neurons) {
				if r.Float64() < p {
					out = append(out, Cell{axon, slot})
				}
			}
		}
		slices.SortFunc(out, Cell.compare)
	}
	return slices.Compact(out)
}

// Mesh returns the chip's mesh with its dead links.
func (d *Defects) Mesh() *mesh.Mesh { return mesh.New(d.width, d.height, d.Links) }

// Fingerprint returns 16 hexadecimal digits that tell these defects from others,
// whatever their name and however their file is written.
func (d *Defects) Fingerprint() string {
	var b strings.Builder
	fmt.Fprintln(&b, d.width, d.height, d.neurons, d.axons)
	for router, dead := range d.Cores {
		if dead {
			fmt.Fprintln(&b, "core", router)
		}
	}
	for _, l := range d.Links {
		fmt.Fprintln(&b, "link", l[0], l[1])
	}
	for router := range int32(len(d.Cores)) {
		if axons := d.deadAxons[router]; len(axons) > 0 {
			fmt.Fprintln(&b, "axons", router, axons)
		}
		if synapses := d.deadSynapses[router]; len(synapses) > 0 {
			fmt.Fprintln(&b, "synapses", router, synapses)
		}
	}
	if r := d.random; r.axons > 0 || r.synapses > 0 {
		fmt.Fprintln(&b, "random", r.seed, r.axons, r.synapses)
	}
	sum := sha256.Sum256([]byte(b.String()))
	return hex.EncodeToString(sum[:8])
}

// String says in a line how much is dead.
func (d *Defects) String() string {
	cores := 0
	for _, dead := range d.Cores {
		if dead {
			cores++
		}
	}
	parts := []string{fmt.Sprintf("%d of %d cores", cores, len(d.Cores)), fmt.Sprintf("%d of %d links", len(d.Links), len(mesh.New(d.width, d.height, nil).Links()))}
	for _, p := range []struct {
		what   string
		listed int
		share  float64
	}{{"axons", count(d.deadAxons), d.random.axons}, {"synapses", count(d.deadSynapses), d.random.synapses}} {
		if p.listed > 0 {
			parts = append(parts, fmt.Sprintf("%d listed %s", p.listed, p.what))
		}
		if p.share > 0 {
			parts = append(parts, fmt.Sprintf("%g %% of %s", 100*p.share, p.what))
		}
	}
	return d.Name + ": dead are " + strings.Join(parts, ", ")
}

func count[T any](lists map[int32][]T) (n int) {
	for _, l := range lists {
		n += len(l)
	}
	return n
}
