"""The truth behind De Linde, the invented department store of the demonstration.

Everything here is a plain constant: what customers contact the company about, how often, and
what each released change really did to those contacts. `demo.generate` turns it into files;
the product then has to find out again what is written here. Dates are counted in days before
`last_day`, the last day of the story, so that the story always ends yesterday.

Units: `per_day` contacts a day over all markets before any release, `csat` mean score 1-5,
`minutes` mean handling time, `effect` the true change of the contact rate as a ratio minus one
(-0.45: 45 % fewer contacts).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

WEEKS = 78
DAYS = WEEKS * 7
CONTACTS_EXPECTED = 121_500
"""Expected number of distinct contacts; the draw scatters about one per cent around it."""

UNTAGGED_RATIO = 0.04
"""Share of contacts that reach the company without a reason but with text."""

ORDERS_PER_DAY = 1_290
CONVERSION_RATIO = 0.030
CHANNELS = ("phone", "chat", "email", "social", "store")
STAGES = ("Orientation", "Checkout", "Delivery", "Aftersales")


@dataclass(frozen=True, slots=True)
class Market:
    """A country De Linde sells in, with its share of contacts and of orders."""

    code: str
    zone: str
    currency: str
    contact_ratio: float
    order_ratio: float
    dutch_ratio: float
    basket_cents: int
    shops: tuple[str, ...]


MARKETS = (
    Market(
        "NL",
        "Europe/Amsterdam",
        "EUR",
        0.78,
        0.79,
        0.86,
        7_450,
        ("Amsterdam", "Rotterdam", "Utrecht", "Den Haag", "Eindhoven"),
    ),
    Market("BE", "Europe/Brussels", "EUR", 0.22, 0.21, 0.74, 8_120, ("Antwerpen", "Gent", "Brussel")),
)


@dataclass(frozen=True, slots=True)
class Reason:
    """A contact reason: a leaf of the tree, with how it usually behaves.

    `mix` are weights of the five `CHANNELS`; `season` is the amplitude of a yearly wave of its
    own (0.06: 6 % up and down) on top of the season that all reasons share.
    """

    slug: str
    area: str
    name: str
    stage: str
    page: str
    per_day: float
    csat: float
    minutes: float
    mix: tuple[float, float, float, float, float]
    team: str
    season: float = 0.0
    complaint_ratio: float = 0.02

    @property
    def path(self) -> str:
        """The reason as an import reads it: area, then leaf."""
        return f"{self.area}::{self.name}"


_CALL = (0.46, 0.26, 0.22, 0.04, 0.02)
_CHAT = (0.22, 0.52, 0.16, 0.08, 0.02)
_MAIL = (0.24, 0.24, 0.47, 0.04, 0.01)
_SHOP = (0.36, 0.28, 0.10, 0.08, 0.18)

_O, _C, _D, _A = STAGES

REASONS = (
    # Themes that a release touched, or was meant to: at least ten contacts a day on average.
    Reason(
        "store-hours", "Stores", "Is the store open, and do they have it?", _O, "Store page",
        14.3, 4.35, 3.2, _SHOP, "Advice",
    ),
    Reason(
        "invoice", "Account", "Invoice or receipt needed", _A, "Order page",
        14.0, 4.05, 4.1, _MAIL, "Returns",
    ),
    Reason(
        "login", "Account", "Cannot sign in after a new password", _C, "Account",
        14.0, 3.75, 5.2, _CHAT, "Checkout",
    ),
    Reason(
        "address", "Delivery", "Changing the address after ordering", _D, "Order page",
        14.0, 3.80, 5.6, _CALL, "Delivery",
    ),
    Reason(
        "pickup-point", "Delivery", "Parcel at a pickup point: where, how long?", _D,
        "Tracking page", 13.1, 3.95, 4.4, _CALL, "Delivery",
    ),
    Reason(
        "return-label", "Returns", "Returning: where is my label?", _A, "Order page",
        13.4, 3.95, 5.4, _CHAT, "Returns",
    ),
    Reason(
        "cancel", "Orders", "Cancelling an order just placed", _C, "Order page",
        13.0, 3.90, 4.6, _CALL, "Checkout",
    ),
    Reason(
        "exchange", "Returns", "Exchanging for another size", _A, "Order page",
        12.1, 4.05, 5.8, _CHAT, "Returns",
    ),
    Reason(
        "click-collect", "Stores", "Click and collect: is my order ready?", _D, "Order page",
        11.7, 4.10, 3.9, _SHOP, "Delivery",
    ),
    Reason(
        "delivery-costs", "Checkout", "Delivery costs unclear", _C, "Basket",
        11.3, 4.00, 3.6, _CHAT, "Checkout",
    ),
    Reason(
        "delivery-date", "Product", "When can it be delivered?", _O, "Product page",
        11.3, 4.15, 3.8, _CHAT, "Advice",
    ),
    Reason(
        "warranty", "Returns", "Warranty and repair", _A, "Order page",
        11.2, 3.60, 8.2, _MAIL, "Returns",
    ),
    # Untouched themes, the comparison.
    Reason(
        "where-is-my-order", "Delivery", "Where is my order after dispatch?", _D, "Tracking page",
        17.6, 3.70, 5.4, _CALL, "Delivery", 0.04,
    ),
    Reason(
        "delivery-slot", "Delivery", "Changing the delivery slot", _D, "Order page",
        7.3, 3.80, 5.4, _CALL, "Delivery", 0.03,
    ),
    Reason(
        "discount-code", "Checkout", "Discount code refused at checkout", _C, "Basket",
        6.6, 3.67, 5.3, _CHAT, "Checkout", 0.04,
    ),
    Reason(
        "size-advice", "Product", "Which size do I need?", _O, "Product page",
        5.8, 4.15, 4.1, _CHAT, "Advice", 0.03,
    ),
    Reason(
        "refund", "Returns", "Refund not received", _A, "Order page",
        5.4, 3.40, 7.2, _MAIL, "Returns", 0.04, 0.09,
    ),
    Reason(
        "stock-cancelled", "Orders", "Shown in stock, then cancelled", _D, "Product page",
        4.3, 3.25, 6.9, _CALL, "Delivery", 0.03, 0.12,
    ),
    Reason(
        "ideal-missing", "Payment", "iDEAL paid but order missing", _C, "Payment",
        3.4, 3.52, 6.4, _CHAT, "Checkout", 0.02, 0.05,
    ),
    Reason(
        "gift-card", "Payment", "Gift card balance", _C, "Payment",
        3.0, 4.06, 3.9, _CALL, "Checkout", 0.05,
    ),
    Reason(
        "furniture-floor", "Delivery", "Furniture: which floor, which stairs?", _D, "Checkout",
        2.3, 3.88, 7.8, _CALL, "Delivery", 0.02,
    ),
    Reason(
        "damaged", "Delivery", "Damaged on arrival", _A, "Order page",
        2.2, 3.10, 8.6, _MAIL, "Returns", 0.03, 0.16,
    ),
    Reason(
        "assembly", "Services", "Assembly service: how to book", _O, "Product page",
        1.7, 4.00, 5.1, _CALL, "Advice", 0.02,
    ),
    Reason(
        "wero-pending", "Payment", "Wero shows “payment pending” after paying", _C, "Payment",
        1.1, 3.05, 6.1, _CHAT, "Checkout",
    ),
    Reason(
        "missing-item", "Delivery", "An item is missing from the parcel", _D, "Order page",
        2.0, 3.45, 6.6, _CALL, "Delivery", 0.02, 0.10,
    ),
    Reason(
        "wrong-item", "Delivery", "Wrong item delivered", _A, "Order page",
        1.5, 3.40, 6.8, _CHAT, "Returns", 0.02, 0.11,
    ),
    Reason(
        "courier", "Delivery", "Courier did not ring", _D, "Tracking page",
        1.6, 3.05, 6.2, _CALL, "Delivery", 0.02, 0.18,
    ),
    Reason(
        "delayed", "Delivery", "Delivery moved to a later day", _D, "Tracking page",
        2.1, 3.30, 5.7, _CALL, "Delivery", 0.04, 0.08,
    ),
    Reason(
        "pay-later", "Payment", "Paying afterwards: reminder received", _A, "Account",
        1.7, 3.50, 6.3, _MAIL, "Checkout", 0.02, 0.06,
    ),
    Reason(
        "card-declined", "Payment", "Card declined while paying", _C, "Payment",
        1.5, 3.75, 4.8, _CHAT, "Checkout", 0.02,
    ),
    Reason(
        "loyalty", "Account", "Linde points missing", _A, "Account",
        2.0, 3.85, 4.7, _MAIL, "Advice", 0.03,
    ),
    Reason(
        "newsletter", "Account", "Unsubscribing from mails", _O, "Account",
        1.0, 3.90, 2.9, _MAIL, "Advice", 0.02,
    ),
    Reason(
        "account-delete", "Account", "Deleting an account", _A, "Account",
        0.7, 3.95, 4.2, _MAIL, "Advice", 0.02,
    ),
    Reason(
        "return-period", "Returns", "How long can I return it?", _A, "Return page",
        2.4, 4.20, 3.3, _CHAT, "Returns", 0.05,
    ),
    Reason(
        "return-store", "Returns", "Returning in a store", _A, "Return page",
        1.7, 4.15, 3.4, _SHOP, "Returns", 0.03,
    ),
    Reason(
        "return-heavy", "Returns", "Collecting a large return", _A, "Return page",
        1.2, 3.60, 7.4, _CALL, "Returns", 0.02, 0.05,
    ),
    Reason(
        "back-in-stock", "Product", "When is it back in stock?", _O, "Product page",
        2.2, 4.05, 3.3, _CHAT, "Advice", 0.03,
    ),
    Reason(
        "material", "Product", "Material, care and measurements", _O, "Product page",
        1.8, 4.30, 4.4, _CHAT, "Advice", 0.02,
    ),
    Reason(
        "price-match", "Product", "Price changed after ordering", _A, "Product page",
        1.5, 3.45, 5.5, _CALL, "Advice", 0.04, 0.07,
    ),
    Reason(
        "gift-wrap", "Services", "Gift wrap and a card with it", _C, "Checkout",
        1.1, 4.35, 3.1, _CHAT, "Advice", 0.06,
    ),
    Reason(
        "alterations", "Services", "Tailor and alterations", _A, "Store page",
        0.8, 4.20, 5.0, _SHOP, "Advice", 0.02,
    ),
    Reason(
        "job-business", "Services", "Ordering for a business", _O, "Checkout",
        0.8, 4.10, 6.0, _MAIL, "Advice", 0.02,
    ),
)  # fmt: skip

REASON_INDEX = {reason.slug: index for index, reason in enumerate(REASONS)}

RISING = "wero-pending"
RISING_DAYS = 9
"""Days at the end of the story during which the rising theme stands at its new height."""
RISING_FACTOR = 10.0

AGENTS = (
    ("sanne.de.wit", "Returns"),
    ("bram.willems", "Returns"),
    ("elif.kaya", "Returns"),
    ("femke.jonker", "Checkout"),
    ("youssef.el.amrani", "Checkout"),
    ("noor.haddad", "Checkout"),
    ("tom.maes", "Delivery"),
    ("lotte.peeters", "Delivery"),
    ("jeroen.bos", "Delivery"),
    ("fatima.ziani", "Delivery"),
    ("wout.claessens", "Advice"),
    ("mila.janssen", "Advice"),
)
"""Agents of customer service as the phone system names them, each with a team."""

DEPARTMENTS = (
    ("Customer service", 34),
    ("E-commerce", 22),
    ("Logistics", 28),
    ("Stores", 40),
    ("Finance", 4),
)
"""Departments asked for eNPS, with their head count; the last is too small to be shown."""

PRODUCTS = ("Women", "Men", "Kids", "Beauty", "Living", "Furniture", "Kitchen", "Toys")


@dataclass(frozen=True, slots=True)
class Release:
    """An experiment's winner that went live, and what it truly did to its theme."""

    days_before: int
    effect: float

    @property
    def is_zero(self) -> bool:
        """Whether the change truly did nothing to the contacts."""
        return self.effect == 0.0


