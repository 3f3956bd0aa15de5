"""Themes and what belongs to them: from contact reasons; and what a curator does with a theme."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, datetime

from django.db import connection, transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

import accounts.services
import metrics.services
from accounts.models import Person
from feedback import permissions
from feedback.models import Contact, ContactReason, ContactTheme, ReasonTag, SurveyTheme, Theme
from metrics.models import Kind

_SAMPLE = 500


def readable(name: str) -> str:
    """A reason as a title: "create_account" becomes "Create account"; written-out names stay."""
    words = name.replace("_", " ").strip()
    return (words[:1].upper() + words[1:]) if words else name


@transaction.atomic
def themes_for_reasons(*, now: datetime) -> int:
    """Propose a theme for every reason that contacts carry and no theme counts yet; how many."""
    one_at_a_time()
    tagged = ReasonTag.objects.filter(reason=OuterRef("pk"))
    bare = ContactReason.objects.filter(Exists(tagged), theme=None).select_related("parent")
    made = 0
    for reason in bare:
        stage, page = _usual_place(reason)
        reason.theme = Theme.objects.create(
            name=readable(reason.name)[:120],
            subtitle=readable(reason.parent.name)[:200] if reason.parent else "",
            origin=Theme.Origin.REASON,
            stage_id=stage,
            page_id=page,
            created_at=now,
        )
        reason.save(update_fields=["theme"])
        made += 1
    return made


def one_at_a_time() -> None:
    """Two jobs at once would make the same theme twice; SQLite has one writer anyway. Held until the commit."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext('hearback.themes'))")


def _usual_place(reason: ContactReason) -> tuple[int | None, int | None]:
    """The stage and page that most contacts with this reason have, judged by the newest few hundred."""
    rows = list(
        Contact.objects.filter(reason_tags__reason=reason).order_by("-id").values_list("stage_id", "page_id")[:_SAMPLE]
    )
    stages = Counter(stage for stage, _page in rows if stage)
    pages = Counter(page for _stage, page in rows if page)
    return (
        stages.most_common(1)[0][0] if stages else None,
        pages.most_common(1)[0][0] if pages else None,
    )


# One statement per step: links that no reason supports any more go, missing ones come. `{rows}` are contacts.
_DROP = """
DELETE FROM feedback_contacttheme WHERE origin = 'reason' AND contact_id IN ({rows})
AND NOT EXISTS (
    SELECT 1 FROM feedback_reasontag r JOIN feedback_contactreason n ON n.id = r.reason_id
    WHERE r.contact_id = feedback_contacttheme.contact_id AND n.theme_id = feedback_contacttheme.theme_id)"""
# A contact that got a reason no longer needs the guess from its text.
_UNGUESS = """
DELETE FROM feedback_contacttheme WHERE origin = 'text' AND contact_id IN ({rows})
AND EXISTS (SELECT 1 FROM feedback_reasontag r WHERE r.contact_id = feedback_contacttheme.contact_id)"""
_ADD = """
INSERT INTO feedback_contacttheme (contact_id, theme_id, origin)
SELECT DISTINCT r.contact_id, n.theme_id, 'reason' FROM feedback_reasontag r
JOIN feedback_contactreason n ON n.id = r.reason_id
WHERE r.contact_id IN ({rows}) AND n.theme_id IS NOT NULL
ON CONFLICT (theme_id, contact_id) DO NOTHING"""
_OF_IMPORT = "SELECT id FROM feedback_contact WHERE id BETWEEN %s AND %s AND imported_id = %s"


def link_by_reason(*, import_id: int, first: int, last: int) -> None:
    """Give contacts of an import, with ids from `first` to `last`, the themes of their reasons."""
    _link(_OF_IMPORT, [first, last, import_id])


def link_contacts(ids: Sequence[int]) -> None:
    """Give these contacts (as many as fit one statement) the themes of their reasons."""
    if ids:
        _link(", ".join(["%s"] * len(ids)), list(ids))


def _link(rows: str, parameters: list[int]) -> None:
    with connection.cursor() as cursor:
        for statement in (_DROP, _UNGUESS, _ADD):
            cursor.execute(statement.replace("{rows}", rows), parameters)


# A response belongs to the themes of the contact it is about.
_SURVEYS_DROP = """
DELETE FROM feedback_surveytheme WHERE confidence IS NULL AND response_id IN (
    SELECT s.id FROM feedback_surveyresponse s WHERE s.local_day >= %s AND s.contact_id IS NOT NULL)
AND NOT EXISTS (
    SELECT 1 FROM feedback_surveyresponse s JOIN feedback_contacttheme t ON t.contact_id = s.contact_id
    WHERE s.id = feedback_surveytheme.response_id AND t.theme_id = feedback_surveytheme.theme_id)"""
