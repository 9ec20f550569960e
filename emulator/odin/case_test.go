package odin

import (
	"compress/gzip"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// recording is a case folder: a programmed chip, what was sent to it, and what
// the simulated circuit then did.
type recording struct {
	dir    string
	config Config
	events []Event
}

// open opens a file of the folder, or the compressed copy of it.
func (r *recording) open(name string) (io.ReadCloser, error) {
	f, err := os.Open(filepath.Join(r.dir, name))
	if !errors.Is(err, fs.ErrNotExist) {
		return f, err
	}
	f, gzErr := os.Open(filepath.Join(r.dir, name+".gz"))
	if gzErr != nil {
		return nil, err
	}
	z, err := gzip.NewReader(f)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("%s.gz: %w", name, err), f.Close())
	}
	return struct {
		io.Reader
		io.Closer
	}{z, f}, nil
}

// table reads the named columns of a file of comma-separated values, and leaves
// out its header.
func (r *recording) table(name string, columns ...string) (rows [][]string, err error) {
	all, err := r.rows(name)
	if err != nil {
		return nil, err
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("%s: no header", name)
	}
	places := make([]int, len(columns))
	for i, c := range columns {
		if places[i] = slices.Index(all[0], c); places[i] < 0 {
			return nil, fmt.Errorf("%s: no column %q", name, c)
		}
	}
	for _, row := range all[1:] {
		picked := make([]string, len(columns))
		for i, p := range places {
			picked[i] = row[p]
		}
		rows = append(rows, picked)
	}
	return rows, nil
}

// rows reads all rows of a file, which are equally long.
func (r *recording) rows(name string) ([][]string, error) {
	f, err := r.open(name)
	if err != nil {
		return nil, err
	}
	rows, err := csv.NewReader(f).ReadAll()
	if err = errors.Join(err, f.Close()); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return rows, nil
}

// numbers reads the columns as integers.
func (r *recording) numbers(name string, columns ...string) ([][]int64, error) {
	rows, err := r.table(name, columns...)
	if err != nil {
		return nil, err
	}
	numbers := make([][]int64, len(rows))
	for i, row := range rows {
		for k, s := range row {
			v, err := strconv.ParseInt(s, 10, 64)
			if err != nil {
				return nil, fmt.Errorf("%s: row %d: %s: %w", name, i+2, columns[k], err)
			}
			numbers[i] = append(numbers[i], v)
		}
	}
	return numbers, nil
}

// perNeuron reads a file with a row for every neuron, numbered in the first of the
// columns, and hands the other columns on.
func (r *recording) perNeuron(name string, columns []string, set func(n int, values []string) error) error {
	rows, err := r.table(name, columns...)
	if err != nil {
		return err
	}
	if len(rows) != numNeurons {
		return fmt.Errorf("%s: %d rows: want %d", name, len(rows), numNeurons)
	}
	for n, row := range rows {
		if row[0] != strconv.Itoa(n) {
			return fmt.Errorf("%s: row %d is of neuron %q: want %d", name, n+2, row[0], n)
		}
		if err := set(n, row[1:]); err != nil {
			return fmt.Errorf("%s: row %d: %w", name, n+2, err)
		}
	}
	return nil
}

// matrix reads 256 rows of 256 synapses between low and high.
func (r *recording) matrix(name string, low, high int) (*[numNeurons][numNeurons]uint8, error) {
	rows, err := r.rows(name)
	if err != nil {
		return nil, err
	}
	if len(rows) != numNeurons {
		return nil, fmt.Errorf("%s: %d rows: want %d", name, len(rows), numNeurons)
	}
	var m [numNeurons][numNeurons]uint8
	for pre, row := range rows {
		if len(row) != numNeurons {
			return nil, fmt.Errorf("%s: row %d: %d synapses: want %d", name, pre+1, len(row), numNeurons)
		}
		for post, s := range row {
			v, err := strconv.Atoi(s)
			if err != nil || v < low || v > high {
				return nil, fmt.Errorf("%s: row %d: synapse %q: want %d to %d", name, pre+1, s, low, high)
			}
			m[pre][post] = uint8(v) & 0xF
		}
	}
	return &m, nil
}

// settings is a file of JSON. A number that is absent is refused: nobody knows what
// the recording took for it.
type settings map[string]any

func (s settings) number(name string) (int64, error) {
	v, ok := s[name].(json.Number)
	if !ok {
		return 0, fmt.Errorf("config.json: %s: want a number, got %v", name, s[name])
	}
	n, err := v.Int64()
	if err != nil {
		return 0, fmt.Errorf("config.json: %s: %w", name, err)
	}
	return n, nil
}

// object reads a file of JSON.
func (r *recording) object(name string) (settings, error) {
	f, err := r.open(name)
	if err != nil {
		return nil, err
	}
	d := json.NewDecoder(f)
	d.UseNumber()
	var s settings
	if err := errors.Join(d.Decode(&s), f.Close()); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return s, nil
}

