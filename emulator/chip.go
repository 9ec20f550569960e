package emulator

import (
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/weft-toolchain/weft/emulator/core"
	"github.com/weft-toolchain/weft/emulator/kernel"
	"github.com/weft-toolchain/weft/emulator/noc"
	"github.com/weft-toolchain/weft/internal/diag"
	"github.com/weft-toolchain/weft/isa/image"
	"github.com/weft-toolchain/weft/targets"
)

// Mode says how much of the chip is emulated.
type Mode int

// The modes.
const (
	// Cycle emulates the mesh packet by packet and keeps time.
	Cycle Mode = iota
	// Functional delivers spikes without a mesh and keeps no time. Spikes and
	// counts are those of Cycle, but for the cycles themselves.
	Functional
)

var modeNames = [...]string{Cycle: "cycle", Functional: "functional"}

// String names the mode as --timing does.
func (m Mode) String() string { return modeNames[m] }

// ParseMode returns the mode of a name.
func ParseMode(name string) (Mode, bool) {
	k := slices.Index(modeNames[:], name)
	return Mode(k), k >= 0
}

// Chip is what all machines of an image and a target share: made once,
// immutable.
type Chip struct {
	image  *image.Image
	target *targets.Target
	timing targets.Timing
	mode   Mode
	way    Way
	specs  []*core.Spec
	// place finds each neuron's core and slot, or those of what stands for it: nowhere
	// for one that is removed. roles and populations say what each slot of each core
	// holds: roles is nil for a core whose slots are all of their neurons.
	place       []place
	roles       [][]image.Role
	populations [][]int32
	doubles     doubles
	// relays stand before those that they send to.
	relays []image.RelaySlot
	// unpacked returns the rows of the cores that inputs and relays lead to.
	unpacked func() [][]image.Row
	// routers has the router of each core, coreAt the core of each router.
	routers, coreAt []int32
	// inputs and spikes say what a spike sends, of an input and of a slot.
	inputs []fan
	spikes *spikeFans
	// parts says what a partial sum is sent to, atOnce the same of delay 0: nil for
	// a core that has none of these. takes are the cores that these go to.
	parts, atOnce [][]fan
	takes         []bool
	// broadcast says what an input's spike adds to the broadcast registers.
	broadcast []int32
	// alone has the population of each core whose slots are all of that one and of
	// their neurons, else −1.
	alone []int32
	// first has the first neuron of each core whose slots are of one after another,
	// else −1.
	first []int32
	// inOrder says that all slots of one core after the other are in the order of their
	// neurons, of which none stands for another.
	inOrder bool
	// depth is for how many ticks cores hold spikes, base the first word of each core
	// among the words of bits that are due in a tick, and how many these are; stride is by
	// how many the next tick's are further on.
	depth, words, stride int
	base                 []int32
	// group and update are the cycles that each core takes to update a group of neurons,
	// and all of them.
	group, update []int64
	// bits says that a spike is no more than a bit of these words, direct where that
	// of each slot is; else nil.
	bits   bool
	direct *direct
	// briefs is nil where not every slot has a brief.
	briefs *briefs
	// outgoing is nil where neurons do not add to the sums of others.
	outgoing *outgoing
	// event is set for a chip without ticks.
	event  *eventChip
	broken broken
}

type place struct{ core, slot int32 }

// nowhere is the place of a neuron that is removed.
var nowhere = place{-1, -1}

// NewChipOn prepares a verified image for running on a target: with its timing
// and, if it has some, its devices. Of an image that devices cannot hold it says
// why.
func NewChipOn(im *image.Image, t *targets.Target, mode Mode) (*Chip, error) {
	return NewBrokenChip(im, t, nil, mode)
}

