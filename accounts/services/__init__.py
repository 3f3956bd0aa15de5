"""Writes of this floor. Every service of every floor signs the audit trail with `record`."""

from accounts.services.audit import record
from accounts.services.people import change_password, update_profile

__all__ = ["change_password", "record", "update_profile"]
