"""Signing in with a key of our own: a JWT signed with RS256 in return for a token (RFC 7523). Pure."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from outbox.answers import Lasting

GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
_SECONDS = 300


def assertion(claims: Mapping[str, Any], private_key: str, now: datetime) -> str:
    """The signed claims, for five minutes from now. Raises Trouble for a text that is no RSA key."""
    issued = int(now.timestamp())
    parts = ({"alg": "RS256", "typ": "JWT"}, {**claims, "iat": issued, "exp": issued + _SECONDS})
    text = ".".join(_encoded(json.dumps(part, separators=(",", ":")).encode()) for part in parts)
    return f"{text}.{_encoded(_key(private_key).sign(text.encode(), padding.PKCS1v15(), hashes.SHA256()))}"


def form(signed: str) -> bytes:
    """The body with which a token is asked for."""
    return urlencode({"grant_type": GRANT, "assertion": signed}).encode()


def _key(text: str) -> rsa.RSAPrivateKey:
    # People paste keys with their line breaks written out.
    pem = text.strip().replace("\\n", "\n").encode()
    try:
        key = serialization.load_pem_private_key(pem, password=None)
    except (ValueError, TypeError):
        raise Lasting("not_a_key") from None
    if not isinstance(key, rsa.RSAPrivateKey):
        raise Lasting("not_a_key")
    return key


def _encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
