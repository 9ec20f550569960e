package emulator

import (
	"math/bits"

	"github.com/weft-toolchain/weft/internal/pages"
	"github.com/weft-toolchain/weft/isa/image"
)

// brief is a spot in half the memory. From the lowest bit on it has the bit and the word of
// the axon, and the delay; then, for the books, the links in x, the synapses behind it, and
// the links in y. The host is a core like others: see Chip.host.
type brief uint64

// Where a brief has its word, its delay and what is for the books; and where, of that, the
// synapses and the links in y are.
const (
	briefWord, briefDelay, briefBooks = 6, 26, 32
	briefSynapses, briefHopY          = 8, 24
	briefHops                         = 1<<briefSynapses - 1 | 0xff<<briefHopY
)

// What is less than these has room: a word's number, a delay in ticks, and how many briefs
// are added up in hops.
const (
	briefWords  = 1 << (briefDelay - briefWord)
	briefDelays = 1 << (briefBooks - briefDelay)
	briefSum    = (1<<briefHopY)/0xff + 1
)

// newBrief returns the brief of a spot that crosses no border of a chip, at a word.
func newBrief(to *spot, word uint32) brief {
	books := uint64(to.hopX) | uint64(to.synapses)<<briefSynapses | uint64(to.hopY)<<briefHopY
	return brief(uint64(to.bit) | uint64(word)<<briefWord | uint64(to.delay)<<briefDelay | books<<briefBooks)
}

func (b brief) bit() uint64      { return uint64(b) & 63 }
func (b brief) word() uint32     { return uint32(b) << (32 - briefDelay) >> (32 - briefDelay + briefWord) }
func (b brief) delay() uint32    { return uint32(b) >> briefDelay }
func (b brief) synapses() uint64 { return uint64(uint16(b >> (briefBooks + briefSynapses))) }

// hops has the links in x and y apart in one number: hopsXY of such numbers' sum are the
// sums.
func (b brief) hops() uint64 { return uint64(b>>briefBooks) & briefHops }

func hopsXY(sum uint64) (x, y int64) {
	return int64(sum & (1<<briefHopY - 1)), int64(sum >> briefHopY)
}

// briefs are where the spikes of all slots of a chip go, where each goes to one spot, and
// cores have alike many words of axons, a power of two.
type briefs struct {
	// to has the briefs of one core's slots behind those of another's: its index is a slot's
	// number. first is that of each core's first.
	to    []brief
	first []int32
	// shift makes a core's number of that of one of its words.
	shift uint8
	// numbered says that a slot's number is that of its neuron.
	numbered bool
}

// host is the host's number where it is a core: of the first that no word of a set of
// cores has room for.
func (c *Chip) host() int { return (len(c.specs) + 63) / 64 * 64 }

// newBriefs returns the briefs of a chip's slots, and makes room in stride for the host; or
// nil where a slot cannot have one.
func (c *Chip) newBriefs() *briefs {
	if c.direct == nil || len(c.specs) == 0 {
		return nil
	}
	words := c.specs[0].Words()
	stride := (c.host() + 64) * words
	if bits.OnesCount(uint(words)) != 1 || stride > briefWords || c.depth > briefDelays {
		return nil
	}
	slots := 0
	for k := range c.direct.slots {
		slots += len(c.direct.slots[k].to)
	}
	b := &briefs{to: pages.Make[brief](slots)[:0], shift: uint8(bits.TrailingZeros(uint(words))), numbered: c.inOrder}
	for k := range c.direct.slots {
		s := &c.direct.slots[k]
		if s.off != nil || c.specs[k].Words() != words || enough+len(s.to) >= briefSum {
			return nil
		}
		first := int32(len(b.to))
		b.first = append(b.first, first)
		b.numbered = b.numbered && c.alone[k] >= 0 && c.first[k] == first
		for i := range s.to {
			to := &s.to[i]
			if to.chipHop > 0 {
				return nil
			}
			word := to.word
			if to.core == image.Host {
				word = int32(c.host() * words)
			}
			b.to = append(b.to, newBrief(to, uint32(word)))
		}
	}
	c.stride = stride
	return b
}
