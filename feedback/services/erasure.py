"""One customer out of everything: words, raw records, former values, quotes, messages, the trail.

Rows stay and count: what was counted yesterday is counted tomorrow. What goes is what was said and whatever
leads to the customer: the keyed hashes, ids inside raw records, and copies of the words or of the customer's
id that people or jobs made. The hash of a row stays, so that the same export read again brings nothing back.

    find → copies out → one short transaction: rows, raw records, former values, quotes → files, copies once more

Whatever has to be looked for in whole tables is looked for outside the transaction, which takes it out by its
key. Killed before the transaction, all that is needed to do it again is still there. What the last step needs is kept
by the transaction (`feedback.services.unfinished`), so that a worker, or whoever erases next, comes to its end.

Nothing says whose row a rejected one was. What repeats the id, the address or the stored words of the customer goes
out of the value that was rejected, and a report of rejected rows that may hold the customer goes whole. Another value
of theirs, such as half a date, or words that no stored row has, stays until its import is older than words are kept
(`feedback.services.retention`). A customer who is in no stored row is erased like others: copies and files are found
by the id alone.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q

from accounts.models import Person
from accounts.services import record
from accounts.services.audit import take_out
from accounts.vault import CannotUnseal
from feedback import bulk, erasing
from feedback.models import (
    Contact,
    ContactText,
    Delivery,
    FormerRow,
    Import,
    ImportReject,
    RawRecord,
    Source,
    SurveyResponse,
    SurveyText,
)
from feedback.redaction.payloads import without_people
from feedback.references import References
from feedback.services import forgetting, leftovers, turns, unfinished, wordless
from feedback.services.raw_of_rows import raw_of_rows
from feedback.services.system_settings import keep_of, system_of
from outbox.models import Job, Message

_AT_ONCE = 200


@dataclass(frozen=True)
class Found:
    """What there is of a customer: ids of rows, hashes of whoever it is."""

    references: frozenset[str]
    contacts: frozenset[int]
    responses: frozenset[int]
    raw_records: frozenset[int]

    def __bool__(self) -> bool:
        return bool(self.contacts or self.responses or self.raw_records)


@dataclass(frozen=True)
class Erasure:
    """What was done: how many rows lost their words and references, and what was deleted around them."""

    contacts: int
    responses: int
    raw_records: int
    former_rows: int
    copies: int
    """Copies in quotes, messages, jobs, file names, reports of rejected rows, the trail."""
    drafts: tuple[str, ...]
    """Names of uploads that waited for their mapping and were deleted: they may hold the customer."""
    running: int
    """Imports at work: what they still read may bring the customer back."""


def find(written: Sequence[str]) -> Found:
    """What is stored of the customer whom the shop writes like this (an id, an e-mail address, several of them)."""
    hasher = References(settings.CUSTOMER_KEY).customer
    references = frozenset(reference for value in written if (reference := hasher(value)))
    contacts = set(Contact.objects.filter(customer_ref__in=references).values_list("pk", flat=True))
    responses = SurveyResponse.objects.filter(customer_ref__in=references)
    # A response of the customer may be the only thing that says whose contact it was.
    contacts |= set(
        Contact.objects.filter(survey_responses__in=responses, customer_ref="").values_list("pk", flat=True)
    )
    own = set(responses.values_list("pk", flat=True))
    # A file may call its rows by their customer's address. All sources are named, so that the key serves.
    called = Q(source__in=Source.objects.values("pk"), external_id__in=references)
    contacts |= set(Contact.objects.filter(called).values_list("pk", flat=True))
    own |= set(SurveyResponse.objects.filter(called).values_list("pk", flat=True))
    for some in bulk.batches(sorted(contacts)):
        of_contact = SurveyResponse.objects.filter(contact_id__in=some)
        own |= set(of_contact.filter(Q(customer_ref="") | Q(customer_ref__in=references)).values_list("pk", flat=True))
    return _with_raw_records(Found(references, frozenset(contacts), frozenset(own), frozenset()))


def _with_raw_records(found: Found) -> Found:
    # That none is empty is said for SQLite, which otherwise sees no use for the index.
    own = RawRecord.objects.filter(customer_ref__in=found.references).exclude(customer_ref="")
    raw = set(own.values_list("pk", flat=True))
    raw |= raw_of_rows(Contact, found.contacts, found.references)
    raw |= raw_of_rows(SurveyResponse, found.responses, found.references)
    return replace(found, raw_records=frozenset(raw))


def erase(*, actor: Person | None, written: Sequence[str], now: datetime) -> Erasure:
    """Erase this customer everywhere; uploads and reports that may hold them are deleted at the end."""
    # Their last step may be what is left of this customer.
    count = sum(map(_finish_earlier, unfinished.waiting()))
    drafts, reports = leftovers.drafts_that_may_hold(written), leftovers.reports_that_may_hold(written)
    # Now, in case that nobody comes to the end of this; whoever was faster than that is asked again there.
    forgetting.request(now=now)
    before = turns.numbers()
    found = find(written)
    # While the words that they are found by are still there.
    copies = _gone(found, written).copies()
    count += _out_of_copies(copies) + len(reports)
    with transaction.atomic():
        # Nobody writes rows of any source from here on, nor what they had made ready before.
        found = _with_raw_records(found) if turns.take_all() == before else find(written)
        gone = _gone(found, written)
        copies = gone.copies()
        count += erasing.elsewhere(gone)
        former = _forget_former(found)
        _forget_rows(found)
        _forget_raw(found.raw_records, written)
        running = Import.objects.filter(state=Import.State.STARTED).count()
        rest = unfinished.Rest(
            list(gone.written), list(gone.words), [draft.pk for draft in drafts], [path.name for path in reports]
        )
        job = unfinished.keep(rest, now=now)
        _sign(actor, found, len(drafts), now)
    count += finish(job)
    forgetting.request(now=now)
    return Erasure(
        contacts=len(found.contacts),
        responses=len(found.responses),
        raw_records=len(found.raw_records),
        former_rows=former,
        copies=count,
        drafts=tuple(copies.out_of(draft.file_name)[0] for draft in drafts),
        running=running,
    )


def finish(job: Job) -> int:
    """The last step of the erasure that kept this job, which goes with it; how many copies. Raises CannotUnseal."""
    rest = unfinished.rest_of(job)
    # Only now: a transaction that fails brings rows back, but no files.
    leftovers.drop_drafts(leftovers.drafts_of(rest.drafts))
    leftovers.drop_reports(leftovers.reports_of(rest.reports))
    leftovers.drop_strays(rest.written)
    # What was copied while the others were looked for.
    count = _out_of_copies(erasing.Copies(rest.written, rest.words))
    Job.objects.filter(pk=job.pk).delete()
    return count


def _finish_earlier(job: Job) -> int:
    # One that was sealed with a key that is gone waits for that key, and holds up nobody.
    with suppress(CannotUnseal):
        return finish(job)
    return 0


def _gone(found: Found, written: Sequence[str]) -> erasing.Gone:
    return erasing.Gone(found.contacts, found.responses, tuple(written), tuple(_words(found)))


def _sign(actor: Person | None, found: Found, drafts: int, now: datetime) -> None:
    record(
        actor=actor,
        action="erase a customer",
        kind="customer",
        details={
            "contacts": len(found.contacts),
            "responses": len(found.responses),
            "raw_records": len(found.raw_records),
            "drafts": drafts,
        },
        now=now,
    )


def _words(found: Found) -> Iterator[str]:
    """The texts that are about to go."""
    for some in bulk.batches(sorted(found.contacts)):
        for subject, text in ContactText.objects.filter(contact_id__in=some).values_list("subject", "text"):
            yield from (subject, text)
    for some in bulk.batches(sorted(found.responses)):
        yield from SurveyText.objects.filter(response_id__in=some).values_list("text", flat=True)


def _forget_rows(found: Found) -> None:
    for some in bulk.batches(sorted(found.contacts)):
        ContactText.objects.filter(contact_id__in=some).delete()
        Contact.objects.filter(pk__in=some).update(customer_ref="", order_ref="")
    for some in bulk.batches(sorted(found.responses)):
        SurveyText.objects.filter(response_id__in=some).delete()
        SurveyResponse.objects.filter(pk__in=some).update(customer_ref="")


def _forget_former(found: Found) -> int:
    # As with raw records; and all imports are named, so that the key of these rows serves.
    rows = list(FormerRow.objects.filter(customer_ref__in=found.references).exclude(customer_ref=""))
    known = FormerRow.objects.filter(imported__in=Import.objects.values("pk"))
    for kind, ids in ((Import.Kind.CONTACTS, found.contacts), (Import.Kind.SURVEYS, found.responses)):
        for some in bulk.batches(sorted(ids)):
            rows += known.filter(kind=kind, row_id__in=some).exclude(customer_ref__in=found.references)
    for row in rows:
        row.values.pop("texts", None)
        for name in ("customer_ref", "order_ref"):
            if name in row.values.get("row", {}):
                row.values["row"][name] = ""
        row.customer_ref = ""
    FormerRow.objects.bulk_update(rows, ["values", "customer_ref"], batch_size=_AT_ONCE)
    return len(rows)


def _forget_raw(ids: Collection[int], written: Sequence[str]) -> None:
    of_source: dict[Any, list[int]] = {}
    for some in bulk.batches(sorted(ids)):
        for raw in RawRecord.objects.filter(pk__in=some).select_related("source").defer("payload"):
            of_source.setdefault(raw.source, []).append(raw.pk)
    for source, own in of_source.items():
        system = system_of(source)
        # Kept keys are what rows are made of; who it was is taken out below, whatever key it stands under.
        wordless.blank(own, keep_of(source, system) if system else ())
    for some in bulk.batches(sorted(ids)):
        records = list(RawRecord.objects.filter(pk__in=some))
        for raw in records:
            raw.payload = without_people(raw.payload, frozenset(written))
            raw.customer_ref = raw.order_ref = raw.problem_value = ""
        RawRecord.objects.bulk_update(
            records, ["payload", "customer_ref", "order_ref", "problem_value"], batch_size=_AT_ONCE
        )


def _out_of_copies(copies: erasing.Copies) -> int:
    """Where sentences, file names and progress may repeat the customer's words or id, and the trail."""
    # Of deliveries and raw records, of which there are many, only those that say why they could not be read.
    troubled = ~Q(problem="")
    return (
        take_out(copies.out_of)
        + out_of_table(copies, Import, ("file_name", "problem_parameters"))
        + out_of_table(copies, ImportReject, ("value", "parameters"))
        + out_of_table(copies, Delivery, ("problem_parameters",), troubled)
        + out_of_table(copies, RawRecord, ("problem_parameters", "problem_value"), troubled)
        + out_of_table(copies, Message, ("parameters",))
        + out_of_table(copies, Job, ("arguments", "progress", "error"))
    )


