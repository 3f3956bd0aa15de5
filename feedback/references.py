"""Keyed hashes: the same customer, order or row is recognised, and nobody can read who it is.

Pure. The key is the installation's customer key; without it a hash cannot be tried out.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence


class References:
    """Hashes of one installation, 32 hexadecimal characters each."""

    def __init__(self, key: str) -> None:
        self._key = hashlib.sha256(key.encode()).digest()
        self.customer = self._hasher(b"customer")
        self.order = self._hasher(b"order")
        self.agent = self._hasher(b"agent")
        self._cells = self._hasher(b"cells", fold=False)
        self._row = self._hasher(b"row", fold=False)

    def cells(self, cells: Sequence[str]) -> str:
        """Of a row's raw cells: the id of a row whose file has no id column."""
        return self._cells("\x1f".join(cells))

    def row(self, values: Sequence[object]) -> str:
        """Of a normalised row: equal hash, unchanged row."""
        return self._row("\x1f".join(map(str, values)))

    def _hasher(self, purpose: bytes, *, fold: bool = True) -> Callable[[str], str]:
        start = hashlib.blake2b(key=self._key, person=purpose, digest_size=16)

        def digest(value: str) -> str:
            if fold:
                value = value.strip().casefold()
                if not value:
                    return ""
            hasher = start.copy()
            hasher.update(value.encode("utf-8", "replace"))
            return hasher.hexdigest()

        return digest


class Occurrences:
    """Ids for rows without one: hash of the raw cells, and which occurrence of them this is.

    Twice the same row in one file is two rows; twice the same file is the same ids. So rows have to be
    counted from the start of the file, on resume too.
    """

    def __init__(self, references: References) -> None:
        self._references = references
        self._seen: set[str] = set()
        self._again: dict[str, int] = {}

    def identify(self, cells: Sequence[str]) -> str:
        """The id of the next row."""
        digest = self._references.cells(cells)
        if digest not in self._seen:
            self._seen.add(digest)
            return digest
        number = self._again.get(digest, 1) + 1
        self._again[digest] = number
        return f"{digest}-{number}"
