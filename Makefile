# The commands that people and CI use. Each installs what it lacks first; see scripts/setup.

SHELL := /bin/bash
.DEFAULT_GOAL := help
PRESET ?= dev
ARGS ?=

.PHONY: help build test test-full lint format bench bench-full docs coverage fuzz package demo soak clean

help: ## what there is
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 14

build: ## release build; the binary is build/release/bin/neuralake
	@scripts/setup build
	@cmake --preset release >build-release.log 2>&1 || { cat build-release.log; exit 1; }
	@rm -f build-release.log
	@cmake --build --preset release

demo: build ## stream real flights through the whole house; ARGS='--exit --kafka --s3 --rows N --speed X'
	@scripts/setup run
	@.venv/bin/python demo/run.py $(ARGS)

test: ## every test in one optimised build with assertions; last line: N passed, N failed
	@scripts/setup test spark
	@/usr/bin/python3 tests/run.py

test-full: ## sanitizers, MinIO, long crash and fuzz runs
	@scripts/setup test spark lint full
	@/usr/bin/python3 tests/run.py --full

lint: ## formatter, clang-tidy, ruff, mypy, the house rules
	@scripts/setup lint
	@scripts/lint

format: ## rewrite the sources as the formatters want them
	@scripts/setup lint
	@scripts/lint --fix

bench: build ## side by side with the peers; ARGS='ROW' runs one row
	@scripts/setup bench
	@.venv/bin/python bench/run.py $(ARGS)

bench-full: build ## the large benchmarks
	@scripts/setup bench
	@.venv/bin/python bench/run.py --full $(ARGS)

coverage: ## line coverage of C++ and Python
	@scripts/setup test
	@scripts/coverage

fuzz: ## each fuzz target for a minute; ARGS='TARGET SECONDS'
	@scripts/setup lint
	@scripts/fuzz $(ARGS)

docs: build ## the reference pages that are generated, and the check that all snippets run
	@scripts/docs

package: build ## a wheel in dist/
	@scripts/package

soak: build ## hours of faults
	@scripts/setup run
	@NEURALAKE_BINARY=$(CURDIR)/build/release/bin/neuralake .venv/bin/python tests/crash/soak.py $(ARGS)

clean: ## remove what builds made in this checkout
	@rm -rf build dist web/dist
