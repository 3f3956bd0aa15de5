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
    "add secret": pgettext_lazy("audit trail: what somebody did", "added a secret"),
    "add team": pgettext_lazy("audit trail: what somebody did", "added"),
    "add_goal": pgettext_lazy("audit trail: what somebody did", "added"),
    "answer": pgettext_lazy("audit trail: what somebody did", "answered"),
    "ask": pgettext_lazy("audit trail: what somebody did", "asked something"),
    "change company": pgettext_lazy("audit trail: what somebody did", "changed"),
    "change market": pgettext_lazy("audit trail: what somebody did", "changed"),
    "change password": pgettext_lazy("audit trail: what somebody did", "changed the password"),
    "change person": pgettext_lazy("audit trail: what somebody did", "changed"),
    "change stream": pgettext_lazy("audit trail: what somebody did", "changed how it is fetched"),
    "change team": pgettext_lazy("audit trail: what somebody did", "changed"),
    "change_goal": pgettext_lazy("audit trail: what somebody did", "changed"),
    "choose new password": pgettext_lazy("audit trail: what somebody did", "chose a new password"),
    "close": pgettext_lazy("audit trail: what somebody did", "closed"),
    "configure": pgettext_lazy("audit trail: what somebody did", "changed the settings"),
    "connect": pgettext_lazy("audit trail: what somebody did", "connected"),
    "create token": pgettext_lazy("audit trail: what somebody did", "made"),
    "decide": pgettext_lazy("audit trail: what somebody did", "decided"),
    "decline": pgettext_lazy("audit trail: what somebody did", "declined"),
    "disconnect": pgettext_lazy("audit trail: what somebody did", "disconnected"),
    "edit": pgettext_lazy("audit trail: what somebody did", "changed"),
    "delete old words": pgettext_lazy("audit trail: what somebody did", "deleted words past their time"),
    "enter_results": pgettext_lazy("audit trail: what somebody did", "entered results"),
    "erase a customer": pgettext_lazy("audit trail: what somebody did", "erased a customer"),
    "enter credentials": pgettext_lazy("audit trail: what somebody did", "entered a key for"),
    "estimate": pgettext_lazy("audit trail: what somebody did", "estimated the effort"),
    "fetch": pgettext_lazy("audit trail: what somebody did", "had fetched"),
    "finish an import": pgettext_lazy("audit trail: what somebody did", "finished an import"),
    "finish undoing an import": pgettext_lazy("audit trail: what somebody did", "finished undoing an import"),
    "import": pgettext_lazy("audit trail: what somebody did", "imported"),
    "invite": pgettext_lazy("audit trail: what somebody did", "invited"),
    "join": pgettext_lazy("audit trail: what somebody did", "joined"),
    "keep values": pgettext_lazy("audit trail: what somebody did", "kept new values as they are"),
    "lock": pgettext_lazy("audit trail: what somebody did", "locked"),
    "make": pgettext_lazy("audit trail: what somebody did", "made"),
    "make password link": pgettext_lazy("audit trail: what somebody did", "made a password link"),
    "map a value": pgettext_lazy("audit trail: what somebody did", "said what a value means"),
    "map again": pgettext_lazy("audit trail: what somebody did", "had everything mapped again"),
    "measure": pgettext_lazy("audit trail: what somebody did", "measured"),
    "merge": pgettext_lazy("audit trail: what somebody did", "merged"),
    "pause": pgettext_lazy("audit trail: what somebody did", "paused"),
    "place": pgettext_lazy("audit trail: what somebody did", "moved on the board"),
    "plan": pgettext_lazy("audit trail: what somebody did", "planned"),
    "release": pgettext_lazy("audit trail: what somebody did", "put live"),
    "remove credentials": pgettext_lazy("audit trail: what somebody did", "deleted the key of"),
    "remove team": pgettext_lazy("audit trail: what somebody did", "removed"),
    "remove_goal": pgettext_lazy("audit trail: what somebody did", "removed"),
    "rename": pgettext_lazy("audit trail: what somebody did", "renamed"),
    "reopen": pgettext_lazy("audit trail: what somebody did", "opened again"),
    "resume": pgettext_lazy("audit trail: what somebody did", "let go on"),
    "retire secret": pgettext_lazy("audit trail: what somebody did", "retired a secret"),
    "replace credentials": pgettext_lazy("audit trail: what somebody did", "replaced the key of"),
    "retry": pgettext_lazy("audit trail: what somebody did", "started again"),
    "revoke token": pgettext_lazy("audit trail: what somebody did", "revoked"),
    "set up": pgettext_lazy("audit trail: what somebody did", "set up"),
    "set_up": pgettext_lazy("audit trail: what somebody did", "set up"),
    "start": pgettext_lazy("audit trail: what somebody did", "started"),
    "stop": pgettext_lazy("audit trail: what somebody did", "stopped"),
    "submit": pgettext_lazy("audit trail: what somebody did", "sent"),
    "take back a mapping": pgettext_lazy("audit trail: what somebody did", "took back what a value means"),
    "take": pgettext_lazy("audit trail: what somebody did", "took"),
    "test": pgettext_lazy("audit trail: what somebody did", "started the test"),
    "sweep drafts": pgettext_lazy("audit trail: what somebody did", "deleted uploads that were never imported"),
    "throw_away": pgettext_lazy("audit trail: what somebody did", "threw away"),
    "try an import": pgettext_lazy("audit trail: what somebody did", "tried an import"),
    "undo": pgettext_lazy("audit trail: what somebody did", "took back"),
    "undo an import": pgettext_lazy("audit trail: what somebody did", "undid an import"),
    "unlock": pgettext_lazy("audit trail: what somebody did", "unlocked"),
    "unplan": pgettext_lazy("audit trail: what somebody did", "took out of the sprint"),
    "update profile": pgettext_lazy("audit trail: what somebody did", "changed"),
    "withdraw invitation": pgettext_lazy("audit trail: what somebody did", "withdrew"),
    "write_playbook": pgettext_lazy("audit trail: what somebody did", "wrote the playbook"),
}

