"""Sources that send by themselves: connected, given secrets, paused, mapped again (`disconnecting` has their end).

Every verb leaves a line in the audit trail; none of them ever tells a secret.
"""

from __future__ import annotations

import base64
import secrets as randomness
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from accounts import vault
from accounts.models import Market, Person
from accounts.services import record
from feedback.models import RawRecord, Source
from feedback.services import disconnecting
from feedback.services.disconnecting import FILES
from feedback.services.receiving import request_mapping, scheme_of
from feedback.services.system_settings import system_of
from feedback.signatures import too_short
from feedback.systems import registry
from outbox import jobs
from outbox.models import Job

REMAP_JOB = "feedback.map_again"
MAX_SECRET = 500
_SLUG_LENGTH = 50


class NotPossible(Exception):
    """Why it cannot be done; the text is shown to people."""


def connect(*, name: str, system: str, market: Market | None = None, actor: Person, now: datetime) -> Source:
    """Make a source that a system sends to, or let one that had only files be sent to. Raises NotPossible."""
    if registry.get(system) is None:
        raise NotPossible(_("This system is not known."))
    for source in Source.objects.filter(name=name, system=FILES):
        # Kept also when it is not possible yet: that is what it waits for.
        disconnecting.go_on(source=source, actor=actor, now=now)
    return _connect(name, system, market, actor, now)


@transaction.atomic
def _connect(name: str, system: str, market: Market | None, actor: Person, now: datetime) -> Source:
    source = Source.objects.select_for_update().filter(name=name).first()
    if source and source.system != FILES:
        raise NotPossible(_("There is a source of this name already. Choose another name."))
    if source and disconnecting.is_under_way(source):
        raise NotPossible(_("What it sent before is still being deleted. Try again in a moment."))
    if source is None:
        zone = market.zone if market else (Market.objects.values_list("zone", flat=True).first() or "Europe/Amsterdam")
        source = Source(name=name, market=market, zone=zone, created_at=now)
    source.system = system
    source.slug = _free_slug(name, system)
    source.save()
    record(actor=actor, action="connect", target=source, details={"system": system}, now=now)
    return source


def new_secret(source: Source) -> str:
    """A secret as Standard Webhooks wants it where the source signs so, else a text that fits an address."""
    system = system_of(source)
    if system is not None and scheme_of(source, system) == "standard":
        return "whsec_" + base64.b64encode(randomness.token_bytes(32)).decode()
    return randomness.token_urlsafe(32)


@transaction.atomic
def add_secret(*, source: Source, secret: str, actor: Person, now: datetime) -> Source:
    """Let a secret prove calls from now on, beside the newest of those before it. Raises NotPossible."""
    secret = secret.strip()
    if len(secret) > MAX_SECRET:
        raise NotPossible(_("A secret has at most %(limit)d characters.") % {"limit": MAX_SECRET})
    if too_short(secret):
        raise NotPossible(_("This secret is too short: anybody could guess it. Paste all of it, or make a new one."))
    held = _locked(source)
    kept = {
        "id": randomness.token_hex(4),
        "secret": vault.seal(secret),
        "created_at": now.isoformat(),
        "tail": secret[-4:] if len(secret) >= 16 else "",
    }
    held.secrets = [kept, *held.secrets[:1]]
    held.save(update_fields=["secrets"])
    record(actor=actor, action="add secret", target=held, now=now)
    return held


@transaction.atomic
def retire_secret(*, source: Source, secret_id: str, actor: Person, now: datetime) -> bool:
    """End a secret at once; False when it is not there (any more)."""
    held = _locked(source)
    left = [kept for kept in held.secrets if kept["id"] != secret_id]
    if len(left) == len(held.secrets):
        return False
    held.secrets = left
    held.save(update_fields=["secrets"])
    record(actor=actor, action="retire secret", target=held, now=now)
    return True


@transaction.atomic
def configure(
    *, source: Source, config: dict[str, Any], market: Market | None, zone: str, actor: Person, now: datetime
) -> Source:
    """Change how its objects become rows; those that are here are mapped again by `remap`. Raises ValueError."""
    ZoneInfo(zone)
    held = _locked(source)
    parts = sorted(name for name in {*config, *held.config} if config.get(name) != held.config.get(name))
    held.config, held.market, held.zone = config, market, zone
    held.save(update_fields=["config", "market", "zone"])
    record(actor=actor, action="configure", target=held, details={"parts": parts}, now=now)
    return held


@transaction.atomic
def pause(*, source: Source, actor: Person, now: datetime) -> Source:
    """What it sends is kept and waits, nothing is pulled, until `resume`."""
    held = _locked(source)
    if held.paused_at is None:
        held.paused_at = now
        held.save(update_fields=["paused_at"])
        record(actor=actor, action="pause", target=held, now=now)
    return held


@transaction.atomic
def resume(*, source: Source, actor: Person, now: datetime) -> Source:
    """Go on; what came meanwhile is mapped now."""
    held = _locked(source)
    if held.paused_at is not None:
        held.paused_at = None
        held.save(update_fields=["paused_at"])
        record(actor=actor, action="resume", target=held, now=now)
        request_mapping(source=held, now=now)
    return held


@transaction.atomic
def remap(*, source: Source, actor: Person, now: datetime) -> Job:
    """Make the rows of all its records again, with the mapper and the settings of today."""
    job = jobs.enqueue(REMAP_JOB, {"source_id": source.pk}, created_by=actor, now=now)
    record(actor=actor, action="map again", target=source, now=now)
    return job


@transaction.atomic
def retry_problems(*, source: Source, actor: Person, now: datetime) -> int:
    """Let the records that no row could be made of wait for their mapper once more; how many those are."""
    found = RawRecord.objects.filter(source=source).exclude(problem="").update(mapped_at=None)
    if found:
        record(actor=actor, action="retry", target=source, details={"rows": found}, now=now)
        request_mapping(source=source, now=now)
    return found


def _locked(source: Source) -> Source:
    return Source.objects.select_for_update().get(pk=source.pk)


def _free_slug(name: str, system: str) -> str:
    stem = slugify(name)[:_SLUG_LENGTH] or system
    taken = set(Source.objects.filter(slug__startswith=stem).values_list("slug", flat=True))
    slug, number = stem, 1
    while slug in taken:
        number += 1
        slug = f"{stem}-{number}"
    return slug
