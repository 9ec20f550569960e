package odin

import (
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/weft-toolchain/weft/emulator/checkpoint"
)

// passed returns a session that goes on where another is.
func passed(t *testing.T, c *Chip, s *Session) *Session {
	t.Helper()
	w := checkpoint.Writer()
	s.Checkpoint(w)
	r, err := checkpoint.Read("checkpoint", checkpoint.Bytes(nil, w), nil)
	if err != nil {
		t.Fatal(err)
	}
	next := c.Start()
	next.Checkpoint(r)
	if err := r.End(); err != nil {
		t.Fatal(err)
	}
	return next
}

// A chip that is passed on after every call does what one does that is not: with a
// scheduler that overflows, an output bus that stalls, events that are cut off before
// they are accepted, and synapses that learn.
func TestSessionsGoOnFromCheckpoints(t *testing.T) {
	for m := range numModels {
		t.Run(m.String(), func(t *testing.T) {
			r := rand.New(rand.NewPCG(1, uint64(m)))
			cfg := Config{Model: m, AckDelay: 3, DropDelay: 2, UpdateUnmapped: true, PropagateUnmapped: true, Synapses: new([numNeurons][numNeurons]uint8)}
			for n := range cfg.Neurons {
				learns := &Calcium{ThetaMem: 5, Theta1: 0, Theta2: 4, Theta3: 7, Leak: 2}
				cfg.Neurons[n] = (&IntegrateAndFire{Threshold: 20 + n%7, Leak: 1, Calcium: learns}).Word(m)
				for k := range 12 {
					cfg.Synapses[n][(n*31+k*11)%numNeurons] = uint8(1 + r.IntN(7))
				}
			}
			chip, err := New(cfg)
			if err != nil {
				t.Fatal(err)
			}
			whole, parts := chip.Start(), chip.Start()
			var cut, rested int
			for call := range 400 {
				var addresses []uint32
				for range r.IntN(4) {
					addresses = append(addresses, SpikeAddress(m, r.IntN(numNeurons)))
				}
				if r.IntN(3) == 0 {
					addresses = append(addresses, TimeReferenceAddress(m))
				}
				cycles := int64(1 + r.IntN(40))
				if call%10 == 0 {
					cycles = 20_000
				}
				want, rest := whole.Do(addresses, cycles)
				got, alike := parts.Do(addresses, cycles)
				if whole.m.in.pending() {
					cut++
				}
				if rest {
					rested++
				}
				parts = passed(t, chip, parts)
				if diff := cmp.Diff(want, got); diff != "" || rest != alike {
					t.Fatalf("call %d: comes to rest: %v, and %v after checkpoints; spikes (-without +with):\n%s", call, rest, alike, diff)
				}
				if diff := cmp.Diff(whole.Counters(), parts.Counters()); diff != "" {
					t.Fatalf("call %d: counters (-without +with checkpoints):\n%s", call, diff)
				}
				for n := range numNeurons {
					if want, got := whole.Neuron(n), parts.Neuron(n); want != got {
						t.Fatalf("call %d: neuron %d is %+v after checkpoints, %+v without", call, n, got, want)
					}
				}
				if whole.m.synapses != parts.m.synapses {
					t.Fatalf("call %d: synapses are others after checkpoints than without", call)
				}
			}
			c := whole.Counters()
			if cut == 0 || rested == 0 || c.Dropped == 0 || c.OutputBusy == 0 || m == ODIN && c.SynapseWrites == 0 {
				t.Errorf("%d calls were cut off before all was accepted, %d came to rest, %+v: too little to show anything", cut, rested, c)
			}
		})
	}
}
