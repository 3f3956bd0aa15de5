"""The bytes of a file, unpacked where it is packed, and the encoding they are in. Pure."""

from __future__ import annotations

import codecs
import gzip
import io
import re
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING

from feedback.parsing.shape import Limits, Unreadable

if TYPE_CHECKING:
    from collections.abc import Buffer  # type: ignore[attr-defined]

GZIP = b"\x1f\x8b"
ZIP = b"PK\x03\x04"
OLD_OFFICE = b"\xd0\xcf\x11\xe0"
# PDF, pictures, databases, other archives: told by their first bytes, whatever the name says.
_NOT_TEXT = (
    b"%PDF", b"\x89PNG", b"GIF8", b"\xff\xd8\xff", b"SQLite", b"PAR1", b"Rar!", b"7z\xbc\xaf", b"\xfd7zXZ", b"BZh",
    b"\x28\xb5\x2f\xfd", b"PK\x05\x06",
)  # fmt: skip
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    # Before UTF-16, whose mark it begins with.
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# Small enough to stay in the caches of a processor.
_BLOCK = 1 << 17
_SAMPLE_BYTES = 65_536
_STRAYS = "hearback.strays"
# A sign that an earlier export has put where it could not read: UTF-8 all the same.
_REPLACED = "\N{REPLACEMENT CHARACTER}".encode()
_TAIL_BYTES = 16_384
# UTF-16 of western text has a zero in every second byte.
_UTF16_ZEROS = 0.3
# Zero bytes are not among them: they are a fault of their row.
_CONTROLS = bytes(set(range(1, 32)) - set(b"\t\n\r\f\x1b\x1c\x1d\x1e\x1f")) + b"\x7f"
_FEW_CONTROLS, _CONTROL_SHARE = 20, 0.05
# An archive of this many bytes when unpacked harms nobody, however well it was packed.
_ALWAYS_ALLOWED = 16 << 20
_KNOWN_ENCODINGS = re.compile(r"utf-?(8|16|32)|cp[0-9]+|iso8859|latin|mac|ascii|koi8|gb|big5|shift_jis|euc|hz|johab")


class _Unpacking(io.RawIOBase):
    """The contents of a gzip file; raises Unreadable past the limits, while it streams."""

    def __init__(self, path: Path, limits: Limits) -> None:
        self._file = path.open("rb")
        self._gzip = gzip.GzipFile(fileobj=self._file)
        self._allowed = allowed(path.stat().st_size, limits)
        self._limits = limits
        self._seen = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Buffer) -> int:
        view = memoryview(buffer)
        try:
            data = self._gzip.read(len(view))
        except (gzip.BadGzipFile, EOFError, zlib.error) as error:
            raise Unreadable("archive_broken") from error
        self._seen += len(data)
        if self._seen > self._allowed:
            raise too_large(self._seen, self._limits)
        view[: len(data)] = data
        return len(data)

    def close(self) -> None:
        self._gzip.close()
        self._file.close()
        super().close()


def allowed(size: int, limits: Limits) -> int:
    """To how many bytes an archive of this size may grow."""
    return min(limits.expanded, max(_ALWAYS_ALLOWED, limits.ratio * size))


def too_large(size: int, limits: Limits) -> Unreadable:
    """The refusal of an archive that grows to `size` bytes or more."""
    if size > limits.expanded:
        return Unreadable("archive_too_large", limit=f"{limits.expanded >> 20:,}")
    return Unreadable("archive_ratio", limit=limits.ratio)


def is_packed(path: Path) -> bool:
    """Whether the file is packed with gzip."""
    with path.open("rb") as file:
        return file.read(2) == GZIP


def opened(path: Path, packed: bool, limits: Limits) -> IO[bytes]:
    """The bytes, unpacked."""
    return io.BufferedReader(_Unpacking(path, limits), _BLOCK) if packed else path.open("rb")


def text(path: Path, encoding: str, packed: bool, limits: Limits) -> IO[str]:
    """The text; what the encoding does not know becomes a replacement character, or in UTF-8 what Windows means."""
    errors = _STRAYS if encoding in {"utf-8", "utf-8-sig"} else "replace"
    return io.TextIOWrapper(opened(path, packed, limits), encoding=encoding, errors=errors, newline="")


