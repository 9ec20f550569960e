// Package ranc is the only place that knows RANC, the open grid of crossbar
// cores in TrueNorth's manner: it emulates its C++ simulator tick for tick, and
// its HDL cycle for cycle.
//
// RANC is Mack et al., "RANC: Reconfigurable Architecture for Neuromorphic
// Computing", IEEE TCAD 2021; what is said of it here was read in its sources
// (UA-RCL/RANC on GitHub) and measured on them, and golden_test.go replays
// recordings of both.
//
// # A core
//
//	packets ─▶ router ─▶ scheduler: slots × axons, one bit each
//	                          │ the row of this tick
//	                     crossbar: axons × neurons, one bit each
//	                          │ an axon's type picks one of the neuron's weights
//	                     neurons, one after the other ─▶ packets
//
// In one tick a neuron adds the weights of its active axons to its potential,
// adds its leak, and compares:
//
//	v >= positive threshold: a spike;  v := reset    or v - positive threshold
//	v <  negative threshold: no spike; v := -reset   or v - negative threshold
//
// by its reset mode, Absolute or Linear. The simulator may be told to use <=
// for the negative threshold (Config.SymmetricReset).
//
// A packet with offset k that arrives in tick t is seen in tick t+1+k, for k
// below slots-1; packets for the same axon and tick merge. Coordinates: x grows
// to the east, y to the north, and input enters at the west of core (0,0).
//
// # Two variants
//
//	                    Simulator              HDL
//	potential           unbounded              wraps at 9 bits
//	negative threshold  < or <=                <
//	k = slots-1         lost                   written into the row being read
//	packets             arrive at once         routed, cycle by cycle
//
// In the HDL the row of k = slots-1 is the row that the core reads: a neuron
// whose scan reaches that axon after the write sees the spike in the same tick,
// the rest of the row is cleared with it, and what is written after the clear
// is seen slots ticks later. Both variants warn of it.
//
// # Time in the HDL
//
// Cycle 0 of a tick is the rising edge that samples tick = 1. The token
// controller scans every axon of every neuron, whatever is active:
//
//	neuron n scans axon a at   n·(axons+2) + 2 + a
//	spike of neuron n at       (n+1)·(axons+2)                    SpikeCycle
//	busy                       neurons·(axons+2) + 2              BusyCycles
//	scheduler write            spike + 6 + 2·(|dx|+|dy|) if alone HopCycles
//
// The scheduler's write of cycle c takes effect at the next edge. The row is
// cleared in the cycle in which the core ends being busy, and a packet that is
// written in that cycle is lost (Warning ClearLost).
//
// router.go says how packets meet: FIFOs of four, merges of fixed priority that
// pass one packet in two cycles, X before Y. A core whose packet does not fit
// stands still. Package noc cannot be set to be this router: it arbitrates by
// age and not by port, has one FIFO for each input and not for each turn, and
// its link occupies a place of the FIFO that it flies to.
//
// # Not modelled
//
//   - Fixed-period ticks: in the HDL variant a tick lasts until the cores and
//     the mesh are idle, so that token_controller_error cannot happen.
//   - What feeds the mesh: packets wait in a queue without end, from cycle
//     Options.InputCycle on, and leave it as fast as the mesh takes them. The
//     recordings do not say when theirs came; what they show of outputs allows
//     cycles 0 to 45, and the time after the last core is done.
//   - Memory that no core was given: in the HDL a place of the grid without a
//     core has neurons with threshold 0; here it only routes.
//   - The C++ simulator's 32-bit overflow; here potentials have 64 bits.
//   - TrueNorth's stochastic modes, which RANC does not have.
package ranc
