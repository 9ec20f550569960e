package ranc

import (
	"bytes"
	"compress/gzip"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const (
	someConfig = `{"num_neurons": 2, "num_axons": 3, "num_cores_x": 2, "num_cores_y": 1,
 "num_weights": 2, "max_tick_offset": 16, "neuron_reset_type": 1, "scheduler_trace_verbosity": 0}`
	someInput = `{"packets": [[{"destination_core": [0, 0], "destination_axon": 2, "destination_tick": 0}], []],
 "output_bus": {"coordinates": [1, 0], "num_outputs": 4},
 "cores": [{"axons": [0, 1, 1], "coordinates": [0, 0], "connections": [[1, 0, 1], [0, 0, 0]],
  "neurons": [{"reset_potential": 3, "weights": [2, -1], "leak": -1, "positive_threshold": 8,
   "negative_threshold": -12, "destination_core_offset": [1, 0], "destination_axon": 3,
   "destination_tick": 1, "current_potential": 5, "reset_mode": 1}]}]}`
)

func readText(config, input string) (*Config, [][]Packet, error) {
	cfg, err := ReadConfig(strings.NewReader(config), "config.json")
	if err != nil {
		return nil, nil, err
	}
	packets, err := ReadInput(strings.NewReader(input), "input.json", cfg)
	return cfg, packets, err
}

func TestReadInput(t *testing.T) {
	cfg, packets, err := readText(someConfig, "\ufeff"+someInput)
	if err != nil {
		t.Fatal(err)
	}
	if len(packets) != 2 || len(packets[0]) != 1 || packets[0][0] != (Packet{Axon: 2}) {
		t.Errorf("packets %v", packets)
	}
	if !cfg.SymmetricReset || cfg.Bus != (Bus{X: 1, Outputs: 4}) || len(cfg.Cores) != 1 || cfg.Cores[0].Synapses[0][0] != 0b101 {
		t.Errorf("config %+v", cfg)
	}
}

func TestReadErrorsNameFileAndPlace(t *testing.T) {
	for _, c := range []struct{ old, new, want string }{
		{`"num_axons": 3`, `"num_axons": 3.5`, "config.json:1:35: num_axons: found a JSON number 3.5, want an integer of 32 bits"},
		{`"num_axons": 3`, `"num_axons": 70000`, "config.json: num_axons: 70000, want 1 to 65536"},
		{`"num_weights": 2, `, ``, "config.json: num_weights is missing"},
		{`"neuron_reset_type": 1`, `"neuron_reset_type": 2`, "config.json: neuron_reset_type: 2, want 0 or 1"},
		{`"axons": [0, 1, 1]`, `"axons": [0, 1, 1`, "input.json:3:45: invalid character ':' after array element"},
		{`"axons": [0, 1, 1]`, `"axons": [0, 1, 2]`, "input.json: cores[0].axons[2]: type 2, want 0 to 1"},
		{`"axons": [0, 1, 1]`, `"axons": [0, 1, 1, 1]`, "input.json: cores[0].axons: 4 types, but a core has 3 axons"},
		{`"axons": [0, 1, 1], `, ``, "input.json: cores[0].axons is missing"},
		{`[0, 0, 0]]`, `[0, 0, 2]]`, "input.json: connections: a row is [0, 0, 2], want a list of 0 and 1"},
		{`[0, 0, 0]]`, `[0, 0, 10]]`, "want a list of 0 and 1"},
		{`[0, 0, 0]]`, `[0, 0, 0, 0]]`, "input.json: cores[0].connections[1]: 4 axons, but a core has 3"},
		{`"weights": [2, -1]`, `"weights": [2, -1, 0]`, "input.json: cores[0].neurons[0].weights: 3, but there are 2 axon types"},
		{`"weights": [2, -1]`, `"weights": [2, 4294967296]`, "want an integer of 32 bits"},
		{`"leak": -1, `, ``, "input.json: cores[0].neurons[0].leak is missing"},
		{`"reset_mode": 1`, `"reset_mode": 2`, "input.json: cores[0].neurons[0].reset_mode: 2, want 0 or 1"},
		{`_offset": [1, 0]`, `_offset": [1]`, "input.json: cores[0].neurons[0].destination_core_offset: 1 numbers, want x and y"},
		{`_offset": [1, 0]`, `_offset": [1, 1]`, "neurons[0].destination_core_offset: (1, 1) leaves the grid of 2 × 1"},
		{`"destination_axon": 3`, `"destination_axon": 4`, "neurons[0].destination_axon: 4, but the output bus has 4"},
		{`"destination_axon": 2`, `"destination_axon": 3`, "input.json: packets[0][0].destination_axon: 3, but a core has 3 axons"},
		{`"destination_core": [0, 0]`, `"destination_core": [0, 1]`, "packets[0][0].destination_core: (0, 1) is outside the grid"},
		{`"destination_tick": 0`, `"destination_tick": -1`, "packets[0][0].destination_tick: -1, want 0 to 15"},
		{`"num_outputs": 4`, `"num_outputs": "4"`, "output_bus.num_outputs: found a JSON string, want an integer of 32 bits"},
		{`"output_bus"`, `"output"`, "input.json: output_bus is missing"},
	} {
		config := strings.Replace(someConfig, c.old, c.new, 1)
		input := strings.Replace(someInput, c.old, c.new, 1)
		if config == someConfig && input == someInput {
			t.Errorf("%s is in neither file", c.old)
		}
		if _, _, err := readText(config, input); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s instead of %s: %v, want %q", c.new, c.old, err, c.want)
		}
	}
}

