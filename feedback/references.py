"""Keyed hashes: the same customer, order or row is recognised, and nobody can read who it is.

Pure. The key is the installation's customer key; without it a hash cannot be tried out.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence

from feedback.spill import Spill


class Hasher:
    """A keyed hash for one purpose, of one text or of a column of them; 32 hexadecimal characters each."""

    def __init__(self, key: bytes, purpose: bytes, *, fold: bool = True) -> None:
        self._start = hashlib.blake2b(key=key, person=purpose, digest_size=16)
        # Blanks around it and capitals make no difference, and nothing has no hash.
        self._fold = fold

    def __call__(self, value: str) -> str:
        """Of one text."""
        return self.many((value,))[0]

    def many(self, values: Iterable[str]) -> list[str]:
        """Of each text."""
        copy, found = self._start.copy, []
        if self._fold:
            values = [value.strip().casefold() for value in values]
        for value in values:
            if value or not self._fold:
                digest = copy()
                digest.update(value.encode("utf-8", "replace"))
                found.append(digest.hexdigest())
            else:
                found.append("")
        return found


class AsTheyAre(Hasher):
    """For texts that were hashed long before."""

    def __init__(self) -> None:
        super().__init__(b"", b"")

    def many(self, values: Iterable[str]) -> list[str]:
        """The same texts."""
        return list(values)


class References:
    """Hashes of one installation."""

    def __init__(self, key: str) -> None:
        own = hashlib.sha256(key.encode()).digest()
        self.customer = Hasher(own, b"customer")
        self.order = Hasher(own, b"order")
        self.agent = Hasher(own, b"agent")
        self._cells = Hasher(own, b"cells", fold=False)
        self.line = Hasher(own, b"row", fold=False)
        """Of a normalised row, written as one text: equal hash, unchanged row."""

    def cells(self, rows: Iterable[Sequence[str]]) -> list[str]:
        """Of the raw cells of rows: the ids of rows whose file has no id column."""
        return self._cells.many(map("\x1f".join, rows))

    def row(self, values: Sequence[object]) -> str:
        """Of a normalised row: equal hash, unchanged row."""
        return self.line("\x1f".join(map(str, values)))


class Kept(References):
    """For raw records, whose customer, order and agent were hashed when they were received: taken as they are."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.customer = self.order = self.agent = AsTheyAre()


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
        digests = self._references.cells(rows)
        times = Counter({digest: int(count) for digest, count in self._times.find(digests).items()})
        ids = []
        for digest in digests:
            times[digest] += 1
            ids.append(digest if times[digest] == 1 else f"{digest}-{times[digest]}")
        self._times.put((digest, str(times[digest])) for digest in set(digests))
        return ids
