"""The systems that send to us or are pulled from, each in a module of its own. Pure: no Django, clock or network.

A system turns what it sends into `Record`s (what happened to which object, in which version), says which
values in them are people, and turns the newest version of the objects that belong together into rows of
a kind that an import knows. Everything else (verifying, redacting, storing, ordering, writing) is done
once, for all of them, in `feedback.services`.
"""

from __future__ import annotations

from feedback.systems.shapes import Mapped, People, Record, Settings, System, Unknown, Unmappable

__all__ = ["Mapped", "People", "Record", "Settings", "System", "Unknown", "Unmappable"]
