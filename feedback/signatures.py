"""Is a call really from the system it says it is from? Every way of signing that our systems know. Pure.

Checked on the bytes as they came, in constant time, against every secret that is in force (two while a
secret is being changed). Where a time is signed too, it may be five minutes off and no more.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

TOLERANCE = timedelta(minutes=5)
TOKEN_HEADER = "x-hearback-token"  # noqa: S105 - the name of a header
_WEBHOOK_SECRET = "whsec_"  # noqa: S105 - how secrets of Standard Webhooks begin
MIN_SECRET = 8
_MIN_KEY = 16


@dataclass(frozen=True)
class Call:
    """One call of a webhook, nothing of it believed yet."""

    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)
    """By their names in lower case."""
    token: str = ""
    """What the address says behind `?token=`."""

    def header(self, name: str) -> str:
        """The value of a header, "" when it is missing."""
        return self.headers.get(name, "").strip()


Scheme = Callable[[Call, str, datetime], bool]


def verified(scheme: str, call: Call, secrets: Sequence[str], *, now: datetime) -> bool:
    """Whether one of the secrets proves this call. No secrets, or a scheme nobody knows: no."""
    check = SCHEMES.get(scheme)
    if check is None:
        return False
    # All of them are tried, so that time says nothing about which one it was.
    return True in [check(call, secret, now) for secret in secrets if secret]


def too_short(secret: str) -> bool:
    """Whether a secret can be guessed: under 8 characters, or `whsec_` before a key of under 16 bytes."""
    key = secret.removeprefix(_WEBHOOK_SECRET)
    if key == secret:
        return len(secret) < MIN_SECRET
    return len(_decoded(key) or key.encode()) < _MIN_KEY


def _zendesk(call: Call, secret: str, now: datetime) -> bool:
    """base64 of the time and the body, without anything between them."""
    stamp = call.header("x-zendesk-webhook-signature-timestamp")
    wanted = _base64(_mac(secret.encode(), stamp.encode() + call.body))
    return _same(call.header("x-zendesk-webhook-signature"), wanted) and _fresh(stamp, now)


def _hub_sha1(call: Call, secret: str, now: datetime) -> bool:
    """`X-Hub-Signature: sha1=` and hex of the body, as Intercom signs with the client secret of its app."""
    digest = hmac.new(secret.encode(), call.body, hashlib.sha1).hexdigest()
    return _same(call.header("x-hub-signature"), f"sha1={digest}")


def _typeform(call: Call, secret: str, now: datetime) -> bool:
    """`sha256=` and, unlike others, base64."""
    wanted = "sha256=" + _base64(_mac(secret.encode(), call.body))
    return _same(call.header("typeform-signature"), wanted)


def _standard(call: Call, secret: str, now: datetime) -> bool:
    """Standard Webhooks 1.0: base64 of `id.time.body`, several signatures with a space between them."""
    identifier, stamp = call.header("webhook-id"), call.header("webhook-timestamp")
    if not identifier or not _fresh(stamp, now):
        return False
    said = [part.removeprefix("v1,") for part in call.header("webhook-signature").split() if part.startswith("v1,")]
    signed = f"{identifier}.{stamp}.".encode() + call.body
    wanted = [_base64(_mac(key, signed)) for key in _standard_keys(secret)]
    return True in [_same(one, other) for one in said[:8] for other in wanted]


def _delighted(call: Call, secret: str, now: datetime) -> bool:
    """`sha256=` and hex of the body, keyed with the private API key."""
    return _same(call.header("x-delighted-webhook-signature"), f"sha256={_mac(secret.encode(), call.body).hex()}")


def _shopify(call: Call, secret: str, now: datetime) -> bool:
    """base64 of the body."""
    return _same(call.header("x-shopify-hmac-sha256"), _base64(_mac(secret.encode(), call.body)))


def _woocommerce(call: Call, secret: str, now: datetime) -> bool:
    """base64 of the body."""
    return _same(call.header("x-wc-webhook-signature"), _base64(_mac(secret.encode(), call.body)))


def _growthbook(call: Call, secret: str, now: datetime) -> bool:
    """Hex of the body, without a time."""
    return _same(call.header("x-growthbook-signature"), _mac(secret.encode(), call.body).hex())


def _chatwoot(call: Call, secret: str, now: datetime) -> bool:
    """`sha256=` and hex of `time.body`; older versions sign nothing and have the secret in the address."""
    said = call.header("x-chatwoot-signature")
    if not said:
        return _token(call, secret, now)
    stamp = call.header("x-chatwoot-timestamp")
    wanted = f"sha256={_mac(secret.encode(), f'{stamp}.'.encode() + call.body).hex()}"
    return _same(said, wanted) and _fresh(stamp, now)


def _token(call: Call, secret: str, now: datetime) -> bool:
    """Systems that sign nothing show the secret itself: in the address, in a header, or as a password."""
    shown = (call.token, call.header(TOKEN_HEADER), *_credentials(call.header("authorization")))
    return True in [_same(one, secret) for one in shown if one]


SCHEMES: dict[str, Scheme] = {
    "zendesk": _zendesk,
    "hub_sha1": _hub_sha1,
    "typeform": _typeform,
    "standard": _standard,
    "delighted": _delighted,
    "shopify": _shopify,
    "woocommerce": _woocommerce,
    "growthbook": _growthbook,
    "chatwoot": _chatwoot,
    "token": _token,
}
"""By the name that `System.signature` gives."""
UNSIGNED = frozenset({"token"})
"""Schemes in which the sender shows the secret instead of signing with it."""
TIMELESS = frozenset({"hub_sha1", "typeform", "delighted", "shopify", "woocommerce", "growthbook"})
"""Schemes that sign no time: a call proves itself for ever, also to whoever kept it and knows no secret."""


def _mac(key: bytes, message: bytes) -> bytes:
    return hmac.new(key, message, hashlib.sha256).digest()


def _base64(digest: bytes) -> str:
    return base64.b64encode(digest).decode()


def _same(said: str, wanted: str) -> bool:
    """Equal, in a time that does not depend on where they differ."""
    return hmac.compare_digest(said.encode("utf-8", "replace"), wanted.encode("utf-8", "replace"))


def _fresh(stamp: str, now: datetime) -> bool:
    """Whether a time, ISO text or epoch seconds, is within the tolerance on either side of now."""
    try:
        if stamp.isascii() and stamp.isdigit():
            moment = datetime.fromtimestamp(int(stamp), UTC)
        else:
            moment = datetime.fromisoformat(stamp)
    except (ValueError, OverflowError, OSError):
        return False
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return abs(now - moment) <= TOLERANCE


def _standard_keys(secret: str) -> list[bytes]:
    """The key in a secret: `whsec_` and base64; a secret that is no base64 is a key as it stands."""
    # An empty key is one that everybody has.
    return [key for key in (_decoded(secret.removeprefix(_WEBHOOK_SECRET)), secret.encode()) if key]


def _decoded(text: str) -> bytes:
    """Bytes behind base64, with or without its padding; none where it is no base64."""
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except (binascii.Error, ValueError):
        return b""


def _credentials(authorization: str) -> tuple[str, ...]:
    """What stands behind Bearer, or the password behind Basic."""
    kind, _, rest = authorization.partition(" ")
    if kind.lower() == "bearer":
        return (rest.strip(),)
    if kind.lower() != "basic":
        return ()
    try:
        pair = base64.b64decode(rest.strip(), validate=True).decode()
    except (binascii.Error, ValueError):
        return ()
    return (pair.partition(":")[2],)
