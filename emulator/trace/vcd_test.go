package trace_test

import (
	"bytes"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/weft-toolchain/weft/emulator"
	"github.com/weft-toolchain/weft/emulator/trace"
	"github.com/weft-toolchain/weft/isa/image"
	"github.com/weft-toolchain/weft/targets"
)

// wave is a signal of a dump: its values, each from a time on.
type wave struct {
	bits   int
	times  []int64
	values []int32
}

// at returns the value at a time.
func (w *wave) at(time int64) int32 {
	k, found := slices.BinarySearch(w.times, time)
	if !found {
		k--
	}
	return w.values[k]
}

// lasts returns for how long the wave has a value, until an end.
func (w *wave) lasts(value int32, end int64) (sum int64) {
	for k, v := range w.values {
		until := end
		if k+1 < len(w.times) {
			until = w.times[k+1]
		}
		if v == value {
			sum += until - w.times[k]
		}
	}
	return sum
}

var (
	legalName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)
	legalCode = regexp.MustCompile(`^[!-~]+$`)
)

// parseVCD reads a dump word by word, as IEEE 1364 has it, and returns its signals by
// the names of their scopes, and the last time.
func parseVCD(t *testing.T, data []byte) (waves map[string]*wave, end int64) {
	t.Helper()
	words := strings.Fields(string(data))
	next := func() string {
		if len(words) == 0 {
			t.Fatal("the dump ends in the middle")
		}
		w := words[0]
		words = words[1:]
		return w
	}
	section := func() (out []string) {
		for {
			w := next()
			if w == "$end" {
				return out
			}
			out = append(out, w)
		}
	}
	waves = map[string]*wave{}
	byCode := map[string]*wave{}
	var scopes []string
	timescale := ""
	for header := true; header; {
		switch keyword := next(); keyword {
		case "$version", "$comment":
			section()
		case "$timescale":
			timescale = strings.Join(section(), "")
		case "$scope":
			s := section()
			if len(s) != 2 || s[0] != "module" || !legalName.MatchString(s[1]) {
				t.Fatalf("scope %q", s)
			}
			scopes = append(scopes, s[1])
		case "$upscope":
			section()
			scopes = scopes[:len(scopes)-1]
		case "$var":
			s := section()
			if len(s) != 4 || s[0] != "wire" && s[0] != "integer" || !legalCode.MatchString(s[2]) || !legalName.MatchString(s[3]) {
				t.Fatalf("variable %q", s)
			}
			bits, err := strconv.Atoi(s[1])
			name := strings.Join(append(slices.Clone(scopes), s[3]), ".")
			if err != nil || waves[name] != nil || byCode[s[2]] != nil {
				t.Fatalf("variable %s of %s bits: twice, or its code %s is", name, s[1], s[2])
			}
			waves[name] = &wave{bits: bits}
			byCode[s[2]] = waves[name]
		case "$enddefinitions":
			section()
			header = false
		default:
			t.Fatalf("unknown %q in the header", keyword)
		}
	}
	if len(scopes) != 0 || timescale != "1ps" {
		t.Fatalf("scopes %q are open, timescale %q", scopes, timescale)
	}
	now, dumping := int64(-1), false
	for len(words) > 0 {
		w := next()
		switch {
		case w[0] == '#':
			at, err := strconv.ParseInt(w[1:], 10, 64)
			if err != nil || at <= now {
				t.Fatalf("time %s after %d", w, now)
			}
			now = at
			continue
		case w == "$dumpvars":
			dumping = true
			continue
		case w == "$end" && dumping:
			dumping = false
			for name, s := range waves {
				if len(s.values) != 1 {
					t.Errorf("%s begins with %v", name, s.values)
				}
			}
			continue
		}
		digits, code := w[:1], w[1:]
		if w[0] == 'b' {
			digits, code = w[1:], next()
		}
		value, err := strconv.ParseUint(digits, 2, 32)
		s := byCode[code]
		if err != nil || s == nil || len(digits) > s.bits || now < 0 || (w[0] == 'b') != (s.bits > 1) {
			t.Fatalf("change %q of %q", w, code)
		}
		if last := len(s.times) - 1; last >= 0 && s.times[last] == now {
			s.values[last] = int32(uint32(value)) // of the first tick, behind what all begin with
			continue
		}
		s.times, s.values = append(s.times, now), append(s.values, int32(uint32(value)))
	}
	return waves, now
}

