"""The cells of one sheet of an .xlsx file, taken from the file's own rows and cells.

openpyxl opens the workbook and understands values. Which cells there are is not asked of it: it
believes the size that a sheet declares, and leaves out rows that stand in another order.
"""

from __future__ import annotations

import io
import warnings
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.etree.ElementTree import iterparse

from openpyxl.reader.excel import ExcelReader
from openpyxl.styles.numbers import BUILTIN_FORMATS, BUILTIN_FORMATS_MAX_SIZE
from openpyxl.styles.stylesheet import apply_stylesheet
from openpyxl.utils import get_column_letter, range_boundaries
from openpyxl.utils.escape import unescape
from openpyxl.worksheet import _reader as sheet_xml

from case_review.data.lines import FileProblem, Lines, WrongCell
from case_review.data.shown import as_text

EXPORT = "Export the sheet as 'CSV UTF-8'."
#: Most bytes that a workbook may unpack to.
MOST_UNPACKED = 200_000_000
_OLD = b"\xd0\xcf\x11\xe0"
_LOCKED = "EncryptedPackage".encode("utf-16-le")
_COLUMNS = 16_384
_TRUE = ("1", "true")
_KINDS = {"b", "d", "e", "inlineStr", "n", "s", "str"}
_IN_CELL = {sheet_xml.VALUE_TAG, sheet_xml.FORMULA_TAG, sheet_xml.INLINE_STRING, sheet_xml.EXT_TAG}
#: Most ranges, rows or columns that a message names.
_NAMED = 5


def read(content: bytes, name: str) -> Lines:
    """The lines of the sheet that holds a table; the number of a line is that of its row.

    Parameters
    ----------
    content
        The bytes of the file.
    name
        Name of the table.

    Raises
    ------
    FileProblem
        If the file is damaged or of another kind, or it is not plain which sheet and cells are
        meant.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of parts of the workbook that hold no cells
            return _lines(content, name)
    except FileProblem:
        raise
    # Damaged files make the libraries for archives, XML and workbooks fail in any way there is.
    except Exception as error:
        cause = " ".join(str(error).split())[:100] or type(error).__name__
        raise FileProblem(
            f"the file cannot be read: it is damaged, or no spreadsheet ({cause}). Open it in "
            f"a spreadsheet program and save it again as .xlsx. Or: {EXPORT}"
        ) from None


def as_it_stands(content: bytes, name: str) -> tuple[str, _Sheet]:
    """Name and cells of the sheet that holds a table, with what is wrong, merged and hidden."""
    _check_archive(content)
    book = _Book(content)
    chosen, _ = _choose(book, name)
    return chosen.title, _cells(book, chosen)


def _lines(content: bytes, name: str) -> Lines:
    _check_archive(content)
    book = _Book(content)
    chosen, ignored = _choose(book, name)
    sheet = _cells(book, chosen)
    _refuse_merged(sheet)
    first = min(sheet.rows)
    width = 1 + max(p for p, text in sheet.rows[first].items() if text.strip())
    found = Lines(wrong=sheet.wrong, sheet=chosen.title)
    for row in sorted(sheet.rows):
        cells = sheet.rows[row]
        found.lines.append((row, [cells.get(position, "") for position in range(width)]))
        found.wrong += [
            WrongCell(row, position, text, (
                "this cell stands beside the table, whose header ends in column "
                f"{get_column_letter(width)}. Give its column a name, or delete it."
            ))
            for position, text in cells.items()
            if position >= width and text.strip()
        ]  # fmt: skip
    said = f"read from the spreadsheet's sheet {chosen.title}"
    said += f", not from {_few([page.title for page in ignored])}" if ignored else ""
    found.remarks.append((f"{name}.xlsx", f"{name}.csv", said))
    found.remarks += _remarks(sheet, width)
    return found


def _check_archive(content: bytes) -> None:
    """Refuse what is no workbook, is damaged, or would not end."""
    if content.startswith(_OLD):
        what = (
            "protected by a password" if _LOCKED in content else "a workbook of the old .xls form"
        )
        raise FileProblem(
            f"this is {what}. Open it in a spreadsheet program and save it as .xlsx without a "
            "password."
        )
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = archive.infolist()
        names = [part.filename for part in parts]
        if sum(part.file_size for part in parts) > MOST_UNPACKED:
            raise FileProblem(
                f"the file unpacks to more than {MOST_UNPACKED // 10**6} MB, the most that is "
                f"read. {EXPORT}"
            )
        if any(part.flag_bits & 1 for part in parts):
            raise FileProblem("the file is protected by a password. Save it without one.")
        if "mimetype" in names or "xl/workbook.bin" in names:
            what = "an OpenDocument file" if "mimetype" in names else "a binary workbook (.xlsb)"
            raise FileProblem(
                f"this is {what} with the name of another kind. Open it in a "
                "spreadsheet program and save it as .xlsx."
            )
        if len(set(names)) < len(names) or archive.testzip():
            raise zipfile.BadZipFile("a part is damaged or stands there twice")
        if any(b"purl.oclc.org/ooxml" in archive.read(n) for n in names if n == "xl/workbook.xml"):
            raise FileProblem(
                "this is a 'Strict Open XML' workbook. Save it as 'Excel Workbook (.xlsx)'."
            )


# -- which sheet -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Page:
    """A sheet of cells: its name, whether it can be seen, and its part of the archive."""

    title: str
    visible: bool
    part: str


class _Book(ExcelReader):
    """The workbook without what holds no cells, so that nothing there can stop it."""

    def __init__(self, content: bytes):
        super().__init__(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
        self.read_manifest()
        self.read_strings()
        self.read_workbook()
        apply_stylesheet(self.archive, self.wb)
        self.pages = list(self._pages())

    def _pages(self) -> Iterator[_Page]:
        for sheet in self.parser.sheets:
            link = self.parser.rels.get(sheet.id)
            if link is None or link.target not in self.valid_files:
                raise ValueError(f"the sheet {sheet.name} is missing")
            if link.Type.endswith("/worksheet"):
                yield _Page(sheet.name, sheet.state in (None, "visible"), link.target)


def _choose(book: _Book, name: str) -> tuple[_Page, list[_Page]]:
    """The sheet of the table's name, or the only one that holds anything; and what others do."""
    filled = [page for page in book.pages if _holds_anything(book, page)]
    named = [page for page in filled if page.title.casefold() == name.casefold()]
    seen = named or [page for page in filled if page.visible]
    hidden = [page for page in named or filled if not page.visible]
    if hidden and (named or not seen):
        raise FileProblem(
            f"the sheet {hidden[0].title} is hidden. Show it, if it is meant, or delete it."
        )
    if not seen:
        raise FileProblem("the file is empty. It needs its header row.")
    if len(seen) > 1:
        titles = _few([page.title for page in seen])
        raise FileProblem(
            f"the file has several sheets ({titles}). Give the right one the name {name}, or "
            "export it as 'CSV UTF-8'."
        )
    return seen[0], [page for page in filled if page is not seen[0]]


