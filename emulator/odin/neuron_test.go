package odin

import "testing"

func TestTinyIntegrateAndFire(t *testing.T) {
	const leakEvent = 1000 // stands for a time reference
	for _, c := range []struct {
		name           string
		v, thr, leak   int
		disabled       bool
		events         []int
		want, wantFire int
	}{
		{name: "adds", v: 3, thr: 100, events: []int{7, -8}, want: 2},
		{name: "saturates above", v: 2045, thr: 0xFFF, events: []int{7}, want: 2047},
		{name: "saturates below", v: -2045, thr: 0xFFF, events: []int{-8, -8}, want: -2048},
		{name: "fires on reaching the threshold", v: 3, thr: 10, events: []int{6, 1}, want: 0, wantFire: 1},
		{name: "does not fire below it", v: 2, thr: 10, events: []int{7}, want: 9},
		{name: "may fire several times", thr: 5, events: []int{5, 7, 4}, want: 4, wantFire: 2},
		{name: "threshold zero fires on weight zero", thr: 0, events: []int{0, 0}, wantFire: 2},
		{name: "threshold zero fires on a leak", v: 9, thr: 0, leak: 3, events: []int{leakEvent}, wantFire: 1},
		{name: "threshold zero does not fire below zero", v: -5, thr: 0, events: []int{0, 4}, want: -1},
		{name: "threshold with the top bit is out of reach", v: 2047, thr: 0x800, events: []int{7}, want: 2047},
		{name: "highest threshold in reach", v: 2040, thr: 2047, events: []int{7}, wantFire: 1},
		{name: "leak from above stops at zero", v: 5, thr: 100, leak: 127, events: []int{leakEvent}, want: 0},
		{name: "leak from below stops at zero", v: -5, thr: 100, leak: 127, events: []int{leakEvent}, want: 0},
		{name: "leak from below", v: -2048, thr: 100, leak: 127, events: []int{leakEvent}, want: -1921},
		{name: "leak can leave a potential that fires", v: 50, thr: 10, leak: 1, events: []int{leakEvent}, wantFire: 1},
		{name: "disabled resets silently", v: 9, thr: 10, disabled: true, events: []int{3}, want: 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := tinyDisable.put(tinyLeak.put(tinyThreshold.put(tinyPotential.put(Word{}, c.v), c.thr), c.leak), bit(c.disabled))
			n, fires := newNeuron(TinyODIN, w), 0
			for _, e := range c.events {
				if n.step(e == leakEvent, e%leakEvent) != 0 {
					fires++
				}
			}
			if got := tinyPotential.signed(n.word()); got != c.want || fires != c.wantFire {
				t.Errorf("from %d by %v: got %d and %d spikes, want %d and %d", c.v, c.events, got, fires, c.want, c.wantFire)
			}
		})
	}
}

func TestLIFIntegrateAndFire(t *testing.T) {
	lif := func(v, thr, leak, leaks int) Word {
		w := lifThreshold.put(lifPotential.put(lifSelect.put(Word{}, 1), v), thr)
		return lifLeaks.put(lifLeak.put(w, leak), leaks)
	}
	for _, c := range []struct {
		name    string
		word    Word
		timeRef bool
		weight  int
		want    int
		fires   bool
	}{
		{name: "adds", word: lif(3, 100, 0, 0), weight: 7, want: 10},
		{name: "fires", word: lif(93, 100, 0, 0), weight: 7, fires: true},
		{name: "stops at zero", word: lif(3, 100, 0, 0), weight: -7, want: 0},
		{name: "saturates and fires at 255", word: lif(254, 255, 0, 0), weight: 7, fires: true},
		{name: "leaks", word: lif(30, 100, 20, 1), timeRef: true, want: 10},
		{name: "leaks to zero", word: lif(30, 100, 127, 1), timeRef: true, want: 0},
		{name: "does not leak if not told to", word: lif(30, 100, 20, 0), timeRef: true, want: 30},
		{name: "threshold zero fires on a leak that is off", word: lif(30, 0, 20, 0), timeRef: true, fires: true},
		{name: "disabled", word: odinDisable.put(lif(99, 100, 0, 0), 1), weight: 7, want: 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			n := newNeuron(ODIN, c.word)
			fires := n.step(c.timeRef, c.weight) != 0
			if got := lifPotential.of(n.word()); got != c.want || fires != c.fires {
				t.Errorf("got %d, fires %v; want %d, %v", got, fires, c.want, c.fires)
			}
		})
	}
}

