// Package archtest holds what the tests of this folder enforce: which package
// may import which, and a few promises about every file of the tree.
package archtest

import (
	"slices"
	"strings"
)

// module is the path that our own imports begin with.
const module = "github.com/weft-toolchain/weft/"

// row says what one package, or a subtree written `name/...`, may import.
type row struct {
	pkg string
	// may lists our packages, as paths or subtrees below the module.
	may []string
	// tests lists what the package's tests may import besides.
	tests []string
}

// policy is which of our packages may import which. It is a statement of
// policy: it says what the parts of weft are allowed to know of each other, not
// what they happen to know. Do not change it to make a build pass; change it
// when the architecture is to change, in a commit that says why.
//
// A package is ruled by its own row, or else by the longest subtree that holds
// it; a package without a row fails the test. What is said in prose:
//
//   - compiler and emulator never import each other, not even in tests: they
//     meet in isa, isa/image and targets;
//   - below internal/cli nobody knows that there is a command line.
var policy = []row{
	// The ground: what everybody may stand on.
	{pkg: "internal/spell"},
	{pkg: "internal/paths"},
	{pkg: "internal/pareto"},
	{pkg: "internal/page"},
	{pkg: "internal/splitmix"},
	{pkg: "internal/chromium"},
	{pkg: "internal/golden", may: []string{"internal/diag"}},
	{pkg: "internal/shared"},
	{pkg: "internal/inputs"},
	{pkg: "internal/archtest"},
	{pkg: "internal/diag", may: []string{"internal/spell", "internal/inputs"}},
	{pkg: "internal/yamldoc", may: []string{"internal/diag", "internal/spell"}},
	{pkg: "internal/jsonschema", may: []string{"internal/yamldoc"}},
	{pkg: "internal/ndarray/table", may: []string{"internal/diag", "internal/spell"}},
	{pkg: "internal/hdf5", may: []string{"internal/diag", "internal/spell", "internal/inputs"}},
	{pkg: "internal/pages"},
	{pkg: "internal/numbers", may: []string{"internal/pages"}},
	{pkg: "internal/events", may: []string{"internal/diag", "internal/hdf5", "internal/ndarray"}},
	{pkg: "internal/ndarray", may: []string{"internal/ndarray/table", "internal/numbers", "internal/diag", "internal/spell", "internal/inputs"}},

	// The contract between compiler and emulator.
	{pkg: "isa/fixed"},
	{pkg: "isa", may: []string{"isa/fixed", "internal/splitmix", "internal/diag", "internal/spell"}},
	{pkg: "isa/models", may: []string{"isa", "internal/diag"}},
	{pkg: "isa/image", may: []string{"isa", "isa/fixed", "targets/...", "internal/diag", "internal/pages"}},
	{pkg: "targets/mesh"},
	{pkg: "targets", may: []string{"targets/mesh", "isa", "isa/models", "internal/diag", "internal/jsonschema", "internal/yamldoc", "internal/spell"}},

	// The compiler. A pass may be tested on what the passes before it make.
	{
		pkg: "compiler/network",
		may: []string{"internal/diag", "internal/jsonschema", "internal/yamldoc", "internal/ndarray", "internal/numbers", "internal/paths", "internal/spell"},
	},
	{pkg: "compiler/ir", may: []string{"compiler/network", "targets/...", "internal/diag", "internal/numbers"}},
	{pkg: "compiler/lower", may: pass, tests: []string{"compiler/..."}},
	{pkg: "compiler/optimise", may: pass, tests: []string{"compiler/..."}},
	{pkg: "compiler/quant", may: pass, tests: []string{"compiler/..."}},
	{pkg: "compiler/approx", may: pass, tests: []string{"compiler/..."}},
	{pkg: "compiler/partition", may: []string{"internal/splitmix"}},
	{pkg: "compiler/place", may: []string{"compiler/partition"}},
	{pkg: "compiler/mapping", may: append([]string{"compiler/partition", "compiler/place"}, pass...), tests: []string{"compiler/..."}},
	{pkg: "compiler/codegen", may: pass, tests: []string{"compiler/..."}},
	{pkg: "compiler/defect", may: []string{"isa/...", "targets/...", "internal/diag"}, tests: []string{"compiler/..."}},
	{pkg: "compiler/interp", may: pass, tests: []string{"compiler/..."}},
	{pkg: "compiler/netfile", may: []string{"internal/diag", "internal/ndarray"}},
	{pkg: "compiler/nir", may: []string{"compiler/netfile", "internal/diag", "internal/hdf5", "internal/ndarray", "internal/spell"}, tests: []string{"compiler/..."}},
	{pkg: "compiler/lavanet", may: []string{"compiler/netfile", "internal/diag", "internal/hdf5", "internal/ndarray", "internal/spell"}},
	{pkg: "compiler", may: []string{"compiler/...", "isa/...", "targets/...", "internal/diag", "internal/numbers"}},

	// The emulator.
	{pkg: "emulator/noc", may: []string{"targets/mesh"}},
	{pkg: "emulator/stimulus", may: []string{"internal/diag", "internal/events", "internal/spell", "internal/hdf5", "internal/ndarray", "internal/ndarray/table"}},
	{pkg: "emulator/...", may: []string{"isa/...", "targets/...", "emulator/...", "internal/diag", "internal/pages", "internal/splitmix", "internal/inputs"}},

	// Where both meet.
	{pkg: "internal/names", may: []string{"emulator", "isa/image", "internal/diag", "internal/spell"}, tests: []string{"isa", "targets"}},
	{
		pkg: "internal/debug", may: []string{"emulator/...", "isa/...", "targets/...", "internal/diag", "internal/names", "internal/spell"},
		tests: []string{"compiler/..."},
	},
	{pkg: "internal/profile", may: []string{"internal/diag", "internal/ndarray", "internal/ndarray/table", "internal/spell"}},
	{pkg: "internal/dataset", may: []string{"internal/diag", "internal/events", "internal/ndarray", "internal/ndarray/table", "internal/spell"}},
	{
		pkg: "internal/experiment",
		may: []string{
			"internal/diag", "internal/jsonschema", "internal/yamldoc", "internal/paths", "internal/spell", "internal/dataset",
			"internal/events", "compiler/network",
		},
	},
	{pkg: "internal/chippage", may: []string{"compiler", "internal/page"}},
	{pkg: "internal/eval", may: belowCommand},
	{pkg: "internal/runpage", may: append([]string{"internal/chippage", "internal/page"}, belowCommand...)},
	{pkg: "internal/sweep", may: []string{"internal/diag", "internal/jsonschema", "internal/spell", "internal/yamldoc"}},
	{pkg: "internal/sweep/store", may: []string{"internal/diag"}},
	{pkg: "internal/outcome", may: append([]string{"internal/page", "internal/pareto"}, belowCommand...)},
	{pkg: "internal/rancnet", may: []string{"emulator/ranc", "internal/diag", "internal/ndarray"}, tests: []string{"compiler/...", "emulator/...", "targets/...", "internal/paths"}},
	{pkg: "internal/loihitest", tests: []string{"compiler/...", "emulator/...", "isa/...", "targets/...", "internal/..."}},
	{pkg: "internal/isaref", may: []string{"isa/...", "targets/..."}, tests: []string{"emulator/..."}},
	{pkg: "internal/benchnet", may: []string{"compiler/...", "emulator/...", "isa/...", "targets/...", "internal/diag", "internal/numbers", "internal/spell", "internal/splitmix"}},
	{pkg: "internal/mapbench", may: []string{"compiler/partition", "compiler/place"}},
	{pkg: "internal/limitbench", may: []string{"emulator/kernel", "internal/splitmix"}},
	{pkg: "internal/scalebench", may: []string{"internal/splitmix"}, tests: []string{"compiler/...", "targets/..."}},
	{pkg: "internal/difftest", may: []string{"compiler/...", "emulator/...", "isa/...", "targets/...", "internal/..."}},
	{pkg: "examples/...", may: belowCommand},

	// The command.
	{pkg: "internal/cli", may: []string{"compiler/...", "emulator/...", "isa/...", "targets/...", "internal/..."}},
	{pkg: "internal/release", may: []string{"internal/cli"}},
	{pkg: "cmd/weft", may: []string{"internal/cli"}, tests: []string{"internal/sweep/store"}},
}