KINDS: dict[str, Promise] = {
    "apitoken": pgettext_lazy("audit trail: a kind of thing", "API token"),
    "company": pgettext_lazy("audit trail: a kind of thing", "company"),
    "customer": pgettext_lazy("audit trail: a kind of thing", "customer"),
    "experiment": pgettext_lazy("audit trail: a kind of thing", "experiment"),
    "goal": pgettext_lazy("audit trail: a kind of thing", "goal"),
    "hypothesis": pgettext_lazy("audit trail: a kind of thing", "idea"),
    "import": pgettext_lazy("audit trail: a kind of thing", "import"),
    "invitation": pgettext_lazy("audit trail: a kind of thing", "invitation"),
    "job": pgettext_lazy("audit trail: a kind of thing", "background work"),
    "market": pgettext_lazy("audit trail: a kind of thing", "market"),
    "person": pgettext_lazy("audit trail: a kind of thing", "person"),
    "release": pgettext_lazy("audit trail: a kind of thing", "change that went live"),
    "source": pgettext_lazy("audit trail: a kind of thing", "source"),
    "sprint": pgettext_lazy("audit trail: a kind of thing", "sprint"),
    "team": pgettext_lazy("audit trail: a kind of thing", "team"),
    "theme": pgettext_lazy("audit trail: a kind of thing", "theme"),
    "valuemapping": pgettext_lazy("audit trail: a kind of thing", "value"),
}

FACTS: dict[str, Promise] = {
    "before": pgettext_lazy("audit trail: a fact", "before this day"),
    "bytes": pgettext_lazy("audit trail: a fact", "bytes"),
    "capacity": pgettext_lazy("audit trail: a fact", "points the team can do"),
    "changed": pgettext_lazy("audit trail: a fact", "changed"),
    "column": pgettext_lazy("audit trail: a fact", "column"),
    "contacts": pgettext_lazy("audit trail: a fact", "contacts"),
    "count": pgettext_lazy("audit trail: a fact", "how many"),
    "currency": pgettext_lazy("audit trail: a fact", "currency"),
    "cursor": pgettext_lazy("audit trail: a fact", "stood at"),
    "decision": pgettext_lazy("audit trail: a fact", "decision"),
    "deliveries": pgettext_lazy("audit trail: a fact", "deliveries"),
    "dimension": pgettext_lazy("audit trail: a fact", "what kind of value"),
    "drafts": pgettext_lazy("audit trail: a fact", "waiting uploads"),
    "due_on": pgettext_lazy("audit trail: a fact", "due on"),
    "every_minutes": pgettext_lazy("audit trail: a fact", "every so many minutes"),
    "grade": pgettext_lazy("audit trail: a fact", "grade"),
    "into": pgettext_lazy("audit trail: a fact", "into"),
    "is_active": pgettext_lazy("audit trail: a fact", "switched on"),
    "kept": pgettext_lazy("audit trail: a fact", "stayed"),
    "kind": pgettext_lazy("audit trail: a fact", "kind"),
    "markets": pgettext_lazy("audit trail: a fact", "markets"),
    "move": pgettext_lazy("audit trail: a fact", "step"),
    "new": pgettext_lazy("audit trail: a fact", "new"),
    "on": pgettext_lazy("audit trail: a fact", "on"),
    "owner": pgettext_lazy("audit trail: a fact", "owner"),
    "parts": pgettext_lazy("audit trail: a fact", "parts"),
    "points": pgettext_lazy("audit trail: a fact", "points"),
    "quota": pgettext_lazy("audit trail: a fact", "quota"),
    "raw_records": pgettext_lazy("audit trail: a fact", "raw records"),
    "read": pgettext_lazy("audit trail: a fact", "read"),
    "records": pgettext_lazy("audit trail: a fact", "records"),
    "redacted": pgettext_lazy("audit trail: a fact", "personal data removed"),
    "rejected": pgettext_lazy("audit trail: a fact", "rejected"),
    "removed": pgettext_lazy("audit trail: a fact", "taken out"),
    "responses": pgettext_lazy("audit trail: a fact", "survey responses"),
    "restored": pgettext_lazy("audit trail: a fact", "as before again"),
    "role": pgettext_lazy("audit trail: a fact", "role"),
    "rows": pgettext_lazy("audit trail: a fact", "rows"),
    "scopes": pgettext_lazy("audit trail: a fact", "scopes"),
    "source": pgettext_lazy("audit trail: a fact", "source"),
    "stream": pgettext_lazy("audit trail: a fact", "stream"),
    "system": pgettext_lazy("audit trail: a fact", "system"),
    "target": pgettext_lazy("audit trail: a fact", "target"),
    "to": pgettext_lazy("audit trail: a fact", "to"),
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
