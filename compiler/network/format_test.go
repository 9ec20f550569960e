package network_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/weft-toolchain/weft/compiler/network"
)

var yamlBlock = regexp.MustCompile("(?ms)^```yaml\n(.*?)^```$")

func TestExamplesOfTheFormatAreNetworks(t *testing.T) {
	text, err := os.ReadFile("FORMAT.md")
	if err != nil {
		t.Fatal(err)
	}
	blocks := yamlBlock.FindAllSubmatchIndex(text, -1)
	if len(blocks) < 4 {
		t.Fatalf("FORMAT.md has %d yaml blocks, want the four networks", len(blocks))
	}
	dir := arrayDir(t)
	for i, b := range blocks {
		line := strings.Count(string(text[:b[2]]), "\n")
		// Empty lines before it give the block the line numbers of FORMAT.md.
		src := strings.Repeat("\n", line) + string(text[b[2]:b[3]])
		net, err := network.Parse(filepath.Join(dir, "FORMAT.md"), []byte(src))
		if err != nil {
			t.Errorf("block %d:\n%v", i+1, err)
			continue
		}
		if net.Name == "FORMAT" || len(net.Projections) == 0 || len(net.Outputs) == 0 {
			t.Errorf("block %d, at line %d, is not a whole network", i+1, line)
		}
	}
}
