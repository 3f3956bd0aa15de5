"""Secrets that are shown once: API tokens and links. Only their SHA-256 is kept.

They are random (at least 192 bits), so a plain hash is enough; slow hashing is for passwords.
"""

import hashlib
import secrets
from dataclasses import dataclass

_TOKEN_MARK = "hb"  # noqa: S105


@dataclass(frozen=True)
class Key:
    """A new secret: what its owner gets, and what the database keeps."""

    secret: str
    digest: str
    prefix: str = ""


def digest(secret: str) -> str:
    """Hex SHA-256 of a secret."""
    return hashlib.sha256(secret.encode()).hexdigest()


def new_token() -> Key:
    """An API token, `hb_<prefix>_<secret>`; the prefix is kept to find it and to show which it is."""
    prefix = secrets.token_hex(4)
    secret = f"{_TOKEN_MARK}_{prefix}_{secrets.token_urlsafe(24)}"
    return Key(secret=secret, digest=digest(secret), prefix=prefix)


def new_link() -> Key:
    """The secret part of a link that may be used once."""
    secret = secrets.token_urlsafe(32)
    return Key(secret=secret, digest=digest(secret))


def prefix_of(token: str) -> str:
    """The prefix of something that looks like an API token; "" when it does not."""
    mark, _, rest = token.partition("_")
    prefix, _, secret = rest.partition("_")
    return prefix if mark == _TOKEN_MARK and prefix and secret else ""


def matches(secret: str, kept: str) -> bool:
    """Does the secret belong to the digest? In constant time."""
    return secrets.compare_digest(digest(secret), kept)
