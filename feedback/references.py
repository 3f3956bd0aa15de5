"""Keyed hashes: the same customer, order or row is recognised, and nobody can read who it is.

Pure. The key is the installation's customer key; without it a hash cannot be tried out.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Sequence

from feedback.spill import Spill


class References:
    """Hashes of one installation, 32 hexadecimal characters each."""

    def __init__(self, key: str) -> None:
        self._key = hashlib.sha256(key.encode()).digest()
        self.customer = self._hasher(b"customer")
        self.order = self._hasher(b"order")
        self.agent = self._hasher(b"agent")
        self._cells = self._hasher(b"cells", fold=False)
        self.line = self._hasher(b"row", fold=False)
        """Of a normalised row, written as one text: equal hash, unchanged row."""

    def cells(self, cells: Sequence[str]) -> str:
        """Of a row's raw cells: the id of a row whose file has no id column."""
        return self._cells("\x1f".join(cells))

    def row(self, values: Sequence[object]) -> str:
        """Of a normalised row: equal hash, unchanged row."""
        return self.line("\x1f".join(map(str, values)))

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


class Kept(References):
    """For raw records, whose customer, order and agent were hashed when they were received: taken as they are."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.customer = self.order = self.agent = str


class Occurrences:
    """Ids for rows without one: hash of the raw cells, and which occurrence of them this is.

    Twice the same row in one file is two rows; twice the same file is the same ids. So rows have to be
    counted from the start of the file, on resume too.
    """

    def __init__(self, references: References) -> None:
        self._references = references
        # How often each row was there, on disk: a file may be long.
        self._times = Spill()

    def identify(self, cells: Sequence[str]) -> str:
        """The id of the next row."""
        return self.identify_many([cells])[0]

    def identify_many(self, rows: Sequence[Sequence[str]]) -> list[str]:
        """The ids of the next rows."""
        digests = [self._references.cells(cells) for cells in rows]
        times = Counter({digest: int(count) for digest, count in self._times.find(digests).items()})
        ids = []
        for digest in digests:
            times[digest] += 1
            ids.append(digest if times[digest] == 1 else f"{digest}-{times[digest]}")
        self._times.put((digest, str(times[digest])) for digest in set(digests))
        return ids
