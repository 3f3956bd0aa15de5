"""Reading a catalogue of translations (gettext's .po) without the gettext tools, to compare and to check it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass
class Entry:
    """One string of the code and what it is in the other language.

    `parts` holds the quoted texts by their keyword: msgid, msgid_plural, msgctxt, and msgstr or msgstr[0], msgstr[1].
    """

    flags: set[str] = field(default_factory=set)
    parts: dict[str, str] = field(default_factory=dict)

    @property
    def key(self) -> tuple[str, str, str]:
        """Context, singular and plural: what the code asks for."""
        return self.parts.get("msgctxt", ""), self.parts["msgid"], self.parts.get("msgid_plural", "")

    @property
    def translations(self) -> list[str]:
        """Every form in the other language, the singular first."""
        return [text for keyword, text in self.parts.items() if keyword.startswith("msgstr")]


def entries(text: str) -> Iterator[Entry]:
    """The entries of a catalogue's text in their order, the header (an empty msgid) first; none that is obsolete."""
    for block in text.split("\n\n"):
        entry = Entry()
        keyword = ""
        for line in block.splitlines():
            if line.startswith("#,"):
                entry.flags |= {flag.strip() for flag in line[2:].split(",")}
            elif line.startswith('"'):
                entry.parts[keyword] += ast.literal_eval(line)
            elif not line.startswith("#") and line.strip():
                keyword, quoted = line.split(" ", 1)
                entry.parts[keyword] = ast.literal_eval(quoted)
        if "msgid" in entry.parts:
            yield entry
