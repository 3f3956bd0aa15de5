"""What this floor needs from every request: a note that somebody is using the pages."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from outbox import pace

Handler = Callable[[HttpRequest], HttpResponse]
# Machines ask these all the time, also when nobody is there.
NOBODY = ("/healthz", "/readyz", "/metrics")


def note_use(get_response: Handler) -> Handler:
    """Tell the jobs on SQLite that the web is in use; what a page asks by itself (a progress bar) does not count."""

    def middleware(request: HttpRequest) -> HttpResponse:
        asked_by_itself = request.headers.get("X-Poll") or request.path_info.endswith("/progress/")
        if request.path_info not in NOBODY and not asked_by_itself and pace.matters():
            pace.note_use()
        return get_response(request)

    return middleware
