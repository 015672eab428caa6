# What one does with Xushi from its source. `make` alone lists it.
# Needed: Go (the version in go.mod), and npm once, which fetches the ClickHouse engine.

UP_FLAGS      ?=
FUZZTIME      ?= 10s
SEED          ?= 1
EVENTS        ?= 1000000
KILLS         ?= 100
PARTITIONS    ?= 1
RUNS          ?= 200
TEST_FLAGS    ?=
PACKAGES      ?= ./...

# Pinned, and outside go.mod: a tool is no dependency of the product.
GOLANGCI_LINT := github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0
GOVULNCHECK   := golang.org/x/vuln/cmd/govulncheck@v1.9.0

.DEFAULT_GOAL := help

.PHONY: help
help: ## list these targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sort | awk -F ':.*## ' '{ printf "  %-10s  %s\n", $$1, $$2 }'

.PHONY: up
up: build ## build, and run everything on this machine until Ctrl-C; UP_FLAGS="--once" ends after the table
	bin/xushi up $(UP_FLAGS)

.PHONY: build
build: ## build bin/xushi
	go build -o bin/xushi .

.PHONY: test
test: ## run all tests, on the real ClickHouse engine and a real NATS server
	go test -count=1 -timeout=15m $(TEST_FLAGS) $(PACKAGES)

.PHONY: test-race
test-race: ## the same under the race detector (needs a C compiler); PACKAGES=./consumers/... for some of them
	CGO_ENABLED=1 go test -race -count=1 -timeout=30m $(TEST_FLAGS) $(PACKAGES)

.PHONY: lint
lint: ## look for mistakes and breaches of the house rules (.golangci.yml says which)
	go run $(GOLANGCI_LINT) run $(PACKAGES)

.PHONY: fmt
fmt: ## format as the linter wants it
	go run $(GOLANGCI_LINT) fmt

.PHONY: vuln
vuln: ## look for known vulnerabilities; asks a database on the network, so CI does not
	go run $(GOVULNCHECK) $(PACKAGES)

.PHONY: bench
bench: ## measure speed and memory as ratios; BENCH_OUT=FILE also writes them as JSON, BENCH_ONLY=drain,batch some alone
	go build -o bin/bench ./deploy/bench
	bin/bench

.PHONY: chaos
chaos: ## publish EVENTS events (1000000) while killing -9 every part, KILLS times (100), and look what became of them; SEED=2 for others, PARTITIONS=8 for a divided log
	go build -o bin/chaos ./deploy/chaos
	bin/chaos -seed $(SEED) -events $(EVENTS) -kills $(KILLS) -partitions $(PARTITIONS)

.PHONY: letters
letters: ## draw the letters of the tests into bin/letters, as a screen, a phone and a black-and-white printer show them (needs chromium and ImageMagick)
	@mkdir -p bin/letters
	@for page in jobs/letter/testdata/*.html; do \
		name=bin/letters/$$(basename $$page .html); \
		for width in 1000 400; do \
			chromium --headless --no-sandbox --hide-scrollbars --window-size=$$width,9000 --screenshot=$$name-$$width.png file://$(CURDIR)/$$page 2>/dev/null || exit 1; \
			convert $$name-$$width.png -trim +repage $$name-$$width.png; \
		done; \
		convert $$name-1000.png -colorspace Gray $$name-grey.png; \
		echo $$name-1000.png $$name-400.png $$name-grey.png; \
	done

.PHONY: crash
crash: ## play RUNS offices (200) for some weeks while killing -9 whoever writes and sends their letters, and look whether each arrived once; SEED=2 for others, RUNS=1 SEED=n plays one again
	go build -o bin/crash ./deploy/crash
	bin/crash -seed $(SEED) -runs $(RUNS)

.PHONY: fuzz
fuzz: ## run every fuzz target for FUZZTIME (10s)
	@grep -rlE --include='*_test.go' '^func Fuzz' . | sort | while read -r file; do \
		for target in $$(sed -nE 's/^func (Fuzz[A-Za-z0-9_]*)\(.*/\1/p' $$file); do \
			echo "== $$target ($$(dirname $$file))"; \
			go test -run='^$$' -fuzz="^$$target\$$" -fuzztime=$(FUZZTIME) $$(dirname $$file) || exit 1; \
		done; \
	done

.PHONY: clean
clean: ## delete bin/; your data/ and the engine in your cache folder stay
	rm -rf bin
