"""Words that somebody takes away while the index reads them, on two connections: they do not stay in it."""

import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import connection, connections, transaction
from pytest_django import Settings

from feedback.models import ContactText, SearchMark
from feedback.services import search
from tests.feedback.rows import CONTACTS, bring_in

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]


@pytest.fixture(autouse=True)
def _uploads(tmp_path: Path, settings: Settings) -> None:
    settings.UPLOAD_DIR = tmp_path / "uploads"


def _index() -> None:
    try:
        with transaction.atomic():
            while size := search.next_size(1_000):
                search.index(size)
    finally:
        connections.close_all()


def _somebody_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
        return bool(cursor.fetchone()[0])


def _indexed() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT words FROM feedback_contactsearch")
        return " ".join(row[0] for row in cursor.fetchall())


def _replace() -> None:
    ContactText.objects.filter(text__contains="label").update(text="Found under the mat")


@pytest.mark.parametrize(
    ("take_away", "said"), [(lambda: ContactText.objects.all().delete(), ""), (_replace, "mat")], ids=["gone", "new"]
)
def test_words_taken_away_while_they_are_read_are_not_found(take_away: Callable[[], object], said: str) -> None:
    bring_in(CONTACTS)
    thread = threading.Thread(target=_index)
    with transaction.atomic():
        take_away()
        thread.start()
        while thread.is_alive() and not _somebody_waits():
            thread.join(0.01)
    thread.join(60)
    assert not thread.is_alive()
    _index()
    assert not SearchMark.objects.exists()
    assert "label" not in _indexed()
    assert said in _indexed()
