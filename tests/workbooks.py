"""Workbooks written part by part, as programs other than openpyxl write them."""

from __future__ import annotations

import io
import zipfile
from xml.sax.saxutils import escape, quoteattr

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
_CONTENT = "application/vnd.openxmlformats-officedocument.spreadsheetml"
#: Number formats of the cells by style: general, percent, date, names of three digits, `mg`,
#: thousands, hours, two decimals.
FORMATS = ["0", "0.0%", "yyyy-mm-dd", "000", '0.0" mg"', "0.0,", "[h]:mm", "#,##0.00"]


def cell(place: str, value="", kind="inlineStr", style=0, more="") -> str:
    """A cell's XML; `kind` is its type, and `more` stands before its value, such as a formula."""
    where = f" r={quoteattr(place)}" if place else ""
    if kind == "inlineStr":
        return f'<c{where} s="{style}" t="inlineStr"><is><t>{escape(value)}</t></is></c>'
    given = "" if value is None else f"<v>{escape(str(value))}</v>"
    return f'<c{where} s="{style}" t="{kind}">{more}{given}</c>'


def row(number: int, *values, more="") -> str:
    """A row's XML; values are texts, numbers, or the XML of a cell."""
    cells = []
    for position, value in enumerate(values):
        place = f"{chr(ord('A') + position)}{number}"
        if isinstance(value, str) and value.startswith("<c"):
            cells.append(value)
        elif value != "":
            cells.append(cell(place, value, "inlineStr" if isinstance(value, str) else "n"))
    return f'<row r="{number}"{more}>{"".join(cells)}</row>'


def sheet(*rows: str, before="", after="") -> str:
    """A sheet's XML of rows."""
    return (
        f'<worksheet xmlns="{_MAIN}">{before}<sheetData>{"".join(rows)}</sheetData>{after}'
        "</worksheet>"
    )


def book(sheets: dict[str, str], states: dict[str, str] | None = None, **replaced: str) -> bytes:
    """A workbook of sheets by name.

    Parameters
    ----------
    states
        `hidden` or `veryHidden` by name; `chart` makes a chart sheet.
    replaced
        Parts by their file name without folder and ending, such as `styles`.
    """
    states = states or {}
    listed, links, types = [], [], []
    for n, name in enumerate(sheets, 1):
        state = states.get(name, "visible")
        kind = "chartsheet" if state == "chart" else "worksheet"
        shown = f' state="{state}"' if state not in ("visible", "chart") else ""
        listed.append(f'<sheet name={quoteattr(name)} sheetId="{n}"{shown} r:id="rId{n}"/>')
        links.append(_link(n, kind, f"worksheets/sheet{n}.xml"))
        types.append((f"xl/worksheets/sheet{n}.xml", f"{kind}+xml"))
    links.append(_link(len(sheets) + 1, "styles", "styles.xml"))
    formats = "".join(
        f'<numFmt numFmtId="{164 + i}" formatCode={quoteattr(code)}/>'
        for i, code in enumerate(FORMATS)
    )
    xfs = '<xf numFmtId="0"/>' + "".join(
        f'<xf numFmtId="{164 + i}" applyNumberFormat="1"/>' for i in range(1, len(FORMATS))
    )
    types += [("xl/workbook.xml", "sheet.main+xml"), ("xl/styles.xml", "styles+xml")]
    overrides = "".join(
        f'<Override PartName="/{part}" ContentType="{_CONTENT}.{kind}"/>' for part, kind in types
    )
    parts = {
        "[Content_Types].xml": (
            '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
            '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.'
            f'relationships+xml"/>{overrides}</Types>'
        ),
        "_rels/.rels": (
            f'<Relationships xmlns="{_PACKAGE}">'
            f"{_link(1, 'officeDocument', 'xl/workbook.xml')}</Relationships>"
        ),
        "xl/workbook.xml": (
            f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>{"".join(listed)}</sheets>'
            "</workbook>"
        ),
        "xl/_rels/workbook.xml.rels": (
            f'<Relationships xmlns="{_PACKAGE}">{"".join(links)}</Relationships>'
        ),
        "xl/styles.xml": (
            f'<styleSheet xmlns="{_MAIN}"><numFmts>{formats}</numFmts>'
            f"<cellXfs>{xfs}</cellXfs></styleSheet>"
        ),
    }
    parts |= {f"xl/worksheets/sheet{n}.xml": xml for n, xml in enumerate(sheets.values(), 1)}
    for part in parts:
        stem = part.rpartition("/")[2].removesuffix(".xml")
        parts[part] = replaced.get(stem, parts[part])
    return archive(parts)


def archive(parts: dict[str, str | bytes]) -> bytes:
    """The bytes of an archive of parts, always the same."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in parts.items():
            made.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return stream.getvalue()


def parts_of(content: bytes) -> dict[str, bytes]:
    """The parts of an archive by name."""
    with zipfile.ZipFile(io.BytesIO(content)) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


def _link(number: int, kind: str, target: str) -> str:
    return f'<Relationship Id="rId{number}" Type="{_OFFICE}/{kind}" Target="{target}"/>'
