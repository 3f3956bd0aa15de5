"""Whether an Excel workbook may be opened at all: what its archive declares, and what it really holds. Pure.

A workbook is a ZIP archive of XML files. The reader holds a sheet in memory as one rectangle, so both a
bomb of zeros and a single cell at the far corner have to be found before it is opened.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import IO
from xml.parsers import expat

from feedback.parsing import opening
from feedback.parsing.shape import Limits, Unreadable

_MAX_MEMBERS = 5_000
_BLOCK = 1 << 20
_LOCAL_HEADER = 30
_ENCRYPTED = 0x1
_PARSED = (".xml", ".rels", ".vml")
_STRANGE = (zipfile.BadZipFile, zlib.error, EOFError, ValueError, NotImplementedError, RuntimeError, OSError)
# A cell with something in it, and its place: <c r="AB12" t="s">. Blank styled cells end in "/>".
_CELL = re.compile(rb'<c(?=[\s>])(?:\sr="([A-Z]{1,3})([0-9]{1,7})")?[^>/]*>')
_PREFIXED = re.compile(rb"<\w+:c[\s>]")
_PLACE, _ROW = re.compile(r"([A-Z]{1,3})([0-9]{1,7})"), re.compile(r"[0-9]{1,7}")
_LONGEST_TAG = 4_096


def refuse_what_is_dangerous(file: IO[bytes], size: int, limits: Limits) -> None:
    """Raises Unreadable for an archive that is no workbook, is broken, or would take too much to open."""
    try:
        archive = zipfile.ZipFile(file)
        members = archive.infolist()
    except _STRANGE as error:
        raise Unreadable("archive_broken") from error
    names = {member.filename for member in members}
    if "xl/workbook.xml" not in names or "[Content_Types].xml" not in names:
        raise Unreadable("archive_not_workbook")
    if len(members) > _MAX_MEMBERS or len(names) < len(members):
        raise Unreadable("archive_broken")
    if any(member.flag_bits & _ENCRYPTED for member in members):
        raise Unreadable("workbook_locked")
    limits = replace(limits, expanded=min(limits.expanded, limits.workbook))
    declared, packed = sum(member.file_size for member in members), sum(member.compress_size for member in members)
    # Members that lie on top of one another are the trick by which a small file unpacks without end.
    if packed > size or any(not 0 <= member.header_offset < size for member in members):
        raise Unreadable("archive_broken")
    _refuse_size(declared, size, limits)
    real = 0
    for member in members:
        if member.filename.lower().endswith(_PARSED):
            real += _refuse_contents(file, member, limits)
            _refuse_size(real, size, limits)


def _refuse_size(expanded: int, size: int, limits: Limits) -> None:
    if expanded > opening.allowed(size, limits):
        raise opening.too_large(expanded, limits)


def _refuse_contents(file: IO[bytes], member: zipfile.ZipInfo, limits: Limits) -> int:
    """Look through one XML file; how large it really is."""
    real, sheet, carry = 0, _Rectangle(), b""
    for block in _unpacked(file, member):
        # Entities, external ones too, are declared in a DOCTYPE; no spreadsheet writes one, nor anything but UTF-8.
        if b"<!DOCTYPE" in block or (not real and b"\0" in block[:_LONGEST_TAG]):
            raise Unreadable("archive_broken")
        real += len(block)
        if real > member.file_size:
            raise Unreadable("archive_broken")
        sheet.see(carry + block)
        carry = sheet.rest
    if sheet.unplaced:
        # Rare: cells without their place. Every tag is read then.
        sheet = _exact(_unpacked(file, member))
    if sheet.size > limits.sheet_cells:
        raise Unreadable("sheet_too_large", limit=f"{limits.sheet_cells:,}")
    return real


def _unpacked(file: IO[bytes], member: zipfile.ZipInfo) -> Iterator[bytes]:
    """What the compressed bytes of a member really hold, whatever the directory says of their size."""
    file.seek(member.header_offset)
    header = file.read(_LOCAL_HEADER)
    if len(header) < _LOCAL_HEADER or not header.startswith(opening.ZIP):
        raise Unreadable("archive_broken")
    file.seek(int.from_bytes(header[26:28], "little") + int.from_bytes(header[28:30], "little"), 1)
    left = member.compress_size
    if member.compress_type == zipfile.ZIP_STORED:
        while left > 0 and (block := file.read(min(_BLOCK, left))):
            left -= len(block)
            yield block
        return
    if member.compress_type != zipfile.ZIP_DEFLATED:
        raise Unreadable("archive_broken")
    machine = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        while not machine.eof and left > 0 and (data := file.read(min(_BLOCK, left))):
            left -= len(data)
            while data and not machine.eof:
                if block := machine.decompress(data, _BLOCK):
                    yield block
                data = machine.unconsumed_tail
    except zlib.error as error:
        raise Unreadable("archive_broken") from error


@dataclass
class _Rectangle:
    """The rectangle around the filled cells of a sheet, from its XML in pieces."""

    width: int = 0
    height: int = 0
    # Whether a cell was seen that does not say where it is.
    unplaced: bool = False
    # The tag at the end of the last piece, which is not complete.
    rest: bytes = b""

    def see(self, block: bytes) -> None:
        """Take the next piece, the rest of the one before in front of it."""
        cut = block.rfind(b"<")
        at = cut if cut >= 0 and len(block) - cut < _LONGEST_TAG and b">" not in block[cut:] else len(block)
        block, self.rest = block[:at], block[at:]
        cells = _CELL.findall(block)
        if cells:
            columns, rows = (set(parts) for parts in zip(*cells, strict=True))
            self.unplaced = self.unplaced or b"" in columns
            self.width = max(self.width, *map(_column, columns))
            self.height = max(self.height, *(int(row or 0) for row in rows))
        self.unplaced = self.unplaced or (b":c" in block and _PREFIXED.search(block) is not None)

    @property
    def size(self) -> int:
        """How many cells the rectangle has."""
        return self.width * self.height


def _column(letters: bytes) -> int:
    """A is 1, Z is 26, AA is 27."""
    number = 0
    for letter in letters:
        number = 26 * number + letter - 64
    return number


def _exact(pieces: Iterator[bytes]) -> _Rectangle:
    """The same rectangle tag by tag, where a cell without its place stands right of the one before."""
    found = _Rectangle()
    row = column = 0

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal row, column
        tag, told = name.rsplit(":", 1)[-1], attributes.get("r", "")
        if tag == "row":
            row, column = int(told) if _ROW.fullmatch(told) else row + 1, 0
        elif tag == "c":
            match = _PLACE.fullmatch(told)
            column = _column(match[1].encode()) if match else column + 1
            found.width = max(found.width, column)
            found.height = max(found.height, int(match[2]) if match else row)

    parser = expat.ParserCreate()
    parser.StartElementHandler = start
    try:
        for piece in pieces:
            parser.Parse(piece, False)
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        raise Unreadable("archive_broken") from error
    return found
