"""What people hear about an idea, written out in the reader's language from a kind and its parameters.

Parameters of every kind: `key`, `title`, `by` (who did it), `note` (their words). Besides: `into_key`, `into_title`
(merge), `sprint` (plan), `experiment` (its key: test, decide, release), `decision` (decide), `released_on` (release,
ISO), and of measure `contacts_avoided`, `low`, `high`, `weeks`, `verdict`, `grade`.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts import formats
from hypotheses.selectors.rows import KEY_PATTERN
from outbox.messages import Rendered, Tone, renders

Parameters = dict[str, Any]


def _rendered(parameters: Parameters, title: str, *body: str, tone: Tone = "", action: str = "") -> Rendered:
    key = str(parameters.get("key", ""))
    match = KEY_PATTERN.fullmatch(key)
    return Rendered(
        title=title,
        body="\n\n".join(part for part in body if part),
        url=reverse("hypotheses:hypothesis-detail", args=[int(match.group(1))]) if match else "",
        tone=tone,
        about=key,
        action=action or _("Open the idea"),
    )


def _words(parameters: Parameters) -> dict[str, str]:
    names = ("title", "by", "note", "into_key", "into_title", "sprint", "experiment")
    found = {name: str(parameters.get(name, "") or "") for name in names}
    return found | {"by": found["by"] or _("The CRO team")}


def _quote(parameters: Parameters) -> str:
    return f"“{parameters.get('note', '')}”"


def _quoted(parameters: Parameters) -> str:
    """What the sender wrote, in quotation marks; "" when nothing was written."""
    words = _words(parameters)
    return _("%(by)s writes: “%(note)s”") % words if words["note"] else ""


@renders("hypothesis_accept")
def accepted(parameters: Parameters) -> Rendered:
    """It is on the shortlist."""
    return _rendered(
        parameters,
        _("Your idea is on the shortlist: %(title)s") % _words(parameters),
        _("%(by)s put it on the shortlist. From there it goes into a sprint, and you hear when it does.")
        % _words(parameters),
        _quoted(parameters),
    )


@renders("hypothesis_ask")
def asked(parameters: Parameters) -> Rendered:
    """Somebody wants to know more."""
    return _rendered(
        parameters,
        _("%(by)s has a question about your idea: %(title)s") % _words(parameters),
        _quote(parameters),
        _("A sentence or two is enough. Your idea waits for it."),
        tone="ask",
        action=_("Answer"),
    )


@renders("hypothesis_answer")
def answered(parameters: Parameters) -> Rendered:
    """The answer to a question, for whoever asked."""
    return _rendered(
        parameters,
        _("%(by)s answered your question about %(title)s") % _words(parameters),
        _quote(parameters),
        _("The idea is back in triage."),
    )


@renders("hypothesis_decline")
def declined(parameters: Parameters) -> Rendered:
    """Not picked, and why."""
    return _rendered(
        parameters,
        _("Your idea was not picked: %(title)s") % _words(parameters),
        _("%(by)s explains: “%(note)s”") % _words(parameters),
        _("What you saw stays with the theme. If something has changed since, send it again or ask to look once more."),
    )


@renders("hypothesis_merge")
def merged(parameters: Parameters) -> Rendered:
    """Folded into another idea, which the proposer now supports."""
    return _rendered(
        parameters,
        _("Your idea goes on together with another one: %(into_title)s") % _words(parameters),
        _("%(by)s merged yours with %(into_key)s, which says the same. You are with it now and hear what comes of it.")
        % _words(parameters),
        _quoted(parameters),
    )


@renders("hypothesis_plan")
def planned(parameters: Parameters) -> Rendered:
    """It is in a sprint."""
    return _rendered(
        parameters,
        _("Your idea is in sprint %(sprint)s: %(title)s") % _words(parameters),
        _("%(by)s planned it. Next it is built, and then tested with real customers.") % _words(parameters),
    )


@renders("hypothesis_test")
def testing(parameters: Parameters) -> Rendered:
    """Its test started."""
    return _rendered(
        parameters,
        _("The test of your idea has started: %(title)s") % _words(parameters),
        _("Some customers see the change, others do not. Early numbers mislead: we show none. You hear how it ended."),
    )


@renders("hypothesis_decide")
def decided(parameters: Parameters) -> Rendered:
    """How its test ended, with what was learned."""
    words = _words(parameters)
    titles: dict[str, tuple[str, Tone]] = {
        "won": (_("Your idea won its test: %(title)s"), "good"),
        "lost": (_("The test says no, not going live: %(title)s"), ""),
        "inconclusive": (_("No difference, not going live: %(title)s"), ""),
        "stopped": (_("The test was stopped early: %(title)s"), ""),
        "invalid": (_("The test could not be trusted: %(title)s"), ""),
    }
    title, tone = titles.get(
        str(parameters.get("decision", "")), (_("The test of your idea was decided: %(title)s"), "")
    )
    learned = _("What we learned: %(note)s") % words if words["note"] else ""
    won = _("It goes live next; then we measure whether fewer customers have to ask.") if tone else ""
    thanks = "" if tone else _("Thanks to you we know that now, and did not build it for nothing.")
    return _rendered(parameters, title % words, learned, won, thanks, tone=tone)


@renders("hypothesis_release")
def released(parameters: Parameters) -> Rendered:
    """It is live for everyone."""
    day = str(parameters.get("released_on", "") or "")
    since = _("It is live since %(day)s.") % {"day": formats.day(date.fromisoformat(day))} if day else ""
    return _rendered(
        parameters,
        _("Your idea is live: %(title)s") % _words(parameters),
        since,
        _("In the coming weeks we count whether fewer customers have to ask. You hear the number, whatever it is."),
        tone="good",
    )


@renders("hypothesis_measure")
def measured(parameters: Parameters) -> Rendered:
    """Whether fewer customers had to ask; nothing is claimed but what the measurement's verdict allows."""
    words: dict[str, Any] = _words(parameters)
    weeks = int(_number(parameters, "weeks") or 0)
    words["after"] = ngettext("after %(weeks)d week", "after %(weeks)d weeks", weeks) % {"weeks": weeks}
    verdict = str(parameters.get("verdict", ""))
    interval = [_number(parameters, name) for name in ("contacts_avoided", "low", "high")]
    if verdict == "avoided" and None not in interval:
        return _avoided(parameters, words)
    if verdict == "more_contacts" and None not in interval:
        return _more_contacts(parameters, words)
    if verdict == "no_difference":
        title = _("No difference to see in the contacts: %(title)s")
        body = _("Counted %(after)s. A fall worth having would have shown; it did not.")
        return _rendered(parameters, title % words, body % words, _between(parameters), _grade(parameters))
    texts = {
        "too_early": _("There are too few days or contacts to tell the effect from normal variation. We look again."),
        "moved": _("Fewer customers asked about this, but more asked about something close to it: no saving to claim."),
        "existing_trend": _("Contacts were falling before it went live, so the fall cannot be put down to your idea."),
    }
    otherwise = _("The numbers cannot carry a claim: what came with them would look the same without your idea.")
    early = verdict in {"too_early", ""}
    title = (
        _("Too early to say what your idea changed: %(title)s")
        if early
        else _("We cannot tell what changed: %(title)s")
    )
    body = texts.get(verdict or "too_early", otherwise)
    return _rendered(parameters, title % words, body, _between(parameters), _grade(parameters))