def _holds_anything(book: _Book, page: _Page) -> bool:
    rows = _Rows(book, page).read()
    return any(cell["text"].strip() for _, cells in rows for cell in cells)


# -- its cells -------------------------------------------------------------------------------------


@dataclass
class _Sheet:
    """What a sheet holds: text by row, from 1, and column, from 0; no blank rows."""

    rows: dict[int, dict[int, str]] = field(default_factory=dict)
    wrong: list[WrongCell] = field(default_factory=list)
    formulas: int = 0
    merged: list[str] = field(default_factory=list)
    hidden_rows: list[int] = field(default_factory=list)
    hidden_columns: bytearray = field(default_factory=bytearray)


def _cells(book: _Book, page: _Page) -> _Sheet:
    found, rows = _Sheet(), _Rows(book, page)
    for row, cells in rows.read():
        texts = {cell["column"] - 1: cell["text"] for cell in cells if cell["text"]}
        if row in found.rows or len({cell["column"] for cell in cells}) < len(cells):
            raise ValueError(f"row {row} of the sheet {page.title} holds a cell twice")
        if not any(map(str.strip, texts.values())):
            continue
        found.rows[row] = texts
        found.formulas += sum(cell["formula"] for cell in cells)
        found.wrong += [
            WrongCell(row, cell["column"] - 1, cell["text"], cell["problem"])
            for cell in cells
            if cell["problem"]
        ]
        if rows.hides(row):
            found.hidden_rows.append(row)
    found.merged, found.hidden_columns = rows.ranges, rows.hidden_columns
    return found


