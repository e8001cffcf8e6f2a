# Everything a newcomer types. `make run` and `make test` install what they need.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
export PATH := $(HOME)/.cargo/bin:$(PATH)

TARGET := $(or $(CARGO_TARGET_DIR),$(CURDIR)/target)
BINARY := $(TARGET)/release/helin
FUZZ_SECONDS ?= 60

.PHONY: help run build test check fuzz bench prompts advisories clean-data tools-run tools-test

help: ## what can be made
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 14

run: build ## build everything and start Helin with the demo company
	@exec $(BINARY) serve --demo

build: tools-run
	cargo build --release --locked --package server

test: tools-test check fuzz build ## every check and every test, as CI runs them
	HELIN_TEST_BINARY=$(BINARY) scripts/with-postgres.sh cargo test --workspace --locked

check: tools-test ## form, lints, documents, licences, unused dependencies
	cargo fmt --all --check
	cargo clippy --workspace --all-targets --locked -- -D warnings
	RUSTDOCFLAGS='-D warnings' cargo doc --workspace --no-deps --document-private-items --locked --quiet
	cargo machete crates fuzz
	cargo fetch --locked --quiet
	cargo deny --offline check bans licenses sources

fuzz: tools-test ## every parser of outside bytes, FUZZ_SECONDS each
	scripts/fuzz.sh $(FUZZ_SECONDS)

bench: tools-test build ## every figure of speed beside its goal, about 40 minutes; QUICK=1 about 12
	benches/run $(BINARY) $(TOPICS)

prompts: ## speak the built-in prompts anew (espeak-ng and sox)
	scripts/make-prompts.sh

advisories: tools-test ## known faults of dependencies; needs the advisory database
	cargo deny check advisories

clean-data: ## remove the demo's data
	rm -rf data

tools-run:
	@scripts/install-tools.sh run

tools-test:
	@scripts/install-tools.sh test
