package difftest

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/weft-toolchain/weft/emulator/odin"
	"github.com/weft-toolchain/weft/emulator/ranc"
	"github.com/weft-toolchain/weft/isa"
	"github.com/weft-toolchain/weft/isa/fixed"
	"github.com/weft-toolchain/weft/isa/models"
)

// program is a neuron's text on a lane.
type program struct {
	lane isa.Lane
	code []isa.Inst
	regs map[string]isa.Reg
	// choices are those that it was made with.
	choices map[string]string
}

func newProgram(t *testing.T, model string, bits int, opt models.Options, words map[string]int) *program {
	t.Helper()
	m, ok := models.Lookup(model)
	if !ok {
		t.Fatalf("no model %q", model)
	}
	p, err := m.Assemble(opt)
	if err != nil {
		t.Fatal(err)
	}
	code, err := isa.DecodeAll(p.Words)
	if err != nil {
		t.Fatal(err)
	}
	out := &program{lane: isa.Lane{Bits: bits}, code: code, regs: map[string]isa.Reg{}, choices: opt.Choices}
	for k, name := range p.State {
		out.regs[name] = isa.S0 + isa.Reg(k)
	}
	for _, b := range p.Params {
		out.regs[b.Name] = b.Reg
	}
	for name, x := range words {
		if r, ok := out.regs[name]; ok {
			out.lane.Reg[r] = int32(x)
		}
	}
	return out
}

// tick runs the text once with that input and reports a spike.
func (p *program) tick(in int) bool {
	p.lane.Reg[isa.In], _ = fixed.Sat(int64(in), p.lane.Bits)
	p.lane.Sum = int64(in)
	clear(p.lane.Reg[isa.T0:isa.S0])
	p.lane.Run(p.code)
	return p.lane.Spike
}

func (p *program) word(name string) int { return int(p.lane.Reg[p.regs[name]]) }

// apart is how far apart the input events of ODIN and tinyODIN are, in cycles:
// one is worked off before the next comes.
const apart = 20000

// eventChip is a chip of 256 neurons, each a configuration of its own.
type eventChip struct {
	cfg odin.Config
	// weight returns what a spike of a row adds to a neuron.
	weight func(row, neuron int) int
}

func (c *eventChip) run(t *testing.T, rows []int, timeRef uint32, spike func(row int) uint32) *odin.Trace {
	t.Helper()
	chip, err := odin.New(c.cfg)
	if err != nil {
		t.Fatal(err)
	}
	var events []odin.Event
	at := int64(0)
	for _, row := range rows {
		events = append(events, odin.Event{At: at, Address: spike(row)}, odin.Event{At: at + apart, Address: timeRef})
		at += 2 * apart
	}
	trace, err := chip.Run(events)
	if err != nil {
		t.Fatal(err)
	}
	return trace
}

// put writes the bits of x at a place of a neuron's word, and get reads some.
func put(w odin.Word, low, x int) odin.Word {
	if low >= 64 {
		w.Hi |= uint64(x) << (low - 64)
	} else {
		w.Lo |= uint64(x) << low
		if low > 0 {
			w.Hi |= uint64(x) >> (64 - low)
		}
	}
	return w
}

func get(w odin.Word, low, width int) int {
	if low >= 64 {
		return int(w.Hi >> (low - 64) & (1<<width - 1))
	}
	return int((w.Lo>>low | w.Hi<<(64-low)) & (1<<width - 1))
}

const eventTicks = 8

