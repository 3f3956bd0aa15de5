"""Uploads are capped while they stream in: a file that is too large never fills the disk or the memory."""

from __future__ import annotations

from django.conf import settings
from django.core.files.uploadhandler import StopUpload, TemporaryFileUploadHandler
from django.http import HttpRequest

_TOO_LARGE = "hearback.upload_too_large"


class CappedUpload(TemporaryFileUploadHandler):
    """Writes to a temporary file and stops at `UPLOAD_MAX_BYTES`; what was written is deleted."""

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Take the next piece; raises StopUpload past the limit."""
        if start + len(raw_data) > settings.UPLOAD_MAX_BYTES:
            if self.request is not None:
                self.request.META[_TOO_LARGE] = True
            self.file.close()
            # The rest is read and thrown away, so that the browser gets to see the answer.
            raise StopUpload(connection_reset=False)
        super().receive_data_chunk(raw_data, start)


def was_too_large(request: HttpRequest) -> bool:
    """Whether a file of this request was stopped at the limit."""
    return bool(request.META.get(_TOO_LARGE))