func TestReadFiles(t *testing.T) {
	dir := t.TempDir()
	if _, _, err := ReadFiles(dir); err == nil || !strings.Contains(err.Error(), "config.json") {
		t.Errorf("nothing there: %v", err)
	}
	write := func(name string, data []byte) {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("config.json", []byte(someConfig))
	if _, _, err := ReadFiles(dir); err == nil || !strings.Contains(err.Error(), "input.json") {
		t.Errorf("no input there: %v", err)
	}
	var zipped bytes.Buffer
	w := gzip.NewWriter(&zipped)
	_, err := w.Write([]byte(someInput))
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	write("input.json.gz", zipped.Bytes())
	if _, packets, err := ReadFiles(dir); err != nil || len(packets) != 2 {
		t.Errorf("compressed input: packets %v, %v", packets, err)
	}
	write("input.json.gz", zipped.Bytes()[:60])
	if _, _, err := ReadFiles(dir); err == nil || !strings.Contains(err.Error(), "input.json.gz: unexpected EOF") {
		t.Errorf("cut input: %v", err)
	}
}

func TestReadRefusesWhatUnpacksWithoutEnd(t *testing.T) {
	const limit = 1000
	for _, size := range []int{limit, limit + 1, 1 << 20} {
		var zipped bytes.Buffer
		w := gzip.NewWriter(&zipped)
		if _, err := w.Write(make([]byte, size)); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		if data, err := readAll(&zipped, limit); (err != nil) != (size > limit) || len(data) > limit+1 {
			t.Errorf("%d bytes with a limit of %d: %d bytes, %v", size, limit, len(data), err)
		}
	}
}

// FuzzRead reads anything, and runs what it could read in both variants.
func FuzzRead(f *testing.F) {
	f.Add(someConfig, someInput)
	config, err := os.ReadFile(filepath.Join("testdata", "rand_tiny", "config.json"))
	if err != nil {
		f.Fatal(err)
	}
	input, err := os.ReadFile(filepath.Join("testdata", "rand_tiny", "input.json"))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(string(config), string(input))
	f.Fuzz(func(t *testing.T, config, input string) {
		cfg, packets, err := readText(config, input)
		if err != nil || len(packets) > 1<<10 || cfg.Width*cfg.Height > 1<<8 || cfg.Neurons > 1<<10 || len(cfg.Cores)*cfg.Slots*cfg.Axons > 1<<22 {
			return
		}
		for _, v := range []Variant{Simulator, HDL} {
			cfg.Options.Variant = v
			g, err := New(*cfg)
			if err != nil {
				if v == Simulator {
					t.Errorf("New: %v, of what was read", err)
				}
				continue
			}
			// Packets that leave the grid may stop the HDL.
			if err := g.Run(3, packets, nil); err != nil && v == Simulator {
				t.Errorf("Run: %v", err)
			}
		}
	})
}
