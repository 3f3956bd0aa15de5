"""The address that systems send to. It answers programs, in JSON, and believes nobody without proof."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse, UnreadablePostError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods
from rest_framework.throttling import SimpleRateThrottle

from feedback.services import receiving
from feedback.signatures import Call

_BLOCK = 64 * 1024


class HookRate(SimpleRateThrottle):
    """How often one sender may call one address."""

    def __init__(self) -> None:
        self.rate = settings.HOOK_RATE
        super().__init__()

    def get_cache_key(self, request: HttpRequest, view: str) -> str:  # type: ignore[override]
        """By the source's address and the caller's, of which proxies of our own alone may tell (`NUM_PROXIES`)."""
        return f"hook-rate-{view}-{self.get_ident(request)}"[:200]  # type: ignore[arg-type]


@csrf_exempt
@require_http_methods(["POST", "HEAD"])
def hook(request: HttpRequest, slug: str) -> HttpResponse:
    """Take in one call: 200 when it is proven, whatever it says; 401 when it is not, and nothing is stored."""
    if request.method == "HEAD":
        # Some systems look whether anybody is there before they keep an address.
        return HttpResponse()
    rate = HookRate()
    if not rate.allow_request(request, slug):  # type: ignore[arg-type]
        wait = rate.wait() or 1
        answer = _refused(429, _("Too many calls. Try again later."))
        answer.headers["Retry-After"] = str(int(wait) + 1)
        return answer
    try:
        body = _body(request)
    except UnreadablePostError:
        return _refused(400, _("The call broke off."))
    if body is None:
        return _refused(413, _("This is larger than %(limit)s MB.") % {"limit": settings.HOOK_MAX_BYTES // 2**20})
    headers = {name.lower(): value for name, value in request.headers.items()}
    call = Call(body, headers, request.GET.get("token", ""))
    try:
        received = receiving.receive(slug=slug, call=call, now=timezone.now())
    except receiving.NotProven:
        # The same words whether the address, the secret, the body or the time is wrong.
        answer = _refused(401, _("The signature does not fit."))
        answer.headers["WWW-Authenticate"] = 'Signature realm="hooks"'
        return answer
    return JsonResponse({"state": received.state, "new": received.new})


def _body(request: HttpRequest) -> bytes | None:
    """The bytes as they came; None as soon as there are more of them than allowed."""
    blocks, size = [], 0
    while block := request.read(_BLOCK):
        size += len(block)
        if size > settings.HOOK_MAX_BYTES:
            return None
        blocks.append(block)
    return b"".join(blocks)


def _refused(status: int, detail: str) -> JsonResponse:
    return JsonResponse({"detail": detail}, status=status)
