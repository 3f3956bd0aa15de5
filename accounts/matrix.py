"""The one permission matrix: every address of the product, and who may come through its door.

How to add an address: append one line to `DOORS` under your floor's heading, from the URL's full
name ("hypotheses:triage") to one of the rules below. `accounts.middleware.GuardDoors` refuses an
address that has no line here with the same 403 as a role that is not allowed, and
`tests/architecture/test_matrix.py` walks every URL of the resolver × every role, so a forgotten line
fails the suite.

* `PUBLIC`: no sign-in needed.
* a group of roles (`EVERYONE`, `PROPOSERS`, `TRIAGE`, `CRO`, `LEADS`, `CURATORS`, `IMPORTERS`, `GOALS`,
  `ADMINS`): signed-in people of these roles; nobody else, and nobody anonymous.
* `scopes(read=…, write=…)`: programs with an API token that has the scope; `read` is asked for
  GET, HEAD and OPTIONS, `write` for everything else. A method without a scope is refused.

The matrix says who may *come in*. Whether this person may do this to this object ("only the
proposer may take it back") stays with the service and its `may_…` in `<app>/permissions.py`.
"""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import Role

# What an API token may be allowed to do; the only list.
SCOPES: dict[str, str | Promise] = {
    "feedback:read": _("read contacts and survey responses"),
    "feedback:write": _("write contacts, survey responses and commerce"),
    "metrics:read": _("read themes and KPIs"),
    "hypotheses:read": _("read hypotheses and sprints"),
    "hypotheses:write": _("propose and move hypotheses"),
    "experiments:read": _("read experiments"),
    "experiments:write": _("write experiment results and releases"),
}


# In place of a scope: a token is enough, whatever it may do.
ANY = "any"


@dataclass(frozen=True)
class Public:
    """Anybody, signed in or not."""


@dataclass(frozen=True)
class People:
    """Signed-in people with one of these roles."""

    roles: frozenset[Role]


@dataclass(frozen=True)
class Scopes:
    """Programs whose token has the scope; an empty scope refuses those methods."""

    read: str = ""
    write: str = ""

    def wanted(self, method: str) -> str:
        """The scope that a request with this method needs; "" when the method is for nobody."""
        return self.read if method in {"GET", "HEAD", "OPTIONS"} else self.write


Rule = Public | People | Scopes


def people(*roles: Role) -> People:
    """A group of roles."""
    return People(frozenset(roles))


def scopes(*, read: str = "", write: str = "") -> Scopes:
    """An address of the API; raises KeyError for a scope that does not exist."""
    for scope in {read, write} - {"", ANY}:
        SCOPES[scope]
    return Scopes(read=read, write=write)


PUBLIC = Public()
# Reads: every number is open to both teams. API clients have no pages.
EVERYONE = people(*(role for role in Role if role is not Role.API_CLIENT))
# Anyone, wherever they work, may bring an idea.
PROPOSERS = EVERYONE
# Answer ideas: accept, ask, decline, merge.
TRIAGE = people(Role.CRO_LEAD, Role.LINKING_PIN)
# Move cards on the board, keep experiments and their results.
CRO = people(Role.CRO_MEMBER, Role.CRO_LEAD)
# Start a sprint, sign a waiver, decide, release.
LEADS = people(Role.CRO_LEAD)
# Curate themes.
CURATORS = people(Role.LINKING_PIN)
# Take a theme on.
OWNERS = people(Role.LINKING_PIN, Role.CRO_LEAD, Role.CRO_MEMBER, Role.MANAGER)
# Bring data in.
IMPORTERS = people(Role.LINKING_PIN, Role.ADMINISTRATOR)
# Keep the shared goals.
GOALS = people(Role.LINKING_PIN, Role.MANAGER)
# Company, people, tokens, audit trail.
ADMINS = people(Role.ADMINISTRATOR)

