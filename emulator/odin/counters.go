package odin

// Counters is what a run added up to. All are integers, and each is a number of
// cycles or of accesses.
type Counters struct {
	// Cycles is how long the run was, LastActive the last cycle in which
	// anything happened. Quiescent says that nothing was left to do at the end.
	Cycles, LastActive int64
	Quiescent          bool
	// InState is the cycles spent in each state.
	InState [numStates]int64
	// Accesses to the memories, a read in every cycle of a stall included.
	NeuronReads, NeuronWrites, SynapseReads, SynapseWrites int64
	// OutputBusy is the cycles in which the output bus was.
	OutputBusy int64
	// MaxQueued is the most events that the scheduler held, Dropped the spikes it
	// had no room for.
	MaxQueued, Dropped int64
	// Synaptic is the synaptic operations: a neuron visited by a spike, with
	// whatever weight, or by a virtual event.
	Synaptic int64
}

// Count is a counter with its name.
type Count struct {
	Name  string
	Value int64
}

// Named lists the counters that a chip has, by the names that recordings use.
func (c *Counters) Named(m Model) []Count {
	rows := []Count{
		{"cycles_total", c.Cycles},
		{"last_active_cycle", c.LastActive},
		{"quiescent", int64(bit(c.Quiescent))},
	}
	for s, cycles := range c.InState {
		if states[s].missing != m {
			rows = append(rows, Count{"cycles_" + states[s].name, cycles})
		}
	}
	rows = append(
		rows,
		Count{"neurmem_reads", c.NeuronReads},
		Count{"neurmem_writes", c.NeuronWrites},
		Count{"synmem_reads", c.SynapseReads},
		Count{"synmem_writes", c.SynapseWrites},
		Count{"aerout_busy_cycles", c.OutputBusy},
		Count{"sched_max_occupancy", c.MaxQueued},
		Count{"sched_drops", c.Dropped},
		Count{"sops_executed", c.Synaptic},
	)
	return rows
}
