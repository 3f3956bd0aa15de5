"""From rows to cells to numbers: counted by hand here, by SQL there."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection

import metrics.services
from accounts.models import Company, Market
from feedback.models import Contact, ContactReason, Import, ReasonTag, Source, SurveyResponse, Theme
from feedback.selectors import theme_numbers
from feedback.services import stretch
from metrics import formulas, selectors
from metrics.models import CommerceCell, DirtyDay, Kind
from metrics.periods import Period, Slice
from metrics.sums import Sums, add_up
from outbox import jobs

NOW = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
DAY = date(2026, 11, 18)
WEEK = Period(DAY - timedelta(days=6), DAY)

pytestmark = pytest.mark.django_db


@pytest.fixture
def imported(company: Company) -> Import:
    source = Source.objects.create(name="desk", created_at=NOW)
    return Import.objects.create(source=source, kind="contacts", door="command", sha256="0" * 64, created_at=NOW)


def contact(imported: Import, number: int, *, day: date = DAY, **fields: object) -> Contact:
    made = Contact.objects.create(
        source=imported.source,
        external_id=str(number),
        occurred_at=NOW,
        local_day=day,
        row_hash="",
        imported=imported,
        **fields,
    )
    stretch.widen(imported, [made.pk])
    return made


def reason(path: str) -> ContactReason:
    return ContactReason.objects.create(name=path.rpartition(" > ")[2], path=path)


def work(kind: str, **arguments: object) -> None:
    job = jobs.enqueue(kind, arguments, now=NOW)
    done = jobs.perform(job.pk)
    assert done is not None
    assert (done.state, done.error) == ("done", "")


def test_handlers_are_registered() -> None:
    assert jobs.is_handled("feedback.recount")
    assert jobs.is_handled("feedback.assign_themes")


def test_cells_equal_a_count_by_hand(imported: Import) -> None:
    contact(
        imported, 1, handle_seconds=60, is_complaint=True, resolved_first_contact=True,
        reply_seconds=90, reply_squares=30**2 + 60**2, reply_count=2,
    )  # fmt: skip
    contact(imported, 2, handle_seconds=120, wait_seconds=30, resolved_first_contact=False)
    contact(imported, 3, wait_seconds=400, abandoned=True)
    contact(imported, 4, first_response_seconds=50)
    contact(imported, 5, first_response_seconds=70, resolved_at=NOW)
    metrics.services.mark(Kind.CONTACTS, [DAY])
    work("feedback.recount")
    assert selectors.contact_sums(Slice(WEEK))[()] == Sums(
        contacts=5, complaints=1, handle_n=2, handle_sum=180, handle_sumsq=60**2 + 120**2,
        wait_n=1, wait_sum=30, wait_sumsq=900, first_n=1, first_sum=70, first_sumsq=4900,
        reply_n=2, reply_sum=90, reply_sumsq=30**2 + 60**2, fcr_known=2, fcr_yes=1,
    )  # fmt: skip
    assert not DirtyDay.objects.exists()


def test_a_contact_with_two_themes_counts_once_in_the_total(imported: Import) -> None:
    one = contact(imported, 1)
    for path in ("Delivery > slot", "Delivery > late"):
        ReasonTag.objects.create(contact=one, reason=reason(path))
    work("feedback.assign_themes", import_id=imported.pk)
    work("feedback.recount")
    assert Theme.objects.count() == 2
    assert selectors.contact_sums(Slice(WEEK))[()].contacts == 1
    assert {cell.contacts for cell in selectors.contact_sums(Slice(WEEK), by=["theme"]).values()} == {1}


def test_a_changed_reason_moves_the_contact_to_the_other_theme(imported: Import) -> None:
    one = contact(imported, 1)
    tag = ReasonTag.objects.create(contact=one, reason=reason("late"))
    work("feedback.assign_themes", import_id=imported.pk)
    ReasonTag.objects.filter(pk=tag.pk).update(reason=reason("refund_missing"))
    work("feedback.assign_themes", import_id=imported.pk)
    work("feedback.recount")
    found, totals = theme_numbers.theme_numbers(Slice(WEEK))
    assert [(numbers.theme.name, numbers.contacts.value) for numbers in found] == [("Refund missing", 1)]
    assert totals.contacts == 1


def test_responses_counted_before_they_had_a_theme_are_counted_again(imported: Import) -> None:
    ReasonTag.objects.create(contact=contact(imported, 1), reason=reason("Delivery > Late"))
    work("feedback.assign_themes", import_id=imported.pk)
    surveys = Import.objects.create(
        source=imported.source, kind="surveys", door="command", sha256="1" * 64, created_at=NOW
    )
    response = SurveyResponse.objects.create(
        source=imported.source, external_id="s1", instrument="csat", local_day=DAY, score=2, scale_min=1, scale_max=5,
        standard_score=2, contact=Contact.objects.get(), row_hash="", imported=surveys,
    )  # fmt: skip
    stretch.widen(surveys, [response.pk])
    metrics.services.mark(Kind.SURVEYS, [DAY])
    # The sweep runs between the import and the job that sorts its rows.
    work("feedback.recount")
    work("feedback.assign_themes", import_id=surveys.pk)
    work("feedback.recount")
    theme = Theme.objects.get()
    assert selectors.survey_sums(Slice(WEEK), "csat", themes=[theme.pk])[()].n == 1


def test_a_second_recount_changes_nothing(imported: Import) -> None:
    contact(imported, 1)
    for _again in range(2):
        metrics.services.mark(Kind.CONTACTS, [DAY])
        work("feedback.recount")
    assert selectors.contact_sums(Slice(WEEK))[()].contacts == 1


def test_a_mark_appended_during_a_recount_stays(imported: Import) -> None:
    metrics.services.mark(Kind.CONTACTS, [DAY])
    marks, days = selectors.dirty_days(Kind.CONTACTS, 10)
    metrics.services.mark(Kind.CONTACTS, [DAY])
    metrics.services.recount(Kind.CONTACTS, marks, days, [])
    assert DirtyDay.objects.count() == 1


def test_theme_numbers_carry_rate_share_change_satisfaction_and_cost(imported: Import) -> None:
    market = Market.objects.get(code="NL")
    late = reason("late")
    for number in range(40):
        day = DAY if number < 30 else DAY - timedelta(days=7)
        one = contact(imported, number, day=day, handle_seconds=120, market=market)
        ReasonTag.objects.create(contact=one, reason=late)
        SurveyResponse.objects.create(
            source=imported.source, external_id=f"s{number}", instrument="csat", local_day=day, score=2, scale_min=1,
            scale_max=5, standard_score=2, contact=one, row_hash="",
        )  # fmt: skip
    for day in (DAY, DAY - timedelta(days=7)):
        CommerceCell.objects.create(day=day, market=market.pk, orders=1000, sessions=30_000)
    work("feedback.assign_themes", import_id=imported.pk)
    work("feedback.recount")
    found, totals = theme_numbers.theme_numbers(Slice(WEEK))
    numbers = found[0]
    assert numbers.per_1000_orders.value == 30
    low, high = numbers.per_1000_orders.low, numbers.per_1000_orders.high
    assert low is not None
    assert high is not None
    assert low < 30 < high
    assert numbers.share.value == 100
    assert numbers.change.change.value == pytest.approx(2.0)
    assert (numbers.csat.value, numbers.csat.n) == (0, 30)
    # 30 contacts × 2 minutes × 62 cents
    assert numbers.cost.value == pytest.approx(3720)
    assert (totals.contacts, totals.orders) == (30, 1000)


def test_satisfaction_too_thin_to_show_does_not_show_in_the_gap(imported: Import) -> None:
    for number in range(20):
        one = contact(imported, number)
        path = "late" if number < 4 else "refund"
        found = ContactReason.objects.filter(path=path).first() or reason(path)
        ReasonTag.objects.create(contact=one, reason=found)
        SurveyResponse.objects.create(
            source=imported.source, external_id=f"s{number}", instrument="csat", local_day=DAY, score=2, scale_min=1,
            scale_max=5, standard_score=2 if number % 2 else 5, contact=one, row_hash="",
        )  # fmt: skip
    work("feedback.assign_themes", import_id=imported.pk)
    work("feedback.recount")
    refund, late = theme_numbers.theme_numbers(Slice(WEEK))[0]
    assert (late.csat.n, late.csat.suppressed) == (4, True)
    for numbers in (refund, late):
        assert numbers.csat_gap.suppressed
        assert (numbers.csat_gap.value, numbers.csat_gap.low, numbers.csat_gap.high) == (None, None, None)


def test_a_day_without_contacts_keeps_its_orders(imported: Import) -> None:
    contact(imported, 1)
    for day in (DAY, DAY - timedelta(days=1)):
        CommerceCell.objects.create(day=day, market=1, orders=1000, sessions=30_000)
    metrics.services.mark(Kind.CONTACTS, [DAY])
    work("feedback.recount")
    metric = formulas.metric("contacts_per_1000_orders")
    days = selectors.sums_of(metric, Slice(WEEK), by=["day"])
    assert {key[0]: (cell.contacts, cell.orders) for key, cell in days.items()} == {
        DAY - timedelta(days=1): (0, 1000),
        DAY: (1, 1000),
    }
    assert metric.compute(add_up(days.values())) == selectors.value_of(metric.id, Slice(WEEK))


def test_the_query_count_does_not_grow_with_themes(imported: Import) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    counts = []
    for more in (1, 6):
        for number in range(more):
            one = contact(imported, more * 100 + number)
            ReasonTag.objects.create(contact=one, reason=reason(f"r{more}-{number}"))
        work("feedback.assign_themes", import_id=imported.pk)
        work("feedback.recount")
        with CaptureQueriesContext(connection) as queries:
            theme_numbers.theme_numbers(Slice(WEEK))
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_however_many_marks_there_are_a_statement_stays_small(company: Company) -> None:
    DirtyDay.objects.bulk_create([DirtyDay(kind=Kind.CONTACTS, day=DAY) for _ in range(1_200)])
    marks, days = selectors.dirty_days(Kind.CONTACTS, 10)

    def watch(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        assert len(params or ()) <= 1_000, sql[:80]
        return execute(sql, params, many, context)

    with connection.execute_wrapper(watch):
        metrics.services.recount(Kind.CONTACTS, marks, days, [])
    assert not DirtyDay.objects.exists()
