"""Themes from text: groups are found, named, kept, matched and assigned; English and Dutch."""

import itertools

import numpy as np
import pytest
from sklearn.metrics import adjusted_rand_score

from feedback import theming
from feedback.texts import distinct, has_content
from feedback.theming.clusters import Tree, smoothed
from feedback.theming.embedders import unit_rows

pytestmark = pytest.mark.slow  # the same on every database

TOPICS = {
    "parcel": (
        ["my parcel", "the package", "my delivery", "our parcel"],
        ["has not arrived", "is late again", "never came", "was not delivered"],
        ["since monday", "for a week", "and nobody knows where it is", "at my house"],
    ),
    "refund": (
        ["the refund", "my refund", "the money for my return", "my money back"],
        ["is still not paid", "was never refunded", "should be on my account", "takes too long"],
        ["after the return", "for two weeks", "for the returned shoes", "on my bank account"],
    ),
    "password": (
        ["i forgot my password", "the password reset", "logging in to my account", "my login"],
        ["does not work", "fails every time", "gives an error", "sends no email"],
        ["on my phone", "in the app", "on the website", "with my email address"],
    ),
    "maat": (
        ["de schoenen", "de laarzen", "mijn nieuwe schoenen", "deze sneakers"],
        ["vallen te klein uit", "zijn een maat te groot", "passen niet goed", "hebben een verkeerde maat"],
        ["volgens de maattabel", "en knellen bij de tenen", "dus ik wil ruilen", "helaas"],
    ),
}
ROWS = [" ".join(parts) for pieces in TOPICS.values() for parts in itertools.product(*pieces)]
TRUTH = [topic for topic, pieces in TOPICS.items() for _ in itertools.product(*pieces)]
ENCODER = theming.default_embedder()


@pytest.fixture(scope="module")
def discovery() -> theming.Discovery:
    return theming.discover(ROWS, embedder=ENCODER, k=4)


@pytest.mark.parametrize("embedder", [ENCODER, None], ids=["encoder", "lexical"])
def test_clear_topics_come_apart_in_two_languages(embedder: theming.Embedder | None) -> None:
    found = theming.discover(ROWS, embedder=embedder, k=4)
    assert adjusted_rand_score(TRUTH, found.labels) > 0.85
    assert len(found.themes) == 4


def test_the_encoder_is_installed_by_default() -> None:
    assert ENCODER is not None
    assert ENCODER.name == "use-multilingual-3"
    assert {"en", "nl"} <= ENCODER.languages
    assert ENCODER.encode([]).shape == (0, 512)
    vectors = ENCODER.encode(["where is my parcel", "waar is mijn pakket", "the shoes are too small"])
    assert vectors[0] @ vectors[1] > vectors[0] @ vectors[2] + 0.2


def test_the_chosen_number_is_on_the_fine_side() -> None:
    found = theming.discover(ROWS, embedder=ENCODER)
    assert 4 <= len(found.themes) <= 16


def test_names_say_what_the_theme_is_about(discovery: theming.Discovery) -> None:
    names = {TRUTH[theme.examples[0]]: f"{theme.name} {theme.subtitle}".lower() for theme in discovery.themes}
    assert "parcel" in names["parcel"] or "deliver" in names["parcel"] or "arrived" in names["parcel"]
    assert "refund" in names["refund"] or "money" in names["refund"] or "return" in names["refund"]
    assert "maat" in names["maat"] or "schoenen" in names["maat"]
    assert len({theme.name for theme in discovery.themes}) == 4
    assert all(theme.name.split()[-1].lower() not in {"the", "is", "my", "de", "een"} for theme in discovery.themes)


def test_every_row_has_a_theme_and_sizes_add_up(discovery: theming.Discovery) -> None:
    assert discovery.labels.min() >= 0
    assert [theme.rows for theme in discovery.themes] == np.bincount(discovery.labels).tolist()
    assert [theme.rows for theme in discovery.themes] == sorted((t.rows for t in discovery.themes), reverse=True)
    assert ((discovery.confidence >= 0) & (discovery.confidence <= 1)).all()
    for place, theme in enumerate(discovery.themes):
        assert all(discovery.labels[example] == place for example in theme.examples)


def test_the_same_seed_gives_the_same_themes(discovery: theming.Discovery) -> None:
    again = theming.discover(ROWS, embedder=ENCODER, k=4)
    assert again.themes == discovery.themes
    assert (again.labels == discovery.labels).all()


def test_duplicates_are_counted_and_change_no_theme(discovery: theming.Discovery) -> None:
    doubled = theming.discover([*ROWS, *(row.upper() for row in ROWS)], embedder=ENCODER, k=4)
    assert sorted(theme.rows for theme in doubled.themes) == sorted(2 * theme.rows for theme in discovery.themes)
    told_apart = distinct(["Late parcel", "late  parcel", "ok"])
    assert told_apart.texts == ("late parcel",)
    assert told_apart.counts.tolist() == [2]
    assert told_apart.of_row.tolist() == [0, 0, -1]


