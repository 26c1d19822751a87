# Peil: every command that a person or a schedule needs. `make help` lists them.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help setup build run test real oracles interop scaffold fuzz bench fixtures format lint clean FORCE

PEIL := .build/release/peil
# Input data: the fixtures that come with the project, or a folder of the same layout (rivm/, kwb/).
DATA ?= Fixtures
# Outputs: one folder for each data folder, in it one for each pipeline.
OUT ?= out/$(notdir $(abspath $(DATA)))
# Pipelines whose data are there: balance needs rivm/ and kwb/ in DATA, the others a folder of their own name.
PIPELINES := balance $(foreach pipeline,labour attractiveness,$(if $(wildcard $(DATA)/$(pipeline)/.),$(pipeline)))
THREADS ?= $(shell nproc)
# Lines that a run prints: 30 for all pipelines together.
LINES := $(shell echo $$((30 / $(words $(PIPELINES)))))
# One file that starts fast: no Swift libraries to look for, no addresses to relocate.
RELEASE := --static-swift-stdlib -Xswiftc -Xclang-linker -Xswiftc -no-pie
# A build or test that fails shows its whole log; one that succeeds stays quiet.
quiet = mkdir -p build && { $(1) > build/$(2).log 2>&1 || { cat build/$(2).log; exit 1; }; }

help: ## List the commands
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

setup: ## Install what is missing (C libraries by apt), or say what to type
	@bash Scripts/setup.sh

build: $(PEIL) ## Build the program

$(PEIL): FORCE | setup
	@$(call quiet,swift build -c release $(RELEASE) --product peil,build)

FORCE:

run: $(PIPELINES:%=$(OUT)/%/manifest.json) ## Run every pipeline that is not up to date (DATA=folder)

# The program writes manifest.d, the list of files that it really read; make runs a pipeline again when one of them, the
# pipeline file or the program is newer than its manifest.
$(OUT)/%/manifest.json: Pipelines/%.yml $(PEIL)
	@$(PEIL) run $< --set data=$(DATA) --out $(OUT)/$* --threads $(THREADS) --lines $(LINES)

-include $(PIPELINES:%=$(OUT)/%/manifest.d)

test: setup ## Run all tests that need nothing outside the clone
	swift test

real: setup ## Check against real files, and print what each one holds (REAL=folder)
	@test -d "$(REAL)" || { echo "make real REAL=folder-with-real-files"; exit 64; }
	@mkdir -p build
	@PEIL_REAL=$(abspath $(REAL)) swift test --filter RealFiles > build/real.out 2> build/real.log \
	  || { cat build/real.out build/real.log; exit 1; }
	@sed -n '/^file  /,/ of them data$$/p' build/real.out
	@grep -h 'Test run with' build/real.out build/real.log

oracles: setup ## Check against published inputs with published answers (ORACLES=folder)
	@test -d "$(ORACLES)" || { echo "make oracles ORACLES=folder-with-oracles"; exit 64; }
	PEIL_ORACLES=$(abspath $(ORACLES)) swift test --filter Oracle

interop: run ## Read every Parquet file with pyarrow, DuckDB and Polars
	python3 Tests/Interop/check.py $(PIPELINES:%=$(OUT)/%)

scaffold: $(PEIL) ## Check that what peil new writes compiles and passes
	@bash Tests/Scaffold/check.sh

fuzz: setup ## Damage fixtures at random and give them to every parser (TIME=seconds)
	@$(call quiet,swift build -c release $(RELEASE) --product fuzz,fuzz)
	@.build/release/fuzz --time $(or $(TIME),60) --jobs $(THREADS)

bench: $(PEIL) ## Measure every job against its peers, or one (BENCH="--job extract --assert")
ifdef BENCH
	python3 Benchmarks/run.py $(BENCH)
else
	python3 Benchmarks/run.py
	for job in extract pivot micro; do python3 Benchmarks/run.py --job $$job --threads 2 --scale 1 || exit; done
	for part in construct simulate adapters memory; do python3 Benchmarks/$$part.py || exit; done
endif

fixtures: ## Write the fixtures again from their generator
	python3 Fixtures/generate.py

format: ## Format the Swift sources
	swift format --in-place --recursive --parallel Package.swift Sources Tests

lint: ## Check the format of the Swift sources
	swift format lint --strict --recursive --parallel Package.swift Sources Tests

clean: ## Remove builds and outputs
	rm -rf .build build out
