// Package place is the only place that knows how to put cores onto the mesh:
// which spot each core gets, so that spikes cross few links.
//
// It knows nothing of networks or targets. A Problem is a mesh of spots, some of
// which may not be used, and what the cores send each other: flows, which are
// sent packet by packet, and nets, which are sent once and branch on the way. Its
// answer is a spot for each core.
//
//	starts:  a walk near the port · spectral
//	            │
//	            ▼
//	anneal   swaps of two cores and moves into empty spots, in a window that
//	            │    closes as the temperature falls
//	            ▼
//	descend  the swaps and moves that still shorten the way, until none does
//	            │
//	            ▼
//	the cheapest of the runs, the earlier one of equals
//
// Refine goes on from there: it moves single vertices of the partition (package
// partition) between placed cores, for what counts in the end is the ways of
// spikes on the mesh and not how many cores they reach.
//
// All budgets are numbers of proposals or rounds, and all sums of costs are
// integers, so one seed gives one answer, however many workers share the runs.
package place
