"""Secrets that have to be read again: what a connector signs in with, what a webhook is verified with.

`seal` encrypts a text before it is stored and `unseal` gives it back to the code that needs it; pages, logs
and the audit trail never get it. The key (`VAULT_KEY`) is not in the database, so a copy of the database
alone opens nothing. Several keys, separated by commas or white space, are one change of keys: the first
seals, all of them unseal, and `seal(unseal(…))` moves a secret to the new one.
"""

from __future__ import annotations

import base64
import hashlib
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.utils.translation import gettext as _

__all__ = ["CannotUnseal", "seal", "unseal"]


class CannotUnseal(Exception):
    """The text was sealed with another key, or changed since. The message is shown to people."""


def seal(text: str) -> str:
    """Encrypted and signed, as ASCII text of about 100 + 4/3 × the length; another one each time."""
    return _vault(settings.VAULT_KEY).encrypt(text.encode()).decode()


def unseal(sealed: str) -> str:
    """What was sealed; raises CannotUnseal."""
    try:
        return _vault(settings.VAULT_KEY).decrypt(sealed.encode()).decode()
    except InvalidToken:
        raise CannotUnseal(
            _("The vault key does not open what was stored. Put the former key back, or enter it again.")
        ) from None


@lru_cache(maxsize=4)
def _vault(keys: str) -> MultiFernet:
    return MultiFernet([Fernet(_derived(key)) for key in keys.replace(",", " ").split()])


def _derived(key: str) -> bytes:
    """Any text as the 32 bytes that Fernet asks for; the text itself is random, so one hash is enough."""
    return base64.urlsafe_b64encode(hashlib.blake2b(key.encode(), person=b"vault", digest_size=32).digest())
