# kioskd: see README.md. `make` says what can be made.
SHELL := /bin/bash
.DEFAULT_GOAL := help
MAKEFLAGS += --no-builtin-rules

TAGS := bench
SERVERS := $(notdir $(patsubst %/main.go,%,$(wildcard cmd/kioskd/main.go cmd/centerd/main.go cmd/issuerd/main.go)))

.PHONY: help
help: ## say what can be made
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / {printf "  make %-11s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: setup
setup: ## make this Debian 12 machine ready (packages by name, Go modules); may be run again
	@scripts/setup

.PHONY: build
build: ## build the bench programs into bin/, and production kioskd as bin/production/kioskd
	@mkdir -p bin/production
	go build -tags=$(TAGS) -o bin/ $(addprefix ./cmd/,$(SERVERS) kioskbench)
	$(if $(filter kioskd,$(SERVERS)),go build -o bin/production/kioskd ./cmd/kioskd)

.PHONY: run
run: ## start everything and say where the desk is; Ctrl-C ends it
	@scripts/setup --run
	@$(MAKE) --no-print-directory build
	@bin/kioskbench run -- bin/kioskd

.PHONY: demo
demo: ## let a scripted resident go the whole way; leaves out/demo/
	@scripts/setup --run
	@$(MAKE) --no-print-directory build
	@bin/kioskbench demo -- bin/kioskd

.PHONY: test
test: ## set up, check and test everything; ends with "N passed, N failed"
	@scripts/test

.PHONY: sim-crash
sim-crash: ## let the real kiosk die at every gate of every story, twice; reduced in `make test`
	@scripts/sim crash

.PHONY: sim-walk
sim-walk: ## walk the session a million events, with the real journal beside the model; reduced in `make test`
	@scripts/sim walk

.PHONY: crashfs
crashfs: ## cut the power after every operation of the journal's disk, 50,000 images of what may be left; reduced in `make test`
	@scripts/crashfs

.PHONY: kill9
kill9: ## kill the real kioskd 200 times in the middle of paid visits; 20 times in `make test`
	@scripts/kill9

.PHONY: coin-crash
coin-crash: ## strike a shop and its coin vendor at every byte between them; reduced in `make test`
	@scripts/coin-crash

.PHONY: fuzz-short
fuzz-short: ## fuzz each codec and the table 20 s; in `make test` only what the last commit changed
	@scripts/fuzz

.PHONY: bench
bench: ## measure the promised speeds
	@scripts/bench

.PHONY: fmt
fmt: ## write all Go files as gofumpt does
	go tool -modfile=tools/go.mod gofumpt -w .

.PHONY: generate
generate: ## write all generated files
	go generate ./...

.PHONY: clean
clean: ## remove what was built, what ran and what came out
	rm -rf bin out var
