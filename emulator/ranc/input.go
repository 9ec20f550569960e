package ranc

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/weft-toolchain/weft/internal/inputs"
)

// maxInput is how many bytes of JSON a reader takes.
const maxInput = 1 << 27

// ReadFiles reads what RANC's simulator runs: config.json of the folder, and its
// input.json or, compressed, input.json.gz. The packets are by tick, as Grid.Run
// takes them. Errors name the file and the place in it.
func ReadFiles(dir string) (*Config, [][]Packet, error) {
	name := filepath.Join(dir, "config.json")
	f, err := inputs.Open(name)
	if err != nil {
		return nil, nil, fmt.Errorf("ranc: %w", err)
	}
	cfg, err := ReadConfig(f, name)
	_ = f.Close() // it was only read
	if err != nil {
		return nil, nil, err
	}
	name = filepath.Join(dir, "input.json")
	f, err = inputs.Open(name)
	if errors.Is(err, os.ErrNotExist) {
		var gz error
		if f, gz = inputs.Open(name + ".gz"); gz == nil {
			name, err = name+".gz", nil
		}
	}
	if err != nil {
		return nil, nil, fmt.Errorf("ranc: %w", err)
	}
	defer func() { _ = f.Close() }()
	packets, err := ReadInput(f, name, cfg)
	return cfg, packets, err
}

// jsonConfig is config.json; what it says of tracing is for the simulator.
type jsonConfig struct {
	Neurons   *int32 `json:"num_neurons"`
	Axons     *int32 `json:"num_axons"`
	CoresX    *int32 `json:"num_cores_x"`
	CoresY    *int32 `json:"num_cores_y"`
	Weights   *int32 `json:"num_weights"`
	Slots     *int32 `json:"max_tick_offset"`
	ResetType *int32 `json:"neuron_reset_type"`
}

// ReadConfig reads the format of config.json. The name is for errors.
func ReadConfig(r io.Reader, name string) (*Config, error) {
	var j jsonConfig
	if err := decode(r, name, &j); err != nil {
		return nil, err
	}
	if err := missing(
		need("num_neurons", j.Neurons), need("num_axons", j.Axons), need("num_cores_x", j.CoresX),
		need("num_cores_y", j.CoresY), need("num_weights", j.Weights), need("max_tick_offset", j.Slots),
		need("neuron_reset_type", j.ResetType),
	); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if t := *j.ResetType; t != 0 && t != 1 {
		return nil, fmt.Errorf("%s: neuron_reset_type: %d, want 0 or 1", name, t)
	}
	cfg := &Config{
		Width: int(*j.CoresX), Height: int(*j.CoresY), Axons: int(*j.Axons), Neurons: int(*j.Neurons),
		Weights: int(*j.Weights), Slots: int(*j.Slots), SymmetricReset: *j.ResetType == 1,
	}
	if err := cfg.verifySizes(); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return cfg, nil
}

// jsonInput is input.json.
type jsonInput struct {
	Packets [][]jsonPacket `json:"packets"`
	Bus     *struct {
		Coordinates []int32 `json:"coordinates"`
		Outputs     *int32  `json:"num_outputs"`
	} `json:"output_bus"`
	Cores []jsonCore `json:"cores"`
}

type jsonPacket struct {
	Core []int32 `json:"destination_core"`
	Axon *int32  `json:"destination_axon"`
	Tick *int32  `json:"destination_tick"`
}

type jsonCore struct {
	Axons       []int32      `json:"axons"`
	Neurons     []jsonNeuron `json:"neurons"`
	Connections []bitRow     `json:"connections"`
	Coordinates []int32      `json:"coordinates"`
}