// A tick of odin_lif, with the neuron's part of sdsp, is an event and a time
// reference of ODIN, as emulator/odin has it from recordings of the RTL:
// potential, calcium, flags and spikes, after every tick.
func TestODINTextsFollowTheChip(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	sdsp, _ := models.LookupRule("sdsp")
	spikes, flags := 0, [2]int{}
	for range 12 {
		c := eventChip{cfg: odin.Config{Model: odin.ODIN, OpenLoop: true, PropagateUnmapped: true, Synapses: new([256][256]uint8)}}
		for row := range c.cfg.Synapses {
			c.cfg.Inhibitory[row] = r.IntN(4) == 0
			for n := range c.cfg.Synapses[row] {
				c.cfg.Synapses[row][n] = uint8(r.IntN(8)) // no mapping bit: it does not learn
			}
		}
		c.weight = func(row, n int) int {
			w := int(c.cfg.Synapses[row][n])
			if c.cfg.Inhibitory[row] {
				return -w
			}
			return w
		}
		texts := make([]*program, 256)
		for n := range texts {
			threshold, leak, v := 1+r.IntN(1+r.IntN(255)), r.IntN(1+r.IntN(128)), r.IntN(256)
			mem := r.IntN(1 + r.IntN(255))
			th := [3]int{r.IntN(3), r.IntN(8), r.IntN(8)}
			caLeak := 1 + r.IntN(5)
			w := put(odin.Word{}, 0, 1)
			for _, f := range [][2]int{{1, leak}, {8, 1}, {9, threshold}, {17, 1}, {18, mem}, {26, th[0]}, {29, th[1]}, {32, th[2]}, {35, caLeak}, {70, v}} {
				w = put(w, f[0], f[1])
			}
			c.cfg.Neurons[n] = w
			learning := &models.Learning{Rule: sdsp, Consts: map[string]int{
				"theta_1": th[0], "theta_2": th[1], "theta_3": th[2], "ca_leak": caLeak, "step": 1, "w_min": 0, "w_max": 7,
			}}
			texts[n] = newProgram(t, "odin_lif", 9, models.Options{Learning: learning}, map[string]int{"threshold": threshold, "leak": leak, "v": v, "theta_mem": mem})
		}
		var rows []int
		fired := make([]int, 256)
		for range eventTicks {
			rows = append(rows, r.IntN(256))
			trace := c.run(t, rows, 0x7F, func(row int) uint32 { return uint32(row)<<8 | 7 })
			count := make([]int, 256)
			for _, s := range trace.Spikes {
				count[s.Neuron]++
			}
			for n, p := range texts {
				before := fmt.Sprintf("neuron %s, potential %d, row of weight %d", c.cfg.Neurons[n].Hex(128), p.word("v"), c.weight(rows[len(rows)-1], n))
				if p.tick(c.weight(rows[len(rows)-1], n)) {
					fired[n]++
					spikes++
				}
				w, flag := trace.Final.Neurons[n], trace.Final.Flags[n]
				want := [...]int{get(w, 70, 8), get(w, 78, 3), get(w, 81, 5), b2i(flag.Up) - b2i(flag.Down), count[n]}
				got := [...]int{p.word("v"), p.word("ca"), p.word("leaks"), p.word("flag"), fired[n]}
				if got != want {
					t.Fatalf("tick %d, %s: the text has potential, calcium, its count, flag, spikes %v, the chip %v", len(rows), before, got, want)
				}
				flags[0] += b2i(flag.Up)
				flags[1] += b2i(flag.Down)
			}
		}
	}
	if spikes < 1000 || flags[0] < 500 || flags[1] < 500 {
		t.Errorf("%d spikes, %d and %d flags: too few to compare", spikes, flags[0], flags[1])
	}
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

// A tick of tinyodin_lif is an event and a time reference of tinyODIN.
func TestTinyODINTextFollowsTheChip(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	spikes := 0
	for range 20 {
		c := eventChip{cfg: odin.Config{Model: odin.TinyODIN, OpenLoop: true, Synapses: new([256][256]uint8)}}
		for row := range c.cfg.Synapses {
			for n := range c.cfg.Synapses[row] {
				c.cfg.Synapses[row][n] = uint8(r.IntN(16))
			}
		}
		c.weight = func(row, n int) int { return int(int8(c.cfg.Synapses[row][n]<<4)) >> 4 }
		texts := make([]*program, 256)
		for n := range texts {
			threshold, leak, v := 1+r.IntN(1+r.IntN(2047)), r.IntN(1+r.IntN(128)), r.IntN(4096)-2048
			if r.IntN(2) == 0 {
				threshold, v = 1+r.IntN(20), r.IntN(40)-20
			}
			c.cfg.Neurons[n] = put(put(put(odin.Word{}, 0, v&0xFFF), 12, threshold), 24, leak)
			texts[n] = newProgram(t, "tinyodin_lif", 12, models.Options{}, map[string]int{"threshold": threshold, "leak": leak, "v": v})
		}
		var rows []int
		fired := make([]int, 256)
		for range eventTicks {
			rows = append(rows, r.IntN(256))
			trace := c.run(t, rows, 0x1FF, func(row int) uint32 { return uint32(row) })
			count := make([]int, 256)
			for _, s := range trace.Spikes {
				count[s.Neuron]++
			}
			for n, p := range texts {
				if p.tick(c.weight(rows[len(rows)-1], n)) {
					fired[n]++
					spikes++
				}
				want := [...]int{get(trace.Final.Neurons[n], 0, 12) << 52 >> 52, count[n]}
				if got := [...]int{p.word("v"), fired[n]}; got != want {
					t.Fatalf("neuron %s, tick %d: the text has potential and spikes %v, the chip %v", c.cfg.Neurons[n].Hex(32), len(rows), got, want)
				}
			}
		}
	}
	if spikes < 1000 {
		t.Errorf("%d spikes: too few to compare", spikes)
	}
}

// The text of ranc is RANC's neuron, as emulator/ranc has it from recordings of
// the HDL and the simulator, in words that wrap.
func TestRANCTextFollowsTheChip(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	spikes := 0
	const axons, neurons, ticks = 16, 64, 12
	for trial := range 120 {
		bits := []int{9, 9, 16, 32}[trial%4]
		lo, hi := fixed.Limits(bits)
		number := func() int32 {
			if r.IntN(3) == 0 {
				return int32(lo + r.Int64N(hi-lo+1))
			}
			return int32(r.IntN(101) - 50)
		}
		cfg := ranc.Config{
			Width: 2, Height: 1, Axons: axons, Neurons: neurons, Weights: 4, Slots: 16, Bus: ranc.Bus{X: 1, Outputs: 1},
			SymmetricReset: r.IntN(2) == 0, Options: ranc.Options{Bits: bits},
		}
		core := ranc.Core{}
		for range axons {
			core.AxonTypes = append(core.AxonTypes, r.IntN(4))
		}
		texts := make([]*program, neurons)
		for n := range texts {
			x := ranc.Neuron{
				Weights: []int32{number(), number(), number(), number()}, Leak: number(), PositiveThreshold: number(),
				NegativeThreshold: number(), ResetPotential: number(), Potential: number(), DX: 1,
			}
			opt := models.Options{Reset: "value", Choices: map[string]string{"negative": "below"}}
			if r.IntN(2) == 0 {
				x.Reset, opt.Reset = ranc.Linear, "subtract"
			}
			if cfg.SymmetricReset {
				opt.Choices["negative"] = "reached"
			}
			if x.Reset == ranc.Absolute && r.IntN(3) == 0 {
				x.ResetPotential, opt.Reset = 0, "zero"
			}
			core.Neurons = append(core.Neurons, x)
			core.Synapses = append(core.Synapses, []uint64{r.Uint64() & (1<<axons - 1)})
			texts[n] = newProgram(t, "ranc", bits, opt, map[string]int{
				"leak": int(x.Leak), "threshold": int(x.PositiveThreshold), "neg_threshold": int(x.NegativeThreshold),
				"v_reset": int(x.ResetPotential), "v": int(x.Potential),
			})
		}
		cfg.Cores = []ranc.Core{core}
		grid, err := ranc.New(cfg)
		if err != nil {
			t.Fatal(err)
		}
		active := uint64(0) // axons of the packets of the tick before
		for tick := range ticks {
			var in []ranc.Packet
			next := uint64(0)
			for a := range axons {
				if r.IntN(4) == 0 {
					in = append(in, ranc.Packet{Axon: a})
					next |= 1 << a
				}
			}
			result, err := grid.Tick(in)
			if err != nil {
				t.Fatal(err)
			}
			fired := map[int]bool{}
			for _, s := range result.Spikes {
				fired[s.Neuron] = true
			}
			potentials := grid.Potentials(0, 0)
			for n, p := range texts {
				sum := 0
				for a := range axons {
					if (active&core.Synapses[n][0])>>a&1 != 0 {
						sum += int(core.Neurons[n].Weights[core.AxonTypes[a]])
					}
				}
				before := p.word("v")
				got := p.tick(sum)
				if got != fired[n] || int64(p.word("v")) != potentials[n] {
					t.Fatalf("%d bits, tick %d, neuron %+v at %d, input %d: the text has potential %d and fires %v, the chip %d and %v",
						bits, tick, core.Neurons[n], before, sum, p.word("v"), got, potentials[n], fired[n])
				}
				spikes += b2i(got)
			}
			active = next
		}
	}
	if spikes < 5000 {
		t.Errorf("%d spikes: too few to compare", spikes)
	}
}

// izhChoices are the choices of odin_izh, each with its bit in a neuron's word.
var izhChoices = map[string]int{
	"sharp": 18, "latency": 28, "after_depolarise": 29, "phasic": 33, "class_2": 35, "below_zero": 36, "rebound": 37,
	"inhibition_induced": 38, "bistable": 39, "resonate": 40, "variable_threshold": 41, "by_own_spikes": 42, "accommodate": 47,
}

// A tick of odin_izh is an event and a time reference of ODIN, whatever its
// choices.
func TestODINIzhikevichTextFollowsTheChip(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 10))
	names := slices.Sorted(maps.Keys(izhChoices))
	izh, _ := models.Lookup("odin_izh")
	spikes, longest := 0, 0
	for round := range 25 {
		c := eventChip{cfg: odin.Config{Model: odin.ODIN, OpenLoop: true, PropagateUnmapped: true, Synapses: new([256][256]uint8)}}
		for row := range c.cfg.Synapses {
			c.cfg.Inhibitory[row] = r.IntN(3) == 0
			for n := range c.cfg.Synapses[row] {
				c.cfg.Synapses[row][n] = uint8(r.IntN(8))
				if r.IntN(2) == 0 {
					c.cfg.Synapses[row][n] = 7
				}
			}
		}
		c.weight = func(row, n int) int {
			w := int(c.cfg.Synapses[row][n])
			if c.cfg.Inhibitory[row] {
				return -w
			}
			return w
		}
		texts := make([]*program, 256)
		for n := range texts {
			words := map[string]int{
				"leak": r.IntN(1 + r.IntN(20)), "threshold": 1 + r.IntN(1+r.IntN(7)), "reset": r.IntN(8), "delay": r.IntN(4),
				"stim_threshold": 1 + r.IntN(1+r.IntN(3)), "sharp_delay": r.IntN(4), "threshold_leak": r.IntN(5), "v": r.IntN(8), "acc": r.IntN(2048),
			}
			w := odin.Word{}
			for name, low := range map[string]int{"leak": 1, "threshold": 19, "reset": 22, "delay": 25, "stim_threshold": 30, "sharp_delay": 67, "threshold_leak": 43, "acc": 70, "v": 82} {
				w = put(w, low, words[name])
			}
			w = put(w, 8, 1)
			bit := r.IntN(1 + r.IntN(8)) // of 3 to 10
			w = put(w, 9, bit)
			words["fan_in"] = 8 << bit
			opt := models.Options{Choices: map[string]string{}}
			for range round % 5 {
				name := names[r.IntN(len(names))]
				with := maps.Clone(opt.Choices)
				with[name] = "true"
				if _, err := izh.Assemble(models.Options{Choices: with}); err == nil { // else it needs too many state words
					opt.Choices = with
				}
			}
			for name := range opt.Choices {
				w = put(w, izhChoices[name], 1)
			}
			c.cfg.Neurons[n] = w
			texts[n] = newProgram(t, "odin_izh", 12, opt, words)
			longest = max(longest, len(texts[n].code))
		}
		var rows []int
		seen := make([]int, 256)
		for range eventTicks + 4 {
			rows = append(rows, r.IntN(256))
			trace := c.run(t, rows, 0x7F, func(row int) uint32 { return uint32(row)<<8 | 7 })
			count := make([]int, 256)
			for _, s := range trace.Spikes {
				count[s.Neuron]++
			}
			for n, p := range texts {
				in := c.weight(rows[len(rows)-1], n)
				fired := p.tick(in)
				spikes += b2i(fired)
				w := trace.Final.Neurons[n]
				want := map[string]int{
					"v": get(w, 82, 4) << 60 >> 60, "acc": get(w, 70, 11), "timer": get(w, 86, 3), "strength": get(w, 89, 4) << 60 >> 60,
					"once": get(w, 97, 1), "on": get(w, 104, 1), "held": get(w, 105, 1), "phase": []int{0, 2, 3, 1}[get(w, 106, 2)],
					"shift": get(w, 108, 4) << 60 >> 60, "count": get(w, 112, 4), "ref": get(w, 81, 1),
				}
				for name, x := range want {
					if _, has := p.regs[name]; !has {
						continue
					}
					got := p.word(name)
					if name == "ref" {
						got = min(got, 1)
					}
					if got != x {
						t.Fatalf("neuron %s (%v), tick %d, input %d: the text has %s = %d, the chip %v", c.cfg.Neurons[n].Hex(128), p.choices, len(rows), in, name, got, want)
					}
				}
				if fired != (count[n] > seen[n]) {
					t.Fatalf("neuron %s (%v), tick %d, input %d: the text fires %v, the chip %d times", c.cfg.Neurons[n].Hex(128), p.choices, len(rows), in, fired, count[n]-seen[n])
				}
				seen[n] = count[n]
			}
		}
	}
	t.Logf("%d spikes, the longest program has %d instructions", spikes, longest)
	if spikes < 2000 {
		t.Errorf("%d spikes: too few to compare", spikes)
	}
}
