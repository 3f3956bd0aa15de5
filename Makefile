# One-line aliases; everything is done by ./hearback.
.PHONY: demo serve test lint format messages lock

demo:
	./hearback demo

serve:
	./hearback serve

test:
	./hearback test

lint: # what .ci/run checks before the tests
	.ci/lint

format:
	.venv/bin/ruff format .
	.venv/bin/ruff check --fix .

messages: # the strings of the code → locale/nl, compiled; needs gettext
	.venv/bin/python manage.py messages

lock: # pyproject.toml → requirements*.lock: universal, hashed, without addresses
	.venv/bin/uv lock --upgrade
	{ echo "# What Hearback needs to run. Made by \`make lock\` from pyproject.toml; do not edit."; \
	  .venv/bin/uv export --frozen --no-dev --no-emit-project --no-header --format requirements.txt; } > requirements.lock
	{ echo "# What Hearback needs to run and to be tested. Made by \`make lock\` from pyproject.toml; do not edit."; \
	  .venv/bin/uv export --frozen --no-emit-project --no-header --format requirements.txt; } > requirements-dev.lock
