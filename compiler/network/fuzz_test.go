package network

import (
	"testing"

	"github.com/weft-toolchain/weft/internal/golden"
	"github.com/weft-toolchain/weft/internal/numbers"
)

// FuzzParse holds what Parse promises for any input: a network that is
// complete, or diagnostics with positions in the file; and the same each time.
func FuzzParse(f *testing.F) {
	for _, src := range golden.Files(f, "testdata/bad/*.yaml", "../../examples/*/network*.yaml") {
		f.Add(src)
	}
	// Smaller limits than a user's, so that what is drawn is drawn in no time.
	small := limits{neurons: 1 << 12, synapses: 1 << 14}
	f.Fuzz(func(t *testing.T, src []byte) {
		net, err := parse("testdata/fuzz.yaml", src, small)
		again, err2 := parse("testdata/fuzz.yaml", src, small)
		if (err == nil) != (err2 == nil) || err != nil && err.Error() != err2.Error() {
			t.Fatalf("two parses differ:\n%v\n%v", err, err2)
		}
		if err != nil {
			if net != nil {
				t.Error("a network was returned beside the error")
			}
			golden.Told(t, err, "testdata/fuzz.yaml", src)
			return
		}
		checkComplete(t, net)
		if len(again.Projections) != len(net.Projections) {
			t.Error("two parses differ")
		}
	})
}

// checkComplete checks what users of a Network rely on.
func checkComplete(t *testing.T, net *Network) {
	t.Helper()
	if net.Tick <= 0 || len(net.Populations) == 0 {
		t.Errorf("tick %v and %d populations", net.Tick, len(net.Populations))
	}
	for _, pop := range net.Populations {
		for _, param := range rowOf(pop.Model).params {
			v := pop.Params[param]
			checkValue(t, pop.Name+": "+string(param), Numbers{v.Pos, numbers.Of(v.Values...)}, Size(pop.Shape))
		}
		if len(pop.Params) != len(rowOf(pop.Model).params) || pop.Reset == "" {
			t.Errorf("%s: parameters %v, reset %q", pop.Name, pop.Params, pop.Reset)
		}
	}
	for _, o := range net.Outputs {
		if o < 0 || o >= len(net.Populations) {
			t.Errorf("output %d of %d populations", o, len(net.Populations))
		}
	}
	names := map[string]bool{}
	for i := range net.Projections {
		p := &net.Projections[i]
		if names[p.Name] {
			t.Errorf("two projections are called %s", p.Name)
		}
		names[p.Name] = true
		post := Size(net.Populations[p.To].Shape)
		pre := net.size(p.From)
		n := p.Synapses(pre, post)
		weights := n
		switch c := p.Connect; c.Kind {
		case Dense, OneToOne:
		case Conv2D:
			w := c.Window
			weights = w.OutChannels * (w.InChannels / w.Groups) * w.Kernel[0] * w.Kernel[1]
			n = 1
		case SumPool, AvgPool:
			weights, n = 1, 1
		case Edges:
			if len(c.Pre) != len(c.Post) {
				t.Fatalf("%s: %d pres and %d posts", p.Name, len(c.Pre), len(c.Post))
			}
			for k := range c.Pre {
				if c.Pre[k] < 0 || int(c.Pre[k]) >= pre || c.Post[k] < 0 || int(c.Post[k]) >= post {
					t.Fatalf("%s: edge %d→%d of %d and %d neurons", p.Name, c.Pre[k], c.Post[k], pre, post)
				}
			}
		}
		checkValue(t, p.Name+": weights", p.Weights, weights)
		checkValue(t, p.Name+": delays", p.Delays, n)
		for _, d := range p.Delays.Floats() {
			if d < 1 || d > MaxDelay || d != float64(int(d)) {
				t.Fatalf("%s: delay %v", p.Name, d)
			}
		}
	}
}

func checkValue(t *testing.T, what string, v Numbers, n int) {
	t.Helper()
	if v.Len() != 1 && v.Len() != n {
		t.Errorf("%s: %d numbers, want 1 or %d", what, v.Len(), n)
	}
	if i := firstNotFinite(v.List); i >= 0 {
		t.Errorf("%s: number %d is %v", what, i, v.At(i))
	}
	if v.Pos.Line == 0 {
		t.Errorf("%s: has no position", what)
	}
}

func (net *Network) size(r Ref) int {
	if r.Input {
		return Size(net.Inputs[r.Index].Shape)
	}
	return Size(net.Populations[r.Index].Shape)
}
