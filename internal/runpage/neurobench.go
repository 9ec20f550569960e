package runpage

import (
	"github.com/weft-toolchain/weft/compiler"
	"github.com/weft-toolchain/weft/compiler/ir"
	"github.com/weft-toolchain/weft/compiler/network"
)

// NeuroBench is what NeuroBench's harness measures of a model, in the order of its
// leaderboard, of the network as it was compiled. The definitions are those of
// harness 2.3 (github.com/NeuroBench/neurobench, neurobench/metrics); Yik et al.,
// "The NeuroBench framework", Nature Communications 16, 2025. A run is one sample.
type NeuroBench struct {
	// FootprintBytes: all weights at their bits, zeros included, and the state and
	// parameter words of all slots (harness: parameters and buffers).
	FootprintBytes int64 `json:"footprint_bytes"`
	// ExecutionRateHz is how often the network is run in a second of its own time.
	ExecutionRateHz float64 `json:"execution_rate_hz"`
	// ConnectionSparsity is the share of weights that are zero. The weights of a
	// dense projection and of a list of edges are a matrix of all pairs, as a Linear
	// layer is; of one_to_one they are its pairs; of a convolution, its synapses.
	// Pools have none.
	ConnectionSparsity float64 `json:"connection_sparsity"`
	// ActivationSparsity is the share of neurons and ticks without a spike.
	ActivationSparsity float64    `json:"activation_sparsity"`
	SynapticOperations Operations `json:"synaptic_operations"`
	// MembraneUpdates counts neurons and ticks that changed the potential; of the
	// first tick all count.
	MembraneUpdates int64 `json:"membrane_updates"`
}

// Operations are synaptic operations of a sample. Effective ones have a spike and a
// weight that is not zero: with spikes for inputs all are additions. Dense are those
// of all weights in all ticks.
type Operations struct {
	EffectiveMACs int64 `json:"effective_macs"`
	EffectiveACs  int64 `json:"effective_acs"`
	Dense         int64 `json:"dense"`
}

// measure returns the figures of a run; spikes are by source, inputs first.
func measure(res *compiler.Result, spikes []int64, ticks, updates int64) *NeuroBench {
	q := res.Mapped.Quantized
	b := &NeuroBench{ExecutionRateHz: 1 / q.Net.Tick, MembraneUpdates: updates}
	var bits, weights, zeros int64
	for k := range q.Projections {
		p := &q.Projections[k]
		connect := &q.Net.Projections[p.Index].Connect
		if connect.Kind == network.SumPool || connect.Kind == network.AvgPool {
			continue
		}
		all, stored := weightsOf(q, p, connect)
		weights += all
		bits += stored * int64(q.Stats[k].Bits)
		zeros += all
		first := q.FirstSource(p)
		for i := range len(p.Off) - 1 {
			effective := int64(0)
			for _, w := range q.Weights[k][p.Off[i]:p.Off[i+1]] {
				if w != 0 {
					effective++
				}
			}
			zeros -= effective
			b.SynapticOperations.EffectiveACs += effective * spikes[first+i]
		}
	}
	for k := range res.Image.Cores {
		c := &res.Image.Cores[k]
		bits += int64(len(c.State)+len(c.Params)) * int64(q.StateBits)
	}
	b.FootprintBytes = (bits + 7) / 8
	b.SynapticOperations.Dense = weights * ticks
	if weights > 0 {
		b.ConnectionSparsity = float64(zeros) / float64(weights)
	}
	if n := int64(q.Neurons()) * ticks; n > 0 {
		for _, s := range spikes[q.InputCount():] {
			b.ActivationSparsity += float64(s)
		}
		b.ActivationSparsity = 1 - b.ActivationSparsity/float64(n)
	}
	return b
}

// weightsOf returns how many weights a projection has as connections, and how many
// are stored: those of a convolution's kernel are used many times.
func weightsOf(q *ir.Quantized, p *ir.Projection, c *network.Connect) (all, stored int64) {
	switch c.Kind {
	case network.Dense, network.Edges:
		all = max(int64(q.FromGroup(p).N)*int64(q.Populations[p.To].N), int64(len(p.Post))) // a pair may have several
		return all, all
	case network.Conv2D:
		w := c.Window
		return int64(len(p.Post)), int64(w.OutChannels) * int64(w.InChannels/w.Groups) * int64(w.Kernel[0]) * int64(w.Kernel[1])
	case network.OneToOne, network.SumPool, network.AvgPool:
	}
	return int64(len(p.Post)), int64(len(p.Post))
}