@pytest.mark.parametrize(
    "text", ["ok", "very good", "Thanks!", "", "  ", "heel goed", "N/A", "123", "it is what it is"]
)
def test_texts_that_say_nothing_to_act_on_are_set_apart(text: str) -> None:
    assert not has_content(text.lower())
    found = theming.discover([*ROWS, text], embedder=None, k=4)
    assert found.labels[-1] == theming.NO_CONTENT
    assert found.without_content == 1


@pytest.mark.parametrize("text", ["refund", "te klein", "cancel order", "the app crashes"])
def test_short_texts_that_say_what_is_wrong_are_kept(text: str) -> None:
    assert has_content(text)


def test_few_or_empty_texts_are_no_trouble() -> None:
    nothing = theming.discover(["", "ok"], embedder=None)
    assert (nothing.themes, nothing.model, nothing.without_content) == ((), None, 2)
    assert theming.discover([], embedder=None).labels.shape == (0,)
    one = theming.discover(["my parcel is late"], embedder=ENCODER)
    assert [theme.rows for theme in one.themes] == [1]
    assert len(theming.discover(["late parcel", "small shoes"], embedder=ENCODER, k=9).themes) == 2
    assert len(theming.discover(["12 é a", "日本語 テキスト", "late"], embedder=None).themes) == 1
    with pytest.raises(ValueError, match="1 or more"):
        theming.discover(ROWS, embedder=None, k=0)


def test_new_texts_go_to_their_theme_after_the_model_was_stored(discovery: theming.Discovery) -> None:
    assert discovery.model is not None
    stored = discovery.model.with_keys([70, 71, 72, 73]).to_bytes()
    assert len(stored) < 2_000_000
    model = theming.ThemeModel.from_bytes(stored)
    assert model.keys == (70, 71, 72, 73)
    new = ["where is the parcel i ordered", "cannot log in, password wrong", "deze laarzen zijn te klein", "ok"]
    labels, confidence = theming.assign(new, model)
    topics = [TRUTH[discovery.themes[label].examples[0]] for label in labels[:3]]
    assert topics == ["parcel", "password", "maat"]
    assert labels[3] == theming.NO_CONTENT
    assert (confidence > 0.25).all()
    with pytest.raises(ValueError, match="4 keys"):
        model.with_keys([1])


def test_a_model_refuses_vectors_of_another_encoder(discovery: theming.Discovery) -> None:
    class Other:
        name = "other"
        version = "1"
        languages: frozenset[str] = frozenset()

        def encode(self, texts: object) -> theming.embedders.FloatArray:
            raise AssertionError("not asked")

    assert discovery.model is not None
    with pytest.raises(theming.EmbedderMismatch, match="use-multilingual-3"):
        theming.assign(ROWS[:2], discovery.model, Other())


def test_a_refit_continues_the_standing_themes(discovery: theming.Discovery) -> None:
    assert discovery.model is not None
    standing = discovery.model.with_keys([10, 11, 12, 13])
    more = [
        *ROWS[::-1],
        *(f"the invoice shows the wrong {what} amount" for what in ("tax", "total", "euro", "shipping")),
    ]
    again = theming.discover(more, embedder=ENCODER, k=5, standing=standing)
    for theme in again.themes:
        if theme.key is not None:
            old = discovery.themes[theme.key - 10].examples[0]
            example = theme.examples[0]
            assert example < len(ROWS)
            assert TRUTH[::-1][example] == TRUTH[old]
    assert sorted(theme.key for theme in again.themes if theme.key is not None) == [10, 11, 12, 13]


def test_matching_is_one_to_one_and_leaves_strangers_alone() -> None:
    standing = np.eye(3, dtype=np.float32)
    found = unit_rows(np.array([[0, 1, 0.1], [1, 0.9, 0], [-1, -1, -1]]))
    assert theming.matched(found, standing) == (1, 0, None)
    assert theming.matched(found, standing[:0]) == (None, None, None)


def test_cuts_of_one_tree_nest() -> None:
    points = unit_rows(np.random.default_rng(1).standard_normal((200, 20)))
    tree = Tree.grown(smoothed(points))
    fine, coarse = tree.cut(12), tree.cut(3)
    assert all(len(set(coarse[fine == group])) == 1 for group in range(12))
    parents = tree.coarser(fine, 12)
    assert parents == tuple(int(coarse[fine == group][0]) for group in range(12))


def test_more_texts_than_the_tree_takes_are_fitted_on_a_sample(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("feedback.theming.discovery.FIT_LIMIT", 120)
    found = theming.discover(ROWS, embedder=ENCODER, k=4)
    assert found.labels.min() >= 0
    assert adjusted_rand_score(TRUTH, found.labels) > 0.8
