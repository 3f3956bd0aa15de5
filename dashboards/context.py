"""Numbers beside the navigation."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, IntegerField, Model, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

import metrics.selectors
from accounts.models import Person
from dashboards.filters import MONTH
from experiments.models import Experiment, Release
from experiments.models import Status as TestStatus
from feedback.models import Theme
from hypotheses.models import Hypothesis, Sprint, Status
from metrics.periods import Period, Slice
from outbox.models import Message


def rail(request: HttpRequest) -> dict[str, Any]:
    """The counts of the loop line; nothing for those who are not signed in, no query where nobody shows them."""
    person = request.user
    if not isinstance(person, Person):
        return {}
    return {"rail": SimpleLazyObject(lambda: counts(person, timezone.now()))}


def counts(person: Person, now: datetime) -> dict[str, Any]:
    """The counts for this person, in three queries."""
    unread = Message.objects.filter(recipient=OuterRef("pk"), deliver_after__lte=now, cancelled_at=None, read_at=None)
    running = Sprint.objects.filter(state=Sprint.State.RUNNING).order_by("number")
    found = (
        Person.objects.filter(pk=person.pk)
        .annotate(
            unread=_count(unread),
            to_triage=_count(Hypothesis.objects.filter(status=Status.SUBMITTED)),
            themes=_count(Theme.objects.active()),
            experiments=_count(Experiment.objects.filter(status=TestStatus.RUNNING)),
            results=_count(Release.objects.filter(experiment__isnull=False)),
            sprint=Subquery(running.values("number")[:1]),
        )
        .values("unread", "to_triage", "themes", "experiments", "results", "sprint")
        .first()
    )
    return {**dict(found or {}), "contacts": _contacts()}


def _contacts() -> int:
    """Contacts of the last 28 days that were counted."""
    last = metrics.selectors.last_counted_day()
    if last is None:
        return 0
    sums = metrics.selectors.contact_sums(Slice(Period(last - timedelta(days=MONTH - 1), last)), only=["contacts"])
    return int(sums[()].contacts)


def _count(rows: QuerySet[Model]) -> Coalesce:
    """How many rows, as a part of another query."""
    one = rows.order_by().annotate(everything=Value(1)).values("everything").annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(one, output_field=IntegerField()), 0)
