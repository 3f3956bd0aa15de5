"""The Dutch catalogue: whole, in step with what is compiled, and with the same placeholders as the English."""

from __future__ import annotations

import gettext
import re
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import cast

import pytest
from django.conf import settings
from django.utils import translation

from accounts import formats
from config.catalogue import Entry, entries
from metrics import formulas
from metrics.templatetags.metric_names import NAMES as NAMES_OF_METRICS

CATALOGUE = Path(settings.BASE_DIR, "locale", "nl", "LC_MESSAGES", "django.po")
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%[sd%]|\{\w*\}")
TAG = re.compile(r"</?[a-z][^>]*>")


@pytest.fixture(scope="module")
def dutch() -> list[Entry]:
    """Every entry but the header."""
    return list(entries(CATALOGUE.read_text(encoding="utf-8")))[1:]


def test_every_string_is_translated_and_none_is_a_guess(dutch: list[Entry]) -> None:
    assert len(dutch) > 1000
    assert [entry.key for entry in dutch if not all(entry.translations)] == []
    assert [entry.key for entry in dutch if "fuzzy" in entry.flags] == []


def test_plurals_have_both_forms(dutch: list[Entry]) -> None:
    plurals = [entry for entry in dutch if "msgid_plural" in entry.parts]
    assert plurals
    assert [entry.key for entry in plurals if len(entry.translations) != 2] == []
    assert [entry.key for entry in dutch if entry not in plurals and len(entry.translations) != 1] == []


def test_translations_hold_the_placeholders_and_the_tags_of_the_english(dutch: list[Entry]) -> None:
    wrong = []
    for entry in dutch:
        english = [entry.parts["msgid"], entry.parts.get("msgid_plural", entry.parts["msgid"])]
        # A language may say the same with or without the number in the singular, so the forms go in pairs.
        for source, target in zip(english, entry.translations, strict=False):
            if _marks(source) != _marks(target):
                wrong.append((source, target))
    assert wrong == []


def _marks(text: str) -> list[str]:
    return sorted(PLACEHOLDER.findall(text) + TAG.findall(text))


def test_the_compiled_catalogue_is_the_written_one(dutch: list[Entry]) -> None:
    expected: dict[str | tuple[str, int], str] = {}
    for entry in dutch:
        context, singular, plural = entry.key
        name = f"{context}\x04{singular}" if context else singular
        if plural:
            expected |= {(name, form): text for form, text in enumerate(entry.translations)}
        else:
            expected[name] = entry.translations[0]
    with CATALOGUE.with_suffix(".mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)
    catalog = dict(cast(Mapping[str | tuple[str, int], str], vars(compiled)["_catalog"]))
    catalog.pop("")
    assert catalog == expected


def test_the_catalogue_names_no_person_and_no_machine() -> None:
    text = CATALOGUE.read_text(encoding="utf-8")
    header = text.split("\n\n", 1)[0]
    assert "@" not in header
    assert "POT-Creation-Date" not in text
    assert [line for line in text.splitlines() if line.startswith("#:")] == []


def test_every_metric_has_a_name_of_its_own_in_both_languages() -> None:
    with translation.override("en"):
        assert {key: str(name) for key, name in NAMES_OF_METRICS.items()} == {
            key: metric.name for key, metric in formulas.REGISTRY.items()
        }
    with translation.override("nl"):
        assert len({str(name) for name in NAMES_OF_METRICS.values()}) == len(formulas.REGISTRY)


def test_numbers_money_and_days_are_written_the_dutch_way() -> None:
    with translation.override("nl"):
        assert formats.decimal(4310) == "4.310"
        assert formats.decimal(10.4, 1) == "10,4"
        assert formats.signed(-3.25, 1) == "\u22123,2"
        assert formats.money(2_109_000) == "€\u00a021.090"
        assert formats.percent(61.4) == "61,4%"
        assert formats.day(date(2026, 10, 12)) == "12 okt"
        assert formats.day_range(date(2026, 10, 24), date(2026, 11, 20)) == "24 okt t/m 20 nov 2026"
        assert formats.duration(4 * 86_400) == "4 dagen"


# What a template may hold that is no words of the page: comments, translated blocks, code and keys.
NOT_PROSE = re.compile(
    r"{%\s*comment.*?endcomment\s*%}|{#.*?#}|<!.*?>|{%\s*blocktranslate.*?endblocktranslate\s*%}"
    r"|<(kbd|code|pre)\b.*?</\1>",
    re.DOTALL,
)
TEMPLATE_TAG = re.compile(r"{%.*?%}|{{.*?}}", re.DOTALL)
SPOKEN_ATTRIBUTE = re.compile(r'\b(?:aria-label|title|placeholder|alt|data-confirm)="([^"]*)"')
MARKUP = re.compile(r"<[^>]*>|&[a-z]+;")
WORD = re.compile(r"[A-Za-z]{2,}")
# Names that are the same in every language; hb_… and HYP-98 are examples of what to type.
NAMES = {"Hearback", "CSAT", "HYP", "SHA", "hb"}


@pytest.mark.parametrize(
    "path", sorted(Path(settings.BASE_DIR, "templates").rglob("*.html")), ids=lambda path: path.stem
)
def test_no_template_speaks_english_only(path: Path) -> None:
    text = TEMPLATE_TAG.sub(" ", NOT_PROSE.sub(" ", path.read_text(encoding="utf-8")))
    spoken = [*SPOKEN_ATTRIBUTE.findall(text), MARKUP.sub(" ", text)]
    assert {word for part in spoken for word in WORD.findall(part)} <= NAMES
