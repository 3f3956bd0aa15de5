"""How this installation logs: one line each to standard error, plain for people or JSON for machines."""

import logging
from typing import Any

import structlog

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
    last: list[structlog.typing.Processor] = (
        [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
        if as_json
        else [structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)]
    )
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "line": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": SHARED,
                "processors": [structlog.stdlib.ProcessorFormatter.remove_processors_meta, *last],
            }
        },
        "filters": {"asked_too_early": {"()": AskedTooEarly}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
        "loggers": {"django.request": {"filters": ["asked_too_early"]}},
        "root": {"handlers": ["stderr"], "level": level},
    }
