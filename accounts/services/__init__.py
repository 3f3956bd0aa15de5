"""Writes of this floor. Every service of every floor signs the audit trail with `record`."""

from accounts.services.audit import record
from accounts.services.company import (
    add_market,
    add_team,
    change_market,
    change_team,
    remove_team,
    update_company,
    update_privacy,
)
from accounts.services.links import (
    NewMarket,
    choose_password,
    invite,
    join,
    password_link,
    set_up,
    set_up_link,
    withdraw,
)
from accounts.services.people import change_password, change_person, update_profile
from accounts.services.tokens import create_token, note_use, revoke_token

__all__ = [
    "NewMarket",
    "add_market",
    "add_team",
    "change_market",
    "change_password",
    "change_person",
    "change_team",
    "choose_password",
    "create_token",
    "invite",
    "join",
    "note_use",
    "password_link",
    "record",
    "remove_team",
    "revoke_token",
    "set_up",
    "set_up_link",
    "update_company",
    "update_privacy",
    "update_profile",
    "withdraw",
]
