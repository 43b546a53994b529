# Targets for people come first; `make` alone lists them. Paths below are relative and quoted, so the
# project may lie in a folder with blanks or accents in its name.

# -- what may be given on the command line ---------------------------------------------------------

# PARAMS=file: another parameter file. OUT=folder: another output folder.
# RENDERER=auto|quarto|embedded. FORMATS=html,pdf,docx,jats (all; with html, some of them).
# TIMEOUT=seconds for one notebook. JOBS=notebooks at a time. PYTHON=program to set up with.
# WARM=0 starts every notebook's kernel anew, instead of forking it from a process that has imported.
# VENV=folder: another (or a shared) environment.
PARAMS ?= params.yml
OUT ?= report/_site
RENDERER ?= auto
FORMATS ?=
PORT ?= 8000
TIMEOUT ?= 900
WARM ?= auto
VENV ?= .venv
# Without PYTHON= that of the environment, where there is one: to look for others takes longer.
ifndef PYTHON
FOUND := $(shell for p in "$(VENV)/bin/python" python3.13 python3.12 python3.11 python3; do \
	"$$p" -ISc 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && { echo "$$p"; exit; }; done)
PYTHON := $(or $(FOUND),python3)
endif
JOBS ?=

# What is given reaches the shell between quotation marks, and so must not hold what ends them;
# answers to questions bring their own.
UNSAFE := $$ " ` \ '
$(foreach given,PARAMS OUT FORMATS PORT JOBS TIMEOUT WARM VENV PYTHON SEED MOMENTS RUNS ROWS PATTERN FILE BASE DICTIONARY SHEET REPLACE FOLDER ANSWERS,$(foreach sign,$(if $(filter ANSWERS,$(given)),$$ ` \,$(UNSAFE)),\
	$(if $(findstring $(sign),$(value $(given))),$(if $(filter command environment,$(firstword $(origin $(given)))),\
	$(error $(given)=$(value $(given)): a name with $(sign) in it is not possible here; choose another)))))

ifeq ($(filter auto quarto embedded,$(RENDERER)),)
$(error RENDERER=$(RENDERER): choose auto, quarto or embedded)
endif

export CASE_REVIEW_PARAMS := $(PARAMS)
export CASE_REVIEW_TIMEOUT := $(TIMEOUT)
export CASE_REVIEW_WARM := $(WARM)
# Nothing of the user, the machine or the day reaches a result (see case_review/build/surroundings.py).
export PYTHONHASHSEED := 0
export PYTHONNOUSERSITE := 1
export LC_ALL := C.UTF-8
export TZ := UTC
export GX_ANALYTICS_ENABLED := false
export OMP_NUM_THREADS := 1
export OPENBLAS_NUM_THREADS := 1
export MPLBACKEND := agg
export JUPYTER_PLATFORM_DIRS := 1
unexport PYTHONPATH PYTHONHOME PYTHONSTARTUP PYTHONSAFEPATH PYTHONINSPECT PYTHONOPTIMIZE PYTHONWARNINGS
# What the package's modules are compiled to is kept, and compared by content (build/loaded.py).
unexport PYTHONDONTWRITEBYTECODE
# Set within git's own hooks, where they would name the index of a commit that is half made.
unexport GIT_DIR GIT_WORK_TREE GIT_INDEX_FILE

SHELL := /bin/sh
.DELETE_ON_ERROR:
.SUFFIXES:
MAKEFLAGS += --no-builtin-rules --no-print-directory
.DEFAULT_GOAL := help

REVIEW = "$(VENV)/bin/python" -m case_review
BUILD := report/_build
# Set-up and the look at the environment run under any Python, or that of the environment itself.
# Said here because an old Python cannot even read the modules that would say it.
READY = $(if $(FOUND),:,"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 || { \
	echo "$(PYTHON) is missing or older than Python 3.11: install one," \
	"or name it with PYTHON=/path/to/python3" >&2; exit 1; })
BOOTSTRAP = "$(PYTHON)" -m case_review.build.bootstrap "$(VENV)"

# Make's options: of one letter, and how many jobs (of those that it knows itself it has no use).
LETTERS = $(filter-out --%,$(firstword -$(MAKEFLAGS)))
GIVEN_JOBS = $(or $(lastword $(patsubst -j%,%,$(filter -j%,$(MAKEFLAGS)))),$(JOBS))
# One process decides what is made: see case_review/build/building.py.
define build
	$(if $(findstring i,$(LETTERS)),$(error make -i: a report is published only if everything has \
	succeeded, so errors cannot be ignored; -k goes on with what does not depend on them))
	$(if $(findstring t,$(LETTERS)),$(error make -t: nothing here is up to date by its time alone; leave out -t))
	@$(READY)
	@exec $(BOOTSTRAP) -- build $(1) --out "$(OUT)" --renderer $(RENDERER) --formats "$(FORMATS)" \
		--jobs "$(GIVEN_JOBS)" $(if $(findstring k,$(LETTERS)),--keep-going)
endef

# -- targets for people ----------------------------------------------------------------------------

.PHONY: help report test coverage quarto-check data notebooks validate reconstruct extremes status graph edit clean verify expectations bench nightly kill-test \
	audit-dependencies release watch results workbook docs scenarios diff previous import new examples parameters

help: ## List the targets
	@echo "make TARGET [PARAMS=file] [OUT=folder] [RENDERER=auto|quarto|embedded] [FORMATS=html] [TIMEOUT=seconds]"
	@echo
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  \1\t\2/p' Makefile | expand -t 22

report: ## Everything: data, notebooks, then the report as HTML, PDF and DOCX in report/_site
	$(call build,report)

data: ## Check the raw data and write the clean tables
	$(call build,data)

notebooks: ## Run what is out of date among the notebooks
	$(call build,notebooks)

# The tests of a file share what takes long to make.
TOGETHER = -q -n 2 --dist loadfile --no-loadscope-reorder
test: _tests ## Lint, then unit, pipeline and rendering tests
	@"$(VENV)/bin/python" -m ruff check .
	@"$(VENV)/bin/lint-imports" --no-logo --no-cache
	@"$(VENV)/bin/python" -m pytest $(TOGETHER) -m "not nightly" $(PYTEST)

coverage: _tests ## The same tests, and which lines of the package they run: nine in ten at least
	@"$(VENV)/bin/python" -m pytest $(TOGETHER) -m "not nightly" --cov --cov-report=term $(PYTEST)

quarto-check: _tests ## The tests that need Quarto, which must be installed
	@command -v quarto >/dev/null || { echo "Quarto is not installed: environment.yml gives it, or" \
		"https://quarto.org; without it make test skips these tests, and says so" >&2; exit 1; }
	@"$(VENV)/bin/python" -m pytest $(TOGETHER) -m quarto $(PYTEST)

validate: _setup ## Check the raw data against the expectations, and nothing else
	@$(REVIEW) validate

expectations: _setup ## Write the suites and the dictionary anew, from the columns that are declared
	@"$(VENV)/bin/python" -m expectations.renew

reconstruct: ## Find the reconstructed raw tables again (SEED=n for another, equally consistent set)
	@$(READY)
	@exec $(BOOTSTRAP) -- reconstruct $(if $(SEED),--seed "$(SEED)")

extremes: ## Search the ends of statistics over all sets of response times again (minutes)
	@$(READY)
	@exec $(BOOTSTRAP) -- reconstruct --extremes

status: ## What is out of date, and because of what
	@$(READY)
	@exec $(BOOTSTRAP) -- status --out "$(OUT)" --renderer $(RENDERER) --formats "$(FORMATS)"

graph: ## The notebooks in their order, with what each comes after and reads
	@$(READY)
	@exec $(BOOTSTRAP) -- graph

edit: ## Open the notebooks in JupyterLab (installed on first use)
	@$(READY)
	@$(BOOTSTRAP) --edit
	@"$(VENV)/bin/python" -m jupyterlab $(if $(filter 0,$(shell id -u)),--allow-root) notebooks

results: _setup ## The results that the text may show, with what they say (PATTERN=response.*)
	@$(REVIEW) results $(if $(PATTERN),"$(PATTERN)")

diff: _setup ## What differs from another state, and because of what (BASE=revision or release.zip)
	@$(REVIEW) diff "$(BASE)"

previous: _setup ## The same, told to readers: the page "What is new" of the report (BASE=v1.0)
	@$(REVIEW) previous "$(BASE)"

scenarios: _setup ## The review under the choices of scenarios.yml: what depends on one (report/_scenarios)
	@$(REVIEW) scenarios --jobs "$(GIVEN_JOBS)"

docs: ## The documentation as a site in report/_docs (what makes it is installed on first use)
	@$(READY)
	@$(BOOTSTRAP) --docs
	@SOURCE_DATE_EPOCH=0 "$(VENV)/bin/python" -m mkdocs --quiet build --strict --clean
	@echo "report/_docs: the documentation is ready, open index.html"

workbook: _setup ## An empty workbook for extraction, with lists to choose from (FILE=extraction.xlsx)
	@$(REVIEW) workbook "$(or $(FILE),extraction.xlsx)"

import: _setup ## Turn a spreadsheet into raw tables (FILE=sheet.xlsx; REPLACE=1; DICTIONARY=redcap.csv)
	@$(if $(FILE),,$(error say which spreadsheet: make import FILE=sheet.xlsx))$(REVIEW) import "$(FILE)" $(if $(REPLACE),--replace) \
		$(if $(DICTIONARY),--dictionary "$(DICTIONARY)") $(if $(SHEET),--sheet "$(SHEET)")

new: ## Start a review of your own (FOLDER=../my-review; ANSWERS="--no-levels --defaults" asks less)
	@test -n "$(FOLDER)" || { echo "make new FOLDER=../my-review: name the new folder" >&2; exit 1; }
	@$(READY)
	@$(BOOTSTRAP) --new
	@$(REVIEW) new "$(FOLDER)" $(ANSWERS)

parameters: _setup ## Write the values of params.yml into the notebooks' cells tagged parameters
	@$(REVIEW) parameters --write

examples: ## Build the example reviews of examples/ (report/_examples; `make docs` then shows them)
	@$(READY)
	@$(BOOTSTRAP) --new
	@"$(VENV)/bin/python" -m case_review.living.examples

release: ## Pack report, sources and data with an RO-Crate of the run
	$(call build,release)

verify: _setup ## Build twice in clean clones and compare every byte
	@PYTHONPATH=. "$(VENV)/bin/python" tests/rebuild.py

bench: _tests ## Time builds and statistics into docs/benchmarks (RUNS=5, ROWS="full rebuild; a caption")
	@PYTHONPATH=. "$(VENV)/bin/python" tests/bench_statistics.py
	@PYTHONPATH=.:tests "$(VENV)/bin/python" -m bench --runs "$(or $(RUNS),5)" --rows "$(ROWS)"

nightly: _tests ## The tests that are too long for `make test`
	@"$(VENV)/bin/python" -m pytest -q -m "nightly or hypothesis" --hypothesis-profile=untimed $(PYTEST)

kill-test: _setup ## Kill the build at MOMENTS=20 random moments: the site stays whole (SEED=n)
	@"$(VENV)/bin/python" tests/kill_build.py --moments "$(or $(MOMENTS),20)" --seed "$(or $(SEED),1)"

# Strict, so that a package index without advisories does not pass for one without findings.
AUDIT = pip-audit --strict --require-hashes --disable-pip -r requirements.lock \
	-r requirements-build.lock -r requirements-test.lock -r requirements-edit.lock \
	-r requirements-docs.lock -r requirements-new.lock
audit-dependencies: ## Look up known vulnerabilities of the locked packages (needs the network)
	@if command -v uvx >/dev/null; then uvx $(AUDIT); elif command -v pip-audit >/dev/null; then $(AUDIT); \
	else echo "Install uv or pip-audit first; both are optional."; exit 1; fi

clean: ## Remove what is generated (clean tables, results, exhibits, the report), nothing else
	@$(READY)
	+@mkdir -p $(BUILD); "$(PYTHON)" -m case_review.build.locking $(BUILD)/lock -- "$(MAKE)" _clean

watch: ## Show the report in a browser (PORT=8000), and make it again whenever a file is saved
	@$(READY)
	@exec $(BOOTSTRAP) -- watch --out "$(OUT)" --renderer $(RENDERER) --formats "$(FORMATS)" \
		--jobs "$(GIVEN_JOBS)" --port "$(PORT)"

.PHONY: _setup _tests _clean

_setup:
	@$(READY)
	@$(BOOTSTRAP)

# With the packages that only tests and benchmarks need.
_tests:
	@$(READY)
	@$(BOOTSTRAP) --test --new

_clean:
	@find data/clean/ -mindepth 1 ! -name README.md -delete
	@rm -rf report/_executed report/results report/exhibits report/_diff report/_docs report/_examples report/_scenarios report/_site report/_site_* report/._site*
	@cd report && rm -rf _quarto-site .quarto .gitignore site_libs index_files index.html index.pdf index.docx index.typ
	@find $(BUILD)/ -mindepth 1 -maxdepth 1 ! -name '*lock' -exec rm -rf {} +