def _as_windows_means(error: UnicodeError) -> tuple[str, int]:
    """Bytes that are no UTF-8, in a file put together from parts: the other part was most likely Windows-1252."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return error.object[error.start : error.end].decode("cp1252", "replace"), error.end


codecs.register_error(_STRAYS, _as_windows_means)


def refuse_what_is_no_text(start: bytes) -> None:
    """Raises Unreadable for files that are known to be something else; `start` is the beginning of the contents."""
    if start.startswith(GZIP):
        raise Unreadable("archive_nested")
    if start.startswith(OLD_OFFICE):
        raise Unreadable("workbook_old")
    if start.startswith(_NOT_TEXT):
        raise Unreadable("file_not_text")


def checked(encoding: str) -> str:
    """Python's name of an encoding that somebody chose, "" for none; raises Unreadable for one that is not known."""
    if not encoding:
        return ""
    try:
        name = codecs.lookup(encoding).name
    except (LookupError, ValueError, UnicodeError) as error:
        raise Unreadable("encoding_unknown") from error
    # Python counts zip, rot13 and the encoding of domain names among its codecs.
    if not _KNOWN_ENCODINGS.match(name):
        raise Unreadable("encoding_unknown")
    return "utf-8-sig" if name == "utf-8" else name


def settled(chosen: str, found: str) -> str:
    """The encoding to read with: what somebody chose, else what was found.

    UTF-16 and UTF-32 without a mark need their byte order said, or Python refuses to decode.
    """
    if chosen not in {"utf-16", "utf-32"} or found == chosen:
        return chosen or found
    return found if found.startswith(chosen) else f"{chosen}-le"


@dataclass(frozen=True)
class Bytes:
    """What one pass over all bytes shows."""

    encoding: str
    has_nul: bool
    has_exponents: bool
    # The end of the contents, beginning at an even byte.
    tail: bytes


def looked_through(path: Path, packed: bool, limits: Limits) -> Bytes:
    """BOM, else UTF-16 by its zeros, else UTF-8, else Windows-1252; and what else the bytes tell.

    Statistical guessers take Windows-1252 for other code pages, so that one is the rule, not a guess. A file that
    has more of UTF-8 than of bytes that are none is UTF-8 with something pasted in, or with a cell cut in two.
    """
    with opened(path, packed, limits) as file:
        block = file.read(_SAMPLE_BYTES)
        encoding = _by_first_bytes(block)
        if not encoding and _is_binary(block):
            raise Unreadable("file_not_text")
        letters = _Letters()
        has_nul, has_exponents, size, last, tail = False, False, 0, b"", b""
        while block:
            has_nul = has_nul or b"\0" in block
            has_exponents = has_exponents or b"E+" in block or (last == b"E" and block[:1] == b"+")
            if not encoding:
                letters.count(block)
            size, last = size + len(block), block[-1:]
            tail = block[-_TAIL_BYTES:] if len(block) >= _TAIL_BYTES else (tail + block)[-_TAIL_BYTES:]
            block = file.read(_BLOCK)
    letters.count(b"", final=True)
    return Bytes(
        encoding or ("utf-8-sig" if letters.are_utf8 else "cp1252"),
        has_nul,
        has_exponents or bool(encoding and encoding != "utf-8-sig"),
        tail[1:] if (size - len(tail)) % 2 else tail,
    )


def _by_first_bytes(start: bytes) -> str:
    """The encoding that a mark or many zeros give away, or ""."""
    for mark, name in _BOMS:
        if start.startswith(mark):
            return name
    if start.count(0) > _UTF16_ZEROS * len(start):
        return "utf-16-le" if start[1::2].count(0) >= start[::2].count(0) else "utf-16-be"
    return ""


def _is_binary(start: bytes) -> bool:
    """Whether these bytes are those of a program or a picture: full of control characters that no text has."""
    controls = len(start) - len(start.translate(None, _CONTROLS))
    return controls > _FEW_CONTROLS and controls > _CONTROL_SHARE * len(start)


class _Letters:
    """How many bytes beyond ASCII are part of UTF-8, and how many are none."""

    def __init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._more, self._strays = 0, 0

    def count(self, block: bytes, *, final: bool = False) -> None:
        text = self._decoder.decode(block, final)
        # A letter of several bytes is one sign, and so is each byte that is no letter.
        self._more += len(block) - len(text)
        if not text.isascii():
            self._strays += text.count("\N{REPLACEMENT CHARACTER}") - block.count(_REPLACED)

    @property
    def are_utf8(self) -> bool:
        return self._strays <= self._more
