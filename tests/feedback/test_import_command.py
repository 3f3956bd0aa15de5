"""`./hearback import`: JSON on standard output, sentences elsewhere, exit codes."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from pytest_django import Settings

from feedback.models import Contact, DimensionValue, Source, SurveyResponse
from metrics.models import ContactCell
from tests.feedback.rows import CONTACTS, SURVEYS

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _folders(tmp_path: Path, settings: Settings) -> None:
    settings.UPLOAD_DIR = tmp_path / "uploads"
    settings.DATA_DIR = tmp_path / "data"


def _file(folder: Path, text: str, name: str = "rows.csv") -> str:
    path = folder / name
    path.write_text(text)
    return str(path)


def _run(*arguments: str, **options: Any) -> Any:
    out = StringIO()
    call_command("import_feedback", *arguments, "--json", stdout=out, **{"source": "desk", **options})
    return json.loads(out.getvalue())


def test_it_prints_the_documented_object_on_an_empty_installation(tmp_path: Path) -> None:
    answer = _run(_file(tmp_path, CONTACTS + "T4,never,,,,,,\n"), kind="contacts")
    assert answer.keys() == {"read", "new", "changed", "unchanged", "rejected", "rejects", "seconds"}
    assert [answer[name] for name in ("read", "new", "changed", "unchanged", "rejected")] == [4, 3, 0, 0, 1]
    lines = Path(answer["rejects"]).read_text().splitlines()
    assert lines == ["line,column,value,reason", "5,occurred_at,never,This is not a date."]
    again = _run(_file(tmp_path, CONTACTS), kind="contacts")
    assert (again["new"], again["unchanged"], again["rejects"]) == (0, 3, None)


def test_what_follows_is_done_in_the_same_run(tmp_path: Path) -> None:
    _run(_file(tmp_path, CONTACTS), kind="contacts")
    assert ContactCell.objects.filter(theme=0, contacts__gt=0).exists(), "the series was counted without a worker"


def test_the_mapping_is_a_file_and_kept_for_the_source(tmp_path: Path) -> None:
    given = {"columns": {"text": "Vraag"}, "constants": {"occurred_at": "2026-03-01", "channel": "Mail"}}
    mapping = _file(tmp_path, json.dumps(given), "mapping.json")
    answer = _run(_file(tmp_path, "Vraag;x\nhallo;1\nhallo;1\n"), kind="contacts", mapping=Path(mapping))
    assert answer["new"] == 2
    assert Source.objects.get(name="desk").mappings["contacts"]["columns"] == {"text": "Vraag"}
    assert DimensionValue.objects.get(dimension="channel").code == "mail"


def test_a_dry_run_stores_nothing(tmp_path: Path) -> None:
    answer = _run(_file(tmp_path, SURVEYS), kind="surveys", dry_run=True)
    assert (answer["read"], answer["new"]) == (3, 3)
    assert not SurveyResponse.objects.exists()
    assert not (tmp_path / "uploads").exists() or not list((tmp_path / "uploads").iterdir())


@pytest.mark.parametrize(
    ("mapping", "sentence"),
    [
        ("{", "Expecting"),
        ("[]", "not a JSON object of the documented shape"),
        ('{"colums": {}}', "no part “colums”"),
        ('{"columns": {"colour": "x"}}', "no field “colour”"),
        ('{"columns": {"text": ["a", "b"]}}', "one column only"),
        ('{"columns": {"text": 3}}', "is not text"),
        ('{"timezone": "Mars/Olympus"}', "does not exist"),
        ('{"scale": [5, 1]}', "a lower and a higher end"),
        ('{"scale": "1-5"}', "a lower and a higher end"),
        ('{"delimiter": ";;"}', "one character"),
        ('{"date_format": "ymd"}', "neither dmy, mdy nor a pattern"),
        ('{"date_format": "%Y%Y"}', "neither dmy, mdy nor a pattern of dates such as %d-%m-%Y"),
        ('{"left_out": "x"}', "a list of headings"),
        ('{"encoding": 8}', "is not text"),
    ],
)
def test_a_wrong_mapping_is_wrong_use(tmp_path: Path, mapping: str, sentence: str) -> None:
    with pytest.raises(CommandError, match=sentence) as refusal:
        _run(_file(tmp_path, CONTACTS), kind="contacts", mapping=Path(_file(tmp_path, mapping, "mapping.json")))
    assert refusal.value.returncode == 2
    assert not Contact.objects.exists()


def test_a_file_that_is_not_there_is_wrong_use_and_one_that_does_not_fit_failed(tmp_path: Path) -> None:
    with pytest.raises(CommandError) as missing:
        _run(str(tmp_path / "nothing.csv"), kind="contacts")
    assert missing.value.returncode == 2
    with pytest.raises(CommandError, match="No column says “occurred_at”") as unfit:
        _run(_file(tmp_path, "id,text\n1,a\n"), kind="contacts")
    assert unfit.value.returncode == 1
