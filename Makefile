# Targets for people come first; `make` alone lists them. Paths below are relative and quoted, so the
# project may lie in a folder with blanks or accents in its name.

# -- what may be given on the command line ---------------------------------------------------------

# PARAMS=file: another parameter file. OUT=folder: another output folder.
# RENDERER=auto|quarto|embedded. FORMATS=html,pdf,docx,jats (all; with html, some of them). TIMEOUT=seconds for one notebook. PYTHON=program to set up with.
# VENV=folder: another (or a shared) environment.
PARAMS ?= params.yml
OUT ?= report/_site
RENDERER ?= auto
FORMATS ?=
TIMEOUT ?= 900
VENV ?= .venv
PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3; do \
	"$$p" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && { echo $$p; exit; }; \
	done; echo python3)
JOBS ?= $(shell nproc 2>/dev/null || getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2)

# What is given reaches the shell between quotation marks, and so must not hold what ends them.
UNSAFE := $$ " ` \ '
$(foreach given,PARAMS OUT FORMATS TIMEOUT VENV PYTHON SEED MOMENTS,$(foreach sign,$(UNSAFE),\
	$(if $(findstring $(sign),$(value $(given))),$(if $(filter command environment,$(firstword $(origin $(given)))),\
	$(error $(given)=$(value $(given)): a name with $(sign) in it is not possible here; choose another)))))

ifeq ($(filter auto quarto embedded,$(RENDERER)),)
$(error RENDERER=$(RENDERER): choose auto, quarto or embedded)
endif
COMMA := ,
$(foreach format,$(subst $(COMMA), ,$(FORMATS)),$(if $(filter html pdf docx jats,$(format)),,\
	$(error FORMATS=$(FORMATS): there is no $(format); choose some of html, pdf, docx, jats)))

export CASE_REVIEW_PARAMS := $(PARAMS)
export CASE_REVIEW_TIMEOUT := $(TIMEOUT)
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
# Set within git's own hooks, where they would name the index of a commit that is half made.
unexport GIT_DIR GIT_WORK_TREE GIT_INDEX_FILE

SHELL := /bin/sh
.DELETE_ON_ERROR:
.SUFFIXES:
MAKEFLAGS += --no-builtin-rules --no-print-directory
.DEFAULT_GOAL := help

REVIEW = "$(VENV)/bin/python" -m case_review
BUILD := report/_build
FAILURES := $(BUILD)/failures.txt

# Each output folder has a stamp of its own; its name must do without blanks.
SITE_KEY := $(if $(filter report/_site,$(OUT)),site,site-$(firstword $(shell printf %s "$(OUT)" | cksum)))
SITE := $(BUILD)/manifests/$(SITE_KEY).json

# One build at a time: the lock is taken by a bare Python, which then becomes the inner make.
# Parallel jobs are the default; an explicit -j of the caller is passed on as it is.
INNER = CASE_REVIEW_FAILURES=$(FAILURES) "$(PYTHON)" -m case_review.build.locking $(BUILD)/lock -- \
	"$(MAKE)" --no-print-directory $(if $(filter -j% --jobserver%,$(MAKEFLAGS)),,-j$(JOBS))
# Said here because an old Python cannot even read the modules that would say it.
READY = "$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 || { \
	echo "$(PYTHON) is missing or older than Python 3.11: install one," \
	"or name it with PYTHON=/path/to/python3" >&2; exit 1; }
# Make's options of one letter.
LETTERS = $(filter-out --%,$(firstword -$(MAKEFLAGS)))
# What failed is printed at the very end, after what other jobs had still to say; an older list is
# of an earlier build.
define locked
	$(if $(findstring i,$(LETTERS)),$(error make -i: a report is published only if everything has \
	succeeded, so errors cannot be ignored; -k goes on with what does not depend on them))
	$(if $(findstring t,$(LETTERS)),$(error make -t: nothing here is up to date by its time alone; leave out -t))
	@$(READY)
	@mkdir -p $(BUILD)
	+@$(INNER) $(1) || { [ $(FAILURES) -nt $(BUILD)/lock ] && cat $(FAILURES) >&2; exit 1; }
endef

# -- targets for people ----------------------------------------------------------------------------

.PHONY: help report test data notebooks validate reconstruct extremes status edit clean verify bench nightly kill-test \
	audit-dependencies release

help: ## List the targets
	@echo "make TARGET [PARAMS=file] [OUT=folder] [RENDERER=auto|quarto|embedded] [FORMATS=html] [TIMEOUT=seconds]"
	@echo
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  \1\t\2/p' Makefile | expand -t 22

report: ## Everything: data, notebooks, then the report as HTML, PDF and DOCX in report/_site
	$(call locked,_report)

data: ## Check the raw data and write the clean tables
	$(call locked,_data)

notebooks: ## Run what is out of date among the notebooks
	$(call locked,_notebooks)

test: _setup ## Lint, then unit, pipeline and rendering tests
	@"$(VENV)/bin/python" -m ruff check .
	@"$(VENV)/bin/lint-imports" --no-logo --no-cache
	@"$(VENV)/bin/python" -m pytest -q -n 2 --dist loadfile --no-loadscope-reorder -m "not nightly" $(PYTEST)

validate: _setup ## Check the raw data against the expectations, and nothing else
	@$(REVIEW) validate

reconstruct: ## Find the reconstructed raw tables again (SEED=n for another, equally consistent set)
	$(call locked,_reconstruct)

extremes: ## Search the ends of statistics over all sets of response times again (minutes)
	$(call locked,_extremes)

status: _setup ## What is out of date, and because of what
	@$(REVIEW) status --out "$(OUT)" --key $(SITE_KEY) --renderer $(RENDERER) --formats "$(FORMATS)"