// TestCalcium: the trace that learning looks at.
func TestCalcium(t *testing.T) {
	for _, c := range []struct {
		name    string
		from    calcium
		timeRef bool
		added   int
		level   int
		count   int
	}{
		{name: "off", from: calcium{leak: 1, level: 3}, timeRef: true, added: 1, level: 3},
		{name: "a spike adds", from: calcium{enabled: true, level: 3}, added: 1, level: 4},
		{name: "up to seven", from: calcium{enabled: true, level: 7}, added: 1, level: 7},
		{name: "a burst adds at once", from: calcium{enabled: true, level: 4}, added: 5, level: 7},
		{name: "leaks at once", from: calcium{enabled: true, leak: 1, level: 3}, timeRef: true, level: 2},
		{name: "counts to the leak", from: calcium{enabled: true, leak: 3, level: 3, count: 1}, timeRef: true, level: 3, count: 2},
		{name: "leaks at the end", from: calcium{enabled: true, leak: 3, level: 3, count: 2}, timeRef: true, level: 2},
		{name: "down to zero", from: calcium{enabled: true, leak: 1}, timeRef: true, level: 0},
		{name: "never leaks with leak zero", from: calcium{enabled: true, level: 3}, timeRef: true, level: 3},
		{name: "spike and leak cancel out", from: calcium{enabled: true, leak: 1, level: 3}, timeRef: true, added: 1, level: 3},
		{name: "a counter beyond the leak goes round", from: calcium{enabled: true, leak: 3, count: 31}, timeRef: true, count: 0},
		{name: "events do not count", from: calcium{enabled: true, leak: 1, level: 3}, level: 3},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := c.from
			got.step(c.timeRef, c.added)
			if got.level != c.level || got.count != c.count {
				t.Errorf("got level %d, count %d; want %d, %d", got.level, got.count, c.level, c.count)
			}
		})
	}
}

func TestFlagsCompareAgainstThresholds(t *testing.T) {
	c := calcium{enabled: true, thetaMem: 10, theta1: 2, theta2: 4, theta3: 6}
	for _, r := range []struct {
		v, level int
		want     Flags
	}{
		{10, 1, Flags{}},
		{10, 2, Flags{Up: true}},
		{10, 5, Flags{Up: true}},
		{10, 6, Flags{}},
		{9, 1, Flags{}},
		{9, 2, Flags{Down: true}},
		{9, 3, Flags{Down: true}},
		{9, 4, Flags{}},
		{-1, 3, Flags{}},
	} {
		c.level = r.level
		if got := c.flags(r.v); got != r.want {
			t.Errorf("potential %d, calcium %d: got %+v, want %+v", r.v, r.level, got, r.want)
		}
	}
}

func TestSynapsesStayWithinTheirBits(t *testing.T) {
	up, down := Flags{Up: true}, Flags{Down: true}
	for _, c := range []struct {
		what      string
		got, want uint8
	}{
		{"up", learn(mapped|3, up), mapped | 4},
		{"up at the top", learn(mapped|7, up), mapped | 7},
		{"down", learn(3, down), 2},
		{"down at the bottom keeps the mapping", learn(mapped, down), mapped},
		{"neither", learn(5, Flags{}), 5},
		{"up and down", learn(5, Flags{Up: true, Down: true}), 6},
		{"settles up from four", settle(mapped | 4), mapped | 5},
		{"settles down from three", settle(mapped | 3), mapped | 2},
		{"settled above", settle(7), 7},
		{"settled below", settle(0), 0},
	} {
		if c.got != c.want {
			t.Errorf("%s: got %d, want %d", c.what, c.got, c.want)
		}
	}
}

