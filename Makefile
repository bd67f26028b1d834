# make: set up and check the dataset. make test: set up and run all tests.
PYTHON ?= python3
VENV := .venv
RUN := $(VENV)/bin/python

.PHONY: all test format docs lint lock clean

all: $(VENV)/.complete
	$(RUN) -m scripts validate

test: $(VENV)/.complete
	$(RUN) -m pytest -n auto

format: $(VENV)/.complete
	$(RUN) -m scripts format

docs: $(VENV)/.complete
	$(RUN) -m scripts docs

lint: $(VENV)/.complete
	$(RUN) -m ruff check scripts schemas tests

# Write requirements.txt anew from pyproject.toml; needs pip-tools. No index address goes into it.
lock:
	$(PYTHON) -m piptools compile --quiet --generate-hashes --allow-unsafe --strip-extras --no-emit-index-url --no-emit-find-links \
		--no-emit-trusted-host --extra test --upgrade --output-file requirements.txt pyproject.toml

$(VENV)/.complete: requirements.txt
	@echo "Setting up $(VENV), about a minute the first time …"
	$(PYTHON) -m venv --clear $(VENV)
	$(RUN) -m pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements.txt
	touch $@

clean:
	rm -rf $(VENV) .pytest_cache .ruff_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
