"""What is written to the log, and what is not."""

import logging
import sys
from io import StringIO
from types import SimpleNamespace

import pytest
import structlog
from django.db import IntegrityError

from config import logs
from config.logs import AskedTooEarly


def answered(path: str, status: int) -> bool:
    record = logging.LogRecord("django.request", logging.ERROR, "", 0, "%s: %s", ("Unavailable", path), None)
    record.status_code = status
    record.request = SimpleNamespace(path=path)
    return AskedTooEarly().filter(record)


def test_not_ready_yet_is_no_error_on_the_screen() -> None:
    assert not answered("/readyz", 503)


def test_everything_else_is_written() -> None:
    assert answered("/readyz", 500)
    assert answered("/contacts/", 503)


@pytest.mark.parametrize("as_json", [True, False])
def test_a_line_about_an_error_says_where_and_repeats_no_value(as_json: bool) -> None:
    written = "jan.devries@mail.example"
    shown = StringIO()
    handler = logging.StreamHandler(shown)
    configured = logs.configured(as_json=as_json, level="INFO")["formatters"]["line"]
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=configured["foreign_pre_chain"], processors=configured["processors"]
        )
    )
    try:
        try:
            raise LookupError(f"nobody is called {written}")
        except LookupError as error:
            raise IntegrityError(f"duplicate key\nDETAIL: {written}") from error
    except IntegrityError:
        handler.emit(
            logging.LogRecord("django.request", logging.ERROR, __file__, 1, "Internal error", (), sys.exc_info())
        )
    said = shown.getvalue()
    assert "devries" not in said
    assert "test_logs.py" in said
    assert "LookupError: nobody is called [email]" in said
    assert "IntegrityError: duplicate key" in said
