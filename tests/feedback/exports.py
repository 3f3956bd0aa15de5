"""Files of our own making in the shape that other systems export."""

from datetime import date, datetime, timedelta

_SUBJECTS = ("Where is my parcel", "No return label in the box", "Payment failed at the last step", "Gift card balance")
_TAGS = (
    "delivery_late",
    "return_label intent_confidence__high",
    "payment_failed language_nl",
    "gift_card closed_by_merge",
)


def zendesk_view(rows: int = 80, first: str = "2026-03-02 09:00") -> bytes:
    """A view of tickets as CSV: quoted, times without a zone, the headings of the columns of the view."""
    headings = (
        "Id", "Subject", "Requester", "Requester email", "Requested", "Group", "Assignee", "Tags", "Satisfaction score",
        "Status", "Channel", "First reply time in minutes", "Solved",
    )  # fmt: skip
    lines = [headings]
    for at in range(rows):
        asked = datetime.fromisoformat(first) + timedelta(hours=2 * at)
        lines.append(
            (
                str(40_000 + at), f"{_SUBJECTS[at % 4]} {at}, Jan de Vries asks", "Jan de Vries",
                f"jan{at % 30}@example.com", f"{asked:%Y-%m-%d %H:%M}", "Support NL", "Sanne de Wit", _TAGS[at % 4],
                ("Good", "Bad", "Offered", "Unoffered")[at % 4], "Solved", ("Mail", "Web form", "Chat")[at % 3],
                str(at % 40), f"{asked + timedelta(hours=4):%Y-%m-%d %H:%M}",
            )
        )  # fmt: skip
    return "\r\n".join(",".join(f'"{cell}"' for cell in line) for line in lines).encode()


def analytics_pages(
    *, days: int = 14, first: date = date(2026, 3, 2), with_date: bool = True, preamble: str = ""
) -> bytes:
    """Pages of Google Analytics: comments above the headings, and a row of totals with a cell too many."""
    last = first + timedelta(days=days - 1)
    span = preamble or f"{first:%Y%m%d}-{last:%Y%m%d}"
    rule = "# " + "-" * 40
    head = "Page path and screen class,Sessions,Transactions,Purchase revenue"
    total = f",{days * 600},{days * 30},{days * 1500}.5,Grand total"
    lines = [rule, "# Pages", "# Free form 1", f"# {span}", rule, "", f"Date,{head}" if with_date else head]
    lines.append(f",{total}" if with_date else total)
    for at in range(days):
        day = first + timedelta(days=at)
        for page, sessions, orders in (("/", 300, 5), ("/checkout", 200, 20), ("/returns", 100, 5)):
            cells = f"{page},{sessions},{orders},{orders * 50}.25"
            lines.append(f"{day:%Y%m%d},{cells}" if with_date else cells)
        if not with_date:
            break
    return "\n".join(lines).encode()
