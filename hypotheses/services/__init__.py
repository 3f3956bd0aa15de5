"""The verbs of this floor: every write to hypotheses and sprints."""

from hypotheses.services.evidence import freeze_quote, freeze_theme, score_chances
from hypotheses.services.moves import (
    Refusal,
    accept,
    answer,
    ask,
    begin_test,
    decide,
    decline,
    measure,
    merge,
    plan,
    release,
    reopen,
    undo,
    unplan,
)
from hypotheses.services.proposals import join, propose, save_draft, set_effort, throw_away
from hypotheses.services.sprints import below_quota, close_sprint, edit_sprint, make_sprint, place, start_sprint

__all__ = [
    "Refusal",
    "accept",
    "answer",
    "ask",
    "begin_test",
    "below_quota",
    "close_sprint",
    "decide",
    "decline",
    "edit_sprint",
    "freeze_quote",
    "freeze_theme",
    "join",
    "make_sprint",
    "measure",
    "merge",
    "place",
    "plan",
    "propose",
    "release",
    "reopen",
    "save_draft",
    "score_chances",
    "set_effort",
    "start_sprint",
    "throw_away",
    "undo",
    "unplan",
]
