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
	k := int(slices.Max(core)) + 1
	members := make([]int, k)
	reads := make([]map[int32]int, k)
	for c := range reads {
		reads[c] = map[int32]int{}
	}
	in := func(v int) []int32 { return p.In[p.Off[v]:p.Off[v+1]] }
	fresh := func(v, c int) int {
		n := 0
		for _, e := range in(v) {
			if reads[c][e] == 0 {
				n++
			}
		}
		return n
	}
	put := func(v, c int) {
		core[v] = int32(c)
		members[c]++
		for _, e := range in(v) {
			reads[c][e]++
		}
	}
	// Every vertex enters its core while it fits, those that share most first.
	byPart := make([][]int, k)
	for v, c := range core {
		byPart[c] = append(byPart[c], v)
	}
	var out []int
	for c, vertices := range byPart {
		for len(vertices) > 0 {
			best, bestFresh := 0, p.Axons+1
			for i, v := range vertices {
				if f := fresh(v, c); f < bestFresh {
					best, bestFresh = i, f
				}
			}
			if members[c] == p.Neurons || len(reads[c])+bestFresh > p.Axons {
				out = append(out, vertices...)
				break
			}
			put(vertices[best], c)
			vertices = slices.Delete(vertices, best, best+1)
		}
	}
	for _, v := range out {
		best, bestFresh := -1, p.Axons+1
		for c := range reads {
			if members[c] < p.Neurons {
				if f := fresh(v, c); f < bestFresh && len(reads[c])+f <= p.Axons {
					best, bestFresh = c, f
				}
			}
		}
		if best < 0 {
			best = len(reads)
			reads = append(reads, map[int32]int{})
			members = append(members, 0)
		}
		put(v, best)
	}
	return p.Evaluate(core)
}