// TestIzhikevichBehaviours plays letters to a neuron with threshold 3: e and i
// move its potential by one, a full stop is a time reference. The answer has a
// bar for every letter that it fires on.
func TestIzhikevichBehaviours(t *testing.T) {
	set := func(pairs ...int) Word {
		w := field{19, 3}.put(Word{}, 3)
		for i := 0; i < len(pairs); i += 2 {
			width := uint(1)
			switch pairs[i] {
			case 19, 22, 25, 30, 67:
				width = 3
			case 43:
				width = 4
			case 1:
				width = 7
			}
			w = field{uint(pairs[i]), width}.put(w, pairs[i+1])
		}
		return w
	}
	behaviours := []struct {
		name string
		word Word
		play string
		want string
	}{
		{"tonic", set(), "eeeeee", "--|--|"},
		{"inhibition stops at zero", set(), "eeiiieee", "-------|"},
		{"negative potentials", set(36, 1), "iieeeee", "------|"},
		// After a spike it stands at -2, and only time references bring it back.
		{"refractory", set(22, 2), "eeeee.e.eee", "--|-------|"},
		// Strong stimulation makes it fire once; a weak interval frees it.
		{"phasic", set(33, 1, 30, 2), "eee.eee.eee...eee", "--|-------------|"},
		// Below the bound of two an interval, excitation does not count.
		{"class 2", set(35, 1, 30, 2), "e.e.e.eeeee", "----------|"},
		// Two time references pass between reaching the threshold and the spike.
		{"latency", set(28, 1, 25, 2), "eee...", "----|-"},
		{"rebound", set(37, 1, 30, 2), "..ii...", "-----|-"},
		// A pulse between quiet intervals switches it on, the next one off; while
		// it is on, every event that finds it at zero makes it fire.
		{"bistable", set(39, 1, 30, 2), "..ee....ee...", "-----||||----"},
		// It comes to rest above zero, for as long as the delay says.
		{"after-depolarisation", set(29, 1, 22, 2, 25, 2), "eeeeee..eee", "--||||----|"},
		// It swings for four time references, and adds up only what comes in time.
		{"resonance in phase", set(40, 1), "ee....ee", "-------|"},
		{"resonance out of phase", set(40, 1), "ee..eeee", "--------"},
		// Held below zero, it climbs while the inhibition lasts.
		{"inhibition-induced", set(38, 1, 36, 1, 22, 2), "iii.i.i.i.", "-------|--"},
		// The interval's stimulation is taken back, and raises the threshold.
		{"accommodation", set(47, 1), "ee.eeeee", "-------|"},
		// Each excitation raises the threshold too, up to seven.
		{"variable threshold", set(41, 1), "eeeeeeeee", "------|--"},
		{"sharp resonance", set(18, 1, 67, 2), "e.e..e...e", "-----|----"},
	}
	for _, c := range behaviours {
		t.Run(c.name, func(t *testing.T) {
			n := newNeuron(ODIN, c.word)
			got := make([]byte, 0, len(c.play))
			for _, letter := range c.play {
				var code uint8
				switch letter {
				case '.':
					code = n.step(true, 0)
				case 'e':
					code = n.step(false, 4)
					code |= n.step(false, 4)
				case 'i':
					code = n.step(false, -4)
					code |= n.step(false, -4)
				}
				got = append(got, "-|"[code>>6])
			}
			if string(got) != c.want {
				t.Errorf("%s: got %s, want %s", c.play, got, c.want)
			}
		})
	}
}

// FuzzWord: reading a neuron and writing it back changes nothing, and whatever
// happens to it, what it is made of stays and its state stays within its bits.
func FuzzWord(f *testing.F) {
	f.Add(uint64(0), uint64(0x1a4b3091c0c39683), []byte{0, 3, 9, 200})
	f.Add(uint64(1)<<63, uint64(0xffffffffffffffff), []byte{255, 128, 127})
	f.Fuzz(func(t *testing.T, hi, lo uint64, events []byte) {
		for _, m := range []Model{TinyODIN, ODIN} {
			w := Word{Hi: hi, Lo: lo}
			kept := Word{Hi: 0xE000_0000_0000_003F, Lo: 1<<64 - 1}
			if m == TinyODIN {
				w, kept = Word{Lo: lo & 0xFFFF_FFFF}, Word{Lo: 0xFFFF_F000}
			}
			n := newNeuron(m, w)
			if got := n.word(); got != w {
				t.Fatalf("%v: read %s, written back as %s", m, w.Hex(128), got.Hex(128))
			}
			for _, e := range events {
				n.step(e&0x80 != 0, int(e&0xF)-8)
				got := n.word()
				if (got.Hi^w.Hi)&kept.Hi != 0 || (got.Lo^w.Lo)&kept.Lo != 0 {
					t.Fatalf("%v: %s became %s: what the neuron is made of has changed", m, w.Hex(128), got.Hex(128))
				}
				if again := newNeuron(m, got); again.word() != got || again.flags() != n.flags() {
					t.Fatalf("%v: %s is not all of its state", m, got.Hex(128))
				}
			}
		}
	})
}

func TestParseWord(t *testing.T) {
	for _, c := range []struct {
		in   string
		bits int
		want string
	}{
		{"0000000000000003314cae3ab3990d6e", 128, "0000000000000003314cae3ab3990d6e"},
		{"0000000001c15a9a4b3091c0c39683a2", 128, "0000000001c15a9a4b3091c0c39683a2"},
		{"b03", 128, "00000000000000000000000000000b03"},
		{"01005ffe", 32, "01005ffe"},
		{"", 128, ""},
		{"xyz", 128, ""},
		{"-1", 128, ""},
		{"123456789", 32, ""},
		{"000000000000000000000000000000000", 128, ""},
		{"zz00000000000000000000000000000000"[:32], 128, ""},
	} {
		w, err := ParseWord(c.in, c.bits)
		if got := w.Hex(c.bits); err == nil && got != c.want || (err != nil) != (c.want == "") {
			t.Errorf("%q of %d bits: got %q, %v; want %q", c.in, c.bits, got, err, c.want)
		}
	}
}
