"""What the audit trail says in the reader's language.

The trail keeps plain names, the same for every reader and for programs: an action ("accept"), the kind of thing it was
done to ("hypothesis") and the names of its facts ("points"). Here is how people call them; a name that is missing
here is shown as it is kept.
"""

from __future__ import annotations

from django import template
from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

register = template.Library()

ACTIONS: dict[str, Promise] = {
    "accept": pgettext_lazy("audit trail: what somebody did", "accepted"),
    "add market": pgettext_lazy("audit trail: what somebody did", "added"),
    "add team": pgettext_lazy("audit trail: what somebody did", "added"),
    "add_goal": pgettext_lazy("audit trail: what somebody did", "added"),
    "answer": pgettext_lazy("audit trail: what somebody did", "answered"),
    "ask": pgettext_lazy("audit trail: what somebody did", "asked something"),
    "change company": pgettext_lazy("audit trail: what somebody did", "changed"),
    "change market": pgettext_lazy("audit trail: what somebody did", "changed"),
    "change password": pgettext_lazy("audit trail: what somebody did", "changed the password"),
    "change person": pgettext_lazy("audit trail: what somebody did", "changed"),
    "change team": pgettext_lazy("audit trail: what somebody did", "changed"),
    "change_goal": pgettext_lazy("audit trail: what somebody did", "changed"),
    "choose new password": pgettext_lazy("audit trail: what somebody did", "chose a new password"),
    "close": pgettext_lazy("audit trail: what somebody did", "closed"),
    "create token": pgettext_lazy("audit trail: what somebody did", "made"),
    "decide": pgettext_lazy("audit trail: what somebody did", "decided"),
    "decline": pgettext_lazy("audit trail: what somebody did", "declined"),
    "edit": pgettext_lazy("audit trail: what somebody did", "changed"),
    "enter_results": pgettext_lazy("audit trail: what somebody did", "entered results"),
    "estimate": pgettext_lazy("audit trail: what somebody did", "estimated the effort"),
    "finish an import": pgettext_lazy("audit trail: what somebody did", "finished an import"),
    "import": pgettext_lazy("audit trail: what somebody did", "imported"),
    "invite": pgettext_lazy("audit trail: what somebody did", "invited"),
    "join": pgettext_lazy("audit trail: what somebody did", "joined"),
    "lock": pgettext_lazy("audit trail: what somebody did", "locked"),
    "make": pgettext_lazy("audit trail: what somebody did", "made"),
    "make password link": pgettext_lazy("audit trail: what somebody did", "made a password link"),
    "measure": pgettext_lazy("audit trail: what somebody did", "measured"),
    "merge": pgettext_lazy("audit trail: what somebody did", "merged"),
    "place": pgettext_lazy("audit trail: what somebody did", "moved on the board"),
    "plan": pgettext_lazy("audit trail: what somebody did", "planned"),
    "release": pgettext_lazy("audit trail: what somebody did", "put live"),
    "remove team": pgettext_lazy("audit trail: what somebody did", "removed"),
    "remove_goal": pgettext_lazy("audit trail: what somebody did", "removed"),
    "rename": pgettext_lazy("audit trail: what somebody did", "renamed"),
    "reopen": pgettext_lazy("audit trail: what somebody did", "opened again"),
    "retry": pgettext_lazy("audit trail: what somebody did", "started again"),
    "revoke token": pgettext_lazy("audit trail: what somebody did", "revoked"),
    "set up": pgettext_lazy("audit trail: what somebody did", "set up"),
    "set_up": pgettext_lazy("audit trail: what somebody did", "set up"),
    "start": pgettext_lazy("audit trail: what somebody did", "started"),
    "stop": pgettext_lazy("audit trail: what somebody did", "stopped"),
    "submit": pgettext_lazy("audit trail: what somebody did", "sent"),
    "take": pgettext_lazy("audit trail: what somebody did", "took"),
    "test": pgettext_lazy("audit trail: what somebody did", "started the test"),
    "throw_away": pgettext_lazy("audit trail: what somebody did", "threw away"),
    "try an import": pgettext_lazy("audit trail: what somebody did", "tried an import"),
    "undo": pgettext_lazy("audit trail: what somebody did", "took back"),
    "unlock": pgettext_lazy("audit trail: what somebody did", "unlocked"),
    "unplan": pgettext_lazy("audit trail: what somebody did", "took out of the sprint"),
    "update profile": pgettext_lazy("audit trail: what somebody did", "changed"),
    "withdraw invitation": pgettext_lazy("audit trail: what somebody did", "withdrew"),
    "write_playbook": pgettext_lazy("audit trail: what somebody did", "wrote the playbook"),
}

