"""How rows become cells: the SQL that this floor hands to `metrics`. Each statement counts the days of `{days}`.

Both databases run the same text. NULL dimensions count as 0 ("not known"). Durations follow the
definitions of `metrics.formulas`: handling and waiting time of contacts that were handled (not
abandoned), first response over resolved tickets, replies over answered customer turns.
"""

from __future__ import annotations

from metrics.models import Kind

_HANDLED = "(c.abandoned IS NULL OR NOT c.abandoned)"
_RESOLVED = "c.resolved_at IS NOT NULL AND c.first_response_seconds IS NOT NULL"
_DIMENSIONS = "COALESCE(c.market_id, 0), COALESCE(c.channel_id, 0), COALESCE(c.stage_id, 0)"


def _duration(condition: str, column: str) -> str:
    """Count, sum and sum of squares of a column where the condition holds."""
    return (
        f"SUM(CASE WHEN {condition} AND {column} IS NOT NULL THEN 1 ELSE 0 END), "
        f"COALESCE(SUM(CASE WHEN {condition} THEN {column} END), 0), "
        f"COALESCE(SUM(CASE WHEN {condition} THEN {column} * {column} END), 0)"
    )


def _says_why(row: str) -> str:
    """Whether a contact has a reason. Not EXISTS: PostgreSQL would read all tags for the contacts of one day."""
    return f"(SELECT 1 FROM feedback_reasontag r WHERE r.contact_id = {row}.id LIMIT 1) IS NOT NULL"  # noqa: S608


_CONTACT_COLUMNS = (
    "contacts, complaints, with_reason, handle_n, handle_sum, handle_sumsq, wait_n, wait_sum, wait_sumsq, "
    "first_n, first_sum, first_sumsq, reply_n, reply_sum, reply_sumsq, fcr_known, fcr_yes"
)
_CONTACT_VALUES = f"""
    COUNT(*),
    SUM(CASE WHEN c.is_complaint THEN 1 ELSE 0 END),
    SUM(CASE WHEN {_says_why("c")} THEN 1 ELSE 0 END),
    {_duration(_HANDLED, "c.handle_seconds")},
    {_duration(_HANDLED, "c.wait_seconds")},
    {_duration(_RESOLVED, "c.first_response_seconds")},
    COALESCE(SUM(CASE WHEN c.reply_count > 0 THEN c.reply_count END), 0),
    COALESCE(SUM(CASE WHEN c.reply_count > 0 THEN c.reply_seconds END), 0),
    COALESCE(SUM(CASE WHEN c.reply_count > 0 THEN c.reply_squares END), 0),
    SUM(CASE WHEN c.resolved_first_contact IS NOT NULL THEN 1 ELSE 0 END),
    SUM(CASE WHEN c.resolved_first_contact THEN 1 ELSE 0 END)
"""


def _contacts(theme: str, join: str) -> str:
    group = "c.local_day, COALESCE(c.market_id, 0), COALESCE(c.channel_id, 0), COALESCE(c.stage_id, 0)"
    return f"""
INSERT INTO metrics_contactcell (day, theme, market, channel, stage, {_CONTACT_COLUMNS})
SELECT c.local_day, {theme}, {_DIMENSIONS}, {_CONTACT_VALUES}
FROM feedback_contact c {join}
WHERE c.local_day IN ({{days}})
GROUP BY {group}{"" if theme == "0" else f", {theme}"}"""  # noqa: S608 - no outside text


# A 4 or 5 satisfies, a 5 to 7 agrees, a 1 is a yes; NPS classes are 9–10 and 0–6.
_SURVEY_VALUES = """
    COUNT(*),
    COUNT(s.standard_score),
    SUM(CASE WHEN (s.instrument = 'csat' AND s.standard_score >= 4) OR (s.instrument = 'ces' AND s.standard_score >= 5)
              OR (s.instrument = 'gcr' AND s.standard_score >= 1) THEN 1 ELSE 0 END),
    SUM(CASE WHEN s.instrument IN ('nps', 'enps') AND s.standard_score >= 9 THEN 1 ELSE 0 END),
    SUM(CASE WHEN s.instrument IN ('nps', 'enps') AND s.standard_score <= 6 THEN 1 ELSE 0 END),
    COALESCE(SUM(s.standard_score), 0),
    COALESCE(SUM(s.standard_score * s.standard_score), 0)
"""


def _surveys(theme: str, join: str) -> str:
    dimensions = "COALESCE(s.market_id, 0), COALESCE(s.channel_id, 0), COALESCE(s.stage_id, 0)"
    return f"""
INSERT INTO metrics_surveycell
    (day, instrument, theme, market, channel, stage, invited, n, hits, promoters, detractors, total, total_sq)
SELECT s.local_day, s.instrument, {theme}, {dimensions}, {_SURVEY_VALUES}
FROM feedback_surveyresponse s {join}
WHERE s.local_day IN ({{days}})
GROUP BY s.local_day, s.instrument, {dimensions}{"" if theme == "0" else f", {theme}"}"""  # noqa: S608


_COMMERCE = """
INSERT INTO metrics_commercecell (day, market, device, sessions, orders, checkouts, revenue_cents)
SELECT d.day, COALESCE(d.market_id, 0), COALESCE(d.device_id, 0),
    COALESCE(SUM(d.sessions), 0), COALESCE(SUM(d.orders), 0), COALESCE(SUM(d.checkouts), 0),
    COALESCE(SUM(d.revenue_cents), 0)
FROM feedback_commerceday d
WHERE d.day IN ({days})
GROUP BY d.day, COALESCE(d.market_id, 0), COALESCE(d.device_id, 0)"""

_CONTACT_SAYS = "(SELECT 1 FROM feedback_contacttext w WHERE w.contact_id = x.id AND w.text <> '' LIMIT 1) IS NOT NULL"
_RESPONSE_SAYS = "(SELECT 1 FROM feedback_surveytext w WHERE w.response_id = x.id LIMIT 1) IS NOT NULL"


def _by_source(kind: Kind, table: str, day: str, with_reason: str, with_text: str) -> str:
    return f"""
INSERT INTO metrics_sourcecell (kind, source, day, rows, with_reason, with_text)
SELECT '{kind.value}', x.source_id, x.{day}, COUNT(*),
    SUM(CASE WHEN {with_reason} THEN 1 ELSE 0 END), SUM(CASE WHEN {with_text} THEN 1 ELSE 0 END)
FROM {table} x WHERE x.{day} IN ({{days}}) GROUP BY x.source_id, x.{day}"""  # noqa: S608 - no outside text


STATEMENTS: dict[Kind, tuple[str, ...]] = {
    Kind.CONTACTS: (
        _contacts("0", ""),
        _contacts("t.theme_id", "JOIN feedback_contacttheme t ON t.contact_id = c.id"),
        _by_source(Kind.CONTACTS, "feedback_contact", "local_day", _says_why("x"), _CONTACT_SAYS),
    ),
    Kind.SURVEYS: (
        _surveys("0", ""),
        _surveys("t.theme_id", "JOIN feedback_surveytheme t ON t.response_id = s.id"),
        _by_source(Kind.SURVEYS, "feedback_surveyresponse", "local_day", "1 = 0", _RESPONSE_SAYS),
    ),
    Kind.COMMERCE: (_COMMERCE, _by_source(Kind.COMMERCE, "feedback_commerceday", "day", "1 = 0", "1 = 0")),
}
"""Per kind: all rows once, then each theme's rows, then how many each source has."""
