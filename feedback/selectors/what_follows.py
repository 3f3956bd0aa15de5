"""What comes after an import: what is still being counted, where its rows are seen, what else its file held."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Person
from feedback import headings
from feedback.models import Import
from outbox import selectors as outbox_selectors
from outbox.models import Job
from outbox.selectors import JobCard

_GOING_ON = (Job.State.QUEUED, Job.State.RUNNING)


@dataclass(frozen=True)
class Following:
    """What the page of an import says last. `url` and `action` are the way to its rows, counted."""

    # The first job that is not over yet, of those that sort and count its rows.
    counting: JobCard | None
    url: str
    action: str
    # The other import that was made of the same file.
    beside: Import | None
    # A column with scores of which nothing was made.
    scores: str


def following(imported: Import, person: Person) -> Following:
    """What follows this import; its job and source are loaded with it."""
    url, action = _pages().get(imported.kind, ("", ""))
    done = imported.state == Import.State.FINISHED and not imported.dry_run
    beside = _beside(imported)
    return Following(
        counting=_counting(imported, person) if done else None,
        url=url if done else "",
        action=action,
        beside=beside,
        scores=_scores(imported) if done and not beside else "",
    )


def _pages() -> dict[str, tuple[str, str]]:
    return {
        Import.Kind.CONTACTS: (reverse("dashboards:theme-list"), _("See the themes")),
        Import.Kind.SURVEYS: (reverse("dashboards:kpi-page"), _("See the KPIs")),
        Import.Kind.COMMERCE: (reverse("dashboards:kpi-page"), _("See the KPIs")),
    }


def _counting(imported: Import, person: Person) -> JobCard | None:
    ids = imported.job.progress.get("follow_ups", []) if imported.job else []
    found = Job.objects.filter(pk__in=ids, state__in=_GOING_ON).select_related("created_by").order_by("pk").first()
    return outbox_selectors.job_card(found, person) if found else None


def _beside(imported: Import) -> Import | None:
    """Contacts and their scores come of the same bytes, and of one press of a button."""
    pair = {Import.Kind.CONTACTS: Import.Kind.SURVEYS, Import.Kind.SURVEYS: Import.Kind.CONTACTS}
    kind = pair.get(Import.Kind(imported.kind)) if imported.kind in pair else None
    if kind is None or not imported.sha256:
        return None
    same = Import.objects.filter(sha256=imported.sha256, kind=kind, source=imported.source_id)
    return same.exclude(state=Import.State.DRAFT).order_by("-pk").first()


def _scores(imported: Import) -> str:
    if imported.kind != Import.Kind.CONTACTS:
        return ""
    names = headings.KNOWN["surveys"]["score"]
    return next((one for one in imported.mapping.get("left_out", []) if headings.plain(one) in names), "")
