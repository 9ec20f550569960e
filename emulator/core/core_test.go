package core_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/weft-toolchain/weft/emulator/activity"
	"github.com/weft-toolchain/weft/emulator/core"
	"github.com/weft-toolchain/weft/emulator/internal/sample"
	"github.com/weft-toolchain/weft/isa"
	"github.com/weft-toolchain/weft/isa/fixed"
	"github.com/weft-toolchain/weft/isa/image"
	"github.com/weft-toolchain/weft/targets"
)

// keep is a program that keeps a tick's sum as its state.
const keep = ".state v\nmov v, in\n"

// single returns an image of one core with the given program and rows.
func single(t testing.TB, arch targets.Arch, program string, neurons int, rows []image.Row) *image.Image {
	t.Helper()
	p, err := isa.Assemble("core.s", program, isa.AsmOptions{})
	if err != nil {
		t.Fatal(err)
	}
	c := image.Core{State: make([]int32, neurons*len(p.State)), Rows: image.PackRows(rows...), Dests: make([][]image.Dest, neurons)}
	for k := range neurons {
		c.Neurons = append(c.Neurons, int32(k))
	}
	im := &image.Image{
		Manifest: image.Manifest{Arch: arch, Populations: []image.Symbol{{Name: "p", Shape: []int{neurons}, N: neurons}}},
		Programs: []isa.Program{*p}, Cores: []image.Core{c},
	}
	if err := im.Verify(); err != nil {
		t.Fatal(err)
	}
	return im
}

func newCore(im *image.Image) *core.Core { return core.New(core.NewSpec(im, 0, sample.Timing())) }

// rows returns random rows of every kind: empty, full, scattered, full of zeros.
func rows(r *rand.Rand, arch *targets.Arch, axons, neurons int) []image.Row {
	out := make([]image.Row, axons)
	for a := range out {
		density := []float64{0, 0.1, 0.5, 1}[r.IntN(4)]
		zeros := []float64{0, 0.3, 0.9, 1}[r.IntN(4)]
		for slot := range neurons {
			for times := 0; times < 2 && r.Float64() < density; times++ {
				w := int16(r.IntN(256) - 128)
				if r.Float64() < zeros {
					w = 0
				}
				out[a].Slots = append(out[a].Slots, uint16(slot))
				out[a].Weights = append(out[a].Weights, w)
				if arch.DelayPlace == targets.DelaySynapse {
					out[a].Delays = append(out[a].Delays, uint16(1+r.IntN(arch.MaxDelay)))
				}
				if arch.SynapseFormat == targets.Dense {
					break
				}
			}
		}
	}
	return out
}

