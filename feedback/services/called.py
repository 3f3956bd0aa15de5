"""Which contact a survey response means: it names one, and several sources may have one of that name.

That of its own source, else that of the only source that has one. Whatever arrives first: responses are pointed
anew when a contact comes that they name, and when one goes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from django.db.models import QuerySet
from django.utils import timezone

from feedback import bulk
from feedback.models import Contact, Source, SurveyResponse
from feedback.services import linking, relinking
from metrics.models import Kind
from metrics.services import mark


def contacts_called(names: Iterable[str], *, source_id: int) -> dict[str, int]:
    """Contacts by their own id: of this source first, else of the only source that has it."""
    own: dict[str, int] = {}
    others: dict[str, list[int]] = {}
    # All sources are named, so that the unique key serves as index.
    sources = list(Source.objects.values_list("id", flat=True))
    for some in bulk.batches(sorted(set(names) - {""})):
        found = Contact.objects.filter(source_id__in=sources, external_id__in=some)
        for source, external_id, key in found.values_list("source_id", "external_id", "id"):
            if source == source_id:
                own[external_id] = key
            others.setdefault(external_id, []).append(key)
    return {external_id: keys[0] for external_id, keys in others.items() if len(keys) == 1} | own


def came(names: Sequence[str], *, source_id: int) -> None:
    """Contacts of these names are new in this source: point those that waited, and those that had to take another."""
    gone(names)
    if not names or not SurveyResponse.objects.filter(contact__isnull=False).exists():
        return
    others = Source.objects.exclude(pk=source_id).values_list("id", flat=True)
    twins = [key for other in others for _name, key in bulk.find(Contact, other, names, ("id",))]
    for some in bulk.batches(sorted(twins)):
        _point(SurveyResponse.objects.filter(contact__in=some))


def gone(names: Sequence[str]) -> None:
    """Contacts of these names are not there any more: those that wait may mean the only one that is left."""
    # As the partial index has it.
    waiting = SurveyResponse.objects.filter(contact__isnull=True).exclude(contact_external_id="")
    if not names or not waiting.exists():
        return
    for some in bulk.batches(names):
        _point(waiting.filter(contact_external_id__in=some))


def _point(responses: QuerySet[SurveyResponse]) -> None:
    """Point these at whom they mean by now, with the themes that follow from it, and mark their days."""
    by_source: defaultdict[int, list[SurveyResponse]] = defaultdict(list)
    # Held, so that the days are those that they have when this is done.
    for response in responses.select_for_update(no_key=True).order_by("pk"):
        by_source[response.source_id].append(response)
    moved: list[SurveyResponse] = []
    for source_id, held in by_source.items():
        meant = contacts_called({response.contact_external_id for response in held}, source_id=source_id)
        for response in held:
            contact = meant.get(response.contact_external_id)
            if response.contact_id != contact:
                response.contact_id = contact
                moved.append(response)
    for some in bulk.batches(moved):
        SurveyResponse.objects.bulk_update(some, ["contact"])
        relinking.link_responses([response.pk for response in some])
    mark(Kind.SURVEYS, {response.local_day for response in moved})
    alone = [response.pk for response in moved if response.contact_id is None]
    if alone:
        # What their words say counts again.
        linking.request_discovery(contacts=(), responses=alone, now=timezone.now())
