"""What the fields of an import are called on screen, by kind of file."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

NAMES: dict[str, str | Promise] = {
    "external_id": _("Number (id)"),
    "occurred_at": _("Date and time"),
    "channel": _("Channel"),
    "reason": _("Reason"),
    "subject": _("Subject"),
    "text": _("Customer’s words"),
    "language": _("Language"),
    "market": _("Market"),
    "location": _("Location"),
    "stage": _("Stage of the journey"),
    "page": _("Page"),
    "customer": _("Customer"),
    "customer_name": _("Name of the customer"),
    "order": _("Order number"),
    "handle_seconds": _("Handling time"),
    "talk_seconds": _("Talking time"),
    "hold_seconds": _("Time on hold"),
    "wrapup_seconds": _("Follow-up time"),
    "wait_seconds": _("Waiting time"),
    "abandoned": _("Hung up before an answer"),
    "first_response_seconds": _("First response time"),
    "reply_seconds": _("Reply times"),
    "resolved_first_contact": _("Solved at first contact"),
    "resolved_at": _("Solved on"),
    "is_complaint": _("Is a complaint"),
    "agent": _("Agent"),
    "team": _("Team"),
    "product": _("Product"),
    "experiment": _("Experiment"),
    "variant": _("Variant"),
    "invited_at": _("Invited on"),
    "responded_at": _("Answered on"),
    "instrument": _("Survey (CSAT, NPS …)"),
    "score": _("Score"),
    "score2": _("Second score"),
    "scale_min": _("Lowest score possible"),
    "scale_max": _("Highest score possible"),
    "comment": _("Comment"),
    "contact": _("Number of the contact"),
    "department": _("Department"),
    "date": _("Day"),
    "sessions": _("Visits"),
    "orders": _("Orders"),
    "revenue": _("Revenue"),
    "checkouts": _("Checkouts begun"),
    "device": _("Device"),
    "detail": _("What the row is about"),
    "visitors": _("Visitors"),
    "conversions": _("Conversions"),
    "revenue_sum": _("Sum of revenue"),
    "revenue_sumsq": _("Sum of squared revenue"),
    "contacts": _("Contacts"),
}
# What happens on the way in.
TREATMENTS: dict[str, str | Promise] = {
    "text": _("Personal data removed"),
    "comment": _("Personal data removed"),
    "subject": _("Personal data removed"),
    "customer": _("Kept as a code"),
    "customer_name": _("Taken out of the words, not stored"),
    "detail": _("Only tells the rows of a day apart"),
    "order": _("Kept as a code"),
    "agent": _("Kept as a code"),
    "reason": _("Split at > and ::"),
    "page": _("Without what follows ? and #"),
}


def name(field: str) -> str:
    """The field on screen."""
    return str(NAMES.get(field, field))
