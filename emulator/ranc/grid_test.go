package ranc

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// relays returns a chip of width × height with a core everywhere but at the
// last place, which is the bus. Each core has as many neurons as axons; neuron
// i spikes whenever axon i does, to axon 0 of its own core unless changed.
func relays(width, height, axons int, v Variant) Config {
	cfg := Config{
		Width: width, Height: height, Axons: axons, Neurons: axons, Weights: 4, Slots: 16,
		Bus: Bus{X: width - 1, Y: height - 1, Outputs: axons}, Options: Options{Variant: v},
	}
	for place := range width*height - 1 {
		c := Core{X: place % width, Y: place / width}
		for i := range axons {
			c.AxonTypes = append(c.AxonTypes, i%4)
			c.Neurons = append(c.Neurons, Neuron{Weights: []int32{1, 1, 1, 1}, PositiveThreshold: 1, NegativeThreshold: -1})
			row := make([]uint64, i/64+1)
			row[i/64] = 1 << (i % 64)
			c.Synapses = append(c.Synapses, row)
		}
		cfg.Cores = append(cfg.Cores, c)
	}
	return cfg
}

// ticks runs a chip with in before tick 1, and returns copies of its results.
func ticks(t *testing.T, cfg Config, n int, in ...Packet) []Result {
	t.Helper()
	g, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	var results []Result
	err = g.Run(n, [][]Packet{in}, func(r *Result) error {
		c := Result{Tick: r.Tick, Cycles: r.Cycles}
		c.Spikes = append(c.Spikes, r.Spikes...)
		c.Outputs = append(c.Outputs, r.Outputs...)
		c.Busy = append(c.Busy, r.Busy...)
		c.Warnings = append(c.Warnings, r.Warnings...)
		results = append(results, c)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return results
}

func TestSpikeIsSeenAfterItsDelay(t *testing.T) {
	for _, v := range []Variant{Simulator, HDL} {
		for k := range 15 {
			cfg := relays(2, 1, 4, v)
			cfg.Cores[0].Neurons[0].Delay, cfg.Cores[0].Neurons[0].Axon = k, 1
			for _, r := range ticks(t, cfg, 20, Packet{Axon: 0}) {
				var want []int
				if r.Tick == 1 {
					want = []int{0}
				}
				if r.Tick == 1+1+k {
					want = []int{1}
				}
				var got []int
				for _, s := range r.Spikes {
					got = append(got, s.Neuron)
				}
				if r.Tick <= 2+k && !cmp.Equal(want, got) {
					t.Errorf("%v, delay %d, tick %d: neurons %v spike, want %v", v, k, r.Tick, got, want)
				}
			}
		}
	}
}

func TestPacketsForOneAxonAndTickMerge(t *testing.T) {
	for _, v := range []Variant{Simulator, HDL} {
		cfg := relays(2, 1, 4, v)
		cfg.Cores[0].Neurons[2].PositiveThreshold = 2 // spikes only if both counted
		results := ticks(t, cfg, 1, Packet{Axon: 2}, Packet{Axon: 2})
		w := results[0].Warnings
		if len(w) != 1 || w[0].Kind != Duplicate || w[0].Place != 0 || w[0].Axon != 2 {
			t.Errorf("%v: warnings %v, want a duplicate at core 0, axon 2", v, w)
		}
		if n := len(results[1].Spikes); n != 0 {
			t.Errorf("%v: %d spikes, want none", v, n)
		}
	}
}

func TestOutputsMergeInTheSimulatorOnly(t *testing.T) {
	for _, c := range []struct {
		v        Variant
		outputs  int
		warnings int
	}{{Simulator, 1, 1}, {HDL, 2, 0}} {
		cfg := relays(2, 1, 4, c.v)
		for i := range cfg.Cores[0].Neurons {
			cfg.Cores[0].Neurons[i].DX, cfg.Cores[0].Neurons[i].Axon = 1, 3
		}
		r := ticks(t, cfg, 1, Packet{Axon: 0}, Packet{Axon: 1})[1]
		if len(r.Outputs) != c.outputs || len(r.Warnings) != c.warnings {
			t.Errorf("%v: outputs %v, warnings %v, want %d and %d", c.v, r.Outputs, r.Warnings, c.outputs, c.warnings)
		}
	}
}

// TestLatePacket sends a spike with k = 15 to the row that is being read.
func TestLatePacket(t *testing.T) {
	for _, c := range []struct {
		name     string
		v        Variant
		from, to int   // neuron and axon
		ticks    []int // the ticks in which neuron to spikes
	}{
		{name: "the simulator loses it", v: Simulator, from: 0, to: 3},
		{name: "a neuron that is yet to come sees it", v: HDL, from: 0, to: 3, ticks: []int{1}},
		{name: "a neuron that is done does not", v: HDL, from: 3, to: 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			cfg := relays(2, 1, 4, c.v)
			cfg.Neurons = 8 // so that the core is still busy when the last packet comes
			cfg.Cores[0].Neurons[c.from].Axon, cfg.Cores[0].Neurons[c.from].Delay = c.to, 15
			cfg.Cores[0].Neurons[c.to].DX, cfg.Cores[0].Neurons[c.to].Delay = 1, 0
			var got []int
			late := 0
			for _, r := range ticks(t, cfg, 20, Packet{Axon: c.from}) {
				for _, s := range r.Spikes {
					if s.Neuron == c.to {
						got = append(got, r.Tick)
					}
				}
				for _, w := range r.Warnings {
					if w.Kind != Late || w.Place != 0 || w.Axon != c.to || r.Tick != 1 {
						t.Errorf("tick %d: warning %v", r.Tick, w)
					}
					late++
				}
			}
			if late != 1 || !cmp.Equal(c.ticks, got) {
				t.Errorf("%d warnings, neuron %d spikes in ticks %v; want 1, %v", late, c.to, got, c.ticks)
			}
		})
	}
}

// TestLatePacketAfterTheClearIsSeenMuchLater has the last neuron send to the
// row that was just cleared: 16 ticks later it is read again.
func TestLatePacketAfterTheClearIsSeenMuchLater(t *testing.T) {
	cfg := relays(2, 1, 4, HDL)
	cfg.Cores[0].Neurons[3].Axon, cfg.Cores[0].Neurons[3].Delay = 0, 15
	cfg.Cores[0].Neurons[0].DX = 1
	var got []int
	for _, r := range ticks(t, cfg, 20, Packet{Axon: 3}) {
		if len(r.Outputs) > 0 {
			got = append(got, r.Tick)
		}
	}
	if want := []int{17}; !cmp.Equal(want, got) {
		t.Errorf("neuron 0 spikes in ticks %v, want %v", got, want)
	}
}

func TestPacketWrittenDuringTheClearIsLost(t *testing.T) {
	// With 4 axons, the spike of the last but one neuron travels one hop of 8
	// cycles, and meets the clear 2 cycles after the last neuron's.
	cfg := relays(3, 1, 4, HDL)
	cfg.Cores[0].Neurons[2].DX, cfg.Cores[0].Neurons[2].Axon = 1, 1
	results := ticks(t, cfg, 3, Packet{Axon: 2})
	want := []Warning{{Kind: ClearLost, Place: 1, Axon: 1, Cycle: BusyCycles(4, 4)}}
	if diff := cmp.Diff(want, results[1].Warnings); diff != "" {
		t.Errorf("warnings (-want +got):\n%s", diff)
	}
	if n := len(results[2].Spikes); n != 0 {
		t.Errorf("tick 2: %d spikes, want none", n)
	}
}

func TestVerifyNamesThePlace(t *testing.T) {
	for _, c := range []struct {
		want   string
		change func(*Config)
	}{
		{"num_axons: 0, want 1 to", func(c *Config) { c.Axons = 0 }},
		{"num_cores_x × num_cores_y: 65536 × 2", func(c *Config) { c.Width = 65536; c.Height = 2 }},
		{"output_bus.coordinates: (2, 0) is outside", func(c *Config) { c.Bus.X = 2 }},
		{"cores[0].coordinates: (5, 0) is outside", func(c *Config) { c.Cores[0].X = 5 }},
		{"cores[0].coordinates: (1, 0) is the place of the output bus", func(c *Config) { c.Cores[0].X = 1 }},
		{"cores[1].coordinates: (0, 0) is cores[0] already", func(c *Config) { c.Cores = append(c.Cores, c.Cores[0]) }},
		{"cores[0].axons[1]: type 4, want 0 to 3", func(c *Config) { c.Cores[0].AxonTypes[1] = 4 }},
		{"cores[0].connections[2]: axon 66", func(c *Config) { c.Cores[0].Synapses[2] = []uint64{0, 4} }},
		{"cores[0].neurons[3].destination_axon: 4, but a core has 4", func(c *Config) { c.Cores[0].Neurons[3].Axon = 4 }},
		{"cores[0].neurons[3].destination_axon: 4, but the output bus has 4", func(c *Config) { c.Cores[0].Neurons[3].Axon, c.Cores[0].Neurons[3].DX = 4, 1 }},
		{"cores[0].neurons[1].destination_core_offset: (2, 0) leaves", func(c *Config) { c.Cores[0].Neurons[1].DX = 2 }},
		{"cores[0].neurons[1].destination_tick: 16, want 0 to 15", func(c *Config) { c.Cores[0].Neurons[1].Delay = 16 }},
		{"cores[0].neurons[1].positive_threshold: 256 does not fit", func(c *Config) {
			c.Options.Variant, c.Cores[0].Neurons[1].PositiveThreshold = HDL, 256
		}},
		{"max_tick_offset: 12, but the HDL", func(c *Config) { c.Options.Variant, c.Slots = HDL, 12 }},
		{"cores: 17237110272 bits of memory together, want at most", func(c *Config) {
			c.Width, c.Bus.X, c.Axons, c.Slots = 1<<15, 1<<15-1, 1<<16, 1
			for x := 1; x < 6390; x++ {
				c.Cores = append(c.Cores, Core{X: x})
			}
		}},
		{"options: potentials of 65 bits", func(c *Config) { c.Options.Bits = 65 }},
	} {
		cfg := relays(2, 1, 4, Simulator)
		c.change(&cfg)
		if _, err := New(cfg); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("New: %v, want %q", err, c.want)
		}
	}
}

