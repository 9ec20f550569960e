# Needs Go, make and git; -race also wants a C compiler, and is left out
# without one. Works with the make of macOS (3.81) and any POSIX shell.

TOOL     = go tool -modfile=internal/tools.mod
FUZZTIME = 60s
BENCH    = .
COUNT    = 6
KILLS    = 100
BASELINE = internal/benchnet/baseline.txt
PLATFORMS = linux/amd64 linux/arm64 darwin/amd64 darwin/arm64 windows/amd64 windows/arm64

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help build test race vet lint fmt golden golden-check fuzz kill bench bench-go bench-limit bench-mapping bench-scale tidy-check check demo mnist man dist dist-check clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-13s %s\n", $$1, $$2}' Makefile

build: ## the command, as bin/weft
	CGO_ENABLED=0 go build -trimpath -o bin/ ./cmd/weft

test: ## all tests, in random order
	go test -shuffle=on ./...

# A package has something to race for if its code or its tests start goroutines.
race: ## the packages that start goroutines, without their longest tests, with the race detector where there is one
	@if ! { [ "$$(go env CGO_ENABLED)" = 1 ] && \
	   echo '#include <stdlib.h>' | $$(go env CC) -x c -fsyntax-only - 2>/dev/null; }; \
	then echo 'The race detector needs cgo and a C compiler, which are not here: left out.'; exit 0; fi; \
	dirs=$$(grep -rlE --include='*.go' 'go func|^[[:space:]]*go [a-z]|errgroup|t\.Parallel|[^a-z]sync\.' cmd compiler emulator internal isa targets | xargs -n 1 dirname | sort -u | sed 's|^|./|'); \
	echo go test -race -short $$dirs; \
	go test -race -short $$dirs

vet:
	go vet ./...

lint: ## golangci-lint, as .golangci.yml says (builds it the first time: some minutes)
	$(TOOL) golangci-lint run ./...

fmt: ## lay out all Go files with gofumpt
	$(TOOL) gofumpt -w $$(find . -name '*.go' -not -path '*/testdata/*')

golden: ## accept what the tests make as the new goldens; read the diff!
	UPDATE=1 go test ./...

# What is found interesting is made small for a while: for a minute each, if not said,
# and then nothing else is done.
fuzz: ## every fuzz target for FUZZTIME=60s, or so many inputs: FUZZTIME=1000000x
	@grep -roE --include='*_test.go' '^func Fuzz[A-Za-z0-9_]+' . | sort | while IFS=: read -r file func; do \
		echo "$$(dirname "$$file") $${func#func }"; \
		go test -run '^$$' -fuzz "^$${func#func }\$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 100x "$$(dirname "$$file")" || exit 1; \
	done

kill: ## a run with checkpoints that is killed KILLS=100 times, and ends as one that is not
	go test ./cmd/weft -run TestARunThatIsKilled -kills $(KILLS) -v -timeout 60m

bench: build ## the workloads of PERFORMANCE.md, COUNT=6 runs each, beside BASELINE (benchstat); some minutes
	@bench() { echo "weft bench $$*" >&2; bin/weft bench "$$@" --count $(COUNT) --go; }; \
	{ bench tnr64 --timing functional && bench tnr64 --timing functional --way portable && bench tnr64 && \
	bench rand10k --timing functional && bench rand10k --timing functional --way portable && bench rand10k && \
	bench rand100k --ticks 100 --timing functional && \
	bench truenorth --timing functional && bench truenorth --timing functional --way portable && bench truenorth && \
	bench truenorth --timing functional --cores 4096 --ticks 100 && \
	bench truenorth --cores 4096 --ticks 20 && \
	bench silent --timing functional --ticks 100000 && \
	go test -run '^$$' -bench MNIST -benchtime 1x -count $(COUNT) ./examples; \
	} > bin/bench.txt || { cat bin/bench.txt; exit 1; }
	$(TOOL) benchstat $(BASELINE) bin/bench.txt
	$(MAKE) bench-limit

bench-limit: ## the inner loops of cores beside the same in C with AVX-512: how much of what the processor can do; wants cc
	go run ./internal/limitbench

