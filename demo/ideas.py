"""The ideas of De Linde: one for each experiment of `demo.world`, and those that wait, were asked about or declined."""

from dataclasses import dataclass
from typing import Literal

Ending = Literal["waiting", "asked", "shortlist", "declined", "merged"]


@dataclass(frozen=True, slots=True)
class Tested:
    """The idea behind an experiment: who had it, the problem, the change, and what was learned.

    `learning` is empty while nobody has decided. `effect` is a value of `Hypothesis.Effect`.
    """

    slug: str
    by: str
    problem: str
    change: str
    learning: str = ""
    effect: str = "fewer_contacts"
    variant: str = ""
    points: int = 3


@dataclass(frozen=True, slots=True)
class Loose:
    """An idea without an experiment: on a reason's theme, sent so many days before the last day."""

    reason: str
    by: str
    days_before: int
    page: str
    title: str
    problem: str
    change: str
    ending: Ending
    note: str = ""
    points: int = 0
    # Carried: once in a sprint, not tested in time, and back on the shortlist.
    carried: bool = False
    effect: str = "fewer_contacts"


TESTED = (
    Tested(
        "store-card", "mila",
        "People call to ask whether the shop is open on Sunday and whether the coat on the site is really there.",
        "today's opening hours and the stock of the nearest store on the store card",
        "People look for the store before they look for the product. The hours alone did half of it.",
    ),
    Tested(
        "invoice-button", "bram",
        "Business customers cannot find their invoice and ask us to mail it, every month again.",
        "a button to download the invoice on the order page",
        "One button beat a help page with four steps. The mail with the invoice is opened less now, nobody minds.",
    ),
    Tested(
        "chat-checkout", "femke",
        "Customers hesitate at the delivery costs and have nobody to ask at that moment.",
        "a chat button in the checkout",
        "The button drew questions that the page had answered. Conversion fell and contacts rose: not this way.",
        effect="more_orders",
    ),
    Tested(
        "one-time-code", "youssef",
        "After choosing a new password they still cannot get in, and give up or call.",
        "signing in with a code in the mail instead of a new password",
        "Nobody wants a password. People who got a code were back in their basket within a minute.",
    ),
    Tested(
        "address-change", "tom",
        "They see the wrong address in the confirmation mail and we are the only ones who can change it.",
        "changing the address on the order page until the parcel is packed",
        "Most changes come in the first ten minutes. The warehouse feared chaos; it had eleven cases in three weeks.",
    ),
    Tested(
        "cost-in-basket", "daan",
        "Delivery costs appear only in the checkout, and many leave right there.",
        "the delivery cost in the basket already",
        "More people went on, but who asks about costs asks about returns abroad. Good for orders, not for contacts.",
        effect="more_orders",
    ),
    Tested(
        "footer-payment", "priya",
        "The footer with forty links stands under the payment form.",
        "a collapsed footer on payment pages",
        "Nobody looks down there while paying. We leave the footer alone from now on.",
        effect="more_orders",
    ),
    Tested(
        "pickup-map", "lotte",
        "They do not know which pickup point has the parcel, nor until when it stays there.",
        "the pickup point on a map, with the last day to collect, in the tracking mail",
        "The last day mattered more than the map: people now come in time, and stop asking whether they still can.",
    ),
    Tested(
        "promise-date", "jeroen",
        "People ask when it can be delivered before they dare to order.",
        "the delivery date on the product page",
        "It sells, clearly. It spares us no contacts: who asks, asks for a date that we do not offer.",
        effect="more_orders",
    ),
    Tested(
        "sticky-basket", "priya",
        "On long product pages the basket button scrolls out of sight.",
        "a basket button that stays in view",
        "The split went wrong on older phones. We learned to check the split on day one, not on day twenty.",
        effect="more_orders",
    ),
    Tested(
        "return-label", "sanne",
        "Customers look for the return label on the order page. It is only in the mail, and the mail is gone.",
        "the return label and its steps on the order page",
        "People look for the label on the order page, not in the mail. We dropped the new mail we had planned.",
    ),
    Tested(
        "express-pay", "jeroen",
        "Cards are declined and people do not see that there are other ways to pay.",
        "the express pay button first",
        "No difference in orders or contacts. Who wants to pay by card pays by card.",
        effect="more_orders",
    ),
    Tested(
        "cancel-hour", "noor",
        "They ordered the wrong colour a minute ago and can only call to cancel.",
        "cancelling by yourself within the hour",
        "Half of the cancellations became a new order the same day. Calls about it halved.",
    ),
    Tested(
        "warranty-page", "elif",
        "Every product has other warranty steps and nobody can find them.",
        "the warranty steps of this very product on the order page",
        "The page is read, and people still call to hear that it is covered. A page does not replace that.",
    ),
    Tested(
        "popup-newsletter", "daan",
        "Too few visitors leave their mail address.",
        "a newsletter pop-up with 10 % off",
        "It cost more orders than it brought addresses, and filled the desk with codes that did not work.",
        effect="more_orders",
    ),
    Tested(
        "exchange-flow", "elif",
        "For another size they must return first, wait for the money, and order again. So they call.",
        "exchanging for another size in one step",
        "One step instead of three. The stock is held for them at once, and that is what they were calling about.",
    ),
    Tested(
        "wishlist-drop", "priya",
        "Wishlist items drop in price and nobody notices.",
        "the price drop of wishlist items on the product page",
        "No difference. People who keep wishlists read our mails already.",
        effect="more_orders",
    ),
    Tested(
        "collect-status", "mila",
        "They stand in the shop and the order is not ready, because the mail said \"soon\".",
        "a clear ready or not ready for click and collect",
        "Ready or not: two words did it. The stores ask for the same on their own screen.",
    ),
    Tested(
        "gift-balance", "noor",
        "Customers with a gift card do not know what is left on it and ask us to look it up.",
        "the gift card balance in the header",
    ),
    Tested(
        "slot-first", "daan",
        "Many want another slot after ordering, because they choose it too late in the checkout.",
        "picking a delivery slot before paying",
    ),
    Tested(
        "size-from-returns", "lotte",
        "They order two sizes and send one back. The reason they type is the best size advice we have.",
        "size advice made from why items come back",
        points=5,
    ),
    Tested(
        "code-refused", "youssef",
        "The code is refused and the page only says invalid. They type it three times and then call.",
        "saying why a discount code was refused",
        points=5,
    ),
)  # fmt: skip

