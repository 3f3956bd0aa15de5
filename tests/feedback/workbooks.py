"""Excel workbooks for tests, written by hand: the smallest files that Excel would open."""

import io
import zipfile
from collections.abc import Sequence
from xml.sax.saxutils import escape, quoteattr

_MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
# Styles by their position: none, a date with a time, hours past 24, a time of day.
_STYLES = (
    f'<styleSheet {_MAIN}><numFmts count="2"><numFmt numFmtId="164" formatCode="yyyy-mm-dd hh:mm"/>'
    '<numFmt numFmtId="165" formatCode="[h]:mm:ss"/></numFmts><cellXfs count="4"><xf numFmtId="0"/>'
    '<xf numFmtId="164"/><xf numFmtId="165"/><xf numFmtId="21"/></cellXfs></styleSheet>'
)
DATE, HOURS, CLOCK = 1, 2, 3


class Styled(float):
    """A number with one of the formats above."""

    style: int = 0


def styled(value: float, style: int) -> Styled:
    number = Styled(value)
    number.style = style
    return number


Cell = str | float | bool | None


def workbook(sheets: dict[str, Sequence[Sequence[Cell]] | str], **extra: bytes) -> bytes:
    """A workbook of these sheets, as rows of cells or as the XML between the tags of sheetData."""
    named = list(enumerate(sheets.items(), start=1))
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types"/>',
        "_rels/.rels": _relations([("officeDocument", "xl/workbook.xml")]),
        "xl/workbook.xml": f'<workbook {_MAIN} xmlns:r="{_OFFICE}"><sheets>'
        + "".join(f'<sheet name={quoteattr(name)} sheetId="{at}" r:id="rId{at}"/>' for at, (name, _) in named)
        + "</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": _relations([("worksheet", f"worksheets/sheet{at}.xml") for at, _ in named]),
        "xl/styles.xml": _STYLES,
    }
    for at, (_, rows) in named:
        inner = rows if isinstance(rows, str) else "".join(_row(line, cells) for line, cells in enumerate(rows, 1))
        parts[f"xl/worksheets/sheet{at}.xml"] = f"<worksheet {_MAIN}><sheetData>{inner}</sheetData></worksheet>"
    return archive({**{name: text.encode() for name, text in parts.items()}, **extra})


def archive(members: dict[str, bytes]) -> bytes:
    """A ZIP archive of these members."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, data in members.items():
            packed.writestr(name, data)
    return target.getvalue()


def _relations(targets: list[tuple[str, str]]) -> str:
    return f'<Relationships xmlns="{_PACKAGE}/relationships">' + "".join(
        f'<Relationship Id="rId{at}" Type="{_OFFICE}/{kind}" Target="{target}"/>'
        for at, (kind, target) in enumerate(targets, start=1)
    ) + "</Relationships>"  # fmt: skip


def _row(line: int, cells: Sequence[Cell]) -> str:
    return f'<row r="{line}">{"".join(_cell(at, line, cell) for at, cell in enumerate(cells))}</row>'


def _cell(at: int, line: int, cell: Cell) -> str:
    place = f"{chr(65 + at)}{line}"
    if cell is None:
        return f'<c r="{place}" s="0"/>'
    if isinstance(cell, bool):
        return f'<c r="{place}" t="b"><v>{int(cell)}</v></c>'
    if isinstance(cell, str):
        return f'<c r="{place}" t="inlineStr"><is><t xml:space="preserve">{escape(cell)}</t></is></c>'
    return f'<c r="{place}" s="{cell.style if isinstance(cell, Styled) else 0}"><v>{float(cell)!r}</v></c>'