// Dumps keep the rules of the format, and have each core's phases, its spikes and the
// words of neurons when they are there.
func TestVCDHasWhatTheMachineDid(t *testing.T) {
	for _, p := range pictures {
		t.Run(p.name, func(t *testing.T) {
			chip, err := targets.Load(p.target)
			if err != nil {
				t.Fatal(err)
			}
			im := p.image(chip.Arch)
			m := emulator.New(emulator.NewChip(im, chip.Timing, emulator.Cycle))
			var probes []trace.Probe
			for _, s := range im.Manifest.Populations {
				for i := range s.N {
					probes = append(probes, trace.Probe{Population: s.Name, Index: i, State: "v", Neuron: s.First + i, Word: 0})
				}
			}
			var out bytes.Buffer
			dump, err := trace.NewVCD(&out, im, &chip.Timing, append(probes, probes[0]), m.State)
			if err != nil {
				t.Fatal(err)
			}
			period := 1e12 / chip.Timing.Clock
			ps := func(cycle int64) int64 { return int64(float64(cycle) * period) }
			type expected struct {
				name  string
				at    int64
				value int32
			}
			var want []expected
			busy := make([]int64, len(im.Cores))
			var tick emulator.Tick
			m.Watch(&tick)
			start, fired := int64(0), int32(0)
			scope := func(k int) string { return coreScope(im, k) }
			for _, in := range p.stimulus {
				m.Tick(in)
				if err := dump.Tick(&tick); err != nil {
					t.Fatal(err)
				}
				for k, c := range tick.Cores {
					busy[k] += c.Learned - (c.Began - c.Integrated)
					n := int32(0)
					for slot, id := range im.Cores[k].Neurons {
						own := im.Cores[k].Copies == nil || !im.Cores[k].Copies[slot]
						if own && slices.Contains(tick.Fired, id) {
							n++
						}
						if own && id != image.NoNeuron {
							q := probes[id]
							want = append(want, expected{fmt.Sprintf("%s.%s.v_%d", im.Manifest.Network, q.Population, q.Index), ps(start + c.Updated), m.State(int(id), 0)})
						}
					}
					fired += n
					want = append(want, expected{scope(k) + "spikes", ps(start + c.Updated), n}, expected{scope(k) + "spikes", ps(start), 0},
						expected{scope(k) + "phase", ps(start + tick.Phases.Routed), 4})
					if c.Integrated > 0 {
						want = append(want, expected{scope(k) + "phase", ps(start), 1})
					}
					if c.Updated > c.Began {
						want = append(want, expected{scope(k) + "phase", ps(start + c.Began), 2})
					}
				}
				for _, s := range tick.Sends {
					if s.Core != image.Host {
						want = append(want, expected{scope(int(s.Core)) + "send", ps(start + s.From), 1}, expected{scope(int(s.Core)) + "send", ps(start + s.Until), 0})
					}
				}
				start += tick.Phases.Done
			}
			if err := dump.Close(); err != nil {
				t.Fatal(err)
			}
			waves, end := parseVCD(t, out.Bytes())
			if end != ps(start) || fired == 0 {
				t.Errorf("ends at %d ps, want %d; %d spikes", end, ps(start), fired)
			}
			for _, w := range want {
				if s := waves[w.name]; s == nil || s.at(w.at) != w.value {
					t.Errorf("%s at %d ps: want %d, have %+v", w.name, w.at, w.value, s)
				}
			}
			for k, cycles := range busy {
				if have := waves[scope(k)+"busy"].lasts(1, end); have != ps(cycles) {
					t.Errorf("core %d is busy for %d ps, want %d", k, have, ps(cycles))
				}
			}
		})
	}
}

// coreScope returns what the names of a core's signals begin with.
func coreScope(im *image.Image, k int) string {
	c := &im.Cores[k]
	label := strings.NewReplacer(" ", "_", "+", "_").Replace(im.Label(c))
	return fmt.Sprintf("%s.core_%d_x%d_y%d_%s.", im.Manifest.Network, k, c.X, c.Y, label)
}

// Names that a dump may not have are made legal, and stay apart.
func TestVCDNamesAreLegal(t *testing.T) {
	chip, err := targets.Load("xbar256")
	if err != nil {
		t.Fatal(err)
	}
	im := hello(chip.Arch)
	im.Manifest.Network = "7 $end"
	im.Manifest.Populations[0].Name, im.Manifest.Populations[1].Name = "é.1", "é-1"
	var probes []trace.Probe
	for i := range 200 {
		probes = append(probes, trace.Probe{Population: im.Manifest.Populations[i%2].Name, Index: i, State: "v", Neuron: i % 2})
	}
	var out bytes.Buffer
	dump, err := trace.NewVCD(&out, im, &chip.Timing, probes, func(neuron, _ int) int32 { return int32(-1 - neuron) })
	if err != nil {
		t.Fatal(err)
	}
	if err := dump.Close(); err != nil {
		t.Fatal(err)
	}
	waves, _ := parseVCD(t, out.Bytes())
	if w := waves["_7__end.__1.v_0"]; w == nil || w.at(0) != -1 {
		t.Errorf("the first word is %+v, want -1", w)
	}
	if want := 200 + 4*len(im.Cores); len(waves) != want {
		t.Errorf("%d signals, want %d", len(waves), want)
	}
}