// Integrate adds the weights of the rows that are due and nothing else, and
// counts and costs what it read; over a run that goes round the ring often.
func TestIntegrateEqualsBruteForce(t *testing.T) {
	for name, arch := range map[string]targets.Arch{"dense": sample.Dense(), "sparse": sample.Sparse()} {
		t.Run(name, func(t *testing.T) {
			for seed := range uint64(30) {
				r := rand.New(rand.NewPCG(seed, 1))
				neurons, axons := 1+r.IntN(arch.Neurons), 1+r.IntN(100)
				rs := rows(r, &arch, axons, neurons)
				c := newCore(single(t, arch, keep, neurons, rs))
				const ticks = 40
				var due [2 * ticks]map[int]bool // axons, by tick
				var want [2 * ticks][]int32
				for k := range due {
					due[k], want[k] = map[int]bool{}, make([]int32, neurons)
				}
				var counts activity.Counts
				for tick := 1; tick <= ticks; tick++ {
					cycles, wantCycles := c.Integrate(int64(tick)), sample.Timing().Tick
					for a := range due[tick] {
						row := rs[a]
						words := (len(row.Slots) + arch.WordSynapses - 1) / arch.WordSynapses
						if arch.SynapseFormat == targets.Dense {
							words = (arch.Neurons + arch.WordSynapses - 1) / arch.WordSynapses
						}
						wantCycles += sample.Timing().Row + int64(words)*sample.Timing().Word
						counts[targets.AxonRow]++
						counts[targets.SynapseWord] += int64(words)
						counts[targets.SynapticOp] += int64(len(row.Slots))
						for k, slot := range row.Slots {
							at := tick
							if row.Delays != nil {
								at = tick - 1 + int(row.Delays[k])
							}
							want[at][slot] += int32(row.Weights[k])
						}
					}
					if cycles != wantCycles {
						t.Fatalf("seed %d, tick %d: took %d cycles, want %d", seed, tick, cycles, wantCycles)
					}
					c.Update(int64(tick))
					for slot, w := range want[tick] {
						if got := c.State(slot, 0); got != w {
							t.Fatalf("seed %d, tick %d, slot %d: sum is %d, want %d", seed, tick, slot, got, w)
						}
					}
					for range r.IntN(10) {
						a, later := r.IntN(axons), 1
						if arch.DelayPlace == targets.DelayAxon {
							later = 1 + r.IntN(arch.MaxDelay)
						}
						due[tick+later][a] = true
						c.Receive(int32(a), int64(tick+later), 1)
						counts[targets.PacketReceived]++
					}
				}
				for _, e := range []targets.Event{targets.AxonRow, targets.SynapseWord, targets.SynapticOp, targets.PacketReceived} {
					if c.Counts[e] != counts[e] {
						t.Errorf("seed %d: %s is %d, want %d", seed, targets.Events[e].Name, c.Counts[e], counts[e])
					}
				}
			}
		})
	}
}

// A spike sent in tick t with delay d is in the sum of tick t+d, and of no
// other, for every delay that the ring has and wherever the ring stands.
func TestDelays(t *testing.T) {
	for name, arch := range map[string]targets.Arch{"axon": sample.Dense(), "synapse": sample.Sparse()} {
		t.Run(name, func(t *testing.T) {
			for delay := 1; delay <= arch.MaxDelay; delay++ {
				row := image.Row{Slots: []uint16{0}, Weights: []int16{1}}
				later := int64(delay)
				if arch.DelayPlace == targets.DelaySynapse {
					row.Delays, later = []uint16{uint16(delay)}, 1
				}
				c := newCore(single(t, arch, keep, 1, []image.Row{row}))
				for tick := int64(1); tick <= 200; tick++ {
					c.Integrate(tick)
					c.Update(tick)
					sent := tick - int64(delay)
					want := int32(0)
					if sent > 0 && sent%3 == 0 {
						want = 1
					}
					if got := c.State(0, 0); got != want {
						t.Fatalf("delay %d, tick %d: the sum is %d, want %d", delay, tick, got, want)
					}
					if tick%3 == 0 {
						c.Receive(0, tick+later, 1)
					}
				}
			}
		})
	}
}

// Two packets to one axon in one tick are one spike: the scheduler has one bit.
func TestSchedulerHoldsOneSpikePerAxonAndTick(t *testing.T) {
	c := newCore(single(t, sample.Dense(), keep, 1, []image.Row{{Slots: []uint16{0}, Weights: []int16{5}}}))
	c.Receive(0, 1, 1)
	c.Receive(0, 1, 1)
	c.Integrate(1)
	c.Update(1)
	if got := c.State(0, 0); got != 5 {
		t.Errorf("sum is %d, want 5", got)
	}
	if n := c.Counts[targets.PacketReceived]; n != 2 {
		t.Errorf("%d packets received, want 2", n)
	}
}

// A scratch register that only some neurons write is 0 for the others: what one
// neuron leaves there must not be seen by the next.
func TestScratchRegistersDoNotLeak(t *testing.T) {
	const program = ".state v\n gt q1, in, zero\n@q1 movi t0, 7\n@q1 movi t5, 9\n@!q1 movi t4, 0\n mov v, t0\n@q1 mov v, t5\n"
	c := newCore(single(t, sample.Dense(), program, 3, []image.Row{{Slots: []uint16{0, 2}, Weights: []int16{1, 1}}}))
	c.Receive(0, 1, 1)
	c.Integrate(1)
	c.Update(1)
	for slot, want := range []int32{9, 0, 9} {
		if got := c.State(slot, 0); got != want {
			t.Errorf("neuron %d: v is %d, want %d", slot, got, want)
		}
	}
}

