"""Rows that an import wrote, taken out again or given what they said before; in the caller's transaction."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import models

from accounts.models import Market
from feedback import bulk
from feedback.models import (
    Contact,
    ContactReason,
    ContactTheme,
    DimensionValue,
    FormerRow,
    Import,
    ReasonTag,
    SurveyResponse,
    SurveyTheme,
    Theme,
)
from feedback.services import called, relinking, search, stand_ins, themes
from feedback.services.contact_writer import hold_days, mark_days
from feedback.services.former import TABLES, Table
from metrics.models import Kind


def remove(kind: str, ids: Sequence[int]) -> set[int]:
    """Delete these rows with all that hangs on them, and mark their days.

    The imports of survey responses that lost their contact: their words may have to say their theme now.
    """
    table, orphaned = TABLES[kind], set[int]()
    for some in bulk.batches(ids):
        _mark(kind, table, some)
        names: list[str] = []
        if kind == Import.Kind.CONTACTS:
            names += Contact.objects.filter(pk__in=some).values_list("external_id", flat=True)
            orphaned |= relinking.forget_contacts(some)
            ReasonTag.objects.filter(contact__in=some).delete()
        _delete_around(table, some)
        table.model._default_manager.filter(pk__in=some).delete()
        called.gone(names)
    return orphaned


def restore(kind: str, layers: Sequence[FormerRow], *, source_id: int, now: datetime) -> None:
    """Give rows of this source what these layers kept of them, and mark their days, old and new."""
    table, meanings = TABLES[kind], _Meanings()
    for some in bulk.batches(layers):
        ids = [layer.row_id for layer in some]
        _mark(kind, table, ids)
        _delete_around(table, ids)
        _write_facts(kind, table, some, meanings, source_id)
        _note_stand_ins(kind, table, some, meanings)
        _mark(kind, table, ids)
        if table.texts:
            texts = [(layer.row_id, layer.values["texts"]) for layer in some if layer.values.get("texts")]
            bulk.insert(
                table.texts,
                (table.owner, *table.words),
                [(key, *(words[name] for name in table.words)) for key, words in texts],
            )
        if kind == Import.Kind.CONTACTS:
            search.mark(sorted(ids))
            _restore_reasons(some, meanings)
            themes.themes_for_reasons(now=now)
            themes.link_contacts(ids)
        _restore_themes(table, some, meanings)
        if kind == Import.Kind.CONTACTS:
            relinking.link_responses_of(ids)
        elif kind == Import.Kind.SURVEYS:
            relinking.link_responses(ids)


class _Meanings:
    """What stored numbers stand for by now: values that mean others, themes that were merged."""

    def __init__(self) -> None:
        self._by_model: dict[Any, dict[int, int]] = {
            model: {key: mapped or key for key, mapped in model._default_manager.values_list("pk", "mapped_to_id")}
            for model in (DimensionValue, Market, ContactReason)
        }
        self._merged = dict(Theme.objects.values_list("pk", "merged_into_id"))

    def value(self, field: models.Field[Any, Any], stored: Any) -> Any:
        """A column's value as Python has it."""
        if field.related_model is None:
            return field.to_python(stored)
        known = self._by_model.get(field.related_model)
        return stored if known is None else known.get(stored)

    def reason(self, stored: int) -> int | None:
        """The reason that counts, or None when it is gone."""
        found: int | None = self._by_model[ContactReason].get(stored)
        return found

    def theme(self, stored: int) -> int | None:
        """The theme that counts its rows, or None when it is gone."""
        seen: set[int] = set()
        while stored in self._merged and stored not in seen:
            into = self._merged[stored]
            if into is None:
                return stored
            seen.add(stored)
            stored = into
        return None


def _write_facts(kind: str, table: Table, layers: Sequence[FormerRow], meanings: _Meanings, source_id: int) -> None:
    fields = [(name, table.model._meta.get_field(name)) for name in table.facts]
    names = [*table.facts, "imported"]
    rows = [
        [*(meanings.value(field, layer.values["row"].get(name)) for name, field in fields), layer.former_import_id]  # type: ignore[arg-type]
        for layer in layers
    ]
    if kind == Import.Kind.SURVEYS:
        # Its contact may have come or gone since.
        named = [layer.values["row"]["contact_external_id"] for layer in layers]
        contacts = called.contacts_called(named, source_id=source_id)
        names.append("contact")
        rows = [[*row, contacts.get(name)] for row, name in zip(rows, named, strict=True)]
    bulk.update(table.model, names, [(*row, layer.row_id) for row, layer in zip(rows, layers, strict=True)])


