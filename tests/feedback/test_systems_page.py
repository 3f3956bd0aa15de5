"""docs/systems.md says where every field comes from, as the mappers have it."""

import re

import pytest
from django.conf import settings

from experiments import normalise as results
from feedback.forms.guides import SETTINGS
from feedback.normalise import commerce, contacts, surveys
from feedback.systems import registry
from tests.feedback import systems_run as run

pytestmark = pytest.mark.slow  # the same on every database

PAGE = (settings.BASE_DIR / "docs" / "systems.md").read_text()
KINDS = {
    "contacts": "Contacts from help desks",
    "surveys": "Answers of surveys and reviews",
    "commerce": "Counts of days",
    "results": "Results of experiments",
}


def table(heading: str) -> dict[str, dict[str, str]]:
    """By the first cell of a line, its other cells by their heading."""
    lines = [line for line in PAGE.split(f"## {heading}\n")[1].split("\n## ")[0].splitlines() if line.startswith("|")]
    head, _, *body = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    assert all(len(cells) == len(head) for cells in body)
    named = [(name.strip(" `"), cells) for cells in body for name in cells[0].split(",")]
    return {name: dict(zip(head[1:], cells[1:], strict=True)) for name, cells in named}


@pytest.mark.parametrize("name", sorted(registry.BY_NAME.keys() - {"generic"}))
def test_every_field_that_a_mapper_fills_has_its_cell(name: str) -> None:
    label = run.system(name).label
    filled = {(row["kind"], field) for row in run.case(name)["rows"] for field in row if field != "kind"}
    empty = [
        (kind, field)
        for kind, field in filled
        if kind in KINDS and table(KINDS[kind]).get(field, {}).get(label, "–") == "–"
    ]
    assert empty == []


def test_every_cell_of_a_field_is_one_that_an_import_takes() -> None:
    columns = {"contacts": contacts, "surveys": surveys, "commerce": commerce, "results": results}
    for kind, heading in KINDS.items():
        known = {*columns[kind].COLUMNS, "customer", "order", "agent"}
        assert table(heading).keys() <= known, heading


def test_every_setting_is_explained() -> None:
    assert table("What a source may be told").keys() == SETTINGS.keys()


def test_every_system_stands_with_its_streams() -> None:
    lines = table("Versions and streams")
    systems = {of.label: of for of in registry.BY_NAME.values() if of.name != "generic"}
    assert lines.keys() == systems.keys()
    for label, of in systems.items():
        assert set(re.findall(r"`(\w+)`", lines[label]["Asked for"])) == set(of.pulled), label
