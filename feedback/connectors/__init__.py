"""How systems are asked for what happened since: addresses, pages, cursors, limits. Pure.

A connector is one `Connector`: what a person enters, how a page of each stream is fetched, and how often may be
asked. It gets a conversation (`Asking`) and says what to ask; connections, patience and storing are done once for
all of them, in `outbox.fetching` and `feedback.services.pulling`. Objects become records in `feedback.systems`.
"""

from __future__ import annotations

from feedback.connectors import freshdesk, ga4, gorgias, growthbook, intercom, salesforce, shopify, woocommerce, zendesk
from feedback.connectors.shapes import Connector

__all__ = ["BY_NAME", "Connector", "get"]

_MODULES = (zendesk, salesforce, intercom, gorgias, freshdesk, shopify, woocommerce, ga4, growthbook)
BY_NAME: dict[str, Connector] = {module.CONNECTOR.name: module.CONNECTOR for module in _MODULES}


def get(name: str) -> Connector | None:
    """The connector of a system; None where a system is not pulled from."""
    return BY_NAME.get(name)
