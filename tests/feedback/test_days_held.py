"""A row may get another day between being looked up and being written: the day it had then is counted again, too."""

from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.db import connection, models, transaction
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from accounts.models import Company
from feedback import kinds
from feedback.models import CommerceDay, Contact, Import, Source, SurveyResponse
from feedback.normalise import Circumstances
from feedback.references import References
from feedback.services import putting_back, taking_back
from feedback.services.survey_writer import SurveyWriter
from metrics.models import DirtyDay, Kind
from tests.feedback.rows import COMMERCE, CONTACTS, SURVEYS, bring_in

pytestmark = pytest.mark.django_db
MOVED = date(2026, 3, 9)
_AROUND = Circumstances(references=References("key"), zone=ZoneInfo("Europe/Amsterdam"), markets={}, default_market="")


@pytest.fixture(autouse=True)
def _uploads(tmp_path: Path, settings: Settings) -> None:
    settings.UPLOAD_DIR = tmp_path / "uploads"


def _holds(queries: CaptureQueriesContext, model: type[models.Model]) -> bool:
    """Whether these rows were locked, where a database has locks of rows."""
    locked = [query["sql"] for query in queries if "FOR NO KEY UPDATE" in query["sql"]]
    table = f'FROM "{model._meta.db_table}"'
    return not connection.features.has_select_for_update or any(table in sql for sql in locked)


def test_a_response_that_moved_since_it_was_looked_up(company: Company) -> None:
    bring_in(SURVEYS, "surveys")
    source, kind = Source.objects.get(), kinds.get("surveys")
    assert kind
    row = kind.normaliser(_AROUND)(
        {"external_id": "S1", "responded_at": "2026-03-01T12:00:00Z", "instrument": "csat", "score": "5"}
    )
    writer = SurveyWriter(Import(source=source, kind="surveys"))
    writer.known(["S1"])
    SurveyResponse.objects.filter(external_id="S1").update(local_day=MOVED)
    DirtyDay.objects.all().delete()
    with transaction.atomic(), CaptureQueriesContext(connection) as queries:
        writer.write([], [row])
    assert MOVED in DirtyDay.objects.filter(kind=Kind.SURVEYS).values_list("day", flat=True)
    assert _holds(queries, SurveyResponse)


@pytest.mark.parametrize(
    ("kind", "text", "model"),
    [("contacts", CONTACTS, Contact), ("surveys", SURVEYS, SurveyResponse), ("commerce", COMMERCE, CommerceDay)],
)
def test_rows_that_go_are_held_first(company: Company, kind: str, text: str, model: type[models.Model]) -> None:
    bring_in(text, kind)
    first, second = model._default_manager.order_by("pk")[:2]
    with transaction.atomic(), CaptureQueriesContext(connection) as queries:
        putting_back.remove(kind, [first.pk])
    assert _holds(queries, model)
    with transaction.atomic(), CaptureQueriesContext(connection) as queries:
        assert taking_back.take_back(kind, Source.objects.get(), [second.external_id]) == 1  # type: ignore[attr-defined]
    assert _holds(queries, model)