type jsonNeuron struct {
	ResetPotential *int32  `json:"reset_potential"`
	Weights        []int32 `json:"weights"`
	Leak           *int32  `json:"leak"`
	Positive       *int32  `json:"positive_threshold"`
	Negative       *int32  `json:"negative_threshold"`
	Offset         []int32 `json:"destination_core_offset"`
	Axon           *int32  `json:"destination_axon"`
	Tick           *int32  `json:"destination_tick"`
	Potential      *int32  `json:"current_potential"`
	ResetMode      *int32  `json:"reset_mode"`
}

// ReadInput reads the format of input.json, compressed or not, into cfg, which
// ReadConfig has made, and returns its packets by tick. The name is for errors.
func ReadInput(r io.Reader, name string, cfg *Config) ([][]Packet, error) {
	var j jsonInput
	if err := decode(r, name, &j); err != nil {
		return nil, err
	}
	if j.Bus == nil {
		return nil, fmt.Errorf("%s: output_bus is missing", name)
	}
	err := missing(pair("coordinates", j.Bus.Coordinates), need("num_outputs", j.Bus.Outputs))
	if err != nil {
		return nil, fmt.Errorf("%s: output_bus.%w", name, err)
	}
	cfg.Bus = Bus{X: int(j.Bus.Coordinates[0]), Y: int(j.Bus.Coordinates[1]), Outputs: int(*j.Bus.Outputs)}
	cfg.Cores = make([]Core, len(j.Cores))
	for i := range j.Cores {
		if err := j.Cores[i].into(&cfg.Cores[i], cfg.Axons); err != nil {
			return nil, fmt.Errorf("%s: cores[%d].%w", name, i, err)
		}
	}
	if err := cfg.Verify(); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	packets := make([][]Packet, len(j.Packets))
	for t := range j.Packets {
		packets[t] = make([]Packet, len(j.Packets[t]))
		for i, p := range j.Packets[t] {
			err := missing(pair("destination_core", p.Core), need("destination_axon", p.Axon), need("destination_tick", p.Tick))
			if err == nil {
				packets[t][i] = Packet{X: int(p.Core[0]), Y: int(p.Core[1]), Axon: int(*p.Axon), Delay: int(*p.Tick)}
				err = cfg.VerifyPacket(packets[t][i])
			}
			if err != nil {
				return nil, fmt.Errorf("%s: packets[%d][%d].%w", name, t, i, err)
			}
		}
	}
	return packets, nil
}

// into stores the core in c; what is out of range is for Verify to find.
func (j *jsonCore) into(c *Core, axons int) error {
	if err := missing(
		pair("coordinates", j.Coordinates), list("axons", j.Axons), list("neurons", j.Neurons),
		list("connections", j.Connections),
	); err != nil {
		return err
	}
	c.X, c.Y = int(j.Coordinates[0]), int(j.Coordinates[1])
	c.AxonTypes = make([]int, len(j.Axons))
	for a, t := range j.Axons {
		c.AxonTypes[a] = int(t)
	}
	c.Synapses = make([][]uint64, len(j.Connections))
	for n, row := range j.Connections {
		if row.n > axons {
			return fmt.Errorf("connections[%d]: %d axons, but a core has %d", n, row.n, axons)
		}
		c.Synapses[n] = row.words
	}
	c.Neurons = make([]Neuron, len(j.Neurons))
	for i, n := range j.Neurons {
		if err := missing(
			need("reset_potential", n.ResetPotential), list("weights", n.Weights), need("leak", n.Leak),
			need("positive_threshold", n.Positive), need("negative_threshold", n.Negative),
			pair("destination_core_offset", n.Offset), need("destination_axon", n.Axon),
			need("destination_tick", n.Tick), need("current_potential", n.Potential), need("reset_mode", n.ResetMode),
		); err != nil {
			return fmt.Errorf("neurons[%d].%w", i, err)
		}
		if m := *n.ResetMode; m != 0 && m != 1 {
			return fmt.Errorf("neurons[%d].reset_mode: %d, want 0 or 1", i, m)
		}
		c.Neurons[i] = Neuron{
			Weights: n.Weights, Leak: *n.Leak, PositiveThreshold: *n.Positive, NegativeThreshold: *n.Negative,
			ResetPotential: *n.ResetPotential, Potential: *n.Potential, Reset: ResetMode(*n.ResetMode),
			DX: int(n.Offset[0]), DY: int(n.Offset[1]), Axon: int(*n.Axon), Delay: int(*n.Tick),
		}
	}
	return nil
}