func TestCurrentIsAddedInEveryTickAndSaturates(t *testing.T) {
	arch := sample.Dense()
	_, most := fixed.Limits(arch.StateBits)
	c := newCore(single(t, arch, keep, 3, []image.Row{{Slots: []uint16{0, 1}, Weights: []int16{3, 4}}}))
	read := func(tick int64) []int32 {
		c.Integrate(tick)
		c.Update(tick)
		return []int32{c.State(0, 0), c.State(1, 0), c.State(2, 0)}
	}
	c.SetCurrent([]int32{10, int32(most), -2})
	c.Receive(0, 2, 1)
	for tick, want := range [][]int32{1: {10, int32(most), -2}, 2: {13, int32(most), -2}, 3: {10, int32(most), -2}} {
		if tick > 0 {
			if diff := cmp.Diff(want, read(int64(tick))); diff != "" {
				t.Errorf("tick %d (-want +got):\n%s", tick, diff)
			}
		}
	}
	c.SetCurrent(nil)
	if diff := cmp.Diff([]int32{0, 0, 0}, read(4)); diff != "" {
		t.Errorf("without current (-want +got):\n%s", diff)
	}
	if c.Saturations[0] != 1 {
		t.Errorf("%d saturations, want the one sum that was clipped", c.Saturations[0])
	}
}

// programs are programs that keep state, rest, saturate and fire in many ways.
var programs = map[string]string{
	"if":      sample.Program,
	"decay":   ".state v\n mulz v, v, c0, 4\n acc v, v, 0\n gt q1, v, c1\n@q1 spk\n@q1 mov v, zero\n",
	"rest":    ".state v\n.state ref\n gt q1, ref, zero\n@q1 addi ref, ref, -1\n@!q1 acc v, v, 0\n@!q1 gt q2, v, c1\n@q2 spk\n@q2 movi ref, 3\n",
	"clipped": ".state v\n acc t0, v, 20\n add v, t0, t0\n",
	"steady":  ".state v\n gt q1, in, zero\n@q1 spk\n",
	"nothing": ".program nothing\n",
	"scratch": ".state v\n gt q1, in, zero\n@q1 movi t0, 7\n max v, v, t0\n",
}

