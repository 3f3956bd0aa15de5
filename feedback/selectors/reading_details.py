"""How a file that is being mapped is read: encoding, split, order of dates, commas; each with its evidence."""

from __future__ import annotations

import re
from typing import Any

from django.utils.translation import gettext as _

from accounts import formats
from feedback import mapping, parsing
from feedback.selectors.choices import day_words
from feedback.selectors.samples import Sample

ENCODINGS = {
    "cp1252": "Windows-1252",
    "utf-8": "UTF-8",
    "utf-16": "UTF-16",
    "utf-16-le": "UTF-16",
    "utf-16-be": "UTF-16",
    "iso-8859-15": "ISO 8859-15",
}
"""Character sets as people know them."""


def details(chosen: mapping.FieldMap, sample: Sample) -> dict[str, Any]:
    """How the file is read: encoding, split, date order and decimals, each with its evidence."""
    order = sample.day_order(chosen)
    comma = sample.comma(chosen)
    delimiters = {",": _("Comma ,"), ";": _("Semicolon ;"), "\t": _("Tab")}
    shape = sample.shape
    found = {name: _("%(name)s (found)") % {"name": label} for name, label in (ENCODINGS | delimiters).items()}
    return {
        "encodings": [
            (
                "",
                found.get(shape.encoding.removesuffix("-sig"), shape.encoding)
                if not chosen.encoding
                else _("As found"),
            ),
            *((name, ENCODINGS.get(name, name)) for name in parsing.ENCODINGS),
        ],
        "delimiters": [
            ("", found.get(shape.delimiter, shape.delimiter) if not chosen.delimiter else _("As found")),
            *delimiters.items(),
        ],
        "accents": sample.accents(),
        "order": order,
        "days": day_words(order.example) if order.example else [],
        "order_chosen": chosen.date_format or order.order,
        "comma": comma,
        "decimals": _readings(comma.example) if comma and not comma.decimal else [],
        "meant": _readings(comma.example)[comma.decimal == "."][1] if comma else "",
    }


def _readings(number: str) -> list[tuple[str, str]]:
    """A number such as "1,234" with a decimal comma, and with a comma between thousands; "4.479" is a whole one."""
    if "," not in number:
        return [(",", formats.decimal(float(number.replace(".", ""))))] * 2
    whole, _comma, part = number.rpartition(",")
    decimal = f"{re.sub('[^0-9]', '', whole) or 0}.{re.sub('[^0-9]', '', part) or 0}"
    thousands = re.sub("[^0-9.]", "", number)
    return [
        (",", formats.decimal(float(decimal), len(part))),
        (".", formats.decimal(float(thousands) if thousands.count(".") < 2 else 0, len(thousands.partition(".")[2]))),
    ]
