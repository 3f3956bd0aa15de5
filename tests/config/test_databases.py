"""What each database is asked for when it is opened."""

from pathlib import Path

import pytest
from django.db import connection

from config import databases


def test_an_address_says_more_than_we_do() -> None:
    plain = databases.at("postgres://hearback:secret@db:5433/loop")
    assert (plain["NAME"], plain["HOST"], plain["PORT"]) == ("loop", "db", 5433)
    assert plain["OPTIONS"]["options"].endswith("-c work_mem=16MB")
    own = databases.at("postgres://db/loop?sslmode=require&options=-c%20jit%3Don")
    assert own["OPTIONS"]["options"].endswith("-c work_mem=16MB -c jit=on"), "the last one counts"
    assert own["OPTIONS"]["sslmode"] == "require"


def test_an_address_may_name_a_file(tmp_path: Path) -> None:
    assert "options" not in databases.at(f"sqlite:///{tmp_path}/own.sqlite3").get("OPTIONS", {})
    assert databases.sqlite(tmp_path / "own.sqlite3")["OPTIONS"]["transaction_mode"] == "IMMEDIATE"


@pytest.mark.postgres
@pytest.mark.django_db
def test_sessions_are_what_was_asked_for() -> None:
    with connection.cursor() as cursor:
        for name, expected in (("jit", "off"), ("random_page_cost", "1.1"), ("work_mem", "16MB")):
            cursor.execute(f"SHOW {name}")
            assert cursor.fetchone() == (expected,)