def _avoided(parameters: Parameters, words: dict[str, Any]) -> Rendered:
    count = _number(parameters, "contacts_avoided") or 0.0
    title = ngettext(
        "Thanks to you, %(count)s customer did not have to ask: %(title)s",
        "Thanks to you, %(count)s customers did not have to ask: %(title)s",
        round(count),
    ) % (words | {"count": formats.decimal(count)})
    body = _("Counted %(after)s, against what would have happened without the change.") % words
    return _rendered(parameters, title, body, _between(parameters), _grade(parameters), tone="good")


def _more_contacts(parameters: Parameters, words: dict[str, Any]) -> Rendered:
    low, high = (-(_number(parameters, name) or 0.0) for name in ("high", "low"))
    words |= {"count": formats.decimal(-(_number(parameters, "contacts_avoided") or 0.0))}
    words |= {"low": formats.decimal(low), "high": formats.decimal(high)}
    title = _("More customers asked than before: %(title)s") % words
    body = _("%(count)s contacts more than expected %(after)s, somewhere between %(low)s and %(high)s.") % words
    return _rendered(parameters, title, body, _("The team looks at it now."), _grade(parameters))


def _between(parameters: Parameters) -> str:
    """The interval in words; "" when there is none."""
    low, high = _number(parameters, "low"), _number(parameters, "high")
    if low is None or high is None:
        return ""
    words = {"low": formats.decimal(low), "high": formats.decimal(high)}
    return _("The true number of contacts avoided is between %(low)s and %(high)s.") % words


def _number(parameters: Parameters, name: str) -> float | None:
    value = parameters.get(name)
    return float(value) if isinstance(value, int | float) else None


def _grade(parameters: Parameters) -> str:
    grade = str(parameters.get("grade", "") or "")
    return _("How sure we are of it: grade %(grade)s, on a scale from A to D.") % {"grade": grade} if grade else ""


@renders("hypothesis_reopen")
def reopened(parameters: Parameters) -> Rendered:
    """Somebody looks at it again."""
    return _rendered(
        parameters,
        _("Your idea is looked at again: %(title)s") % _words(parameters),
        _("%(by)s opened it again.") % _words(parameters),
        _quoted(parameters),
    )