// Update equals each neuron run by itself in a lane that remembers nothing: the
// same state, spikes, saturations and active neurons, and the same books.
func TestUpdateEqualsFreshLanes(t *testing.T) {
	arch := sample.Dense()
	for name, text := range programs {
		t.Run(name, func(t *testing.T) {
			r := rand.New(rand.NewPCG(7, 7))
			const neurons, axons, ticks = 12, 8, 200
			im := single(t, arch, text, neurons, rows(r, &arch, axons, neurons))
			ic := &im.Cores[0]
			ic.Consts[0], ic.Consts[1] = 13, 60
			ic.ParamWords = 2
			for k := range neurons {
				ic.Params = append(ic.Params, int32(k%3), 50)
			}
			spec := core.NewSpec(im, 0, sample.Timing())
			c := core.New(spec)
			program, err := isa.DecodeAll(im.Programs[0].Words)
			if err != nil {
				t.Fatal(err)
			}
			words := im.StateWords(ic)
			state := make([]int32, neurons*words)
			var want activity.Counts
			var saturations int64
			for tick := int64(1); tick <= ticks; tick++ {
				sums := make([]int64, neurons)
				if r.IntN(4) == 0 {
					a := r.IntN(axons)
					c.Receive(int32(a), tick, 1)
					row := ic.Rows.Row(a)
					for k, slot := range row.Slots {
						sums[slot] += int64(row.Weights[k])
					}
				}
				c.Integrate(tick)
				if cycles, want := c.Update(tick), int64(3*len(program)*2); cycles != want {
					t.Fatalf("update of 12 neurons in 4 lanes took %d cycles, want %d", cycles, want)
				}
				var fired []int32
				for slot := range neurons {
					l := isa.Lane{Bits: arch.StateBits}
					copy(l.Reg[isa.C0:], ic.Consts[:])
					copy(l.Reg[isa.S0:], state[slot*words:(slot+1)*words])
					copy(l.Reg[isa.P0:], ic.Params[slot*2:slot*2+2])
					l.Reg[isa.In], _ = fixed.Sat(sums[slot], arch.StateBits)
					l.Run(program)
					changed := l.Spike
					for k := range words {
						at := &state[slot*words+k]
						changed = changed || *at != l.Reg[int(isa.S0)+k]
						*at = l.Reg[int(isa.S0)+k]
						if got := c.State(slot, k); got != *at {
							t.Fatalf("tick %d, slot %d: s%d is %d, want %d", tick, slot, k, got, *at)
						}
					}
					want[targets.NeuronUpdate]++
					if changed {
						want[targets.NeuronActive]++
					}
					if l.Spike {
						want[targets.SpikeOut]++
						fired = append(fired, int32(slot))
					}
					saturations += int64(l.Saturations)
				}
				want[targets.CoreTick]++
				if got := fmt.Sprint(c.Fired); got != fmt.Sprint(fired) {
					t.Fatalf("tick %d: %v fired, want %v", tick, got, fired)
				}
			}
			for _, e := range []targets.Event{targets.NeuronUpdate, targets.NeuronActive, targets.SpikeOut, targets.CoreTick} {
				if c.Counts[e] != want[e] {
					t.Errorf("%s is %d, want %d", targets.Events[e].Name, c.Counts[e], want[e])
				}
			}
			if c.Saturations[0] != saturations {
				t.Errorf("%d saturations, want %d", c.Saturations[0], saturations)
			}
		})
	}
}

// After Reset a core does what a new one does, and its books begin anew.
func TestResetRestoresEverything(t *testing.T) {
	for name, arch := range map[string]targets.Arch{"dense": sample.Dense(), "sparse": sample.Sparse()} {
		t.Run(name, func(t *testing.T) {
			r := rand.New(rand.NewPCG(3, 3))
			im := single(t, arch, programs["rest"], 12, rows(r, &arch, 20, 12))
			im.Cores[0].Consts[1] = 40
			im.Cores[0].State[3] = 17
			run := func(c *core.Core) (seen []string) {
				stimulus := rand.New(rand.NewPCG(4, 4))
				for tick := int64(1); tick <= 30; tick++ {
					cycles := c.Integrate(tick) + c.Update(tick)
					seen = append(seen, fmt.Sprint(cycles, c.Fired))
					for slot := range 12 {
						seen = append(seen, fmt.Sprint(c.State(slot, 0), c.State(slot, 1)))
					}
					for range 5 { // some of these are still under way at the end
						c.Receive(int32(stimulus.IntN(20)), tick+1, 1)
					}
				}
				return append(seen, fmt.Sprint(c.Counts, c.Saturations))
			}
			c := newCore(im)
			c.SetCurrent(make([]int32, 12))
			want := run(c)
			c.SetCurrent([]int32{9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9})
			run(c)
			c.Reset()
			if c.Counts != (activity.Counts{}) || c.Saturations[0] != 0 || len(c.Fired) != 0 {
				t.Errorf("after Reset the books hold %v, %d saturations, %v fired", c.Counts, c.Saturations, c.Fired)
			}
			if diff := cmp.Diff(want, run(c)); diff != "" {
				t.Errorf("a run after Reset (-first +after):\n%s", diff)
			}
		})
	}
}

func TestUpdateCyclesGoesByGroups(t *testing.T) {
	s := core.NewSpec(single(t, sample.Dense(), keep, 12, nil), 0, sample.Timing())
	for n, want := range []int64{0, 2, 2, 2, 2, 4, 4, 4, 4, 6, 6, 6, 6} { // 4 lanes, 1 instruction of 2 cycles
		if got := s.UpdateCycles(n); got != want {
			t.Errorf("%d neurons take %d cycles, want %d", n, got, want)
		}
	}
}