edit: ## Open the notebooks in JupyterLab (installed on first use)
	@$(READY)
	@"$(PYTHON)" -m case_review.build.bootstrap "$(VENV)" --edit
	@"$(VENV)/bin/python" -m jupyterlab notebooks

release: ## Pack report, sources and data with an RO-Crate of the run
	$(call locked,_release)

verify: _setup ## Build twice in clean clones and compare every byte
	@PYTHONPATH=. "$(VENV)/bin/python" tests/rebuild.py verify

bench: _setup ## Time the statistics, a first build, a repeated one, and one after a change of a parameter
	@PYTHONPATH=. "$(VENV)/bin/python" tests/bench_statistics.py
	@PYTHONPATH=. "$(VENV)/bin/python" tests/rebuild.py bench

nightly: _setup ## The tests that are too long for `make test`
	@"$(VENV)/bin/python" -m pytest -q -m nightly $(PYTEST)

kill-test: _setup ## Kill the build at MOMENTS=20 random moments: the site stays whole (SEED=n)
	@"$(VENV)/bin/python" tests/kill_build.py --moments "$(or $(MOMENTS),20)" --seed "$(or $(SEED),1)"

# Strict, so that a package index without advisories does not pass for one without findings.
AUDIT = pip-audit --strict --require-hashes --disable-pip -r requirements.lock \
	-r requirements-build.lock -r requirements-edit.lock
audit-dependencies: ## Look up known vulnerabilities of the locked packages (needs the network)
	@if command -v uvx >/dev/null; then uvx $(AUDIT); elif command -v pip-audit >/dev/null; then $(AUDIT); \
	else echo "Install uv or pip-audit first; both are optional."; exit 1; fi

clean: ## Remove what is generated (clean tables, results, exhibits, the report), nothing else
	@$(READY)
	+@mkdir -p $(BUILD); "$(PYTHON)" -m case_review.build.locking $(BUILD)/lock -- "$(MAKE)" _clean

# -- the build itself ------------------------------------------------------------------------------

NAMES := $(sort $(basename $(notdir $(wildcard notebooks/[0-9]*.ipynb))))
EXECUTED := $(NAMES:%=report/_executed/%.ipynb)
STAMPS := $(NAMES:%=$(BUILD)/stamps/%.json)
CLEANED := $(filter %/01_cleaning.ipynb,$(EXECUTED))
# Which comes after the cleaning, that has checked the raw data, and before all others.
KNOWN := $(filter %/00_reconstruction.ipynb,$(EXECUTED))
# Notebooks that read the results of others come after all that do not, in the order of their names.
LATE := $(sort $(basename $(notdir $(shell grep -lE '\.read_results[^a-z_]' notebooks/[0-9]*.ipynb 2>/dev/null))))
EARLY := $(filter-out $(LATE),$(NAMES))

.PHONY: _report _release _data _notebooks _reconstruct _extremes _clean _setup _begin FORCE

_setup:
	@$(READY)
	@"$(PYTHON)" -m case_review.build.bootstrap "$(VENV)"

_begin: | _setup
	@rm -f $(FAILURES)
	@$(REVIEW) prepare $(if $(filter _report,$(MAKECMDGOALS)),--out "$(OUT)")

_report: $(SITE)
	@[ $(SITE) -nt $(BUILD)/lock ] || echo "$(OUT) is up to date (make status tells what would change that)"

_release: _report
	@$(REVIEW) release

_data: $(CLEANED) | _begin
	@[ "$(CLEANED)" -nt $(BUILD)/lock ] || echo "data/clean is up to date"

_notebooks: $(EXECUTED) | _begin
	@for file in $(EXECUTED); do [ $$file -nt $(BUILD)/lock ] && exit 0; done; echo "The notebooks are up to date"

_reconstruct: | _setup
	@$(REVIEW) reconstruct $(if $(SEED),--seed "$(SEED)")

_extremes: | _setup
	@$(REVIEW) reconstruct --extremes

_clean:
	@find data/clean/ -mindepth 1 ! -name README.md -delete
	@rm -rf report/_executed report/results report/exhibits report/_site report/._site.*
	@find $(BUILD)/ -mindepth 1 -maxdepth 1 ! -name '*lock' -exec rm -rf {} +

# A stamp is renewed only if what it lists has changed; only then is its notebook older than it.
$(STAMPS): $(BUILD)/stamps/%.json: FORCE | _begin
	@$(REVIEW) stamp $*

$(EXECUTED): report/_executed/%.ipynb: $(BUILD)/stamps/%.json
	@$(REVIEW) run $*

$(filter-out %/01_cleaning.json,$(STAMPS)): $(CLEANED)
$(filter-out %/00_reconstruction.json %/01_cleaning.json,$(STAMPS)): $(KNOWN)
# Notebook $(1) comes after the notebooks $(2).
define order_late
$(BUILD)/stamps/$(1).json: $(2:%=report/_executed/%.ipynb)
endef
BEFORE := $(EARLY)
$(foreach late,$(LATE),$(eval $(call order_late,$(late),$(BEFORE)))$(eval BEFORE += $(late)))

$(BUILD)/stamps/$(SITE_KEY).json: $(EXECUTED) FORCE | _begin
	@$(REVIEW) stamp --site $(SITE_KEY) --out "$(OUT)" --renderer $(RENDERER) --formats "$(FORMATS)"

$(SITE): $(BUILD)/stamps/$(SITE_KEY).json
	@$(REVIEW) render --out "$(OUT)" --key $(SITE_KEY) --renderer $(RENDERER) --formats "$(FORMATS)"