// NewBrokenChip is NewChipOn for a chip of which something is dead: d is of the
// target's Arch, or nil.
func NewBrokenChip(im *image.Image, t *targets.Target, d *targets.Defects, mode Mode) (*Chip, error) {
	if t.Devices != nil {
		for k := range im.Cores {
			rows := &im.Cores[k].Rows
			for axon := range rows.Len() {
				if m := rows.Marks(axon); m.Plastic || m.Silent {
					return nil, diag.One(diag.Pos{File: im.Manifest.Network}, diag.Unsupported,
						"core %d, axon %d: learns, and a crossbar of devices, as %s has it, does not: choose a target with a digital one", k, axon, t.Name)
				}
			}
		}
	}
	return newChip(im, t, d, mode), nil
}

// NewChip prepares a verified image for running with a timing, on a chip with
// digital crossbars.
func NewChip(im *image.Image, timing targets.Timing, mode Mode) *Chip {
	return newChip(im, &targets.Target{Timing: timing}, nil, mode)
}

func newChip(im *image.Image, t *targets.Target, d *targets.Defects, mode Mode) *Chip {
	a := &im.Manifest.Arch
	c := &Chip{
		image: im, target: t, timing: t.Timing, mode: mode, place: make([]place, im.Neurons()),
		routers: make([]int32, len(im.Cores)), coreAt: make([]int32, a.Cores()),
		spikes: &spikeFans{}, parts: make([][]fan, len(im.Cores)), atOnce: make([][]fan, len(im.Cores)),
		takes: make([]bool, len(im.Cores)), roles: make([][]image.Role, len(im.Cores)), populations: make([][]int32, len(im.Cores)),
		doubles: newDoubles(im), broken: newBroken(im, d),
	}
	c.specs = c.newSpecs()
	c.unpacked = sync.OnceValue(c.unpackInputs)
	c.relays, _ = im.Relays()
	for k := range im.Cores {
		c.roles[k], c.populations[k] = im.Roles(&im.Cores[k]), im.PopulationsOf(&im.Cores[k])
	}
	behind := c.synapsesBehind()
	for r := range c.coreAt {
		c.coreAt[r] = image.Host
	}
	for k := range im.Cores {
		ic := &im.Cores[k]
		c.broken.count(im, k)
		c.routers[k] = im.Router(int32(k))
		c.coreAt[c.routers[k]] = int32(k)
		for slot, n := range ic.Neurons {
			if c.role(k, slot) == image.Own {
				c.place[n] = place{int32(k), int32(slot)}
			}
		}
		if lists := pick(ic.Dests, ofPart); lists != nil {
			c.parts[k] = c.newFans(lists, c.routers[k], behind)
		}
		if lists := pick(ic.Dests, ofPartAtOnce); lists != nil {
			c.atOnce[k] = c.newFans(lists, c.routers[k], behind)
			c.markTakers(lists)
		}
	}
	c.depth = max(1, longestDelay(im)) + 1
	c.base = []int32{0}
	for k := range im.Cores {
		c.words += c.specs[k].Words()
		c.base = append(c.base, int32(c.words))
		c.group, c.update = append(c.group, c.specs[k].UpdateCycles(1)), append(c.update, c.specs[k].UpdateCycles(len(im.Cores[k].Neurons)))
		c.alone = append(c.alone, alone(c.roles[k], c.populations[k]))
		c.first = append(c.first, first(im.Cores[k].Neurons))
	}
	c.inOrder = c.doubles.off == nil && inOrder(im.Cores)
	for n, s := range im.SameAs {
		switch {
		case s == image.NoNeuron:
			c.place[n] = nowhere
		case int(s) != n:
			c.place[n] = c.place[s]
		}
	}
	c.broadcast = make([]int32, im.Inputs())
	for _, s := range im.Manifest.Inputs {
		copy(c.broadcast[s.First:], s.Broadcast)
	}
	c.inputs = c.newFans(im.InputDests, noc.Host, behind)
	if a.Controller.EventDriven() {
		var err error
		if c.event, err = newEventChip(im); err != nil {
			panic("emulator: image of an event-driven chip: " + err.Error())
		}
	}
	c.stride = c.words
	if c.bits = c.onlyBits(); c.bits {
		c.direct = c.newDirect(behind)
		c.briefs = c.newBriefs()
		c.outgoing = c.newOutgoing()
	}
	if c.direct == nil {
		c.spikes.made.Do(func() { c.spikes.fill(c, behind) })
	}
	return c
}