LOOSE = (
    Loose("delivery-slot", "sanne", 11, "Tracking page", "Change the delivery slot from the tracking mail",
          "I only need Thursday instead of Wednesday. Customers call for that, and often the van has left.",
          "a change your slot button in the tracking mail and on the order page", "waiting"),
    Loose("where-is-my-order", "tom", 6, "Tracking page", "Say which hub the parcel waits in",
          "The tracking page says on its way for three days. They want to know where it is.",
          "the name of the hub and the next step on the tracking page", "waiting"),
    Loose("refund", "bram", 5, "Order page", "Show “refund sent on” with the bank's delay",
          "We say five days, the bank takes three more, and they call on day six.",
          "the day the refund left us, and the day the bank will show it", "waiting"),
    Loose("stock-cancelled", "elif", 4, "Product page", "No “last items” badge under two in stock",
          "It said in stock, they paid, and a day later we cancel. They are furious.",
          "no stock promise under two items", "waiting"),
    Loose("damaged", "lotte", 3, "Order page", "Upload a photo of the damage",
          "We always ask for a photo first, so they call, mail, and wait.",
          "a photo upload on the order page with an answer within the hour", "waiting"),
    Loose("courier", "jeroen", 2, "Tracking page", "De bel niet gehoord: nieuwe poging zelf kiezen",
          "Klanten staan thuis te wachten en de bezorger belt niet aan. Daarna weten ze niet wat ze moeten doen.",
          "zelf een nieuwe bezorgpoging kiezen op de volgpagina", "waiting"),
    Loose("furniture-floor", "femke", 1, "Checkout", "Ask for the floor while ordering furniture",
          "The van stands at the door and the sofa does not fit the stairs.",
          "asking for floor, lift and stairs in the checkout", "waiting"),
    Loose("material", "mila", 8, "Product page", "Washing instructions beside the fabric",
          "May it go in the machine? It is on the label, not on the page.",
          "the washing symbols with the fabric", "asked", "Do they ask before or after they buy?"),
    Loose("refund", "sanne", 40, "Order page", "Refund in steps, like a parcel",
          "Where is my money? They see nothing between sending it back and getting paid.",
          "the refund in four steps on the order page", "shortlist", points=3),
    Loose("delivery-slot", "noor", 55, "Checkout", "An evening slot for a small fee",
          "They work during the day and ask for the evening, which we do have.",
          "the evening slot shown for a small fee", "shortlist", points=5, carried=True, effect="more_orders"),
    Loose("where-is-my-order", "youssef", 75, "Order page", "One delivery date for two parcels",
          "Two parcels, two dates, and they think one is lost.",
          "one line that says: two parcels, on these two days", "shortlist", points=3, carried=True),
    Loose("ideal-missing", "femke", 25, "Payment", "“We have your payment” before the order number",
          "iDEAL says paid, we say nothing for a minute, and they pay again.",
          "a page that says we have your payment, and the order follows", "shortlist", points=2),
    Loose("stock-cancelled", "tom", 120, "Product page", "Reserve it while they pay",
          "Someone else buys the last one while they type their card number.",
          "holding the last item for ten minutes while someone pays", "shortlist", points=8, carried=True,
          effect="more_orders"),
    Loose("loyalty", "bram", 8, "Account", "Points on the receipt mail",
          "The points come after fourteen days and nobody says so.",
          "the day the points arrive in the receipt mail", "shortlist", points=1),
    Loose("delivery-costs", "noor", 46, "Checkout", "Chat button on every page",
          "A chat button everywhere would let us answer before they leave.",
          "a chat button on every page", "declined",
          "Tested in the checkout (EXP-3): contacts rose and conversion fell. Your quotes went to the theme."),
    Loose("pay-later", "sanne", 62, "Account", "No reminder before the due date",
          "The reminder comes two days before they have to pay and frightens them.",
          "sending the reminder after the due date only", "declined",
          "The payment provider sends it, we cannot change it. Finance has taken it up with them."),
    Loose("newsletter", "lotte", 88, "Account", "One click to stop all mails",
          "They click four times and still get mail.",
          "one click that stops all mails", "declined",
          "Done outside the tests: it is the law. It went live in the same week, thank you."),
    Loose("courier", "tom", 9, "Tracking page", "Call before the courier arrives",
          "They were in the garden and did not hear the bell.",
          "a call ten minutes before the courier arrives", "declined",
          "It costs €0.40 a parcel. A message in the app may do the same, so that idea is on the list."),
    Loose("refund", "elif", 7, "Order page", "Show when the refund comes",
          "They ask every day when the refund comes.",
          "the expected day of the refund", "merged"),
)  # fmt: skip
