"""What this floor needs from every request: a note that somebody is using the pages."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from outbox import pace

Handler = Callable[[HttpRequest], HttpResponse]
# Machines ask these all the time, also when nobody is there.
NOBODY = ("/healthz", "/readyz", "/metrics")


def note_use(get_response: Handler) -> Handler:
    """Tell the jobs on SQLite that the web is in use; the poll of a progress bar does not count."""

    def middleware(request: HttpRequest) -> HttpResponse:
        path = request.path_info
        if path not in NOBODY and not path.endswith("/progress/") and pace.matters():
            pace.note_use()
        return get_response(request)

    return middleware
