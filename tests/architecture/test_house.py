"""The house as a whole: migrations complete, modules explained, files that fit in a reader's head."""

import ast
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command

from tests.architecture.test_floors import FLOORS

ROOT = Path(settings.BASE_DIR)
LONGEST = 450


def modules() -> list[Path]:
    found = [path for app in (*FLOORS, "launcher") for path in (ROOT / app).rglob("*.py")]
    return sorted(path for path in found if "migrations" not in path.parts)


@pytest.mark.django_db
def test_every_change_of_a_model_has_its_migration() -> None:
    said = StringIO()
    try:
        call_command("makemigrations", "--check", "--dry-run", stdout=said, verbosity=1)
    except SystemExit:
        pytest.fail(f"makemigrations has something to do:\n{said.getvalue()}")


def test_every_module_says_what_it_holds() -> None:
    silent = [
        str(path.relative_to(ROOT))
        for path in modules()
        if (text := path.read_text()).strip() and not ast.get_docstring(ast.parse(text))
    ]
    assert not silent


def test_no_file_outgrows_its_reader() -> None:
    tests = (ROOT / "tests").rglob("*.py")
    long = {
        str(path.relative_to(ROOT)): lines
        for path in [*modules(), *tests]
        if (lines := len(path.read_text().splitlines())) > LONGEST
    }
    assert not long


def test_no_test_is_skipped_or_expected_to_fail() -> None:
    """A test that cannot run here is deselected with a printed reason (tests/passes.py)."""
    forbidden = {"skip", "skipif", "xfail", "importorskip"}
    found = []
    for path in sorted((ROOT / "tests").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Attribute) and node.attr in forbidden:
                found.append(f"{path.relative_to(ROOT)}:{node.lineno}")
    assert not found
