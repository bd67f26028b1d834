# make: set up, check the dataset and build the release in dist/. make test: set up and run all tests.
PYTHON ?= python3
VENV := .venv
READERS := .venv-readers
RUN := $(VENV)/bin/python
PORT ?= 8001

.PHONY: all test format docs explore lint lock clean

all: $(VENV)/.complete
	$(RUN) -m scripts validate
	$(RUN) -m scripts release

test: $(VENV)/.complete $(READERS)/.complete
	$(RUN) -m pytest -n auto

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
	$(RUN) -m ruff check scripts schemas tests

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
	@echo "Setting up $*, a minute or two the first time …"
	$(PYTHON) -m venv --clear $*
	$*/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement $<
	touch $@

clean:
	rm -rf $(VENV) $(READERS) dist .pytest_cache .ruff_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