// pass is what a pass of the compiler may import.
var pass = []string{"compiler/ir", "compiler/network", "isa/...", "targets/...", "internal/diag", "internal/numbers", "internal/pages"}

// belowCommand is everything but the command line.
var belowCommand = []string{
	"compiler/...", "emulator/...", "isa/...", "targets/...",
	"internal/dataset", "internal/diag", "internal/eval", "internal/experiment", "internal/ndarray",
	"internal/paths", "internal/spell", "internal/yamldoc",
}

// testHelpers are ours too, and every package's tests may import them.
var testHelpers = []string{"internal/chromium", "internal/golden", "internal/shared"}

// others is which module of others may be imported where; one that is not
// listed may not be imported at all. RATIONALE.md says why we have each, and
// .golangci.yml repeats the list so that an editor can show it.
var others = []struct {
	module string
	// in lists the packages that may import it; testsIn those whose tests may.
	in, testsIn []string
}{
	{module: "gopkg.in/yaml.v3", in: []string{"internal/yamldoc"}},
	{module: "github.com/spf13/cobra", in: []string{"internal/cli", "internal/release"}},
	{module: "github.com/spf13/pflag", in: []string{"internal/cli"}},
	{module: "github.com/schollz/progressbar/v3", in: []string{"internal/cli"}},
	{module: "golang.org/x/term", in: []string{"internal/cli"}},
	{module: "modernc.org/sqlite", in: []string{"internal/sweep/store"}},
	{module: "github.com/klauspost/compress", in: []string{"internal/events"}},
	{module: "github.com/pierrec/lz4/v4", in: []string{"internal/events"}},
	{module: "golang.org/x/sys", in: []string{"emulator/kernel", "emulator/noc", "internal/pages"}},
	{module: "github.com/mmcloughlin/avo", in: []string{"emulator/kernel/gen", "emulator/noc/gen"}}, // modules of their own
	{module: "gonum.org/v1/gonum", in: []string{"compiler/...", "emulator/...", "internal/...", "examples/..."}},
	{module: "github.com/google/go-cmp", in: []string{"internal/golden"}, testsIn: []string{"..."}},
	{module: "github.com/rogpeppe/go-internal", testsIn: []string{"..."}},
	{module: "github.com/santhosh-tekuri/jsonschema/v6", testsIn: []string{"internal/cli"}},
}

