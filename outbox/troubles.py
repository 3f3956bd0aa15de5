"""The sentences of `outbox.answers.Trouble`, in the reader's language: what happened and what to do."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

SENTENCES: dict[str, Promise] = {
    "not_signed_in": gettext_lazy(
        "%(host)s does not accept what we sign in with. Make a new key there and enter it here."
    ),
    "not_allowed": gettext_lazy("%(host)s knows us, but does not let us read this. Give the key the rights it needs."),
    "not_found": gettext_lazy("%(host)s has nothing at this address. Check the address and the names you entered."),
    "slow_down": gettext_lazy("%(host)s asked us to slow down. We go on by ourselves; nothing for you to do."),
    "own_pace": gettext_lazy("We ask %(host)s no more often than it allows, and go on in a moment."),
    "timed_out": gettext_lazy("%(host)s did not answer in time. We try again by ourselves."),
    "unreachable": gettext_lazy("%(host)s cannot be reached. Check the address; if it is right, we try again later."),
    "broken": gettext_lazy("%(host)s has trouble of its own (status %(status)s). We try again by ourselves."),
    "refused": gettext_lazy("%(host)s did not accept our question (status %(status)s). Check what you entered."),
    "redirected": gettext_lazy("%(host)s sends us on to another address, and we do not follow. Enter the final one."),
    "certificate": gettext_lazy("%(host)s could not prove that it is %(host)s: its certificate is not valid."),
    "not_json": gettext_lazy("%(host)s answered with something that is no data. Check the address."),
    "too_large": gettext_lazy("%(host)s answered with more than %(limit)s MB at once, so we stopped reading."),
    "private": gettext_lazy(
        "%(host)s is an address inside a private network, and we only connect to public ones. "
        "If it is your own system, whoever runs this server can allow it."
    ),
    "not_expected": gettext_lazy("It answered in another shape than we know. We try again by ourselves."),
    "not_a_key": gettext_lazy("The private key is not a whole one. Copy it with its first and its last line."),
    "too_many_at_once": gettext_lazy("More objects changed in one second than the system lets us read."),
    "no_token": gettext_lazy("It let us in, but gave us nothing to go on with. Check what you entered."),
    "no_credentials": gettext_lazy("Nothing is entered here to sign in with."),
    "vault_key": gettext_lazy("What was entered cannot be read with this server’s vault key. Enter it once more."),
    "unsendable": gettext_lazy("What you entered holds a character that cannot be sent. Copy it once more."),
    "not_https": gettext_lazy("The address has to begin with https://."),
    "not_an_address": gettext_lazy("This is not an address we can connect to."),
}


def sentence(kind: str, parameters: Mapping[str, str]) -> str:
    """The sentence of a kind, in the language in force."""
    if kind not in SENTENCES:
        return _("It did not work. We try again by ourselves.")
    try:
        return str(SENTENCES[kind]) % parameters
    except KeyError:
        return str(SENTENCES[kind])