@dataclass(frozen=True, slots=True)
class Experiment:
    """A test, planned so that its numbers tell the story that `ending` names.

    `ending` is one of won, lost, inconclusive, stopped, invalid, ready (sample reached, nobody
    has decided), running, planned. `rate` is the control's conversion per visitor, `lift` the
    true relative change, `visitors` the planned number in each arm, `contact_effect` the true
    change of the theme's contacts among the visitors who saw the variant. Only where
    `counts_contacts` did the desk note which variant a customer had seen.
    """

    slug: str
    title: str
    reason: str
    page: str
    filed_before: int
    starts_before: int
    days: int
    rate: float
    lift: float
    visitors: int
    ending: str
    contact_effect: float = 0.0
    release: Release | None = None
    counts_contacts: bool = False

    @property
    def has_results(self) -> bool:
        """Whether the test has started."""
        return self.ending != "planned"


EXPERIMENTS = (
    Experiment("store-card", "Opening hours and stock on the store card", "store-hours",
               "Store page", 399, 370, 21, 0.052, 0.075, 52_000, "won", -0.34,
               Release(343, -0.34)),
    Experiment("invoice-button", "Download the invoice from the order page", "invoice",
               "Order page", 371, 336, 21, 0.094, 0.050, 46_000, "won", -0.36,
               Release(308, -0.36)),
    Experiment("chat-checkout", "Chat button in the checkout", "delivery-costs",
               "Checkout", 350, 322, 21, 0.52, -0.020, 38_000, "lost", 0.06, counts_contacts=True),
    Experiment("one-time-code", "Sign in with a one-time code", "login",
               "Account", 336, 301, 21, 0.31, 0.028, 34_000, "won", -0.40,
               Release(273, -0.40)),
    Experiment("address-change", "Change the address until the parcel is packed", "address",
               "Order page", 301, 266, 21, 0.091, 0.050, 45_000, "won", -0.45,
               Release(238, -0.45)),
    Experiment("cost-in-basket", "Delivery cost in the basket, not the checkout", "delivery-costs",
               "Basket", 294, 252, 21, 0.24, 0.032, 42_000, "won", 0.0,
               Release(217, 0.0)),
    Experiment("footer-payment", "Collapse the footer on payment pages", "card-declined",
               "Payment", 273, 231, 14, 0.71, 0.001, 24_000, "inconclusive"),
    Experiment("pickup-map", "Pickup point with map and last day in the tracking mail",
               "pickup-point", "Tracking page", 259, 224, 21, 0.083, 0.055, 44_000, "won", -0.38,
               Release(196, -0.38)),
    Experiment("promise-date", "Delivery date on the product page", "delivery-date",
               "Product page", 231, 196, 28, 0.041, 0.070, 58_000, "won", 0.0,
               Release(161, 0.0)),
    Experiment("sticky-basket", "Basket button that stays in view", "size-advice",
               "Product page", 217, 182, 21, 0.043, 0.050, 50_000, "invalid"),
    Experiment("return-label", "Return label on the order page", "return-label",
               "Order page", 210, 175, 21, 0.105, 0.048, 48_000, "won", -0.42,
               Release(147, -0.42)),
    Experiment("express-pay", "Express pay button first", "card-declined",
               "Payment", 189, 154, 21, 0.69, 0.001, 30_000, "inconclusive"),
    Experiment("cancel-hour", "Cancel within the hour, by yourself", "cancel",
               "Order page", 182, 147, 21, 0.098, 0.046, 47_000, "won", -0.55,
               Release(119, -0.55), counts_contacts=True),
    Experiment("warranty-page", "Warranty steps per product", "warranty",
               "Order page", 168, 133, 21, 0.102, 0.047, 46_000, "won", 0.0,
               Release(105, 0.0)),
    Experiment("popup-newsletter", "Newsletter pop-up with 10 % off", "discount-code",
               "Product page", 133, 105, 14, 0.044, -0.070, 48_000, "lost", 0.10, counts_contacts=True),
    Experiment("exchange-flow", "Exchange for another size in one step", "exchange",
               "Order page", 126, 91, 21, 0.099, 0.050, 45_000, "won", -0.36,
               Release(63, -0.36)),
    Experiment("wishlist-drop", "Wishlist price drop on the product page", "price-match",
               "Product page", 98, 63, 21, 0.042, 0.004, 44_000, "inconclusive"),
    Experiment("collect-status", "Ready or not: status for click and collect", "click-collect",
               "Order page", 77, 45, 21, 0.096, 0.052, 45_000, "won", -0.40,
               Release(17, -0.40)),
    Experiment("gift-balance", "Gift card balance in the header", "gift-card",
               "Payment", 60, 28, 21, 0.66, 0.004, 29_000, "ready", -0.22, counts_contacts=True),
    Experiment("slot-first", "Pick a slot before paying", "delivery-slot",
               "Checkout", 52, 13, 21, 0.54, 0.012, 34_000, "running", -0.15, counts_contacts=True),
    Experiment("size-from-returns", "Size advice from why items come back", "size-advice",
               "Product page", 46, 9, 28, 0.042, 0.030, 56_000, "running", -0.20, counts_contacts=True),
    Experiment("code-refused", "Say why a discount code was refused", "discount-code",
               "Basket", 39, -2, 21, 0.25, 0.020, 40_000, "planned"),
)  # fmt: skip


def first_day(last_day: date) -> date:
    """The first day of the story: 78 whole weeks that end on `last_day`."""
    return last_day - timedelta(days=DAYS - 1)


def day_before(last_day: date, days: int) -> date:
    """The day `days` before `last_day`, moved back to Friday when it falls in a weekend."""
    day = last_day - timedelta(days=days)
    return day - timedelta(days=max(0, day.weekday() - 4))


def released_on(experiment: Experiment, last_day: date) -> date:
    """The day the winner went live. Raises `ValueError` for a test that was never released."""
    if experiment.release is None:
        raise ValueError(f"{experiment.slug} was never released")
    return day_before(last_day, experiment.release.days_before)


def run_period(experiment: Experiment, last_day: date) -> tuple[date, date]:
    """First and last planned day of the test, whole weeks long."""
    start = day_before(last_day, experiment.starts_before)
    return start, start + timedelta(days=experiment.days - 1)


def keys(experiments: Sequence[Experiment] = EXPERIMENTS, *, first: int = 1) -> dict[str, str]:
    """The key of each experiment by its slug, numbered in the order in which they were made."""
    return {item.slug: f"EXP-{number}" for number, item in enumerate(experiments, first)}
