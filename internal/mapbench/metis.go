package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/weft-toolchain/weft/compiler/partition"
)

// metisTries is with how many numbers of parts METIS is asked.
const metisTries = 3

// runMETIS lets gpmetis divide the graph of synapses into several numbers of
// parts, makes each answer keep the limits, and returns the best for the
// objective. Of METIS itself only the time is counted.
func runMETIS(ctx context.Context, p *partition.Problem, about int, better func(a, b *partition.Result) bool) (best *partition.Result, took time.Duration, err error) {
	dir, err := os.MkdirTemp("", "mapbench")
	if err != nil {
		return nil, 0, err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	file := filepath.Join(dir, "net.graph")
	if err := os.WriteFile(file, metisGraph(p), 0o600); err != nil {
		return nil, 0, err
	}
	for i := range metisTries {
		parts := max(about*(20+i)/20, 2)
		t := time.Now()
		cmd := exec.CommandContext(ctx, "gpmetis", "-seed=1", file, strconv.Itoa(parts))
		if out, err := cmd.CombinedOutput(); err != nil {
			return nil, 0, fmt.Errorf("gpmetis: %w: %s", err, bytes.TrimSpace(out))
		}
		took += time.Since(t)
		text, err := os.ReadFile(fmt.Sprintf("%s.part.%d", file, parts))
		if err != nil {
			return nil, 0, err
		}
		core := make([]int32, 0, len(p.Off)-1)
		for word := range strings.FieldsSeq(string(text)) {
			c, err := strconv.ParseInt(word, 10, 32)
			if err != nil {
				return nil, 0, fmt.Errorf("gpmetis: %w", err)
			}
			core = append(core, int32(c))
		}
		if len(core) != len(p.Off)-1 {
			return nil, 0, fmt.Errorf("gpmetis: %d parts for %d vertices", len(core), len(p.Off)-1)
		}
		if r := repair(p, core); best == nil || better(r, best) {
			best = r
		}
	}
	return best, took, nil
}

// metisGraph is the symmetric graph of neurons that METIS reads: an edge for
// every neuron and neuron that it drives, of the spikes' weight.
func metisGraph(p *partition.Problem) []byte {
	n := len(p.Off) - 1
	type edge struct {
		to     int32
		weight int64
	}
	edges := make([][]edge, n)
	last := make([]int32, len(p.Home)) // the last reader of an input, plus one: a chain ties its readers
	for v := range n {
		for _, e := range p.In[p.Off[v]:p.Off[v+1]] {
			u := p.Home[e]
			if u < 0 {
				u, last[e] = last[e]-1, int32(v)+1
			}
			if u >= 0 && u != int32(v) {
				w := min(p.Weight[e], 1<<20) + 1
				edges[v] = append(edges[v], edge{u, w})
				edges[u] = append(edges[u], edge{int32(v), w})
			}
		}
	}
	total := 0
	for v, es := range edges {
		slices.SortFunc(es, func(a, b edge) int { return int(a.to) - int(b.to) })
		merged := es[:0]
		for _, e := range es {
			if k := len(merged); k > 0 && merged[k-1].to == e.to {
				merged[k-1].weight += e.weight
			} else {
				merged = append(merged, e)
			}
		}
		edges[v] = merged
		total += len(merged)
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, "%d %d 001\n", n, total/2)
	for _, es := range edges {
		for _, e := range es {
			fmt.Fprintf(&b, "%d %d ", e.to+1, e.weight)
		}
		fmt.Fprintln(&b)
	}
	return b.Bytes()
}

// repair makes a partition keep the limits: from cores that exceed them the
// vertices that share least are put out, and put in again where they need the
// fewest axons.
func repair(p *partition.Problem, core []int32) *partition.Result {
	r := &repairing{Problem: p, core: core, cores: make([][]int32, len(p.Home)), members: make([]int, slices.Max(core)+1)}
	r.axons = make([]int, len(r.members))
	byPart := make([][]int32, len(r.members))
	for v, c := range core {
		byPart[c] = append(byPart[c], int32(v))
	}
	var out []int32
	for c, vertices := range byPart {
		out = append(out, r.fill(int32(c), vertices)...)
	}
	for _, v := range out {
		r.put(v, r.roomFor(v))
	}
	return p.Evaluate(core)
}

// repairing is repair at work.
type repairing struct {
	*partition.Problem
	core []int32
	// cores are those in which a net has an axon, members and axons are how many a core
	// has.
	cores          [][]int32
	members, axons []int
}

func (r *repairing) in(v int32) []int32 { return r.In[r.Off[v]:r.Off[v+1]] }

// put puts a vertex into a core.
func (r *repairing) put(v, c int32) {
	if int(c) == len(r.members) {
		r.members, r.axons = append(r.members, 0), append(r.axons, 0)
	}
	r.core[v] = c
	r.members[c]++
	for _, e := range r.in(v) {
		if !slices.Contains(r.cores[e], c) {
			r.cores[e] = append(r.cores[e], c)
			r.axons[c]++
		}
	}
}

// fill puts vertices into an empty core while they fit, those that share most first,
// and returns the others.
func (r *repairing) fill(c int32, vertices []int32) []int32 {
	for len(vertices) > 0 {
		best, fewest := 0, r.Axons+1
		for i, v := range vertices {
			fresh := 0
			for _, e := range r.in(v) {
				// Cores are filled one after the other: c is the last, if any.
				if at := r.cores[e]; len(at) == 0 || at[len(at)-1] != c {
					fresh++
				}
			}
			if fresh < fewest {
				best, fewest = i, fresh
			}
		}
		if r.members[c] == r.Neurons || r.axons[c]+fewest > r.Axons {
			return vertices
		}
		r.put(vertices[best], c)
		vertices = slices.Delete(vertices, best, best+1)
	}
	return nil
}

// roomFor returns the core in which a vertex needs the fewest axons, a new one where
// there is no room.
func (r *repairing) roomFor(v int32) int32 {
	shared := make([]int, len(r.members))
	for _, e := range r.in(v) {
		for _, c := range r.cores[e] {
			shared[c]++
		}
	}
	best, fewest := len(r.members), r.Axons+1
	for c, has := range shared {
		if fresh := len(r.in(v)) - has; r.members[c] < r.Neurons && fresh < fewest && r.axons[c]+fresh <= r.Axons {
			best, fewest = c, fresh
		}
	}
	return int32(best)
}
