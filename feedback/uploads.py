"""Uploads are capped while they stream in: a file that is too large never fills the disk or the memory."""

from __future__ import annotations

import errno
from contextlib import suppress
from typing import NoReturn

from django.conf import settings
from django.core.files.uploadhandler import SkipFile, TemporaryFileUploadHandler
from django.http import HttpRequest

from feedback.parsing import Limits, Unreadable

_STOPPED = "hearback.upload_stopped"


class CappedUpload(TemporaryFileUploadHandler):
    """Writes to a temporary file and stops at `UPLOAD_MAX_BYTES` or a full disk; what was written is deleted."""

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Take the next piece; raises SkipFile past the limit."""
        if start + len(raw_data) > settings.UPLOAD_MAX_BYTES:
            self._stop(Unreadable("file_too_large", limit=settings.UPLOAD_MAX_BYTES >> 20))
        try:
            super().receive_data_chunk(raw_data, start)
        except OSError as error:
            if error.errno != errno.ENOSPC:
                raise
            self._stop(Unreadable("disk_full"))

    def _stop(self, why: Unreadable) -> NoReturn:
        if self.request is not None:
            self.request.META[_STOPPED] = why
        with suppress(OSError):
            # What is still in its buffer does not fit either.
            self.file.close()
        # The rest of it is read and thrown away: the browser gets to see the answer, and the fields that
        # stand behind the file in the form are not lost with it.
        raise SkipFile


def stopped(request: HttpRequest) -> Unreadable | None:
    """Why a file of this request was not taken whole; None when all of it is here."""
    found = request.META.get(_STOPPED)
    return found if isinstance(found, Unreadable) else None


def limits() -> Limits:
    """How far the reading of a file goes in this installation."""
    return Limits(
        rows=settings.UPLOAD_MAX_ROWS,
        columns=settings.UPLOAD_MAX_COLUMNS,
        cell=settings.UPLOAD_MAX_CELL,
        expanded=settings.UPLOAD_MAX_UNPACKED_BYTES,
        ratio=settings.UPLOAD_MAX_RATIO,
        workbook=settings.UPLOAD_MAX_WORKBOOK_BYTES,
        sheet_cells=settings.UPLOAD_MAX_SHEET_CELLS,
    )
