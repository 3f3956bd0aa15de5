"""Every system by its name."""

from __future__ import annotations

from feedback.systems.appstore import APPSTORE
from feedback.systems.chatwoot import CHATWOOT
from feedback.systems.delighted import DELIGHTED
from feedback.systems.formbricks import FORMBRICKS
from feedback.systems.freshdesk import FRESHDESK
from feedback.systems.front import FRONT
from feedback.systems.ga4 import GA4
from feedback.systems.generic import GENERIC
from feedback.systems.googleplay import GOOGLEPLAY
from feedback.systems.gorgias import GORGIAS
from feedback.systems.growthbook import GROWTHBOOK
from feedback.systems.hubspot import HUBSPOT
from feedback.systems.intercom import INTERCOM
from feedback.systems.salesforce import SALESFORCE
from feedback.systems.shapes import System
from feedback.systems.shopify import SHOPIFY
from feedback.systems.trustpilot import TRUSTPILOT
from feedback.systems.typeform import TYPEFORM
from feedback.systems.woocommerce import WOOCOMMERCE
from feedback.systems.zendesk import ZENDESK

_SYSTEMS: tuple[System, ...] = (
    ZENDESK, SALESFORCE, INTERCOM, GORGIAS, FRESHDESK, CHATWOOT, HUBSPOT, FRONT,
    TYPEFORM, FORMBRICKS, DELIGHTED, TRUSTPILOT, GOOGLEPLAY, APPSTORE,
    SHOPIFY, WOOCOMMERCE, GA4,
    GROWTHBOOK,
    GENERIC,
)  # fmt: skip
BY_NAME: dict[str, System] = {system.name: system for system in _SYSTEMS}


def get(name: str) -> System | None:
    """The system with this name; None for sources of files."""
    return BY_NAME.get(name)
