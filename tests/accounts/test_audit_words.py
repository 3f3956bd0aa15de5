"""The audit trail's plain names have words for people, whoever wrote them."""

import ast
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.utils import translation

from accounts.templatetags import audit_words
from hypotheses.states import MOVES

APPS = ("accounts", "outbox", "feedback", "hypotheses", "experiments", "collaboration", "dashboards")


def _calls() -> Iterator[ast.Call]:
    """Every call of `record(…)` in the apps."""
    for app in APPS:
        for path in sorted(Path(settings.BASE_DIR, app).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("record"):
                    yield node


def _written(call: ast.Call, name: str) -> list[str]:
    """The texts that an argument of this call can be, and the keys if it is a dict."""
    found = [argument.value for argument in call.keywords if argument.arg == name]
    keys = [key for node in found if isinstance(node, ast.Dict) for key in node.keys]
    either = [part for node in found if isinstance(node, ast.IfExp) for part in (node.body, node.orelse)]
    texts = [*found, *either, *keys]
    return [node.value for node in texts if isinstance(node, ast.Constant) and isinstance(node.value, str)]


def test_every_action_that_is_recorded_has_words() -> None:
    recorded = {action for call in _calls() for action in _written(call, "action")}
    assert {"import", "invite", "unlock"} <= recorded
    assert recorded | {rule.name for rule in MOVES} <= audit_words.ACTIONS.keys()


def test_every_fact_that_is_recorded_has_words() -> None:
    recorded = {fact for call in _calls() for fact in _written(call, "details")}
    assert "points" in recorded
    assert recorded <= audit_words.FACTS.keys()


def test_words_are_in_the_readers_language_and_a_new_name_stays_readable() -> None:
    with translation.override("nl"):
        assert audit_words.action("accept") == "accepteerde"
        assert audit_words.kind("hypothesis") == "idee"
        assert audit_words.fact("points") == "punten"
        assert audit_words.action("dance") == "dance"