func TestTickRefusesPacketsOutsideTheGrid(t *testing.T) {
	g, err := New(relays(2, 1, 4, Simulator))
	if err != nil {
		t.Fatal(err)
	}
	_, err = g.Tick([]Packet{{}, {X: 7}})
	if want := "tick 1: packets[1].destination_core: (7, 0) is outside"; err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("Tick: %v, want %q", err, want)
	}
}

// TestPacketsBeyondTheEdge leave the grid of the simulator with a warning, and
// jam that of the HDL.
func TestPacketsBeyondTheEdge(t *testing.T) {
	for _, v := range []Variant{Simulator, HDL} {
		cfg := relays(2, 1, 16, v)
		for i := range cfg.Cores[0].Neurons {
			cfg.Cores[0].Neurons[i].DX = -1
		}
		g, err := New(cfg)
		if err != nil {
			t.Fatal(err)
		}
		var in []Packet
		for a := range 16 {
			in = append(in, Packet{Axon: a})
		}
		left := 0
		err = g.Run(1, [][]Packet{in}, func(r *Result) error {
			left += len(r.Warnings)
			return nil
		})
		switch {
		case v == Simulator && (left != 16 || err != nil):
			t.Errorf("%v: %d warnings, %v; want 16", v, left, err)
		case v == HDL && !errors.Is(err, errStuck):
			t.Errorf("%v: %v, want %v", v, err, errStuck)
		}
	}
}
