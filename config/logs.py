"""How this installation logs: one line each to standard error, plain for people or JSON for machines."""

import logging
import sys
from traceback import format_tb
from typing import Any

import structlog
from django.apps import apps

# What a line has whoever wrote it: structlog's own loggers and those of the libraries.
SHARED: list[structlog.typing.Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]


class AskedTooEarly(logging.Filter):
    """Drops "not ready yet": whoever asks /readyz gets the answer, and an error on the screen would frighten."""

    def filter(self, record: logging.LogRecord) -> bool:
        request = getattr(record, "request", None)
        return not (getattr(record, "status_code", 0) == 503 and getattr(request, "path", "") == "/readyz")


def without_values(_logger: Any, _method: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """Of an exception its places, and what it says as a job's reason would say it.

    A whole traceback ends with everything that was said: a row of the database, an address that could not be read.
    """
    given = event.pop("exc_info", None)
    error = given if isinstance(given, BaseException) else (given if isinstance(given, tuple) else sys.exc_info())[1]
    if not given or error is None:
        return event
    lines: list[str] = []
    while error is not None:
        lines = [*format_tb(error.__traceback__), _said(error), *lines]
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    event["exception"] = "\n".join(line.rstrip() for line in lines)
    return event


def _said(error: BaseException) -> str:
    if not apps.ready:
        # While the installation starts, nobody's data is at hand.
        return f"{type(error).__name__}: {error}"
    # Later than this module: it is a part of the settings.
    from outbox.jobs import reason_of

    return reason_of(error)


def configured(*, as_json: bool, level: str) -> dict[str, Any]:
    """Django's LOGGING, with structlog set up to write through it.

    Standard output belongs to the JSON of commands, so everything goes to standard error.
    """
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *SHARED,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    last = structlog.processors.JSONRenderer() if as_json else structlog.dev.ConsoleRenderer(colors=False)
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "line": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": SHARED,
                "processors": [structlog.stdlib.ProcessorFormatter.remove_processors_meta, without_values, last],
            }
        },
        "filters": {"asked_too_early": {"()": AskedTooEarly}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
        "loggers": {"django.request": {"filters": ["asked_too_early"]}},
        "root": {"handlers": ["stderr"], "level": level},
    }