def out_of_table(
    copies: erasing.Copies, model: type[models.Model], fields: Sequence[str], rows: Q | None = None
) -> int:
    """Take copies out of these texts and JSON values of a table, or of some rows of it; how many there were.

    The table is read before anything is written, and the rows that hold some once more when they are.
    """
    looked_at = model._default_manager.filter(rows or Q()).values_list("pk", *fields).iterator(chunk_size=2000)
    holding = [key for key, *values in looked_at if copies.out_of(values)[1]]
    pieces = 0
    for some in bulk.batches(holding, _AT_ONCE):
        with transaction.atomic():
            pieces += _out_of_rows(copies, model, fields, some)
    return pieces


def _out_of_rows(copies: erasing.Copies, model: type[models.Model], fields: Sequence[str], keys: Sequence[Any]) -> int:
    pieces = 0
    changed: list[models.Model] = []
    for row in model._default_manager.select_for_update().filter(pk__in=keys).only("pk", *fields):
        for name in fields:
            cleaned, count = copies.out_of(getattr(row, name))
            limit = getattr(model._meta.get_field(name), "max_length", None)
            setattr(row, name, cleaned[:limit] if isinstance(cleaned, str) and limit else cleaned)
            pieces += count
        changed.append(row)
    model._default_manager.bulk_update(changed, list(fields), batch_size=_AT_ONCE)
    return pieces
