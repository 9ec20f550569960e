package nir

import (
	"fmt"

	"github.com/weft-toolchain/weft/internal/diag"
	"github.com/weft-toolchain/weft/internal/spell"
)

// edge connects two nodes by index.
type edge struct{ from, to int }

// ports are the inputs and outputs of a graph inside another, by name.
type ports struct{ in, out map[string]int }

// flatten puts the nodes of a graph and of those inside it into one list, and
// resolves its edges. An edge to a graph goes to its input, one from it comes from
// its output.
func (im *importer) flatten(g *group) ports {
	mine := ports{map[string]int{}, map[string]int{}}
	at, inner := map[string]int{}, map[string]ports{}
	for _, n := range g.nodes {
		if n.role == subgraph {
			inner[n.name] = im.flatten(n.graph)
			continue
		}
		if len(im.nodes) == maxNodes {
			im.add(diag.TooLarge, "has more than %d nodes, the most that are read", maxNodes)
			return mine
		}
		k := len(im.nodes)
		at[n.name] = k
		im.nodes, im.before, im.after = append(im.nodes, n), append(im.before, nil), append(im.after, nil)
		if n.kind == input {
			mine.in[n.name] = k
		}
		if n.kind == output {
			mine.out[n.name] = k
		}
	}
	r := &resolver{im: im, group: g, at: at, inner: inner, guesses: map[string]string{}}
	seen := map[[2]string]int{}
	for _, e := range g.edges {
		r.edge = e
		from, ok := r.end(&e[0], "output", func(p ports) map[string]int { return p.out })
		to, ok2 := r.end(&e[1], "input", func(p ports) map[string]int { return p.in })
		if im.budget < 0 {
			return mine
		}
		if !ok || !ok2 {
			continue
		}
		switch a, b := im.nodes[from], im.nodes[to]; {
		case at[e[0]] == from && a.kind == output && inner[e[0]].out == nil:
			r.add(diag.Unsupported, "%q is an output, and nothing comes out of it here", e[0])
			continue
		case at[e[1]] == to && b.kind == input && inner[e[1]].in == nil:
			r.add(diag.Unsupported, "%q is an input, and nothing goes into it here", e[1])
			continue
		}
		if seen[e]++; seen[e] == 2 {
			im.out.Note("edge %s stands more than once in %s: what it carries is added up", arrow(e), g)
		}
		im.before[to] = append(im.before[to], len(im.edges))
		im.after[from] = append(im.after[from], len(im.edges))
		im.edges = append(im.edges, edge{from, to})
	}
	return mine
}

// String names the graph as messages do.
func (g *group) String() string {
	if g.path == "" {
		return "the graph"
	}
	return fmt.Sprintf("graph %q", g.path)
}

func arrow(e [2]string) string { return fmt.Sprintf("%q → %q", e[0], e[1]) }

// resolver finds the nodes of edges.
type resolver struct {
	im    *importer
	group *group
	at    map[string]int
	inner map[string]ports
	edge  [2]string
	// guesses has what names that no node has were taken for, all and idle the names
	// of the nodes, and of those that no edge names.
	guesses   map[string]string
	all, idle []string
}

func (r *resolver) add(code diag.Code, format string, args ...any) {
	r.im.add(code, "edge %s of %s: %s", arrow(r.edge), r.group, fmt.Sprintf(format, args...))
}

// end returns the node that a name in an edge means, and mends the name where
// that was asked for. side chooses the ports of a graph inside.
func (r *resolver) end(name *string, port string, side func(ports) map[string]int) (int, bool) {
	if k, ok := r.at[*name]; ok {
		return k, true
	}
	p, ok := r.inner[*name]
	if !ok {
		meant := r.meant(*name)
		switch {
		case meant == "":
			r.add(diag.UnknownName, "there is no node %q%s", *name, r.names())
			return 0, false
		case !r.im.opt.Repair:
			r.add(diag.UnknownName, "there is no node %q; did you mean %q? Mend the edge where the file was written, or give --repair to have that taken", *name, meant)
			return 0, false
		}
		r.im.out.Note("edge %s of %s: there is no node %q, %q is taken (--repair)", arrow(r.edge), r.group, *name, meant)
		*name = meant
		return r.end(name, port, side)
	}
	candidates := side(p)
	if len(candidates) == 1 {
		for _, k := range candidates {
			return k, true
		}
	}
	if k, ok := candidates[port]; ok {
		return k, true
	}
	r.add(diag.Unsupported, "graph %q has %s, want one, or one that is called %q", *name, diag.Plural(len(candidates), port), port)
	return 0, false
}

// meant returns the node that a name which none has most likely stands for: one
// that no edge names, if it is spelt alike, or else any that is.
func (r *resolver) meant(name string) string {
	if guess, ok := r.guesses[name]; ok || !r.im.spend(int64(len(r.group.nodes))) {
		return guess
	}
	if r.all == nil {
		named := map[string]bool{}
		for _, e := range r.group.edges {
			named[e[0]], named[e[1]] = true, true
		}
		for _, n := range r.group.nodes {
			r.all = append(r.all, n.name)
			if !named[n.name] {
				r.idle = append(r.idle, n.name)
			}
		}
	}
	guess, ok := spell.Nearest(name, r.idle)
	if !ok {
		guess, _ = spell.Nearest(name, r.all)
	}
	r.guesses[name] = guess
	return guess
}

// names lists what there is.
func (r *resolver) names() string {
	const most = 10
	list := "; its nodes are"
	for k, n := range r.group.nodes {
		if k == most {
			return fmt.Sprintf("%s and %d more", list, len(r.group.nodes)-most)
		}
		list += fmt.Sprintf(" %q", n.name)
	}
	if len(r.group.nodes) == 0 {
		return "; it has none"
	}
	return list
}
