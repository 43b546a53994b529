"""From a raw file's bytes to lines of cells: encodings, delimiters, and spreadsheets for CSV.

What can be understood in one way only is repaired, with a remark for the cleaning ledger; anything
else is a `FileProblem` that says what to do.
"""

from __future__ import annotations

import csv
import io
import zipfile
from dataclasses import dataclass, field
from pathlib import Path

_DELIMITERS = {";": "semicolons", "\t": "tabs", "|": "vertical bars"}
_SPREADSHEET = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_EXPORT = "Export the sheet as 'CSV UTF-8'."


class FileProblem(Exception):
    """A file that cannot be read as lines of cells; `row` is None where all of it is meant."""

    def __init__(self, message: str, row: int | None = None):
        self.message, self.row = message, row
        super().__init__(message)


@dataclass
class Lines:
    """The lines of a file that hold anything, each with its number, the first being 1.

    Parameters
    ----------
    remarks
        What was repaired, as (before, after, reason).
    """

    lines: list[tuple[int, list[str]]] = field(default_factory=list)
    remarks: list[tuple[str, str, str]] = field(default_factory=list)


def path_of(folder: Path, name: str) -> Path:
    """The file that a raw table is read from: a spreadsheet where it lies in place of the CSV."""
    path, sheet = folder / f"{name}.csv", folder / f"{name}.xlsx"
    return sheet if sheet.is_file() and not path.is_file() else path


def read(folder: Path, name: str) -> Lines:
    """The lines of `<name>.csv`, or of `<name>.xlsx` where that lies in its place.

    Raises
    ------
    FileProblem
        If there is none or two of them, or the file cannot be understood in one way only.
    """
    path, sheet = folder / f"{name}.csv", folder / f"{name}.xlsx"
    if sheet.is_file():
        if path.is_file():
            raise FileProblem(f"{sheet.name} lies beside it. Keep one of the two.")
        return _workbook(sheet, name)
    if not path.exists():
        raise FileProblem(
            "the file is missing. Put it back; data/raw/README.md describes its columns."
            + _near(path)
        )
    return read_path(path)


def read_path(path: Path) -> Lines:
    """The lines of one file: of a spreadsheet where it ends in `.xlsx`, else of a CSV.

    Raises
    ------
    FileProblem
        If it is no file that may be read, or cannot be understood in one way only.
    """
    if path.is_dir():
        raise FileProblem("this is a folder. Put the file of this name in its place.")
    if path.suffix.lower() == ".xlsx":
        return _workbook(path, path.stem)
    try:
        return _csv(path.read_bytes())
    except FileNotFoundError:
        raise FileProblem("the file does not exist. Correct its name.") from None
    except PermissionError:
        raise FileProblem("the file may not be read. Give yourself the right to.") from None


def _near(path: Path) -> str:
    """A hint where a file of nearly this name lies there."""
    others = sorted(path.parent.glob("*")) if path.parent.is_dir() else []
    for other in others:
        if other.name.lower() != path.name.lower() and other.stem.lower() != path.stem.lower():
            continue
        return f" {other.name} lies there; only {path.stem}.csv and {path.stem}.xlsx are read."
    return ""


def _csv(content: bytes) -> Lines:
    found = Lines()
    if content.startswith(_SPREADSHEET):
        raise FileProblem(
            "this is a spreadsheet with the name of a CSV file. Give it the ending .xlsx, or "
            "export it as 'CSV UTF-8'."
        )
    text = _text(content, found)
    first = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = next((d for d in _DELIMITERS if d in first and "," not in first), ",")
    if delimiter != ",":
        reason = "columns are separated otherwise"
        found.remarks.append((_DELIMITERS[delimiter], "commas", reason))
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    line = 1
    try:
        for cells in reader:
            # A quoted cell may hold line breaks: the row is where it begins.
            if any(map(str.strip, cells)):
                found.lines.append((line, cells))
            line = reader.line_num + 1
    except csv.Error as error:
        raise FileProblem(
            f"the row that begins here cannot be read as CSV ({error}). "
            "Look for a quotation mark that is not closed, or stands within a cell.",
            line,
        ) from None
    return found


def _text(content: bytes, found: Lines) -> str:
    if content.startswith(b"\xef\xbb\xbf"):
        reason = "the mark of some editors carries no data"
        found.remarks.append(("byte order mark", "", reason))
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise FileProblem("the file is not UTF-8. Save it again as 'CSV UTF-8'.", line) from None
    if not text.strip():
        raise FileProblem("the file is empty. It needs its header row.")
    for odd, what in (("\x00", "zero bytes"), ("\ufffd", "replacement characters (\ufffd)")):
        if odd in text:
            raise FileProblem(
                f"it holds {what}, so something was lost when it was saved. Take it from where "
                "it came from, or export it again as 'CSV UTF-8'.",
                text[: text.index(odd)].count("\n") + 1,
            )
    return text


def _workbook(path: Path, name: str) -> Lines:
    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        values, formulas = (
            load_workbook(path, read_only=True, data_only=shown) for shown in (True, False)
        )
        title = _sheet(values, name)
        rows = list(values[title].iter_rows(values_only=True))
        typed = list(formulas[title].iter_rows(values_only=True))
    except (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError, OSError) as error:
        raise FileProblem(f"{path.name} cannot be read ({error}). {_EXPORT}") from None
    found = Lines()
    for line, (shown, written) in enumerate(zip(rows, typed, strict=True), 1):
        if any(a is None and b is not None for a, b in zip(shown, written, strict=True)):
            raise FileProblem(
                f"{path.name} holds a formula that was never computed. {_EXPORT}", line
            )
        cells = ["" if cell is None else _cell(cell) for cell in shown]
        if any(map(str.strip, cells)):
            found.lines.append((line, cells))
    if not found.lines:
        raise FileProblem(f"{path.name} is empty. It needs its header row.")
    width = max(i + 1 for _, cells in found.lines for i, cell in enumerate(cells) if cell.strip())
    found.lines = [(line, (cells + [""] * width)[:width]) for line, cells in found.lines]
    found.remarks.append((path.name, f"{name}.csv", f"read from the spreadsheet's sheet {title}"))
    return found


def _sheet(workbook, name: str) -> str:
    """The sheet of the table's name, or the only one that holds anything."""
    if name in workbook.sheetnames:
        return name
    filled = [s.title for s in workbook.worksheets if any(map(any, s.iter_rows(values_only=True)))]
    if len(filled) > 1:
        raise FileProblem(
            f"{name}.xlsx has several sheets ({', '.join(filled)}). Give the right one the name "
            f"{name}, or export it as 'CSV UTF-8'."
        )
    return (filled or workbook.sheetnames)[0]


def _cell(cell) -> str:
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)