// opensItself lists the files that open others without internal/inputs, each with its
// reason. What they read is not known to be read, and may be replaced.
var opensItself = map[string]string{
	"internal/inputs/inputs.go":     "it is what opens files",
	"internal/inputs/shellpipe.go":  "it is of what opens files",
	"isa/image/file.go":             "looks at an image that is to be replaced",
	"emulator/checkpoint/file.go":   "looks at a checkpoint that is to be replaced, and syncs a folder",
	"internal/cli/checkpoint.go":    "goes on with a file that grows",
	"internal/benchnet/memory.go":   "reads what the system says of the process",
	"internal/golden/golden.go":     "is for tests",
	"internal/golden/mistakes.go":   "is for tests",
	"internal/mapbench/read.go":     "is a command of its own, which writes nothing",
	"internal/mapbench/metis.go":    "is a command of its own, which reads what it wrote",
	"internal/release/main.go":      "is a command of its own, which packs what it wrote",
	"examples/digits/train/main.go": "is a command of its own, which writes a file of a fixed name",
}

// lengthLimit is how many lines a Go file may have before it is two ideas.
const lengthLimit = 700

// longFiles lists the files that may be longer, each with its reason.
var longFiles = map[string]string{}

// ruleFor returns the row that rules pkg.
func ruleFor(pkg string) (row, bool) {
	var best row
	for _, r := range policy {
		if r.pkg == pkg {
			return r, true
		}
		if matches(r.pkg, pkg) && len(r.pkg) > len(best.pkg) {
			best = r
		}
	}
	return best, best.pkg != ""
}

// mayImport reports whether pkg, or only its tests, may import the path.
func mayImport(pkg, path string, inTest bool) bool {
	if ours, ok := strings.CutPrefix(path, module); ok {
		r, ok := ruleFor(pkg)
		switch {
		case !ok:
			return false
		case ours == pkg, matchesAny(r.may, ours):
			return true
		}
		return inTest && (matchesAny(r.tests, ours) || matchesAny(testHelpers, ours))
	}
	if first, _, _ := strings.Cut(path, "/"); !strings.Contains(first, ".") {
		return true // the standard library
	}
	for _, o := range others {
		if path == o.module || strings.HasPrefix(path, o.module+"/") {
			return matchesAny(o.in, pkg) || inTest && matchesAny(o.testsIn, pkg)
		}
	}
	return false
}

func matchesAny(patterns []string, pkg string) bool {
	return slices.ContainsFunc(patterns, func(p string) bool { return matches(p, pkg) })
}

// matches reports whether pkg is the package or in the subtree that pattern
// names. `...` alone is everything.
func matches(pattern, pkg string) bool {
	base, subtree := strings.CutSuffix(pattern, "...")
	if !subtree {
		return pattern == pkg
	}
	return strings.HasPrefix(pkg+"/", base)
}
