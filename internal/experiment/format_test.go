package experiment_test

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/weft-toolchain/weft/internal/experiment"
)

var yamlBlock = regexp.MustCompile("(?ms)^```yaml\n(.*?)^```$")

func TestExamplesOfTheFormatAreExperiments(t *testing.T) {
	text, err := os.ReadFile("EXPERIMENT.md")
	if err != nil {
		t.Fatal(err)
	}
	// Each of these has to be in some example.
	unseen := map[string]bool{
		"idx": true, "csv": true, "npz": true, "rate": true, "poisson": true, "direct": true, "latency": true,
		"nmnist": true, "aedat4": true, "dat": true, "shd": true, "events": true,
		"count": true, "membrane": true, "first": true,
	}
	for i, b := range yamlBlock.FindAllSubmatchIndex(text, -1) {
		line := strings.Count(string(text[:b[2]]), "\n")
		// Empty lines before it give the block the line numbers of EXPERIMENT.md.
		src := strings.Repeat("\n", line) + string(text[b[2]:b[3]])
		e, err := experiment.Parse("EXPERIMENT.md", []byte(src))
		if err != nil {
			t.Errorf("block %d:\n%v", i+1, err)
			continue
		}
		delete(unseen, string(e.Dataset.Format))
		delete(unseen, string(e.Encode.Kind))
		delete(unseen, string(e.Readout.Kind))
	}
	for kind := range unseen {
		t.Errorf("EXPERIMENT.md has no example with %s", kind)
	}
}
