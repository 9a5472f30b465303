# What a person types. Each goal is a script in Scripts/; this file names them and says what comes before what.
#
#   make demo     the set-up, the build, and a search of real documentation by conversation
#   make test     the set-up with the judges, and all tests

.DEFAULT_GOAL := help
SHELL := /bin/sh
MAKEFLAGS += --no-print-directory
.NOTPARALLEL:


.PHONY: help
help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' Makefile
	@echo
	@echo '  LIBTORCH=/path      use that libtorch, CPU or CUDA, instead of fetching one'
	@echo '  TORCH_INDEX=URL     the package index that has torch'"'"'s CPU wheels'
	@echo '  DEMO_CORPUS=DIR     search these documents in the demo'
	@echo '  PARLANCE_CACHE=DIR  where downloads are kept;  JUDGES=0  no Python judges in the tests'

.PHONY: demo
demo: engine model corpus ## set-up, build, and the main job end to end on real documentation
	@Scripts/demo.sh

.PHONY: test
test: tools-test engine model judges ## set-up with the Python judges, and all tests
	@Scripts/test.sh

.PHONY: build
build: release ## the program in release, and its engine

.PHONY: release
release: tools engine
	@Scripts/build.sh

.PHONY: engine
engine: libtorch ## libparlance-torch, the engine
	@Scripts/engine.sh

.PHONY: setup
setup: tools libtorch model corpus ## what the demo needs, without building

.PHONY: tools
tools:
	@Scripts/setup/tools.sh build

.PHONY: tools-test
tools-test:
	@Scripts/setup/tools.sh test

.PHONY: libtorch
libtorch: tools
	@Scripts/setup/libtorch.sh

.PHONY: model
model: tools
	@Scripts/setup/model.sh

.PHONY: corpus
corpus: tools
	@Scripts/setup/corpus.sh

.PHONY: judges
judges: tools ## the Python judges that tests compare with
	@Scripts/setup/judges.sh

.PHONY: judges-engines
judges-engines: tools ## other search engines, for Scripts/check-engines.sh
	@Scripts/setup/engines.sh

.PHONY: bench
bench: release model ## the benchmarks
	@Scripts/bench.sh

.PHONY: fuzz
fuzz: tools ## each fuzz target for SECONDS_EACH seconds (20)
	@Scripts/fuzz.sh

.PHONY: docs
docs: tools ## the library's documentation for a browser, in dist/documentation
	@Scripts/docs.sh dist/documentation

.PHONY: lint
lint: ## format, layers, scripts
	@Scripts/lint.sh

.PHONY: sanitize
sanitize: tools ## the tests under AddressSanitizer and ThreadSanitizer, without the engine
	@Scripts/sanitize.sh address
	@Scripts/sanitize.sh thread

.PHONY: install
install: engine ## into PREFIX (/usr/local)
	@Scripts/install.sh "$(or $(PREFIX),/usr/local)"

.PHONY: tarball
tarball: engine ## dist/: the program and the engine for machines without Swift
	@Scripts/tarball.sh

.PHONY: clean
clean: ## what was built; what was fetched stays
	rm -rf .build .build-asan .build-tsan Engine/build Benchmarks/.build Fuzz/.build .build-library Examples/Embedding/.build dist demo
