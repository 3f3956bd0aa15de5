"""What is written to the log, and what is not."""

import logging
from types import SimpleNamespace

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
