"""A group's sheet as it was typed: where its header stands, its columns, rows and notes.

Above the header may stand titles, and groups of columns in merged cells; below the table notes.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from openpyxl.utils import get_column_letter, range_boundaries

from case_review.data import raw_file, spreadsheet
from case_review.data.lines import FileProblem, content_of
from case_review.errors import ReviewError
from case_review.living.importing import headers

#: The header is looked for in so many rows.
_HEAD = 20


@dataclass
class Cell:
    """A cell's text, and what a spreadsheet shows otherwise than it holds, if it does."""

    text: str
    problem: str = ""


@dataclass
class Sheet:
    """The columns and rows of one sheet.

    Parameters
    ----------
    name
        Of the sheet, or of the file where it is a CSV.
    header
        Numbers of the header's rows, the first being 1.
    columns
        What stands in the header, by the letter of the column.
    rows
        Cells by column's letter, by number of row.
    hidden, merged
        Letters of hidden columns, and cells that were filled as they are merged with one above.
    notes
        Cells below the table that belong to no row, by place.
    """

    name: str
    header: list[int] = field(default_factory=list)
    columns: dict[str, str] = field(default_factory=dict)
    rows: dict[int, dict[str, Cell]] = field(default_factory=dict)
    hidden: list[str] = field(default_factory=list)
    merged: list[str] = field(default_factory=list)
    notes: dict[str, str] = field(default_factory=dict)


def read(path: Path, name: str = "") -> Sheet:
    """The sheet of a file.

    Parameters
    ----------
    path
        An .xlsx file or a CSV.
    name
        Which sheet, where there are several.

    Raises
    ------
    ReviewError
        If the file cannot be read, has several sheets, or no row that looks like a header.
    """
    try:
        if path.suffix.lower() in (".xlsx", ".xlsm", ".xls", ".ods"):
            found, lines, ranges = _of_workbook(path, name)
        else:
            found, ranges = Sheet(path.stem), []
            lines = {
                number: {p: Cell(text.strip()) for p, text in enumerate(cells) if text.strip()}
                for number, cells in raw_file.csv_lines(_titled(content_of(path))).lines
            }
    except FileProblem as problem:
        place = f", row {problem.row}" if problem.row else ""
        raise ReviewError(f"{path}{place}: {problem.message}") from None
    _fill(found, lines, ranges, path)
    return found


def _titled(content: bytes) -> bytes:
    """A CSV whose first line, if it is a title alone, has the sign that separates columns below."""
    title, end, rest = content.partition(b"\n")
    often = {sign: rest.count(sign) for sign in (b",", b";", b"\t", b"|")}
    sign = max(often, key=often.get)
    if not rest or not title.strip() or any(one in title for one in often) or not often[sign]:
        return content
    return title.rstrip(b"\r") + sign + end + rest


def _of_workbook(path: Path, name: str):
    content = content_of(path)
    try:
        title, cells = spreadsheet.as_it_stands(content, name or path.stem)
    except FileProblem as problem:
        if "several sheets" in problem.message:
            said = problem.message.split(". Give")[0]
            raise ReviewError(f"{path}: {said}. Say which by --sheet NAME.") from None
        raise
    except Exception as error:
        raise ReviewError(
            f"{path}: the file is damaged, or no spreadsheet ({error}). Save it again as .xlsx."
        ) from None
    wrong = {(w.line, w.position): w.message for w in cells.wrong}
    lines = {
        row: {p: Cell(t.strip(), wrong.get((row, p), "")) for p, t in texts.items() if t.strip()}
        for row, texts in sorted(cells.rows.items())
    }
    found = Sheet(title)
    last = max((p for texts in lines.values() for p in texts), default=-1)
    found.hidden = [get_column_letter(p + 1) for p in range(last + 1) if cells.hidden_columns[p]]
    return found, lines, cells.merged


def _fill(found: Sheet, lines: dict[int, dict[int, Cell]], ranges: list[str], path: Path) -> None:
    boxes = [range_boundaries(ref) for ref in ranges]
    main = _main_row(lines, path)
    found.header = _header_rows(main, lines, boxes)
    _spread(found, lines, boxes)
    used = sorted({p for row in found.header for p in lines.get(row, {})})
    last = max(found.header)
    beside = {p for row, cells in lines.items() if row > last for p in cells} - set(used)
    for position in sorted({*used, *beside}):
        said = [lines[r][position].text for r in found.header if position in lines.get(r, {})]
        header = " / ".join(dict.fromkeys(" ".join(text.split()) for text in said))
        found.columns[get_column_letter(position + 1)] = header
    body = {row: cells for row, cells in lines.items() if row > last and cells}
    for row in _notes(body):
        for position, cell in body.pop(row).items():
            found.notes[f"{get_column_letter(position + 1)}{row}"] = cell.text
    found.rows = {
        row: {get_column_letter(p + 1): cell for p, cell in sorted(cells.items())}
        for row, cells in body.items()
    }


def _main_row(lines: dict[int, dict[int, Cell]], path: Path) -> int:
    """The row whose cells look most like the names of columns."""
    first = list(lines)[:_HEAD]
    score = {row: sum(headers.likeness(c.text) for c in lines[row].values()) for row in first}
    best = max(first, key=lambda row: (score[row], -row), default=None)
    if best is None or score[best] < 2:
        raise ReviewError(
            f"{path}: no row looks like a header. Expected within the first {_HEAD} rows one with "
            "names of columns such as report, sex, age, diagnosis and response. Name the columns."
        )
    return best


def _header_rows(main: int, lines, boxes) -> list[int]:
    """The header's rows: those that merged cells join to the main one, and groups above it."""
    low = high = main
    for left, top, right, bottom in boxes:
        if top <= main <= bottom and bottom > top:
            low, high = min(low, top), max(high, bottom)
        width = len(lines.get(main, {}))
        if top == bottom == main - 1 and 1 < right - left + 1 < width:
            low = min(low, top)
        if top == bottom == main and right > left and main + 1 in lines:
            high = max(high, main + 1)
    return list(range(low, high + 1))


def _spread(found: Sheet, lines, boxes) -> None:
    """Give each cell of a merged range its text; below the header that is noted."""
    last = max(found.header)
    for left, top, right, bottom in boxes:
        if bottom < min(found.header):
            continue
        cell = lines.get(top, {}).get(left - 1)
        if cell is None or (top > last and right > left):
            continue
        for row in range(top, bottom + 1):
            for position in range(left - 1, right):
                if (row, position) == (top, left - 1):
                    continue
                lines.setdefault(row, {})[position] = cell
                if row > last:
                    found.merged.append(f"{get_column_letter(position + 1)}{row}")
    for row in sorted(lines):  # rows that only merged cells fill stand where they belong
        lines[row] = lines.pop(row)


def _notes(body: dict[int, dict[int, Cell]]) -> list[int]:
    """Rows of one cell at the end of a table, where its other rows have more, are notes."""
    found = []
    for row in reversed(body):
        if len(body[row]) > 1 or len(body) == len(found):
            break
        found.append(row)
    widest = max((len(cells) for cells in body.values()), default=0)
    return sorted(found) if widest > 1 else []
