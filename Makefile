# Nuages. `make demo` shows a site, `make test` proves the house; `make help` lists the rest.
# Everything needs Go alone; `make test` also looks for a C compiler (for -race) and the servers that tests talk to.

ADDR     ?= 127.0.0.1:8000
FUZZTIME ?= 30s
BENCH    ?= .

.DEFAULT_GOAL := help
.PHONY: help demo build test race fuzz bench bench-compare lint verify services

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: ## Build the newsroom, load its articles and serve it (ADDR=127.0.0.1:8000)
	@.ci/demo $(ADDR)

build: ## Build every package, the example and the nuages command (bin/)
	go build ./... && go build -o bin/ ./cmd/nuages ./examples/newsroom

test: services ## Run all tests with the race detector, with the servers they need
	@.ci/test ./...

race: services ## Hunt for races: all tests three times, in shuffled order
	@.ci/test -count=3 -shuffle=on ./...

fuzz: ## Run every fuzz target for FUZZTIME each (30s)
	@.ci/fuzz $(FUZZTIME)

bench: ## Run the benchmarks (BENCH=regexp picks some)
	go test -run '^$$' -bench '$(BENCH)' -benchmem ./...
	cd bench && go test -run '^$$' -bench '$(BENCH)' -benchmem ./orm

bench-compare: ## Run the benchmark site beside hand-written Go and other frameworks (python3, wrk, PostgreSQL; COMPARE=flags)
	cd bench && go run ./compare $(COMPARE)

lint: ## Check formatting, go vet and staticcheck
	@.ci/lint

verify: ## Do all that CI does: lint, tests, architecture, benchmark module, demo
	@.ci/run

services:
	@.ci/services
