"""Rows without a reason find their theme in their words, through the same jobs that run at night."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, date, datetime

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Company
from feedback.jobs import sorting
from feedback.models import (
    Contact,
    ContactReason,
    ContactText,
    ContactTheme,
    Import,
    ReasonTag,
    Source,
    SurveyResponse,
    SurveyText,
    SurveyTheme,
    Theme,
)
from feedback.services import discovery, standing, stretch, themes, unthemed
from feedback.theming import embedders
from feedback.theming.sentences import SentenceEmbedder, sentences
from feedback.theming.standing import Centre, Standing
from metrics.models import ContactCell, DirtyDay, Kind, SurveyCell
from outbox import jobs
from outbox.models import Job
from tests.people import person

NOW = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
DAY = date(2026, 11, 18)

# Each sentence as (opening, thing): a few openings times a few things are texts that differ.
LABEL = (
    ["I cannot print the return label", "The return label does not print", "My printer refuses the return label"],
    ["from my phone", "for these shoes", "at home", "since yesterday", "from the email you sent"],
)
SLOT = (
    ["De bezorgdienst kwam niet in het tijdvak", "Het tijdvak van de bezorging klopte niet", "Niemand kwam bezorgen"],
    ["vanmiddag", "op maandag", "terwijl ik thuis bleef", "gisteren", "voor de derde keer"],
)
VOUCHER = (
    ["The voucher code is rejected at the checkout", "My discount voucher is not accepted", "Voucher code invalid"],
    ["in the app", "for this basket", "although it is new", "every single time", "on the payment page"],
)
LOCKED = (
    ["Ik kan niet meer inloggen in mijn account", "Mijn wachtwoord werkt niet bij het inloggen", "Inloggen lukt niet"],
    ["sinds vandaag", "op de telefoon", "na het herstellen", "ook met een nieuwe link", "in de app"],
)

pytestmark = pytest.mark.django_db


def texts_about(subject: tuple[list[str], list[str]], more: int = 1) -> list[str]:
    return [
        f"{opening} {thing}, try {number}." for number in range(more) for opening in subject[0] for thing in subject[1]
    ]


@pytest.fixture
def source(company: Company) -> Source:
    return Source.objects.create(name="desk", created_at=NOW)


def an_import(source: Source, kind: str = "contacts") -> Import:
    return Import.objects.create(source=source, kind=kind, door="command", sha256="0" * 64, created_at=NOW)


def contacts(imported: Import, texts: Sequence[str], reason: str = "") -> list[Contact]:
    made = []
    node = ContactReason.objects.get_or_create(path=reason, defaults={"name": reason})[0] if reason else None
    start = Contact.objects.count()
    for number, text in enumerate(texts, start):
        one = Contact.objects.create(
            source=imported.source,
            external_id=str(number),
            occurred_at=NOW,
            local_day=DAY,
            row_hash="",
            imported=imported,
        )
        ContactText.objects.create(contact=one, text=text)
        if node:
            ReasonTag.objects.create(contact=one, reason=node)
        made.append(one)
    stretch.widen(imported, [one.pk for one in made])
    return made


def responses(imported: Import, texts: Sequence[str], contact: Contact | None = None) -> list[SurveyResponse]:
    made = []
    start = SurveyResponse.objects.count()
    for number, text in enumerate(texts, start):
        one = SurveyResponse.objects.create(
            source=imported.source, external_id=f"s{number}", instrument="csat", local_day=DAY, score=2, scale_min=1,
            scale_max=5, standard_score=2, row_hash="", imported=imported, contact=contact,
        )  # fmt: skip
        SurveyText.objects.create(response=one, text=text)
        made.append(one)
    stretch.widen(imported, [one.pk for one in made])
    return made


def work(kind: str, **arguments: object) -> Job:
    job = jobs.enqueue(kind, arguments, now=NOW)
    done = jobs.perform(job.pk)
    assert done is not None
    assert (done.state, done.error) == ("done", "")
    return done


def follow(imported: Import) -> None:
    """What an import enqueues, in its order."""
    for kind in ("feedback.assign_themes", "feedback.discover_themes", "feedback.recount"):
        work(kind, import_id=imported.pk)


def tagged(source: Source) -> Import:
    imported = an_import(source)
    for name, subject in (("label", LABEL), ("slot", SLOT), ("voucher", VOUCHER)):
        contacts(imported, texts_about(subject), name)
    return imported


@pytest.fixture(params=["encoder", "lexical"])
def either_way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """With the sentence encoder, and without its package."""
    if request.param == "lexical":
        monkeypatch.setattr(embedders, "default_embedder", lambda: None)
    return str(request.param)


def test_an_untagged_contact_joins_the_theme_its_words_are_about(source: Source, either_way: str) -> None:
    imported = tagged(source)
    label = contacts(imported, ["The return label still does not print from my phone"])[0]
    slot = contacts(imported, ["De bezorgdienst kwam gisteren niet in het tijdvak"])[0]
    elsewhere = contacts(imported, ["Do you sell garden gnomes made of chocolate?"])[0]
    empty = contacts(imported, ["ok thanks"])[0]
    follow(imported)
    links = {link.contact_id: link for link in ContactTheme.objects.filter(origin="text").select_related("theme")}
    assert links[label.pk].theme.name == "Label"
    assert links[slot.pk].theme.name == "Slot"
    assert 0 < (links[label.pk].confidence or 0) <= 1
    assert not links.keys() & {elsewhere.pk, empty.pk}
    assert Theme.objects.count() == 3
    assert ContactCell.objects.get(theme=links[label.pk].theme_id).contacts == 16


def test_responses_without_any_reason_make_themes(source: Source, either_way: str) -> None:
    imported = an_import(source, "surveys")
    subjects = (LABEL, SLOT, VOUCHER, LOCKED)
    made = {place: responses(imported, texts_about(subject, 2)) for place, subject in enumerate(subjects)}
    nothing = responses(imported, ["very good", "ok", "prima"])
    follow(imported)
    themes = list(Theme.objects.all())
    assert len(themes) >= len(subjects)
    assert {theme.origin for theme in themes} == {"text"}
    assert all(theme.name and not theme.name_is_accepted for theme in themes)
    theme_of = dict(SurveyTheme.objects.values_list("response_id", "theme_id"))
    for rows in made.values():
        assert all(row.pk in theme_of for row in rows)
    # A theme is about one subject: nearly all rows of each theme come from one of the four piles.
    pure = sum(
        Counter(place for place, rows in made.items() for row in rows if theme_of[row.pk] == theme.pk).most_common(1)[
            0
        ][1]
        for theme in themes
    )
    assert pure >= 0.9 * len(theme_of)
    assert not theme_of.keys() & {row.pk for row in nothing}
    assert sum(SurveyCell.objects.exclude(theme=0).values_list("n", flat=True)) == len(theme_of)


def test_fewer_than_sixty_texts_hold_no_theme(source: Source) -> None:
    imported = an_import(source)
    contacts(imported, [*texts_about(LABEL), *texts_about(SLOT)])
    follow(imported)
    assert not Theme.objects.exists()


def everything() -> tuple[object, ...]:
    return (
        list(Theme.objects.order_by("pk").values_list("pk", "name", "origin")),
        list(ContactTheme.objects.order_by("contact_id").values_list("contact_id", "theme_id", "confidence")),
        list(SurveyTheme.objects.order_by("response_id").values_list("response_id", "theme_id", "confidence")),
    )


def test_a_second_run_changes_nothing(source: Source) -> None:
    imported = tagged(source)
    contacts(imported, texts_about(LOCKED, 5))
    contacts(imported, ["The return label does not print"])
    follow(imported)
    before = everything()
    assert Theme.objects.filter(origin="text").exists()
    follow(imported)
    assert everything() == before


def test_themes_survive_a_second_import(source: Source) -> None:
    first = an_import(source)
    for subject in (LABEL, SLOT, VOUCHER, LOCKED):
        contacts(first, texts_about(subject, 2))
    follow(first)
    before = everything()
    second = an_import(source)
    new = contacts(
        second, [text.replace("try", "attempt") for subject in (LABEL, SLOT) for text in texts_about(subject)]
    )
    follow(second)
    after = everything()
    assert after[0] == before[0]
    # Every old row keeps its theme, and of the new ones nearly all join one of the standing themes.
    assert isinstance(before[1], list)
    assert isinstance(after[1], list)
    assert set(before[1]) <= set(after[1])
    joined = ContactTheme.objects.filter(contact__in=new).count()
    assert joined >= 0.9 * len(new)


def test_something_new_becomes_a_theme_of_its_own_beside_the_standing_ones(source: Source) -> None:
    first = an_import(source)
    for subject in (LABEL, VOUCHER):
        contacts(first, texts_about(subject, 3))
    follow(first)
    standing_ids = set(Theme.objects.values_list("pk", flat=True))
    second = an_import(source)
    new = contacts(second, texts_about(LOCKED, 5))
    follow(second)
    assert standing_ids < set(Theme.objects.values_list("pk", flat=True))
    homes = set(ContactTheme.objects.filter(contact__in=new).values_list("theme_id", flat=True))
    assert ContactTheme.objects.filter(contact__in=new).count() == len(new)
    assert not homes & standing_ids


def test_days_are_marked_and_a_recount_follows(source: Source) -> None:
    imported = tagged(source)
    one = contacts(imported, ["The return label still does not print from my phone"])[0]
    responses(an_import(source, "surveys"), ["Nobody helped me"], contact=one)
    work("feedback.assign_themes", import_id=imported.pk)
    work("feedback.recount")
    assert not DirtyDay.objects.exists()
    work("feedback.discover_themes", import_id=imported.pk)
    assert set(DirtyDay.objects.values_list("kind", "day")) == {(Kind.CONTACTS, DAY), (Kind.SURVEYS, DAY)}
    # The response went to its contact's theme, not by its own words.
    assert SurveyTheme.objects.get().confidence is None
    assert Job.objects.filter(kind="feedback.recount", state=Job.State.QUEUED).count() == 1


def test_a_reason_that_comes_later_replaces_the_guess(source: Source) -> None:
    imported = tagged(source)
    one = contacts(imported, ["The return label still does not print from my phone"])[0]
    follow(imported)
    ReasonTag.objects.create(contact=one, reason=ContactReason.objects.get(path="slot"))
    follow(imported)
    link = ContactTheme.objects.select_related("theme").get(contact=one)
    assert (link.theme.name, link.origin) == ("Slot", "reason")


def test_a_response_leaves_the_theme_of_its_words_when_its_contact_has_one(source: Source) -> None:
    imported = tagged(source)
    work("feedback.assign_themes", import_id=imported.pk)
    asked = an_import(source, "surveys")
    one = responses(asked, ["The return label still does not print from my phone"])[0]
    follow(asked)
    assert SurveyTheme.objects.select_related("theme").get().theme.name == "Label"
    one.contact = Contact.objects.filter(reason_tags__reason__path="voucher").first()
    one.save()
    follow(asked)
    link = SurveyTheme.objects.select_related("theme").get()
    assert (link.theme.name, link.confidence) == ("Voucher", None)


class Killed(BaseException):
    """The worker dies: nothing catches this."""


def test_the_job_goes_on_from_its_cursor(source: Source, monkeypatch: pytest.MonkeyPatch) -> None:
    imported = an_import(source)
    for subject in (LABEL, SLOT, VOUCHER, LOCKED):
        contacts(imported, texts_about(subject, 3))
    monkeypatch.setattr(sorting, "ROWS_AT_ONCE", 20)
    monkeypatch.setattr(discovery, "TYPICAL", 5)
    link = unthemed.link
    calls = 0

    def dying(pile: unthemed.Pile, links: Sequence[unthemed.Link]) -> None:
        nonlocal calls
        link(pile, links)
        calls += Job.objects.get(kind="feedback.discover_themes").progress.get("step") == "rest"
        if calls > 2:
            raise Killed

    monkeypatch.setattr(unthemed, "link", dying)
    job = jobs.enqueue("feedback.discover_themes", {"import_id": imported.pk}, now=NOW)
    with pytest.raises(Killed):
        jobs.perform(job.pk)
    job.refresh_from_db()
    assert job.progress["step"] == "rest"
    reached, themes = job.cursor, set(Theme.objects.values_list("pk", flat=True))
    assert 0 < ContactTheme.objects.count() < Contact.objects.count()
    monkeypatch.setattr(unthemed, "link", link)
    Job.objects.filter(pk=job.pk).update(lease_until=datetime(2026, 1, 1, tzinfo=UTC))
    done = jobs.perform(job.pk)
    assert done is not None
    assert (done.state, done.cursor > reached, done.cursor == done.total) == ("done", True, True)
    assert set(Theme.objects.values_list("pk", flat=True)) == themes
    assert ContactTheme.objects.count() == Contact.objects.count()


def test_the_query_count_does_not_grow_with_rows(source: Source) -> None:
    counts = []
    for more in (1, 4):
        imported = tagged(source)
        contacts(imported, texts_about(LABEL, more))
        work("feedback.assign_themes", import_id=imported.pk)
        with CaptureQueriesContext(connection) as queries:
            work("feedback.discover_themes", import_id=imported.pk)
        counts.append(len(queries))
    assert counts[1] <= counts[0]


def test_centres_are_kept_until_a_theme_has_doubled(source: Source, monkeypatch: pytest.MonkeyPatch) -> None:
    imported = tagged(source)
    work("feedback.assign_themes", import_id=imported.pk)
    assert standing.compass()
    asked: list[Sequence[int]] = []
    texts_of = standing.texts_of

    def listening(themes: Sequence[int]) -> dict[int, list[str]]:
        asked.append(list(themes))
        return texts_of(themes)

    monkeypatch.setattr(standing, "texts_of", listening)
    assert standing.compass()
    contacts(imported, texts_about(LABEL), "label")
    assert standing.compass()
    assert asked == [[], [Theme.objects.get(name="Label").pk]]


def test_a_locked_theme_stays_where_it_is(source: Source) -> None:
    imported = tagged(source)
    work("feedback.assign_themes", import_id=imported.pk)
    standing.compass()
    label = Theme.objects.get(name="Label")
    themes.lock(theme=label, locked=True, actor=person("linking_pin"), now=NOW)
    contacts(imported, texts_about(VOUCHER, 2), "label")
    standing.compass()
    assert bytes(Theme.objects.get(pk=label.pk).centroid or b"") == bytes(label.centroid or b"")
    themes.lock(theme=label, locked=False, actor=person("linking_pin"), now=NOW)
    standing.compass()
    assert bytes(Theme.objects.get(pk=label.pk).centroid or b"") != bytes(label.centroid or b"")
    with pytest.raises(PermissionDenied):
        themes.lock(theme=label, locked=True, actor=person("agent"), now=NOW)


def test_rows_near_a_merged_theme_are_counted_where_it_went(source: Source) -> None:
    imported = tagged(source)
    work("feedback.assign_themes", import_id=imported.pk)
    standing.compass()
    label, voucher = Theme.objects.get(name="Label"), Theme.objects.get(name="Voucher")
    label.state, label.merged_into = Theme.State.MERGED, voucher
    label.save()
    compass = standing.compass()
    row = unthemed.Words(1, DAY, "The return label still does not print from my phone")
    assert [link.theme for link in discovery.sort([row], compass)] == [voucher.pk]


def test_two_looks_at_once_make_themes_once(source: Source) -> None:
    contacts(an_import(source), [text for subject in (LABEL, SLOT, VOUCHER) for text in texts_about(subject, 2)])
    first, second = (discovery.look(lambda: None, lambda arithmetic: arithmetic()) for _ in range(2))
    assert first
    assert second
    assert discovery.make(first, now=NOW)
    assert discovery.make(second, now=NOW) is None


def test_a_centre_comes_back_from_its_bytes() -> None:
    import numpy as np

    vector = np.array([0.25, -0.5, 0.75], dtype=np.float32)
    for reach in (None, 0.5):
        back = Centre.from_bytes(Centre(vector, 42, reach).to_bytes())
        assert (back.vector.tolist(), back.texts, back.reach) == (vector.tolist(), 42, reach)


def test_what_all_themes_share_is_taken_off() -> None:
    import numpy as np

    shared = np.array([1.0, *[0.0] * 8], dtype=np.float32)
    corners = [shared + 0.4 * np.eye(9, dtype=np.float32)[place] for place in range(1, 9)]
    standing_themes = Standing.of(range(8), [Centre(corner, 9) for corner in corners])
    rows = embedders.unit_rows(np.array([corners[2], shared]))
    best, _cosine, belongs = standing_themes.nearest(rows)
    assert (best[0], belongs.tolist()) == (2, [True, False])


class Counting:
    """An embedder that counts what it is asked."""

    name, version, languages = "counting", "1", frozenset[str]()

    def __init__(self) -> None:
        self.asked: list[str] = []

    def encode(self, texts: Sequence[str]) -> embedders.FloatArray:
        import numpy as np

        self.asked += texts
        return embedders.unit_rows(np.array([[len(text), 1.0] for text in texts], dtype=np.float32))


def test_each_sentence_is_encoded_once() -> None:
    inner = Counting()
    embedder = SentenceEmbedder(inner)
    letters = ["Where is my parcel? Thanks!", "The shoes are too small. Where is my parcel?"]
    vectors = embedder.encode(letters)
    embedder.encode(letters)
    assert sorted(inner.asked) == ["The shoes are too small.", "Where is my parcel?"]
    assert vectors.shape == (2, 2)
    assert sentences("ok") == ["ok"]
