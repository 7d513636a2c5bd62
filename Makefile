# Herald's chores. "make" alone lists them.

# Tools are pinned here, run by the go command, and no part of go.mod.
GOLANGCI_LINT = github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0

# The race detector over all of Herald and what it stands on, but for SQLite's engine:
# C that was translated to Go, with its data outside of Go's heap, where the detector sees
# nothing. It cost half of the time of the tests. The driver and the C library stay in.
RACE = -race -gcflags=modernc.org/sqlite/lib=-race=false

BENCH    ?= .
COUNT    ?= 1
FUZZTIME ?= 30s
KILLS    ?= 200

.DEFAULT_GOAL := help

.PHONY: help
help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: build
build: ## build ./herald, which needs no C compiler
	CGO_ENABLED=0 go build ./...
	CGO_ENABLED=0 go build -trimpath -o herald ./cmd/herald

.PHONY: test
test: ## run all tests under the race detector; installs or names what they need
	@.ci/compiler
	@.ci/postgres
	@.ci/chromium
	@.ci/node
	@.ci/python
	@command -v curl >/dev/null || .ci/install curl "the test of examples/shell"
	@# What is built stays on the disk: it is large, and nobody waits for it.
	GOTMPDIR=$${TMPDIR:-/tmp} TMPDIR=$$(.ci/scratch) go test $(RACE) -timeout 10m ./...

.PHONY: soak
soak: ## kill -9 engine and server KILLS times (default 200), pipelines everywhere; chats in full under -race; look for what is lost
	@.ci/postgres
	HERALD_SOAK=$(KILLS) go test -run TestKill -v -timeout 60m ./progress/engine
	HERALD_SOAK=$(KILLS) go test -parallel 4 -v -timeout 60m ./cmd/internal/crash
	HERALD_SOAK=1 go test $(RACE) -timeout 60m ./bot/slack ./bot/discord

.PHONY: demo
demo: ## run the demonstration until Ctrl-C
	go run ./cmd/herald demo

.PHONY: lint
lint: ## run the linters of .golangci.yml
	go run $(GOLANGCI_LINT) run ./...

.PHONY: fmt
fmt: ## format all Go files
	gofmt -w .

.PHONY: bench
bench: ## run the benchmarks; BENCH=regexp picks, COUNT=n repeats
	go test -run '^$$' -bench '$(BENCH)' -benchmem -count $(COUNT) ./bench/... ./progress/...

.PHONY: fuzz
fuzz: ## fuzz each target in turn for FUZZTIME (default 30s)
	@.ci/fuzz $(FUZZTIME)

.PHONY: ci
ci: ## run everything that must hold before a change lands
	.ci/run
