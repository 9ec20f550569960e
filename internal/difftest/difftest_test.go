package difftest

import (
	"errors"
	"flag"
	"fmt"
	"testing"

	"github.com/weft-toolchain/weft/compiler/network"
	"github.com/weft-toolchain/weft/internal/diag"
	"github.com/weft-toolchain/weft/targets"
)

var long = flag.Int("networks", 150, "how many generated networks to compare")

// The emulated chip equals the integer oracle, spike for spike, on generated
// networks and every built-in target that they fit.
func TestChipEqualsOracle(t *testing.T) {
	var chips []*targets.Target
	for _, name := range targets.Names() {
		c, err := targets.Load(name)
		if err != nil {
			t.Fatal(err)
		}
		chips = append(chips, c)
	}
	spiking, ran := 0, 0
	for seed := range uint64(*long) {
		text := Network(seed)
		net, err := network.Parse(fmt.Sprintf("seed%d.yaml", seed), []byte(text))
		if err != nil {
			t.Fatalf("seed %d does not parse: %v\n%s", seed, err, text)
		}
		inputs := 0
		for _, in := range net.Inputs {
			inputs += network.Size(in.Shape)
		}
		const ticks = 24
		stim := Stimulus(seed, inputs, ticks-4)
		for _, chip := range chips {
			var user *diag.Error
			if err := Compare(net, chip, stim, ticks); errors.As(err, &user) {
				t.Logf("seed %d does not fit %s: %v", seed, chip.Name, err)
			} else if err != nil {
				t.Errorf("seed %d: %v\n%s", seed, err, text)
			} else {
				ran++
			}
		}
		spiking++
	}
	if want := spiking * len(chips) * 9 / 10; ran < want {
		t.Errorf("%d comparisons ran, want at least %d", ran, want)
	}
}