DOORS: dict[str, Rule] = {
    # ── accounts ──────────────────────────────────────────────────────────────
    "accounts:sign-in": PUBLIC,
    "accounts:sign-out": PUBLIC,
    "accounts:language": PUBLIC,
    "accounts:not-set-up": PUBLIC,
    "accounts:set-up": PUBLIC,
    "accounts:join": PUBLIC,
    "accounts:new-password": PUBLIC,
    "accounts:profile": EVERYONE,
    "accounts:password-change": EVERYONE,
    "accounts:settings": ADMINS,
    "accounts:person-edit": ADMINS,
    "accounts:password-link": ADMINS,
    "accounts:invitation-list": ADMINS,
    "accounts:invitation-withdraw": ADMINS,
    "accounts:token-list": ADMINS,
    "accounts:token-revoke": ADMINS,
    "accounts:company-edit": ADMINS,
    "accounts:market-list": ADMINS,
    "accounts:market-edit": ADMINS,
    "accounts:team-list": ADMINS,
    "accounts:team-edit": ADMINS,
    "accounts:team-remove": ADMINS,
    "accounts:audit-list": ADMINS,
    # ── outbox ────────────────────────────────────────────────────────────────
    "outbox:inbox": EVERYONE,
    "outbox:message": EVERYONE,
    "outbox:message-read": EVERYONE,
    "outbox:job-list": EVERYONE,
    "outbox:job-detail": EVERYONE,
    "outbox:job-progress": EVERYONE,
    "outbox:job-retry": EVERYONE,
    "outbox:job-stop": EVERYONE,
    "outbox:healthz": PUBLIC,
    "outbox:readyz": PUBLIC,
    # Answers only this machine or a token of its own (outbox.views.health).
    "outbox:metrics": PUBLIC,
    "outbox_api:job-detail": scopes(read=ANY),
    # ── metrics ───────────────────────────────────────────────────────────────
    # ── feedback ──────────────────────────────────────────────────────────────
    # Signed by the system that calls; checked on its bytes (feedback.services.receiving).
    "feedback:hook": PUBLIC,
    "feedback:contact-list": EVERYONE,
    "feedback:contact-detail": EVERYONE,
    "feedback:contact-export": EVERYONE,
    "feedback:data-health": IMPORTERS,
    "feedback:privacy": IMPORTERS,
    "feedback:customer-erase": IMPORTERS,
    "feedback:value-list": IMPORTERS,
    "feedback:value-take-back": IMPORTERS,
    "feedback:source-new": IMPORTERS,
    "feedback:source-detail": IMPORTERS,
    "feedback:source-secret": IMPORTERS,
    "feedback:source-secret-retire": IMPORTERS,
    "feedback:source-act": IMPORTERS,
    "feedback:source-settings": IMPORTERS,
    "feedback:source-map": IMPORTERS,
    "feedback:source-delete": IMPORTERS,
    "feedback:record-list": IMPORTERS,
    "feedback:record-detail": IMPORTERS,
    "feedback:connection-edit": IMPORTERS,
    "feedback:connection-act": IMPORTERS,
    "feedback:stream-edit": IMPORTERS,
    "feedback:import-list": IMPORTERS,
    "feedback:import-map": IMPORTERS,
    "feedback:import-detail": IMPORTERS,
    "feedback:import-rejects": IMPORTERS,
    "feedback:import-discard": IMPORTERS,
    "feedback:import-undo": IMPORTERS,
    "feedback:import-stays": IMPORTERS,
    "feedback_api:contact-list": scopes(read="feedback:read", write="feedback:write"),
    "feedback_api:response-list": scopes(read="feedback:read", write="feedback:write"),
    "feedback_api:commerce-batch": scopes(write="feedback:write"),
    # ── hypotheses ────────────────────────────────────────────────────────────
    "hypotheses:hypothesis-new": PROPOSERS,
    "hypotheses:hypothesis-find": PROPOSERS,
    "hypotheses:draft-save": PROPOSERS,
    "hypotheses:draft-edit": PROPOSERS,
    "hypotheses:draft-delete": PROPOSERS,
    "hypotheses:hypothesis-detail": EVERYONE,
    # The proposer answers here too; who may make which move is hypotheses.states.MOVES.
    "hypotheses:hypothesis-move": EVERYONE,
    "hypotheses:hypothesis-undo": EVERYONE,
    "hypotheses:hypothesis-join": PROPOSERS,
    "hypotheses:hypothesis-effort": CRO,
    "hypotheses:triage": EVERYONE,
    "hypotheses:backlog": EVERYONE,
    "hypotheses:sprint-list": EVERYONE,
    "hypotheses:sprint-new": CRO,
    "hypotheses:sprint-edit": CRO,
    "hypotheses:sprint-board": EVERYONE,
    "hypotheses:sprint-plan": EVERYONE,
    "hypotheses:sprint-move": CRO,
    "hypotheses:sprint-start": LEADS,
    "hypotheses:sprint-close": LEADS,
    "hypotheses_api:hypothesis-list": scopes(read="hypotheses:read", write="hypotheses:write"),
    "hypotheses_api:hypothesis-detail": scopes(read="hypotheses:read"),
    "hypotheses_api:hypothesis-move": scopes(write="hypotheses:write"),
    "hypotheses_api:sprint-list": scopes(read="hypotheses:read"),
    # ── experiments ───────────────────────────────────────────────────────────
    "experiments:experiment-list": EVERYONE,
    "experiments:experiment-new": CRO,
    "experiments:card-facts": EVERYONE,
    "experiments:experiment-detail": EVERYONE,
    "experiments:start": CRO,
    "experiments:results": CRO,
    "experiments:decide": LEADS,
    "experiments:release": LEADS,
    "experiments:measure": CRO,
    "experiments_api:experiment-list": scopes(read="experiments:read"),
    "experiments_api:experiment-detail": scopes(read="experiments:read"),
    "experiments_api:experiment-results": scopes(write="experiments:write"),
    "experiments_api:release-list": scopes(write="experiments:write"),
    # ── collaboration ─────────────────────────────────────────────────────────
    "collaboration:goal-list": GOALS,
    "collaboration:goal-edit": GOALS,
    "collaboration:goal-remove": GOALS,
    # ── dashboards ────────────────────────────────────────────────────────────
    "dashboards:loop": EVERYONE,
    "dashboards:my-ideas": EVERYONE,
    "dashboards:kpi-page": EVERYONE,
    "dashboards:result-list": EVERYONE,
    "dashboards:theme-list": EVERYONE,
    "dashboards:theme-export": EVERYONE,
    "dashboards:theme-detail": EVERYONE,
    "dashboards:theme-edit": CURATORS,
    "dashboards:theme-merge": CURATORS,
    "dashboards:theme-take": OWNERS,
    "dashboards_api:theme-list": scopes(read="metrics:read"),
    "dashboards_api:theme-detail": scopes(read="metrics:read"),
    "dashboards_api:metric-list": scopes(read="metrics:read"),
    # ── config ────────────────────────────────────────────────────────────────
    # The source is public, so is the description that tools read.
    "api-schema": PUBLIC,
    "api-docs": EVERYONE,
    "favicon": PUBLIC,
}


def refusal(rule: People) -> str:
    """The sentence for someone whose role is not in the group."""
    names = ", ".join(str(role.label) for role in Role if role in rule.roles)
    return _("This page is for other roles: %(roles)s. Ask an administrator if you need it.") % {"roles": names}
