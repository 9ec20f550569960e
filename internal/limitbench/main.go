// Limitbench puts the inner loops of package kernel beside the same in C with AVX-512
// intrinsics, on the processor that it runs on:
//
//	go run ./internal/limitbench
//
// Each line is a tick of a core of 256 axons and 256 neurons, one of 64 in turn: the
// sums of the rows of active axons, and the update of all neurons. Both draw the same
// network, and what fires has to be the same. It wants a C compiler, cc or $CC.
package main

import (
	_ "embed"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"text/tabwriter"
	"time"

	"github.com/weft-toolchain/weft/emulator/kernel"
	"github.com/weft-toolchain/weft/internal/splitmix"
)

//go:embed c/limit.c
var source []byte

// The network, as limit.c has it.
const (
	cores, axons, lanes, types = 64, 256, 256, 4
	lists                      = 101
	leak, above                = 16, 799
)

// Ticks of a run, and how many runs there are of each, of which the least counts.
const (
	ticks = 400_000
	runs  = 15
)

func main() {
	if err := run(os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "limitbench:", err)
		os.Exit(1)
	}
}

func run(out io.Writer) error {
	if !kernel.SIMD() {
		_, err := fmt.Fprintln(out, "this processor has no AVX-512, or it was left out: there is nothing to compare")
		return err
	}
	dir, err := os.MkdirTemp("", "limitbench")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	limit, err := compile(dir)
	if err != nil {
		return err
	}
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(table, "synapses\tactive axons\tC, ns a core and tick\tweft\tof the limit\tsynaptic events/s\tportable, ns\t")
	for _, kind := range []string{"bits", "rows"} {
		for _, share := range []int{0, 10, 20, 50, 200} {
			if err := compare(table, limit, kind, share); err != nil {
				return err
			}
		}
	}
	return table.Flush()
}

// compile returns the C program.
func compile(dir string) (string, error) {
	cc := os.Getenv("CC")
	if cc == "" {
		cc = "cc"
	}
	from, to := filepath.Join(dir, "limit.c"), filepath.Join(dir, "limit")
	if err := os.WriteFile(from, source, 0o600); err != nil {
		return "", err
	}
	if out, err := exec.Command(cc, "-O3", "-march=native", "-o", to, from).CombinedOutput(); err != nil {
		return "", fmt.Errorf("%s: %w\n%s", cc, err, out)
	}
	return to, nil
}

// compare writes a line, of the least times of runs in turn.
func compare(table io.Writer, limit, kind string, share int) error {
	n, portable := newNetwork(kind, share, false), newNetwork(kind, share, true)
	var c, ours, inGo []float64
	for range runs {
		out, err := exec.Command(limit, kind, strconv.Itoa(share), strconv.Itoa(ticks)).Output()
		if err != nil {
			return fmt.Errorf("limit: %w", err)
		}
		var ns float64
		var sum uint64
		if _, err := fmt.Sscan(string(out), &ns, &sum); err != nil {
			return fmt.Errorf("limit said %q: %w", out, err)
		}
		c = append(c, ns)
		for _, x := range []struct {
			of *network
			to *[]float64
		}{{n, &ours}, {portable, &inGo}} {
			ns, got := x.of.run()
			if got != sum {
				return fmt.Errorf("%s, %d ‰: sum %d of what fired, and in C %d", kind, share, got, sum)
			}
			*x.to = append(*x.to, ns)
		}
	}
	least, mine := slices.Min(c), slices.Min(ours)
	_, err := fmt.Fprintf(table, "%s\t%g %%\t%.1f\t%.1f\t%.0f %%\t%.2f G\t%.0f\t\n", kind, float64(share)/10, least, mine, 100*least/mine, n.events/mine, slices.Min(inGo))
	return err
}

// network is the network with the lists of axons that are active.
type network struct {
	start [cores][]int32
	tiles [cores]kernel.Tile
	lists [lists][]int32
	work  kernel.Work
	// events is how many synaptic events a tick has, on the average.
	events float64
}

func newNetwork(kind string, share int, portable bool) *network {
	n, opt := &network{}, kernel.Options{Portable: portable}
	n.work.Grow(lanes)
	s := splitmix.Stream(1)
	same := func(x int32) kernel.Lanes { return slices.Repeat(kernel.Lanes{x}, kernel.Block) }
	fire := &kernel.Fire{Bias: same(leak), Above: same(above), Reset: same(0), Floor: same(kernel.NoFloor), Low: -1 << 19, High: 1<<19 - 1}
	fire.Prepare(lanes, opt)
	for c := range cores {
		rows, of := make([]uint64, axons*lanes/64), make([]uint8, axons)
		for a := range axons {
			of[a] = uint8(s.Next() % types)
			for k := range lanes / 64 {
				rows[a*lanes/64+k] = s.Next()
			}
		}
		weights, v := make([]int16, types*lanes), make([]int32, lanes)
		for l := range lanes {
			a, b := int16(1+s.Next()%3), int16(1+s.Next()%3)
			weights[l], weights[lanes+l], weights[2*lanes+l], weights[3*lanes+l] = a, -a, b, -b
			v[l] = int32(s.Next() % 800)
		}
		n.start[c] = slices.Clone(v)
		if kind == "bits" {
			n.tiles[c], _ = kernel.BitsTile(kernel.NewBits(lanes, rows, of, weights, opt), fire, v)
			continue
		}
		whole := make([]int8, axons*lanes)
		for k := range whole {
			a, l := k/lanes, k%lanes
			whole[k] = int8(weights[int(of[a])*lanes+l] * int16(rows[k/64]>>(l%64)&1))
		}
		n.tiles[c] = kernel.RowsTile(kernel.NewDense(lanes, whole, opt), fire, v)
	}
	if portable { // as machines have them; the others' v have 32 bits, as those in C
		kernel.JoinShorts(cores, func(c int) *kernel.Tile { return &n.tiles[c] })
	}
	for k := range n.lists {
		for a := range int32(axons) {
			if s.Next()%1000 < uint64(share) {
				n.lists[k] = append(n.lists[k], a)
			}
		}
		n.events += float64(len(n.lists[k])) * lanes / 2 / lists
	}
	return n
}

// run runs the ticks from the start, and returns what one took, in nanoseconds, and a
// sum over what fired.
func (n *network) run() (ns float64, sum uint64) {
	for c := range n.tiles {
		copy(n.tiles[c].State, n.start[c])
		n.tiles[c].Changed()
	}
	start := time.Now()
	for i := range ticks {
		if !n.tiles[i%cores].Tick(n.lists[i%lists], &n.work) {
			panic("limitbench: a tick was not taken")
		}
		for k, f := range n.work.Fired {
			sum += f * uint64(k+1)
		}
	}
	return float64(time.Since(start).Nanoseconds()) / ticks, sum
}
