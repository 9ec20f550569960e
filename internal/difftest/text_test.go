package difftest

import (
	"errors"
	"strconv"
	"testing"

	"github.com/weft-toolchain/weft/compiler/network"
	"github.com/weft-toolchain/weft/internal/diag"
	"github.com/weft-toolchain/weft/internal/golden"
	"github.com/weft-toolchain/weft/internal/yamldoc"
)

// FuzzText compiles any network file that is small, whatever its numbers: what is
// compiled does on the chip what it does in the oracle, and what is not says why.
func FuzzText(f *testing.F) {
	for seed := range uint64(12) {
		f.Add([]byte(Network(seed)), byte(seed))
	}
	all := chips(f)
	for k, src := range golden.Files(f, "../../examples/truenorth/*.yaml") {
		f.Add(src, byte(k%len(all)))
	}
	f.Fuzz(func(t *testing.T, src []byte, chip byte) {
		var diags diag.List
		if n := neurons(yamldoc.Parse("net.yaml", src, &diags)); n < 1 || n > 200 || diags.Len() > 0 {
			return
		}
		net, err := network.Parse("net.yaml", src)
		if err == nil {
			err = Compare(net, all[int(chip)%len(all)].Target, NewRun(uint64(chip), net, 12))
		}
		if _, told := errors.AsType[*diag.Error](err); told {
			golden.Told(t, err, "net.yaml", src)
		} else if err != nil {
			t.Error(err)
		}
	})
}

// neurons is how many neurons and inputs a network file says, none if that is not plain.
func neurons(root *yamldoc.Node) int {
	sum := 0
	for _, block := range []string{"inputs", "populations"} {
		groups := root.Get(block)
		if groups == nil {
			continue
		}
		for _, g := range groups.Fields {
			shape, n := g.Value.Get("shape"), 1
			if shape == nil {
				return 0
			}
			for _, dim := range append(shape.Items, shape) {
				if dim.Kind != yamldoc.Scalar {
					continue
				}
				d, err := strconv.Atoi(dim.Text)
				if err != nil || d < 1 || d > 200 {
					return 0
				}
				n = min(n*d, 1000)
			}
			sum += n
		}
	}
	return sum
}
