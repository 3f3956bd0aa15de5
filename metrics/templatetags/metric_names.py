"""The registry's names in the reader's language; `metrics.formulas` itself is plain English."""

from django import template
from django.utils.translation import gettext_lazy

from metrics.formulas import Metric

register = template.Library()

NAMES = {
    "conversion_rate": gettext_lazy("Conversion rate"),
    "contacts_per_1000_orders": gettext_lazy("Contacts per 1,000 orders"),
    "complaints_per_1000_orders": gettext_lazy("Complaints per 1,000 orders"),
    "csat": gettext_lazy("Customer satisfaction (CSAT)"),
    "csat_mean": gettext_lazy("Mean satisfaction score"),
    "star": gettext_lazy("Star rating"),
    "nps": gettext_lazy("Net promoter score (NPS)"),
    "enps": gettext_lazy("Employee net promoter score (eNPS)"),
    "ces": gettext_lazy("Customer effort score (CES)"),
    "ces_agree": gettext_lazy("Customers who found it easy"),
    "ves": gettext_lazy("Value enhancement score (VES)"),
    "gcr": gettext_lazy("Goal completion rate (GCR)"),
    "frt": gettext_lazy("First response time (FRT)"),
    "asa": gettext_lazy("Average speed of answer (ASA)"),
    "art": gettext_lazy("Average response time (ART)"),
    "aht": gettext_lazy("Average handling time (AHT)"),
    "fcr": gettext_lazy("First contact resolution (FCR)"),
}
"""The registry's names in the reader's language."""


@register.filter
def name_of(metric: Metric) -> str:
    """What people call the metric."""
    return str(NAMES.get(metric.id, metric.name))
