package mapping_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/weft-toolchain/weft/compiler/mapping"
	"github.com/weft-toolchain/weft/targets"
)

const ring = `
network: ring
populations:
  a: {shape: [6], neuron: if, params: {threshold: 3}}
  b: {shape: [2], neuron: lif, params: {tau: 10ms, threshold: 3}}
projections:
  - {from: a, to: a, connect: dense, weights: 1}
  - {from: a, to: b, connect: one_to_one, weights: 1, delay: 2}
`

func TestNeuronsAreInTheCoresThatTheyWereGiven(t *testing.T) {
	text := strings.Replace(ring, "one_to_one", "dense", 1)
	a := dense(4, 16)
	cores := []int32{7, 2, 7, 2, 7, 7, 0, 0}
	m, err := mapping.Map(t.Context(), quantised(t, text, a), a, mapping.Options{Effort: 1, Cores: cores})
	if err != nil {
		t.Fatal(err)
	}
	if err := m.Verify(); err != nil {
		t.Fatal(err)
	}
	var got [][]int32
	for k := range m.Cores {
		got = append(got, m.Cores[k].Neurons)
	}
	want := [][]int32{{0, 2, 4, 5}, {1, 3}, {6, 7}}
	if !slices.EqualFunc(got, want, slices.Equal) {
		t.Errorf("the cores hold %v, want %v", got, want)
	}
}

// Cores that break a limit are refused, with what is too much of it.
func TestGivenCoresKeepTheLimits(t *testing.T) {
	few := sparse(8, 16, 8)
	few.WordSynapses = 1
	narrow := dense(8, 16)
	narrow.FanOut = 5
	text := strings.Replace(ring, "one_to_one", "dense", 1)
	tests := []struct {
		name  string
		text  string
		arch  *targets.Arch
		cores []int32
		want  string
	}{
		{"too few", text, dense(8, 16), []int32{0, 1}, "cores are given for 2 neurons, want one for each of 8"},
		{"below", text, dense(8, 16), []int32{0, 0, 0, 0, 0, -1, 1, 1}, "neuron 5 is given core -1, want 0 to 63"},
		{"beyond", text, dense(8, 16), []int32{0, 0, 0, 0, 0, 0, 1, 64}, "neuron 7 is given core 64, want 0 to 63"},
		{"neurons", text, dense(4, 16), []int32{3, 3, 3, 3, 3, 2, 1, 1}, "core 3, as given, takes 5 neurons, 1 more than a core's 4"},
		{"axons", text, dense(6, 6), []int32{0, 0, 0, 0, 0, 0, 1, 1}, ""},
		{"axons", strings.Replace(text, "lif, params: {tau: 10ms, threshold: 3}", "if, params: {threshold: 3}", 1), dense(8, 6), []int32{0, 0, 0, 0, 0, 0, 0, 1}, "core 0, as given, takes 12 axons, 6 more than a core's 6"},
		{"words", text, few, []int32{0, 0, 0, 1, 1, 1, 2, 2}, "core 0, as given, takes 18 words of synapses, 10 more than a core's 8"},
		{"destinations", text, narrow, []int32{0, 0, 0, 0, 0, 0, 1, 1}, "core 0, as given, takes 12 destinations, 7 more than a core's 5"},
		{"programs", text, dense(8, 16), []int32{0, 0, 0, 0, 0, 0, 0, 1}, "core 0, as given, has neurons of two programs, 0 and 6"},
		{"relays", strings.Replace(text, "delay: 2", "delay: 20", 1), dense(8, 16), []int32{0, 0, 0, 0, 0, 0, 1, 1}, "the network needs relays, whose cores are not given"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := mapping.Map(t.Context(), quantised(t, tt.text, tt.arch), tt.arch, mapping.Options{Effort: 1, Cores: tt.cores})
			switch {
			case tt.want == "" && err != nil:
				t.Error(err)
			case tt.want != "" && (err == nil || !strings.HasPrefix(err.Error(), "net.yaml: "+tt.want)):
				t.Errorf("got %v, want %q", err, tt.want)
			}
		})
	}
}