bench-go: ## Go benchmarks COUNT=6 times into bin/bench-go.txt; OLD=file.txt compares with benchstat
	@mkdir -p bin
	go test -run '^$$' -bench '$(BENCH)' -count $(COUNT) ./... > bin/bench-go.txt || { cat bin/bench-go.txt; exit 1; }
	$(TOOL) benchstat $(OLD) bin/bench-go.txt

bench-mapping: ## the benchmark networks into cores, beside METIS; ARGS=--place onto a mesh too; wants bench/mapping in $WEFT_SHARED (default ../shared)
	go run ./internal/mapbench $(ARGS) $${WEFT_SHARED:-../shared}/bench/mapping/*.net.gz

bench-scale: build ## networks of 64 to 4096 cores, up to 268 million synapses: memory and time; ARGS='--cores 64 --shape full'
	go run ./internal/scalebench $(ARGS)

check: vet test race lint tidy-check golden-check ## everything that CI asks for

tidy-check:
	go mod tidy -diff
	go mod verify

# Regenerates every golden and requires that nothing in the tree has changed
# by that: uncommitted work is fine, a stale golden is not. The tree is hashed
# into an index of its own.
golden-check:
	@if ! git rev-parse --is-inside-work-tree >/dev/null 2>&1; then \
		echo 'Not in a git work tree: whether the goldens are up to date is not checked.'; exit 0; \
	fi; \
	index="$$(git rev-parse --absolute-git-dir)/golden-check.index"; \
	trap 'rm -f "$$index"' EXIT; \
	tree() { GIT_INDEX_FILE="$$index" git add -A . && GIT_INDEX_FILE="$$index" git write-tree; }; \
	before=$$(tree) || exit 1; \
	dirs=$$(grep -rlE --include='*_test.go' 'weft/internal/golden"|"UPDATE"' . | xargs -n 1 dirname | sort -u); \
	echo UPDATE=1 go test $$dirs; \
	UPDATE=1 go test $$dirs || exit 1; \
	after=$$(tree) || exit 1; \
	if ! git --no-pager diff --exit-code "$$before" "$$after"; then \
		echo 'These goldens were not up to date. They are now: read the diff and commit it.'; exit 1; \
	fi

demo: build ## read handwritten digits on three chips
	bin/weft compare examples/digits/experiment.yaml -t xbar256,xbar1k,loihi

# Every network with the target's 8 bits, then the first and the one trained
# for few levels with 4.
mnist: build ## all 10,000 test images of MNIST; wants data/mnist in $WEFT_SHARED (default ../shared)
	@run() { out=$$(bin/weft eval "$$@") || exit 1; echo "weft eval $$*"; printf '%s\n' "$$out" | head -n 3; }; \
	run examples/mnist/experiment.yaml; \
	run examples/mnist/experiment-qcfs4_256_128.yaml; \
	run examples/mnist/experiment-mlp128.yaml; \
	run examples/mnist/experiment-mlp128_nobias.yaml; \
	run examples/conv/experiment.yaml; \
	run examples/mnist/experiment.yaml --bits 4; \
	run examples/mnist/experiment-qcfs4_256_128.yaml --bits 4

# When the commit was made is when everything in an archive was.
EPOCH = SOURCE_DATE_EPOCH=$$(git log -1 --format=%ct 2>/dev/null)

man: ## manual pages of all commands, into bin/man/man1: man -M bin/man weft-run
	@rm -rf bin/man
	$(EPOCH) go run ./internal/release man bin/man/man1

dist: ## reproducible archives for six platforms: binary, manual pages, texts; and their checksums
	@rm -rf dist
	$(EPOCH) go run ./internal/release dist dist $(PLATFORMS)

# The second time from a clone in another folder: so what is not committed fails.
dist-check: dist ## dist a second time, from a clone elsewhere, and the same bytes
	@clone=$$(mktemp -d) && trap 'rm -rf "$$clone"' EXIT && \
	git clone -q . "$$clone/weft" && $(MAKE) -C "$$clone/weft" dist PLATFORMS="$(PLATFORMS)" >/dev/null && \
	cmp dist/SHA256SUMS "$$clone/weft/dist/SHA256SUMS" && echo 'The same bytes twice.'

clean: ## remove bin and dist
	rm -rf bin dist