// bitRow is a list of 0 and 1, read into bits without a number for each.
type bitRow struct {
	words []uint64
	n     int
}

// UnmarshalJSON implements json.Unmarshaler.
func (b *bitRow) UnmarshalJSON(data []byte) error {
	*b = bitRow{words: make([]uint64, 0, len(data)/192+1)}
	digits := 0 // of the element
	for _, c := range data {
		switch c {
		case '[', ' ', '\t', '\r', '\n':
			continue
		case ',', ']':
			digits = 0
			continue
		}
		if digits++; c != '0' && c != '1' || digits > 1 {
			return fmt.Errorf("connections: a row is %s, want a list of 0 and 1", cut(data))
		}
		if b.n%64 == 0 {
			b.words = append(b.words, 0)
		}
		b.words[b.n/64] |= uint64(c-'0') << (b.n % 64)
		b.n++
	}
	return nil
}

// cut returns the beginning of data for a message.
func cut(data []byte) string {
	if len(data) > 40 {
		return string(data[:40]) + "…"
	}
	return string(data)
}

// decode reads one JSON value, compressed or not, into v. Its errors have line
// and column.
func decode(r io.Reader, name string, v any) error {
	data, err := readAll(r, maxInput)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	err = json.Unmarshal(data, v)
	if err == nil {
		return nil
	}
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax):
		return fmt.Errorf("%s:%s: %w", name, lineColumn(data, syntax.Offset), err)
	case errors.As(err, &kind):
		return fmt.Errorf("%s:%s: %s: found a JSON %s, want %s", name, lineColumn(data, kind.Offset), kind.Field, kind.Value, wanted(kind))
	}
	return fmt.Errorf("%s: %w", name, err)
}

// readAll reads all of r, and unpacks it if it is compressed; either may have
// limit bytes.
func readAll(r io.Reader, limit int64) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(r, limit+1))
	if err == nil && bytes.HasPrefix(data, []byte{0x1f, 0x8b}) {
		var unzipped *gzip.Reader
		if unzipped, err = gzip.NewReader(bytes.NewReader(data)); err == nil {
			data, err = io.ReadAll(io.LimitReader(unzipped, limit+1))
		}
	}
	if err == nil && int64(len(data)) > limit {
		err = fmt.Errorf("more than %d bytes", limit)
	}
	return data, err
}

// wanted names what stood in the place of a wrong JSON value.
func wanted(err *json.UnmarshalTypeError) string {
	switch kind := err.Type.Kind().String(); kind {
	case "int32":
		return "an integer of 32 bits"
	case "slice":
		return "a list"
	case "struct":
		return "an object"
	default:
		return kind
	}
}

// lineColumn returns the place of the last byte before the offset.
func lineColumn(data []byte, offset int64) string {
	before := data[:min(max(offset-1, 0), int64(len(data)))]
	line := bytes.Count(before, []byte("\n")) + 1
	return fmt.Sprintf("%d:%d", line, len(before)-bytes.LastIndexByte(before, '\n'))
}

// missing returns the first of the errors that is one.
func missing(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

func need(name string, v *int32) error {
	if v == nil {
		return fmt.Errorf("%s is missing", name)
	}
	return nil
}

func list[T any](name string, v []T) error {
	if v == nil {
		return fmt.Errorf("%s is missing", name)
	}
	return nil
}

func pair(name string, v []int32) error {
	if err := list(name, v); err != nil || len(v) == 2 {
		return err
	}
	return fmt.Errorf("%s: %d numbers, want x and y", name, len(v))
}