def _note_stand_ins(kind: str, table: Table, layers: Sequence[FormerRow], meanings: _Meanings) -> None:
    """What these rows said means something else by now: they get it back when that is taken back."""
    found: defaultdict[tuple[str, int], list[stand_ins.Noted]] = defaultdict(list)
    for name, field in ((name, table.model._meta.get_field(name)) for name in table.facts):
        for layer in layers if field.related_model in {DimensionValue, Market} else ():
            own = layer.values["row"].get(name)
            if own is not None and meanings.value(field, own) != own:  # type: ignore[arg-type]
                found[name, own].append((layer.row_id, layer.values["row"]["row_hash"]))
    stand_ins.note_values(str(kind), found)
    stand_ins.note_reasons(
        (
            layer.row_id,
            layer.values["row"]["row_hash"],
            {own: other for own in layer.values.get("reasons", ()) if (other := meanings.reason(own)) is not None},
        )
        for layer in layers
    )


def _restore_reasons(layers: Sequence[FormerRow], meanings: _Meanings) -> None:
    ids = [layer.row_id for layer in layers]
    ReasonTag.objects.filter(contact__in=ids).delete()
    tags = {
        (layer.row_id, reason)
        for layer in layers
        for stored in layer.values.get("reasons", ())
        if (reason := meanings.reason(stored)) is not None
    }
    bulk.insert(ReasonTag, ("contact", "reason"), sorted(tags))


def _restore_themes(table: Table, layers: Sequence[FormerRow], meanings: _Meanings) -> None:
    """Themes that the words gave; those of a person stayed, those of reasons are found again."""
    found = {
        (layer.row_id, theme): confidence
        for layer in layers
        for stored, confidence in layer.values.get("themes", ())
        if (theme := meanings.theme(stored)) is not None
    }
    if table.themes is ContactTheme:
        ContactTheme.objects.bulk_create(
            [
                ContactTheme(contact_id=row, theme_id=theme, origin=ContactTheme.Origin.TEXT, confidence=confidence)
                for (row, theme), confidence in found.items()
            ],
            ignore_conflicts=True,
        )
    elif table.themes is SurveyTheme:
        SurveyTheme.objects.bulk_create(
            [
                SurveyTheme(response_id=row, theme_id=theme, confidence=confidence)
                for (row, theme), confidence in found.items()
            ],
            ignore_conflicts=True,
        )


def _delete_around(table: Table, ids: Sequence[int]) -> None:
    """Words and themes; the theme that a person chose stays with a row that stays."""
    if table.texts:
        table.texts._default_manager.filter(pk__in=ids).delete()
    if table.themes is ContactTheme:
        ContactTheme.objects.filter(contact__in=ids).exclude(origin=ContactTheme.Origin.PERSON).delete()
    elif table.themes:
        table.themes._default_manager.filter(**{f"{table.owner}__in": ids}).delete()


def _mark(kind: str, table: Table, ids: Sequence[int]) -> None:
    day = "day" if kind == Import.Kind.COMMERCE else "local_day"
    mark_days(Kind(kind), hold_days(table.model, ids, day=day))


def waiting(kind: str, ids: Sequence[int]) -> set[int]:
    """The imports of rows among these whose words have no theme: they have to be sorted again."""
    found: set[int] = set()
    for some in bulk.batches(ids):
        if kind == Import.Kind.CONTACTS:
            bare = Contact.objects.filter(pk__in=some, words__isnull=False, reason_tags=None, theme_links=None)
        elif kind == Import.Kind.SURVEYS:
            bare = SurveyResponse.objects.filter(pk__in=some, words__isnull=False, theme_links=None)  # type: ignore[assignment]
        else:
            return set()
        found.update(key for key in bare.values_list("imported_id", flat=True).distinct() if key)
    return found