// load reads how the chip of a case was programmed, and what was sent to it.
func load(m Model, dir string) (*recording, error) {
	r := &recording{dir: dir, config: Config{Model: m}}
	s, err := r.object("config.json")
	if err != nil {
		return nil, err
	}
	c := &r.config
	var sweep, monitorNeuron, monitorSynapse, burst int64
	type register struct {
		name string
		set  any
		max  int64
	}
	registers := []register{
		{"open_loop", &c.OpenLoop, 1},
		{"aer_src_ctrl_nneur", &c.ReportEvents, 1},
		{"ack_delay", &c.AckDelay, maxDelay},
		{"req_drop_delay", &c.DropDelay, maxDelay},
		{"max_cycles", &c.MaxCycles, 1 << 32},
	}
	if m == TinyODIN {
		registers = append(registers, register{"max_neur", &sweep, numNeurons - 1})
	} else {
		registers = append(
			registers,
			register{"burst_timeref", &burst, 1<<20 - 1},
			register{"out_aer_monitor_en", &c.Monitor, 1},
			register{"monitor_neur_addr", &monitorNeuron, numNeurons - 1},
			register{"monitor_syn_addr", &monitorSynapse, numNeurons - 1},
			register{"update_unmapped_syn", &c.UpdateUnmapped, 1},
			register{"propagate_unmapped_syn", &c.PropagateUnmapped, 1},
			register{"sdsp_on_syn_stim", &c.LearnOnSynapse, 1},
		)
	}
	for _, reg := range registers {
		v, err := s.number(reg.name)
		if err != nil {
			return nil, err
		}
		if v < 0 || v > reg.max {
			return nil, fmt.Errorf("config.json: %s: %d: want 0 to %d", reg.name, v, reg.max)
		}
		switch set := reg.set.(type) {
		case *bool:
			*set = v != 0
		case *int64:
			*set = v
		}
	}
	if c.MaxCycles == 0 {
		return nil, errors.New("config.json: max_cycles: want at least 1")
	}
	c.BurstTimeref, c.MonitorNeuron, c.MonitorSynapse = uint32(burst), uint8(monitorNeuron), uint8(monitorSynapse)
	if m == TinyODIN {
		c.Sweep = int(sweep) + 1
		err = r.loadTiny()
	} else {
		err = r.loadODIN()
	}
	if err != nil {
		return nil, err
	}
	rows, err := r.numbers("in_events.csv", "t_sched", "aerin_addr")
	if err != nil {
		return nil, err
	}
	for i, row := range rows {
		if row[1] < 0 || row[1] >= 1<<32 {
			return nil, fmt.Errorf("in_events.csv: row %d: aerin_addr: %d is not an address", i+2, row[1])
		}
		r.events = append(r.events, Event{At: row[0], Address: uint32(row[1])})
	}
	return r, nil
}

func (r *recording) loadTiny() (err error) {
	c := &r.config
	columns := []string{"neuron", "disable", "leak_str", "thr", "core_init"}
	fields := []field{tinyDisable, tinyLeak, tinyThreshold, tinyPotential}
	err = r.perNeuron("neurons.csv", columns, func(n int, values []string) error {
		for i, s := range values {
			v, err := strconv.Atoi(s)
			if half := 1 << fields[i].width; err != nil || v < -half/2 || v >= half {
				return fmt.Errorf("%s %q: want %d bits", columns[i+1], s, fields[i].width)
			}
			c.Neurons[n] = fields[i].put(c.Neurons[n], v)
		}
		return nil
	})
	if err != nil {
		return err
	}
	c.Synapses, err = r.matrix("weights.csv", -8, 7)
	return err
}

func (r *recording) loadODIN() (err error) {
	c := &r.config
	err = r.perNeuron("neurons.csv", []string{"neuron", "word_hex"}, func(n int, values []string) (err error) {
		c.Neurons[n], err = ParseWord(values[0], 128)
		return err
	})
	if err != nil {
		return err
	}
	err = r.perNeuron("syn_sign.csv", []string{"pre_neuron", "inhibitory"}, func(n int, values []string) error {
		return parseBits(values, &c.Inhibitory[n])
	})
	if err != nil {
		return err
	}
	c.Flags = new([numNeurons]Flags)
	err = r.perNeuron("flags_init.csv", []string{"neuron", "v_up", "v_down"}, func(n int, values []string) error {
		return parseBits(values, &c.Flags[n].Up, &c.Flags[n].Down)
	})
	if err != nil {
		return err
	}
	c.Synapses, err = r.matrix("synapses.csv", 0, 15)
	return err
}

// parseBits reads fields that are 0 or 1.
func parseBits(values []string, set ...*bool) error {
	for i, s := range values {
		if s != "0" && s != "1" {
			return fmt.Errorf("value %q: want 0 or 1", s)
		}
		*set[i] = s == "1"
	}
	return nil
}

// join writes numbers as a row of the recording.
func join(values ...any) string {
	s := make([]string, len(values))
	for i, v := range values {
		switch v := v.(type) {
		case bool:
			s[i] = strconv.Itoa(bit(v))
		case string:
			s[i] = v
		default:
			s[i] = fmt.Sprint(v)
		}
	}
	return strings.Join(s, ",")
}