class _Rows(sheet_xml.WorkSheetParser):
    """The rows of a sheet's XML, none added and none left out."""

    def __init__(self, book: _Book, page: _Page):
        of = book.wb
        super().__init__(
            None, book.shared_strings, True, of.epoch, of._date_formats, of._timedelta_formats
        )
        self.book, self.page = book, page
        self.ranges: list[str] = []
        self.hidden_columns = bytearray(_COLUMNS)

    def read(self) -> Iterator[tuple[int, list[dict]]]:
        """Each row's number and cells, in the order of the file."""
        count, bodies = 0, []
        with self.book.archive.open(self.page.part) as source:
            for _, element in iterparse(source):
                if element.tag == sheet_xml.ROW_TAG:
                    count += 1
                    yield self.parse_row(element)
                    element.clear()
                elif element.tag == sheet_xml.DATA_TAG:
                    bodies.append([row.tag for row in element])
                elif element.tag == sheet_xml.COL_TAG and element.get("hidden") in _TRUE:
                    low, high = int(element.get("min")), min(int(element.get("max")), _COLUMNS)
                    if not 1 <= low <= high:
                        raise ValueError(f"the sheet {self.page.title} has no column {low}")
                    self.hidden_columns[low - 1 : high] = b"\x01" * (high - low + 1)
                elif element.tag == sheet_xml.MERGE_TAG:
                    self.ranges += [merged.get("ref") for merged in element]
        if bodies != [[sheet_xml.ROW_TAG] * count]:
            raise ValueError(f"the sheet {self.page.title} holds rows that are none")

    def hides(self, row: int) -> bool:
        return self.row_dimensions.get(str(row), {}).get("hidden") in _TRUE

    def parse_row(self, row):
        number, cells = super().parse_row(row)
        if any(cell["row"] != number for cell in cells):
            raise ValueError(
                f"row {number} of the sheet {self.page.title} holds a cell of another row"
            )
        return number, cells

    def parse_cell(self, element):
        if element.tag == sheet_xml.EXT_TAG:
            return {"row": self.row_counter, "column": 0, "text": "", "problem": "", "formula": 0}
        place = element.get("r") or f"after column {self.col_counter} of row {self.row_counter}"
        kind, written = element.get("t", "n"), element.findtext(sheet_xml.VALUE_TAG)
        known = element.tag == sheet_xml.CELL_TAG and {part.tag for part in element} <= _IN_CELL
        if not known or kind not in _KINDS or (kind == "s" and written and not written.isdigit()):
            raise ValueError(f"cell {place} of the sheet {self.page.title} cannot be understood")
        style = int(element.get("s", 0))
        if style >= len(self.book.wb._cell_styles):
            raise ValueError(f"cell {place} of the sheet {self.page.title} has an unknown format")
        formula = element.find(sheet_xml.FORMULA_TAG) is not None
        try:
            cell = super().parse_cell(element)
        except Exception:
            raise ValueError(
                f"cell {place} of the sheet {self.page.title} holds no value"
            ) from None
        if formula and not written and kind != "str":
            text, problem = "a formula", (
                "this formula was never computed. Open the file in a spreadsheet "
                f"program and save it again. Or: {EXPORT}"
            )  # fmt: skip
        else:
            value = cell["value"]
            value = unescape(value) if isinstance(value, str) else value
            text, problem = as_text(value, self._number_format(style))
        return {
            "row": cell["row"], "column": cell["column"], "text": text, "problem": problem,
            "formula": formula,
        }  # fmt: skip

    def _number_format(self, style: int) -> str:
        number = self.book.wb._cell_styles[style].numFmtId
        if number < BUILTIN_FORMATS_MAX_SIZE:
            return BUILTIN_FORMATS.get(number, "General")
        return self.book.wb._number_formats[number - BUILTIN_FORMATS_MAX_SIZE]


def _refuse_merged(sheet: _Sheet) -> None:
    """Merged cells hold one value for several cells: whose it is, only their author knows."""

    def meets(ref: str) -> bool:
        left, top, _, bottom = range_boundaries(ref)
        return top <= last and bottom >= first and left <= width

    first, last = min(sheet.rows), max(sheet.rows)
    width = max(map(max, sheet.rows.values())) + 1
    met = [ref for ref in sheet.merged if meets(ref)]
    if met:
        raise FileProblem(
            f"the sheet has merged cells ({_few(met)}), which hold one value for several cells. "
            "Unmerge them in the spreadsheet program and write into each cell what is meant "
            "for it."
        )


def _few(names: list) -> str:
    rest = f" and {len(names) - _NAMED:,} more" if len(names) > _NAMED else ""
    return ", ".join(map(str, names[:_NAMED])) + rest


def _remarks(sheet: _Sheet, width: int) -> list[tuple[str, str, str]]:
    """What a reader of the table would not see, for the ledger."""
    columns = [get_column_letter(p + 1) for p in range(width) if sheet.hidden_columns[p]]
    remarks = [
        ("rows", sheet.hidden_rows, "hidden or filtered out in the sheet, and read as data"),
        ("columns", columns, "hidden in the sheet, and read as data"),
    ]
    found = [(f"{what} {_few(names)}", "", why) for what, names, why in remarks if names]
    if sheet.formulas:
        why = "cells hold formulas; the values computed last were read"
        found.append((f"{sheet.formulas:,} formulas", "their values", why))
    return found
