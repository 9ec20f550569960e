// Command cam writes the network of the CA3 content-addressable memory for a
// number of cues and contents:
//
//	go run ./examples/ca3/cam -cues 5 -contents 10 > network.yaml
package main

import (
	"flag"
	"fmt"
	"os"
	"strings"
)

func main() {
	cues := flag.Int("cues", 5, "cues")
	contents := flag.Int("contents", 10, "contents")
	flag.Parse()
	if *cues < 1 || *contents < 1 || *cues > 1000 || *contents > 1000 {
		fmt.Fprintln(os.Stderr, "cam: want 1 to 1000 cues and contents")
		os.Exit(2)
	}
	fmt.Print(Network(*cues, *contents))
}

// The neurons, in nA, mV above rest and ms: leaky integrate-and-fire with a
// synaptic current, whose decays are exact exponentials. weft's cuba_lif is
// Euler's, so its time constants are those that give the same factors at a tick
// of 1 ms:
//
//	1 − 1/tau_syn = e^(−1/0.3)    w_in/tau_syn = 0.3·(1 − e^(−1/0.3))
//	1 − 1/tau = e^(−1/tau_m)      r = tau_m / cm
//
// of which tau_m and cm are 3 and 0.27, or 0.5 and 0.14.
const (
	slow = "tau: 3.5277264731571294ms, r: 11.11111111111111"
	fast = "tau: 1.1565176427496657ms, r: 3.571428571428571"
	rest = "tau_syn: 1.0369937065900356ms, w_in: 0.3, reset: zero, refractory: 1"
)

// population is a row of the table of populations.
type population struct {
	name, kind string
	threshold  float64
	perCue     bool // one neuron a cue, else one a content
	single     bool // one neuron
}

var populations = []population{
	{name: "cue_cue", kind: slow, threshold: 3, perCue: true},
	{name: "cont_cue", kind: slow, threshold: 3},
	{name: "cont_cond", kind: fast, threshold: 3},
	{name: "cont_cond_int", kind: fast, threshold: 3, single: true},
	{name: "cue_cont", kind: fast, threshold: 3, perCue: true},
	{name: "cont_cont", kind: slow, threshold: 3},
	{name: "merge_cue", kind: slow, threshold: 3, perCue: true},
	{name: "merge_cont", kind: slow, threshold: 3},
	{name: "out_cue", kind: slow, threshold: 2.5, perCue: true},
	{name: "out_cont", kind: slow, threshold: 2.5},
}

// learn is the rule of the two plastic projections.
const learn = "learn: {rule: stdp, a_plus: 6, a_minus: 6, tau_plus: 3ms, tau_minus: 3ms, w_min: 0, w_max: 6}"

// Network returns the network file.
func Network(cues, contents int) string {
	var b strings.Builder
	fmt.Fprintf(&b, "# Written by `go run ./examples/ca3/cam -cues %d -contents %d`; README.md says what it is.\nnetwork: ca3-cam\ntick: 1ms\n", cues, contents)
	fmt.Fprintf(&b, "inputs:\n  in_cue:  {shape: %d}\n  in_cont: {shape: %d}\npopulations:\n", cues, contents)
	var names []string
	for _, p := range populations {
		n := contents
		switch {
		case p.single:
			n = 1
		case p.perCue:
			n = cues
		}
		names = append(names, p.name)
		fmt.Fprintf(&b, "  %s: {shape: %d, neuron: cuba_lif, params: {%s, %s, threshold: %g}}\n", p.name, n, p.kind, rest, p.threshold)
	}
	fmt.Fprintf(&b, "projections:\n")
	add := func(from, to, connect, more string) {
		fmt.Fprintf(&b, "  - {from: %s, to: %s, connect: %s, %s}\n", from, to, connect, more)
	}
	// Each cue inhibits all others, as strongly as all contents excite one.
	others := fmt.Sprintf("weights: %s", lateral(cues, -6*contents))
	add("in_cue", "cue_cue", "one_to_one", "weights: 6")
	add("in_cont", "cont_cue", "one_to_one", "weights: 6")
	add("cue_cue", "cue_cont", "one_to_one", "weights: 6, delay: 2")
	add("cue_cue", "cue_cont", "dense", others+", delay: 3")
	add("cue_cont", "cue_cont", "dense", others+", delay: 2")
	add("cont_cue", "cont_cond", "one_to_one", "weights: 9")
	add("cue_cue", "cont_cond", "dense", "weights: -6, delay: 2")
	add("cont_cue", "cont_cond_int", "dense", "weights: 6")
	add("cont_cond_int", "cont_cond", "dense", "weights: 2")
	add("cont_cond", "cont_cont", "one_to_one", "weights: 6")
	add("cue_cue", "cont_cue", "dense", "weights: 0, "+learn)
	add("cont_cont", "cue_cont", "dense", "weights: 0, "+learn)
	add("cue_cue", "merge_cue", "one_to_one", "weights: 6, delay: 3")
	add("cue_cont", "merge_cue", "one_to_one", "weights: 6")
	add("cont_cue", "merge_cont", "one_to_one", "weights: 6, delay: 3")
	add("cont_cont", "merge_cont", "one_to_one", "weights: 6")
	add("merge_cue", "out_cue", "one_to_one", "weights: 6")
	add("merge_cont", "out_cont", "one_to_one", "weights: 6")
	fmt.Fprintf(&b, "outputs: [%s]\n", strings.Join(names, ", "))
	return b.String()
}

// lateral is a matrix of one weight, but for its diagonal.
func lateral(n, weight int) string {
	rows := make([]string, n)
	for i := range rows {
		row := make([]string, n)
		for j := range row {
			row[j] = "0"
			if i != j {
				row[j] = fmt.Sprint(weight)
			}
		}
		rows[i] = "[" + strings.Join(row, ", ") + "]"
	}
	return "[" + strings.Join(rows, ", ") + "]"
}
