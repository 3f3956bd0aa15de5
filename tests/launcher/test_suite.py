"""`./hearback test`: which passes, what is missing, and which line comes last."""

import pytest

from launcher.services import Service, first, with_database
from launcher.suite import NO_TESTS, Outcome, Pass, missing, passes, verdict

HERE = Service(url="postgres://here/x")
QUEUE = Service(url="redis://here/3")
NOTHING = Service(why="nothing found")


def test_sqlite_runs_alone_where_there_is_no_postgres() -> None:
    assert passes(NOTHING, NOTHING) == [Pass("SQLite", "only", {})]
    assert passes(NOTHING, QUEUE) == [Pass("SQLite and Redis", "only", {"REDIS_URL": "redis://here/3"})]


def test_redis_comes_with_the_pass_on_postgres() -> None:
    sqlite, postgres = passes(HERE, QUEUE)
    assert (sqlite.place, dict(sqlite.addresses)) == ("first", {})
    assert postgres.place == "last"
    assert postgres.addresses == {"DATABASE_URL": "postgres://here/x", "REDIS_URL": "redis://here/3"}


def test_the_first_usable_server_is_taken_and_later_ones_are_not_asked() -> None:
    asked = []

    def candidate(name: str, service: Service | None) -> Service | None:
        asked.append(name)
        return service

    found = first(
        [
            lambda: candidate("absent", None),
            lambda: candidate("locked", Service(why="it wants a password")),
            lambda: candidate("usable", HERE),
            lambda: candidate("own", QUEUE),
        ],
        "nothing",
    )
    assert found == HERE
    assert asked == ["absent", "locked", "usable"]


def test_without_a_usable_server_the_reasons_are_kept() -> None:
    assert first([lambda: None], "no server found").status == "NOT RUN (no server found)"
    assert first([lambda: Service(why="it wants a password")], "no server found").why == "it wants a password"


def test_the_throw_away_database_keeps_server_and_person() -> None:
    assert with_database("postgres://me:pw@db:5433/real?sslmode=require", "mine") == (
        "postgres://me:pw@db:5433/mine?sslmode=require"
    )


def test_a_required_service_that_is_missing_is_a_sentence() -> None:
    statuses = {"sqlite": "ran", "postgres": "NOT RUN (no server)", "redis": "ran", "chromium": "ran"}
    assert missing("", statuses) == []
    assert missing("redis, chromium", statuses) == []
    assert missing("postgres,redis", statuses) == ["HEARBACK_REQUIRE asks for postgres: NOT RUN (no server)."]
    assert missing("mysql", statuses) == ["HEARBACK_REQUIRE knows postgres, redis, chromium, not 'mysql'."]


@pytest.mark.parametrize(
    ("codes", "exit_code", "repeated"),
    [
        ([0], 0, None),
        ([0, 0], 0, None),
        ([1, 0], 1, "first"),
        ([0, 1], 1, None),
        ([1, 1], 1, None),
        ([2, 1], 1, None),
        ([0, NO_TESTS], 0, "first"),
        ([NO_TESTS, 0], 0, None),
        ([NO_TESTS, NO_TESTS], NO_TESTS, None),
        ([NO_TESTS, 1], 1, None),
        ([1, NO_TESTS], 1, "first"),
    ],
)
def test_the_worse_pass_has_the_last_word(codes: list[int], exit_code: int, repeated: str | None) -> None:
    outcomes = [Outcome(code, name) for code, name in zip(codes, ["first", "last"], strict=False)]
    assert verdict(outcomes) == (exit_code, repeated)
