"""Writes of this floor. Every service of every floor signs the audit trail with `record`."""

from accounts.services.audit import record
from accounts.services.people import change_password, update_profile
from accounts.services.tokens import create_token, note_use, revoke_token

__all__ = ["change_password", "create_token", "note_use", "record", "revoke_token", "update_profile"]
