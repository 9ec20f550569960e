// Package odin emulates two open event-driven chips, tinyODIN and ODIN, bit for
// bit and cycle for cycle. It is here for trust: what it computes is compared
// with recordings of the chips' own circuits, simulated register by register, and
// every handshake, spike, controller state, memory word and count has to be equal.
//
// Both chips are one crossbar: 256 neurons, 256×256 synapses, and one data path
// that visits neuron after neuron. There are no ticks. Events come in by a bus
// with a four-phase handshake, or from the chip's own spikes by way of a
// scheduler; a controller takes one at a time; neurons that fire go into the
// scheduler and out by another bus. The literature is Frenkel et al., "A
// 0.086-mm² 12.7-pJ/SOP 64k-synapse 256-neuron online-learning digital spiking
// neuromorphic processor in 28-nm CMOS", IEEE Transactions on Biomedical Circuits
// and Systems 13 (2019), and the documentation that its authors publish with
// ChFrenkel/ODIN and ChFrenkel/tinyODIN. Where these are silent or disagree with
// the circuit, the circuit is right.
//
// # Time
//
// Cycle t is what follows the t-th rising edge after the chip is let go. The
// environment has the same clock. Let d be the delay of its acknowledge at the
// output, x the cycles that it takes longer than one to drop a request at the
// input, and N the neurons of a sweep. While the output bus sends, which takes
// A = 6+2d cycles, the controller stands still.
//
//	WAIT        at least 1 between operations, and while the output is busy
//	PUSH        1                    a spike or virtual event to the scheduler
//	TREF        2, or 2N + A·S       time reference of one neuron, or of all
//	SYNAPSE     2                    one synapse (ODIN)
//	BIST        64, or 64·256        bistability of one row, or of all (ODIN)
//	POP_VIRT    2                    a virtual event from the scheduler
//	POP_NEUR    2N + A·S             a spike from the scheduler
//	AER_POP     1, or 1 + A          pops that spike (tinyODIN)
//	WAIT_REQDN  4 + x                the end of a handshake at the input
//
// S counts what is sent by other neurons than the sweep's last; what the last
// sends is waited for in WAIT or AER_POP. A sweep that is decided on in cycle t
// writes its n-th neuron at t+2+2n, and A later for everything that was sent
// before. A request is acted on two cycles after it rises; see [Event] and the
// drawings beside the two buses for their edges.
//
// In WAIT a full scheduler goes first, then a request from outside, then the
// scheduler. A bistability event waits until the scheduler is empty. Time
// references, synapses and bistability do not go through the scheduler.
//
// Nothing is done in cycles in which nothing happens. The run time depends on
// the events, not on the time between them.
//
// # Where the two differ
//
//	                  tinyODIN                  ODIN
//	input address     10 bits                   17 bits
//	scheduler         128 entries of 12 bits    32 entries of 13 bits
//	N                 1 to 256                  256
//	potential         −2048 to 2047             0 to 255, or −8 to 7 (Izhikevich)
//	synapse           weight −8 to 7            mapping bit, weight 0 to 7
//	sign              of the weight             of the presynaptic neuron
//	learning          none                      spike-dependent plasticity
//	events reported   at the sweep's last write at that of the monitored neuron
//
// # What is not modelled
//
//   - Bursts. An Izhikevich neuron may ask the scheduler to repeat its spike from
//     one of 57 queues, which take turns by a counter that runs on from when the
//     chip was programmed. Its phase is not part of a configuration, no recording
//     has a burst, and the queues' declared depth of four does not agree with
//     their pointers of five bits. [New] therefore refuses the one combination in
//     which bursts play: such a neuron, a closed loop, and BurstTimeref not zero.
//     In open loop, or with BurstTimeref zero, the circuit sends single spikes,
//     and so does the emulator.
//   - Programming. The chip begins programmed; the SPI bus is not there, and the
//     controller's states for it count zero.
//   - Two clocks. The environment's edges are those of the chip's clock.
//
// The monitoring mode of ODIN's output bus is modelled after the circuit's
// description, but no recording has it. Of the Izhikevich neuron the recording
// reaches every branch but those for bursts.
package odin
