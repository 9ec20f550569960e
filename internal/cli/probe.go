package cli

import (
	"bufio"
	"cmp"
	"fmt"
	"io"

	"github.com/weft-toolchain/weft/compiler/network"
	"github.com/weft-toolchain/weft/emulator"
	"github.com/weft-toolchain/weft/internal/diag"
	"github.com/weft-toolchain/weft/internal/names"
	"github.com/weft-toolchain/weft/internal/runpage"
	"github.com/weft-toolchain/weft/isa/image"
)

// probe is a state word of a run of neurons that is written down every tick.
// Probing costs the chip nothing and changes nothing.
type probe struct {
	population string
	state      string
	first      int // number of the first neuron
	index      int // its place in the population
	n          int
	word       int // of the neuron's state
}

// probedPopulations returns the numbers of a network's populations that flags
// --probe name; what is wrong with the flags is told once there is an image.
func probedPopulations(net *network.Network, flags []string) []int {
	var known []string
	for _, p := range net.Populations {
		known = append(known, p.Name)
	}
	var out []int
	for _, flag := range flags {
		if k := names.Population(known, flag); k >= 0 {
			out = append(out, k)
		}
	}
	return out
}

// probes finds what the flags --probe name; all mistakes are in one error.
func probes(im *image.Image, flags []string) ([]probe, error) {
	var diags diag.List
	var out []probe
	for _, flag := range flags {
		s, bad := names.Find(im, flag)
		if bad != nil {
			bad.Pos.File = "--probe"
			diags.Append(*bad)
			continue
		}
		for _, w := range s.Words {
			for _, r := range s.Present {
				out = append(out, probe{population: s.Population, state: w.Name, first: r[0], index: r[0] - s.First + s.Index, n: r[1], word: w.Number})
			}
		}
	}
	return out, diags.Err()
}

// probeLog holds the words of a run, of the ticks behind first, until they are written.
type probeLog struct {
	probes       []probe
	words        []int32
	ticks, first int
}

// maxProbed bounds the words that are kept, maxRecorded those that are written down
// with a run.
const (
	maxProbed   = 1 << 28
	maxRecorded = 1 << 25
)

// room reports whether the words of so many ticks can be kept, or written down.
func (l *probeLog) room(ticks int, recorded bool) error {
	n, most := 0, maxProbed
	if recorded {
		most = maxRecorded
	}
	for _, p := range l.probes {
		n += p.n
	}
	if n > 0 && ticks > most/n {
		return diag.One(diag.Pos{File: "--probe"}, diag.TooLarge, "%d words in each of %d ticks are more than the %d that are kept; probe fewer neurons, or run fewer ticks", n, ticks, most)
	}
	return nil
}

// traces returns the words of a whole run, neuron by neuron.
func (l *probeLog) traces(im *image.Image) []runpage.Trace {
	var out []runpage.Trace
	each := 0
	for _, p := range l.probes {
		each += p.n
	}
	for _, p := range l.probes {
		for i := range p.n {
			at := len(out)
			t := runpage.Trace{Population: p.population, Index: p.index + i, State: p.state}
			if p.word == 0 {
				t.Scale = cmp.Or(im.Scale(p.first+i), 1)
			}
			t.Data = runpage.PackWords(func(yield func(int32) bool) {
				for ; at < len(l.words) && yield(l.words[at]); at += each {
				}
			})
			out = append(out, t)
		}
	}
	return out
}

func (l *probeLog) tick(m *emulator.Machine) {
	l.ticks++
	for _, p := range l.probes {
		for i := range p.n {
			l.words = append(l.words, m.State(p.first+i, p.word))
		}
	}
}

// begin says that what comes next is the tick behind this one.
func (l *probeLog) begin(tick int) { l.ticks, l.first, l.words = tick, tick, l.words[:0] }

// write writes csv: the words as the chip has them after each tick.
func (l *probeLog) write(w io.Writer, header bool) error {
	b := bufio.NewWriter(w)
	if header {
		fmt.Fprintln(b, "tick,population,index,state,word")
	}
	at := 0
	for t := l.first; t < l.ticks; t++ {
		for _, p := range l.probes {
			for i := range p.n {
				fmt.Fprintf(b, "%d,%s,%d,%s,%d\n", t+1, p.population, p.index+i, p.state, l.words[at])
				at++
			}
		}
	}
	if err := b.Flush(); err != nil {
		return fmt.Errorf("write probes: %w", err)
	}
	return nil
}