KINDS: dict[str, Promise] = {
    "apitoken": pgettext_lazy("audit trail: a kind of thing", "API token"),
    "company": pgettext_lazy("audit trail: a kind of thing", "company"),
    "experiment": pgettext_lazy("audit trail: a kind of thing", "experiment"),
    "goal": pgettext_lazy("audit trail: a kind of thing", "goal"),
    "hypothesis": pgettext_lazy("audit trail: a kind of thing", "idea"),
    "import": pgettext_lazy("audit trail: a kind of thing", "import"),
    "invitation": pgettext_lazy("audit trail: a kind of thing", "invitation"),
    "job": pgettext_lazy("audit trail: a kind of thing", "background work"),
    "market": pgettext_lazy("audit trail: a kind of thing", "market"),
    "person": pgettext_lazy("audit trail: a kind of thing", "person"),
    "release": pgettext_lazy("audit trail: a kind of thing", "change that went live"),
    "sprint": pgettext_lazy("audit trail: a kind of thing", "sprint"),
    "team": pgettext_lazy("audit trail: a kind of thing", "team"),
    "theme": pgettext_lazy("audit trail: a kind of thing", "theme"),
}

FACTS: dict[str, Promise] = {
    "bytes": pgettext_lazy("audit trail: a fact", "bytes"),
    "capacity": pgettext_lazy("audit trail: a fact", "points the team can do"),
    "changed": pgettext_lazy("audit trail: a fact", "changed"),
    "column": pgettext_lazy("audit trail: a fact", "column"),
    "currency": pgettext_lazy("audit trail: a fact", "currency"),
    "cursor": pgettext_lazy("audit trail: a fact", "stood at"),
    "decision": pgettext_lazy("audit trail: a fact", "decision"),
    "due_on": pgettext_lazy("audit trail: a fact", "due on"),
    "grade": pgettext_lazy("audit trail: a fact", "grade"),
    "into": pgettext_lazy("audit trail: a fact", "into"),
    "kind": pgettext_lazy("audit trail: a fact", "kind"),
    "markets": pgettext_lazy("audit trail: a fact", "markets"),
    "move": pgettext_lazy("audit trail: a fact", "step"),
    "new": pgettext_lazy("audit trail: a fact", "new"),
    "on": pgettext_lazy("audit trail: a fact", "on"),
    "owner": pgettext_lazy("audit trail: a fact", "owner"),
    "points": pgettext_lazy("audit trail: a fact", "points"),
    "quota": pgettext_lazy("audit trail: a fact", "quota"),
    "read": pgettext_lazy("audit trail: a fact", "read"),
    "redacted": pgettext_lazy("audit trail: a fact", "personal data removed"),
    "rejected": pgettext_lazy("audit trail: a fact", "rejected"),
    "role": pgettext_lazy("audit trail: a fact", "role"),
    "rows": pgettext_lazy("audit trail: a fact", "rows"),
    "scopes": pgettext_lazy("audit trail: a fact", "scopes"),
    "source": pgettext_lazy("audit trail: a fact", "source"),
    "target": pgettext_lazy("audit trail: a fact", "target"),
    "unchanged": pgettext_lazy("audit trail: a fact", "unchanged"),
    "verdict": pgettext_lazy("audit trail: a fact", "verdict"),
    "waived": pgettext_lazy("audit trail: a fact", "with a waiver"),
    "was": pgettext_lazy("audit trail: a fact", "was"),
    "weeks_after": pgettext_lazy("audit trail: a fact", "weeks after"),
    "zone": pgettext_lazy("audit trail: a fact", "time zone"),
}


@register.filter("audit_action")
def action(name: str) -> str:
    """What somebody did, for people."""
    return str(ACTIONS.get(name, name))


@register.filter("audit_kind")
def kind(name: str) -> str:
    """The kind of thing it was done to, for people."""
    return str(KINDS.get(name, name))


@register.filter("audit_fact")
def fact(name: str) -> str:
    """The name of one fact, for people."""
    return str(FACTS.get(name, name))
