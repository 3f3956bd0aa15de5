"""Which tests run in which pass; none is skipped, each that does not run has a printed reason."""

import pytest
from django.conf import LazySettings

from launcher import servers
from tests import passes


@pytest.fixture(autouse=True)
def on_sqlite_alone(monkeypatch: pytest.MonkeyPatch, settings: LazySettings) -> None:
    monkeypatch.setenv("HEARBACK_TEST_PASS", "only")
    monkeypatch.setitem(settings.DATABASES["default"], "ENGINE", "django.db.backends.sqlite3")
    settings.REDIS_URL = ""


def test_a_plain_test_runs_everywhere(monkeypatch: pytest.MonkeyPatch) -> None:
    for place in ("only", "first", "last"):
        monkeypatch.setenv("HEARBACK_TEST_PASS", place)
        assert passes.obstacle({"django_db", "parametrize", "fault"}, ["tmp_path"]) is None


def test_services_that_are_not_here_deselect_what_needs_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(servers, "postgres_programs", lambda: None)
    monkeypatch.setattr(servers, "redis_program", lambda: None)
    monkeypatch.setattr(servers, "chromium", lambda: None)
    assert "run on PostgreSQL" in str(passes.obstacle({"postgres"}, []))
    assert "need REDIS_URL" in str(passes.obstacle({"redis"}, []))
    assert "need Chromium" in str(passes.obstacle({"browser"}, []))
    assert "server programs" in str(passes.obstacle(set(), ["own_postgres"]))
    assert "server program" in str(passes.obstacle(set(), ["own_redis"]))


def test_services_that_are_here_let_them_run(monkeypatch: pytest.MonkeyPatch, settings: LazySettings) -> None:
    monkeypatch.setitem(settings.DATABASES["default"], "ENGINE", "django.db.backends.postgresql")
    monkeypatch.setattr(servers, "chromium", lambda: "/usr/bin/chromium")
    settings.REDIS_URL = "redis://127.0.0.1:6379/3"
    assert passes.obstacle({"postgres", "redis", "browser"}, []) is None


def test_what_need_not_run_twice_runs_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(servers, "chromium", lambda: "/usr/bin/chromium")
    monkeypatch.setenv("HEARBACK_TEST_PASS", "first")
    assert passes.obstacle({"slow"}, []) is None
    assert "last pass" in str(passes.obstacle({"browser"}, []))
    monkeypatch.setenv("HEARBACK_TEST_PASS", "last")
    assert "first pass" in str(passes.obstacle({"slow"}, []))
    assert passes.obstacle({"browser"}, []) is None


def test_the_status_line_is_the_launchers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HEARBACK_TEST_STATUSES", '{"sqlite": "ran", "postgres": "NOT RUN (why)"}')
    assert passes.statuses() == {"sqlite": "ran", "postgres": "NOT RUN (why)"}
