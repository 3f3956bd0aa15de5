"""What each system brings, how it is set up over there, and what its mapper may be told: as people read it."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Words = str | Promise


@dataclass(frozen=True)
class Setting:
    """One thing that the owner of a source can say about it; `shape` says how it is written."""

    key: str
    shape: str
    label: Words
    hint: Words = ""


@dataclass(frozen=True)
class Guide:
    """One system, for the person who connects it."""

    system: str
    brings: Words
    steps: tuple[Words, ...] = ()
    secret_is_theirs: bool = False
    """The system makes the secret and it is pasted here; else it is made here and pasted there."""
    settings: tuple[str, ...] = ()
    sends: bool = True


SETTINGS: dict[str, Setting] = {
    one.key: one
    for one in (
        Setting("markets", "pairs", _("Markets"), _("Their brand, inbox or country = our market, one a line: BE = BE")),
        Setting("teams", "pairs", _("Teams"), _("Their group or team = our name for it, one a line")),
        Setting("channels", "pairs", _("Channels"), _("Their word = ours, one a line: web = Contact form")),
        Setting("fields", "pairs", _("Own fields"), _("Our field = the key of theirs, one a line: order = 360012345")),
        Setting("reason_fields", "lines", _("Fields with a reason"), _("The key of each field that holds a reason")),
        Setting("reason_names", "pairs", _("Names of reasons"), _("Their tag or value = the path of ours, one a line")),
        Setting("strip_tags", "lines", _("Tags to leave out"), _("The beginning of each tag that is no reason")),
        Setting("complaint", "lines", _("What makes it a complaint"), _("Tags or values, one a line")),
        Setting(
            "order_pattern", "pattern", _("What an order number looks like"),
            _("A regular expression; it is looked for in the subject and the first words"),
        ),
        Setting("outbound", "check", _("Count contacts that we began, too")),
        Setting(
            "questions", "questions", _("What each question asks"),
            _(
                "Question = what it is, one a line: csat_question = csat 1 5, or tell_us = comment. "
                "Known are csat, star, nps, enps, ces, ves, gcr, score2, comment, contact, order, customer, channel, "
                "market, stage, page, language, department and ignore."
            ),
        ),
        Setting("instrument", "instrument", _("Survey"), _("Used where a response does not say which it is")),
        Setting(
            "surveys", "surveys", _("Satisfaction surveys"),
            _("Survey id = the values that it offers, one a line: 1 = -103 100 103"),
        ),
        Setting("csat_points", "text", _("Points of the satisfaction scale"), _("5 where nothing stands here")),
        Setting("orders", "check", _("Take orders and revenue from Analytics, too")),
        Setting(
            "experiments", "experiments", _("Experiments"),
            _("Their id or tracking key = ours, one a line: exp_1 = EXP-45"),
        ),
        Setting("goal", "text", _("Metric that counts conversions"), _("The first goal where nothing stands here")),
        Setting("revenue", "text", _("Metric that counts revenue")),
    )
}  # fmt: skip
_DESK = (
    "markets", "teams", "channels", "fields", "reason_fields", "reason_names", "strip_tags", "complaint",
    "order_pattern",
)  # fmt: skip
_PASTE_ADDRESS = _("Paste the address of this source as its URL.")
_PASS_ON = _("Let a flow (n8n, Make, Zapier) post what its API answers, page by page, to the address below.")
_TOKEN = _("Make a secret below. The flow does not sign: the secret stands in the address.")
_PASTE_SECRET = _("Copy the signing secret that it shows, and paste it here.")

GUIDES: dict[str, Guide] = {
    guide.system: guide
    for guide in (
        Guide(
            "zendesk",
            _("Tickets with the customer’s first words, reasons, times and satisfaction ratings."),
            (
                _("In the Admin Center open Apps and integrations, Webhooks, Create webhook."),
                _("Choose Zendesk events and take all ticket events."),
                _PASTE_ADDRESS,
                _("Request method POST, format JSON, no authentication."),
                _("Open the webhook once more, choose Reveal secret, and paste it here."),
            ),
            secret_is_theirs=True,
            settings=(*_DESK, "csat_points"),
        ),
        Guide(
            "salesforce",
            _("Cases with their reasons and times. Salesforce is asked every few minutes; it sends nothing by itself."),
            (_("Enter here what to sign in with. Over there only a user who may read cases is needed."),),
            settings=_DESK,
            sends=False,
        ),
        Guide(
            "intercom",
            _("Conversations with the customer’s first words, tags, times and ratings."),
            (
                _("In the Developer Hub open your app, Configure, Webhooks."),
                _PASTE_ADDRESS,
                _("Take the topics conversation.user.created, .closed, .rating.added, .deleted and part.redacted."),
                _("Under Basic information copy the client secret, and paste it here."),
            ),
            secret_is_theirs=True,
            settings=(*_DESK, "outbound"),
        ),
        Guide(
            "gorgias",
            _("Tickets with the customer’s first words, tags, times and satisfaction surveys."),
            (
                _("Open Settings, Integrations, HTTP, Add HTTP integration."),
                _("Trigger: ticket created, ticket updated and satisfaction survey responded; method POST, JSON."),
                _("Make a secret here. Gorgias does not sign: the secret stands in the address, which is its URL."),
            ),
            settings=(*_DESK, "outbound"),
        ),
        Guide(
            "freshdesk",
            _("Tickets with the customer’s first words, reasons, times and satisfaction ratings."),
            (
                _("Open Admin, Workflows, Automations, and add a rule for tickets that are updated."),
                _("Action: Trigger webhook, POST, JSON, advanced: {\"ticket\": {…}} with the fields you need."),
                _("Make a secret here. Freshdesk does not sign: the secret stands in the address, which is its URL."),
            ),
            settings=(*_DESK, "surveys"),
        ),
        Guide(
            "chatwoot",
            _("Conversations with the customer’s first words, labels, times and ratings."),
            (
                _("Open Settings, Integrations, Webhooks, Add new webhook."),
                _PASTE_ADDRESS,
                _("Take conversation created, updated and status changed, and message created and updated."),
                _("Paste the secret that it shows. Where it shows none, make one here: it stands in the address."),
            ),
            secret_is_theirs=True,
            settings=_DESK,
        ),
        Guide(
            "hubspot",
            _("Tickets with their words, categories and times."),
            (_PASS_ON, _("Ask for the properties subject, content and source_type, and for the contacts."), _TOKEN),
            settings=_DESK,
        ),
        Guide(
            "front",
            _("Conversations with the customer’s first words, tags and times."),
            (_PASS_ON, _("Pass conversations on, and the messages of each."), _TOKEN),
            settings=(*_DESK, "outbound"),
        ),
        Guide(
            "typeform",
            _("Answers of surveys, with the customer’s comment."),
            (
                _("Open the form, Connect, Webhooks, Add a webhook."),
                _PASTE_ADDRESS,
                _("Make a secret here, and enter it there under Secret."),
            ),
            settings=("questions", "markets"),
        ),
        Guide(
            "formbricks",
            _("Answers of surveys, with the customer’s comment."),
            (
                _("Open Configuration, Integrations, Webhooks, Add webhook."),
                _PASTE_ADDRESS,
                _("Take response created, updated and finished."),
                _PASTE_SECRET,
            ),
            secret_is_theirs=True,
            settings=("questions", "markets"),
        ),
        Guide(
            "delighted",
            _("Answers of surveys, with the customer’s comment."),
            (
                _("Open Integrations, Webhooks, and add one for survey responses."),
                _PASTE_ADDRESS,
                _("Delighted signs with your private API key: paste that key here."),
            ),
            secret_is_theirs=True,
            settings=("instrument",),
        ),
        Guide(
            "trustpilot",
            _("Service reviews: stars, title and text."),
            (
                _("In Trustpilot Business open Integrations, Webhooks."),
                _("Make a secret here. Trustpilot does not sign: the secret stands in the address, which is its URL."),
                _("Take the events for service reviews that are created, updated and deleted."),
            ),
            settings=("markets",),
        ),
        Guide(
            "googleplay",
            _("Reviews of your app that have words: stars and text. Google keeps them for a week."),
            (_PASS_ON, _TOKEN),
            settings=("markets",),
        ),
        Guide(
            "appstore",
            _("Reviews of your app: stars, title and text."),
            (_PASS_ON, _TOKEN),
            settings=("markets",),
        ),
        Guide(
            "shopify",
            _("How many orders and how much revenue a day has; nothing of an order itself."),
            (
                _("Open Settings, Notifications, Webhooks, Create webhook, for each order event: create, updated, "
                  "cancelled and delete; format JSON."),
                _PASTE_ADDRESS,
                _("Below the list there it says with which secret they are signed: paste it here."),
            ),
            secret_is_theirs=True,
            settings=("markets",),
        ),
        Guide(
            "woocommerce",
            _("How many orders and how much revenue a day has; nothing of an order itself."),
            (
                _("Open WooCommerce, Settings, Advanced, Webhooks, Add webhook: topics Order created, Order updated "
                  "and Order deleted, one webhook each."),
                _PASTE_ADDRESS,
                _("Make a secret here, and enter it there under Secret."),
            ),
            settings=("markets",),
        ),
        Guide(
            "ga4",
            _("Visits a day and country. Analytics sends nothing by itself: it is asked once an hour."),
            (_("Enter here the property and the key of a service account that may read it."),),
            settings=("markets", "orders"),
            sends=False,
        ),
        Guide(
            "growthbook",
            _("Visitors, conversions and revenue of each variant of an experiment."),
            (
                _("Open Settings, Webhooks, Event webhooks, Create webhook."),
                _PASTE_ADDRESS,
                _("Take the events of experiments."),
                _PASTE_SECRET,
            ),
            secret_is_theirs=True,
            settings=("experiments", "goal", "revenue"),
        ),
        Guide(
            "generic",
            _("Contacts, survey answers or orders of any program that can send signed JSON."),
            (
                _("Make a secret here, and give it to whoever writes the program."),
                _("Sign as Standard Webhooks says: webhook-id, webhook-timestamp, webhook-signature."),
                _("Send one real example; then say here where its fields stand."),
            ),
        ),
    )
}  # fmt: skip