// longestDelay returns that of any packet of an image.
func longestDelay(im *image.Image) (ticks int) {
	see := func(lists [][]image.Dest) {
		for _, list := range lists {
			for _, d := range list {
				ticks = max(ticks, int(d.Delay))
			}
		}
	}
	see(im.InputDests)
	for k := range im.Cores {
		see(im.Cores[k].Dests)
	}
	return ticks
}

// first returns the first of neurons that stand one after another, else −1.
func first(neurons []int32) int32 {
	for k, n := range neurons {
		if n != neurons[0]+int32(k) {
			return -1
		}
	}
	if len(neurons) == 0 {
		return -1
	}
	return neurons[0]
}

// inOrder reports whether the neurons of cores are ascending.
func inOrder(cores []image.Core) bool {
	last := int32(-1)
	for k := range cores {
		for _, n := range cores[k].Neurons {
			if n <= last {
				return false
			}
			last = n
		}
	}
	return true
}

// alone returns the population of all slots of a core, or −1 where they are of
// several, or not all their neurons' own.
func alone(roles []image.Role, populations []int32) int32 {
	for k, p := range populations {
		if p != populations[0] || roles != nil && roles[k] != image.Own {
			return -1
		}
	}
	if len(populations) == 0 {
		return -1
	}
	return populations[0]
}

// Way is how a chip's cores are computed. What they do does not depend on it.
type Way int

// The ways.
const (
	// Fast runs cores by plans made when the chip is, with the processor's vector
	// instructions where it has them.
	Fast Way = iota
	// Portable is Fast without these instructions.
	Portable
	// Plain runs every neuron's program by itself, one instruction after another:
	// what the others are held to.
	Plain
)

var wayNames = [...]string{Fast: "fast", Portable: "portable", Plain: "plain"}

// String names the way as --way does.
func (w Way) String() string { return wayNames[w] }

// ParseWay returns the way of a name.
func ParseWay(name string) (Way, bool) {
	k := slices.Index(wayNames[:], name)
	return Way(k), k >= 0
}

// In returns the chip run in a way; a new chip is run fast.
func (c *Chip) In(way Way) *Chip {
	if way == c.way {
		return c
	}
	out := *c
	out.way = way
	out.specs = out.newSpecs()
	out.outgoing = out.newOutgoing()
	return &out
}

// newSpecs returns the chip's cores as they run in its way. It has all processors at
// work, for an image of many cores.
func (c *Chip) newSpecs() []*core.Spec {
	out := make([]*core.Spec, len(c.image.Cores))
	eachCore(len(out), func() func(k int) {
		memory := new(core.Memory)
		return func(k int) {
			out[k] = c.broken.spec(c.image, k, core.NewSpecOn(c.image, k, c.target, memory))
			if c.way != Plain {
				out[k] = out[k].Planned(kernel.Options{Portable: c.way == Portable})
			}
			if out[k].KeepsRows() {
				memory = new(core.Memory)
			}
		}
	})
	core.Merge(out)
	return out
}

// eachCore has all processors at work at cores. Each goroutine makes what it calls for one
// core after the other.
func eachCore(cores int, worker func() (do func(k int))) {
	var next atomic.Int64
	var all sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), cores) {
		all.Go(func() {
			do := worker()
			for k := int(next.Add(1)) - 1; k < cores; k = int(next.Add(1)) - 1 {
				do(k)
			}
		})
	}
	all.Wait()
}

// Image returns the image that the chip runs.
func (c *Chip) Image() *image.Image { return c.image }