# Once its contact has a theme, what its own words seemed to say no longer counts.
_SURVEYS_UNGUESS = """
DELETE FROM feedback_surveytheme WHERE confidence IS NOT NULL AND response_id IN (
    SELECT s.id FROM feedback_surveyresponse s JOIN feedback_contacttheme t ON t.contact_id = s.contact_id
    WHERE s.local_day >= %s)"""
_SURVEYS_ADD = """
INSERT INTO feedback_surveytheme (response_id, theme_id)
SELECT s.id, t.theme_id FROM feedback_surveyresponse s
JOIN feedback_contacttheme t ON t.contact_id = s.contact_id
WHERE s.local_day >= %s
ON CONFLICT (theme_id, response_id) DO NOTHING"""


def link_surveys_to_contacts(*, since: str) -> None:
    """Give responses from the day `since` (ISO) on the themes of their contacts."""
    with connection.cursor() as cursor:
        for statement in (_SURVEYS_DROP, _SURVEYS_UNGUESS, _SURVEYS_ADD):
            cursor.execute(statement, [since])


@transaction.atomic
def rename(*, theme: Theme, name: str, actor: Person, now: datetime) -> Theme:
    """Give a theme its name; from now on it is a person's, and a refit leaves it alone."""
    permissions.may_curate(actor).demand()
    theme.name, theme.name_is_accepted = name.strip()[:120], True
    theme.save(update_fields=["name", "name_is_accepted"])
    accounts.services.record(actor=actor, action="rename", target=theme, now=now)
    return theme


@transaction.atomic
def lock(*, theme: Theme, locked: bool, actor: Person, now: datetime) -> Theme:
    """Keep a theme's centre where it is, whatever rows join it (False: let it follow its rows again)."""
    permissions.may_curate(actor).demand()
    theme.is_locked = locked
    theme.save(update_fields=["is_locked"])
    accounts.services.record(actor=actor, action="lock" if locked else "unlock", target=theme, now=now)
    return theme


@transaction.atomic
def take(*, theme: Theme, owner: Person | None, actor: Person, now: datetime) -> Theme:
    """Make someone the owner of a theme (None: nobody)."""
    permissions.may_own(actor).demand()
    theme.owner = owner
    theme.save(update_fields=["owner"])
    accounts.services.record(
        actor=actor, action="take", target=theme, details={"owner": owner.name if owner else ""}, now=now
    )
    return theme


@transaction.atomic
def write_playbook(*, theme: Theme, actor: Person, now: datetime, **lines: object) -> Theme:
    """Set the lines that agents may use meanwhile: recognise, reframe, resolve, offers, until."""
    permissions.may_curate(actor).demand()
    for field, value in lines.items():
        setattr(theme, field, value)
    theme.save(update_fields=list(lines))
    accounts.services.record(actor=actor, action="write_playbook", target=theme, now=now)
    return theme


@transaction.atomic
def merge(*, theme: Theme, into: Theme, actor: Person, now: datetime) -> Theme:
    """Count a theme's rows in another one from now on; its days are counted again."""
    permissions.may_curate(actor).demand()
    if theme.pk == into.pk or into.state != Theme.State.ACTIVE:
        raise ValueError(_("Choose another theme that is active."))
    # A job that sorts rows at this moment would go on linking them to the theme that is gone.
    one_at_a_time()
    days = _days_of([theme.pk])
    ContactReason.objects.filter(theme=theme).update(theme=into)
    _move_links(ContactTheme, "contact_id", theme.pk, into.pk)
    _move_links(SurveyTheme, "response_id", theme.pk, into.pk)
    theme.state, theme.merged_into = Theme.State.MERGED, into
    theme.save(update_fields=["state", "merged_into"])
    metrics.services.mark(Kind.CONTACTS, days[Kind.CONTACTS])
    metrics.services.mark(Kind.SURVEYS, days[Kind.SURVEYS])
    accounts.services.record(actor=actor, action="merge", target=theme, details={"into": into.name}, now=now)
    return into


def _move_links(model: type[ContactTheme] | type[SurveyTheme], row: str, old: int, new: int) -> None:
    doubled = model._default_manager.filter(theme_id=new).values(row)
    model._default_manager.filter(theme_id=old, **{f"{row}__in": doubled}).delete()
    model._default_manager.filter(theme_id=old).update(theme_id=new)


def _days_of(themes: Iterable[int]) -> dict[Kind, set[date]]:
    contacts = ContactTheme.objects.filter(theme_id__in=themes).values_list("contact__local_day", flat=True)
    surveys = SurveyTheme.objects.filter(theme_id__in=themes).values_list("response__local_day", flat=True)
    return {Kind.CONTACTS: set(contacts.distinct()), Kind.SURVEYS: set(surveys.distinct())}
