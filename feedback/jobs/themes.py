"""New and changed rows find their themes."""

from datetime import date

from django.db.models import Min
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

import metrics.services
from feedback.models import Contact, Import, SurveyResponse
from feedback.services import stretch, themes
from metrics.models import Kind
from outbox import jobs

IDS_AT_ONCE = 50_000


@jobs.handles("feedback.assign_themes", title=_("Sort into themes"))
def assign_themes(run: jobs.Run) -> None:
    """Link the contacts of the import `run.arguments["import_id"]` to the themes of their reasons.

    The import has marked the days it touched; responses are linked again from the first of them on.
    """
    imported = Import.objects.get(pk=run.arguments["import_id"])
    first, last = stretch.of(imported)
    rows = Contact.objects.filter(imported=imported, id__range=(first, last))
    since = rows.aggregate(day=Min("local_day"))["day"]
    if since:
        run.expect(last - first + 1)
        _link_contacts(run, imported.pk, first, last)
    _link_surveys(run, imported, since)


def _link_contacts(run: jobs.Run, import_id: int, first: int, last: int) -> None:
    while first + run.cursor <= last:
        start = first + run.cursor
        end = min(start + IDS_AT_ONCE - 1, last)
        with run.chunk(to=end - first + 1):
            themes.themes_for_reasons(now=timezone.now())
            themes.link_by_reason(import_id=import_id, first=start, last=end)
            # A recount may have run since the import marked these days.
            rows = Contact.objects.filter(imported_id=import_id, id__range=(start, end))
            metrics.services.mark(Kind.CONTACTS, rows.values_list("local_day", flat=True).distinct())


def _link_surveys(run: jobs.Run, imported: Import, contacts_since: date | None) -> None:
    surveys = SurveyResponse.objects.filter(imported=imported, id__range=stretch.of(imported))
    touched = [day for day in (contacts_since, surveys.aggregate(day=Min("local_day"))["day"]) if day]
    if not touched:
        return
    with run.chunk(to=run.cursor + 1):
        themes.link_surveys_to_contacts(since=min(touched).isoformat())
        # A recount may have run since the import marked the days of its own responses, too.
        metrics.services.mark(Kind.SURVEYS, surveys.values_list("local_day", flat=True).distinct())
        if contacts_since:
            rows = SurveyResponse.objects.filter(local_day__gte=contacts_since, contact__imported=imported)
            metrics.services.mark(Kind.SURVEYS, rows.values_list("local_day", flat=True).distinct())
