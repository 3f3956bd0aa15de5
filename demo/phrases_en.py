"""What De Linde's customers say in English: per contact reason a subject and the heart of a message."""

Phrases = dict[str, tuple[str, tuple[str, ...]]]

BODIES: Phrases = {
    "store-hours": ("Opening hours and stock", (
        "are you open on Sunday and do you have this one in the shop",
        "the website does not say whether the store has it on the shelf today",
        "your opening hours on the map differ from the ones on your site",
        "I want to know if it is in stock in the store before I drive over")),
    "invoice": ("Invoice please", (
        "I need an invoice with VAT for my order and cannot find where to download it",
        "there was no receipt in the parcel and my employer wants one",
        "could you mail me the invoice, the order page only shows the total",
        "the receipt in my mail has no company name on it")),
    "login": ("Cannot sign in", (
        "I made a new password and still cannot sign in to my account",
        "the reset link says it has expired the moment I click it",
        "my account is locked after the password reset and checkout asks me to sign in",
        "it keeps saying wrong password although I just changed it")),
    "address": ("Wrong address", (
        "I need to change the delivery address, I moved last month and the old one was filled in",
        "the house number is missing from my address and I cannot edit it after ordering",
        "the parcel goes to my old address, please send it to the new one",
        "I picked my work address by mistake and the order page gives no way to change it")),
    "pickup-point": ("Parcel at pickup point", (
        "my parcel went to a pickup point but the mail does not say which one",
        "how long does the pickup point keep my parcel",
        "the pickup point was closed and I have no idea until when the parcel stays there",
        "the tracking says pickup point without an address or opening hours")),
    "return-label": ("Return label", (
        "I want to return this and cannot find the return label anywhere",
        "there was no return label in the box and the order page does not show one",
        "where do I print the label for my return",
        "the mail with the return label never arrived")),
    "cancel": ("Cancel my order", (
        "I ordered the wrong thing ten minutes ago and want to cancel the order",
        "please cancel, I accidentally placed the order twice",
        "there is no cancel button although I only just placed the order",
        "I need to cancel before it is sent, I used the wrong payment method")),
    "exchange": ("Exchange for another size", (
        "it is too small, I would like to exchange it for one size up",
        "can I swap it for another size without ordering and paying again",
        "I want to exchange the jacket for a medium but only find how to return it",
        "how do I exchange for a different size, the form only offers a refund")),
    "click-collect": ("Is my order ready", (
        "I chose click and collect, is my order ready to pick up",
        "no message yet that my click and collect order is ready in the store",
        "I stood in the store and my collect order was not ready",
        "the status still says preparing, can I come and collect it today")),
    "delivery-costs": ("Delivery costs", (
        "I do not understand the delivery costs, the basket said free",
        "how much is delivery, I only see it on the very last step",
        "why do I pay delivery costs above fifty euros",
        "the delivery costs for Belgium are not on the page")),
    "delivery-date": ("When can it be delivered", (
        "when would it be delivered if I order it today",
        "I need it before Saturday and the product page gives no delivery date",
        "what is the delivery time of this one, it only says available",
        "can you deliver it next week, I leave on holiday after that")),
    "warranty": ("Warranty and repair", (
        "the zip broke after four months, is that under warranty",
        "the coffee machine stopped working and I want it repaired under warranty",
        "how does a repair work, do I send it in or bring it to the store",
        "I have been waiting three weeks for my repair")),
    "where-is-my-order": ("Where is my order", (
        "where is my order, tracking has not moved for three days",
        "the order was dispatched on Monday and nothing has arrived",
        "the tracking page says on its way since last week",
        "can you tell me where my parcel is, the link shows nothing")),
    "delivery-slot": ("Change the delivery slot", (
        "I only need Thursday instead of Wednesday, why must I call",
        "I will not be at home in that slot, please change the delivery slot to the evening",
        "there is no way to change the delivery slot in the tracking mail",
        "can the delivery moment be changed to the morning")),
    "discount-code": ("Discount code refused", (
        "the mail says 15% off everything, I typed the code three times and it only says invalid",
        "my discount code is refused at checkout and nobody says why",
        "the code does not work on sale items, I could not have known that",
        "the birthday discount code is not accepted in the basket")),
    "size-advice": ("Which size", (
        "which size do I need, I am between medium and large",
        "does this brand run small, the size table is confusing",
        "what size fits a child of seven, 122 or 128",
        "I wear 42 in trousers normally, which size should I take here")),
    "refund": ("Refund not received", (
        "I returned everything two weeks ago and the refund is still not on my account",
        "you confirmed my return but I have not got my money back",
        "the refund is lower than what I paid",
        "when will the refund be paid, my bank sees nothing")),
    "stock-cancelled": ("Order cancelled by you", (
        "it was shown in stock and now you cancel it",
        "half of my order was cancelled because it turned out sold out",
        "how can you sell something that is not in stock and cancel three days later",
        "my order was cancelled while your site still says available")),
    "ideal-missing": ("Paid with iDEAL, no order", (
        "I paid with iDEAL but there is no order in my account",
        "the money left my bank through iDEAL and I got no confirmation",
        "iDEAL went fine, then your page showed an error and the order is missing",
        "I have paid twice with iDEAL because the first order did not show up")),
    "gift-card": ("Gift card balance", (
        "how do I see the balance of my gift card",
        "how much is left on my gift card",
        "the gift card balance at checkout is lower than I thought",
        "can I check two gift cards at once before I pay")),
    "furniture-floor": ("Delivery of furniture upstairs", (
        "do you carry the sofa up to the third floor, there is no lift",
        "the stairs are narrow, will the furniture delivery still work",
        "does furniture delivery include carrying it to the right floor",
        "nobody asked which floor I live on and now the wardrobe stands downstairs")),
    "damaged": ("Arrived damaged", (
        "the lamp arrived broken, the glass is in pieces",
        "the box was torn and the plates inside are damaged",
        "there is a deep scratch on the table that was delivered",
        "it arrived damaged and I need a new one before the weekend")),
    "assembly": ("Assembly service", (
        "how do I book the assembly service for my wardrobe",
        "can somebody assemble the bed, I cannot find where to order assembly",
        "does assembly cost extra and can I book it afterwards",
        "I ordered a desk and would like it assembled at home")),
    "wero-pending": ("Wero payment pending", (
        "I paid with Wero and it keeps showing payment pending",
        "Wero says paid, your page says payment pending",
        "payment pending for an hour after I approved it in Wero",
        "is my order placed, the Wero payment still shows as pending")),
    "missing-item": ("Item missing", (
        "one of the three items is missing from the parcel",
        "the towels were not in the box although the slip lists them",
        "the parcel was incomplete, the second shoe box is missing",
        "I ordered four glasses and found three in the parcel")),
    "wrong-item": ("Wrong item", (
        "you sent the wrong colour, I ordered navy and got black",
        "this is somebody else's order in my box",
        "I received the wrong article, the number on the slip is different",
        "wrong item delivered, a size 36 instead of a 40")),
    "courier": ("Courier did not ring", (
        "the courier did not ring and says I was not at home",
        "I was at home all day, the driver never rang the bell",
        "the courier left the parcel in the rain without ringing",
        "the van drove past and the app says delivery attempted")),
    "delayed": ("Delivery moved", (
        "my delivery was moved to a later day for the second time",
        "I took a day off and now the delivery is tomorrow",
        "why was the delivery postponed without asking me",
        "the delivery date changed from Friday to Tuesday")),
    "pay-later": ("Reminder for paying afterwards", (
        "I got a payment reminder for an order I returned",
        "the reminder has costs on it although I paid afterwards in time",
        "I chose to pay afterwards and cannot find the bill",
        "please pause the reminder, the return is on its way")),
    "card-declined": ("Card declined", (
        "my credit card is declined while there is enough on it",
        "the card payment fails after the bank's approval",
        "your site declines my debit card every time",
        "card refused twice, do you take another card")),
    "loyalty": ("Linde points missing", (
        "my Linde points for the last purchase were not added",
        "I have fewer points than last month without spending any",
        "points from the store purchase are missing on my account",
        "how do I add points from a receipt")),
    "newsletter": ("Unsubscribe", (
        "I unsubscribed twice and still get your newsletter",
        "please stop sending me mails every day",
        "the unsubscribe link does nothing",
        "how do I get fewer newsletters")),
    "account-delete": ("Delete my account", (
        "please delete my account and my data",
        "I want my account closed and cannot find the button",
        "how do I remove my account",
        "delete everything you have about me please")),
    "return-period": ("Return period", (
        "how long can I return something I bought for a birthday",
        "is the return period fourteen or thirty days",
        "can I still return it after three weeks",
        "does the return period start on the day of delivery")),
    "return-store": ("Return in a store", (
        "can I return an online order in the store",
        "do I need the label when I return in a store",
        "which stores take returns from the website",
        "I would like to bring my return to the shop and get the money back there")),
    "return-heavy": ("Collection of a large return", (
        "who collects the armchair I want to send back",
        "nobody came to collect the large return",
        "the return is too heavy for a pickup point, can you collect it",
        "when is the mattress collected")),
    "back-in-stock": ("Back in stock", (
        "when is it back in stock in my size",
        "will the blue one come back",
        "I signed up for the stock alert and heard nothing",
        "is it sold out for good or back in stock soon")),
    "material": ("Material and care", (
        "what is it made of and can it go in the washing machine",
        "how wide is the table without the leaves",
        "is the lining real wool",
        "does the fabric shrink, the care label is not in the pictures")),
    "price-match": ("Price changed", (
        "the price dropped the day after I ordered, can I get the difference",
        "I paid more than the price on the page today",
        "the price in the basket differs from the product page",
        "yesterday it was twenty euros cheaper")),
    "gift-wrap": ("Gift wrap", (
        "can you gift wrap it and put a card with it",
        "where do I type the text for the gift card message",
        "the gift wrap was not around it",
        "is there a price on the slip when I send it as a gift")),
    "alterations": ("Tailor", (
        "can the trousers be shortened in the store",
        "how long does the tailor need for a suit",
        "my alteration was not ready on the day you promised",
        "what does taking in a dress cost")),
    "job-business": ("Business order", (
        "we would like to order forty gift boxes for our staff",
        "can our company pay by invoice",
        "is there a business account with a discount",
        "we need the VAT number on a business order")),
}  # fmt: skip
