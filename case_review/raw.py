"""Reading `data/raw/`: what can be read in one way only is read, the rest is refused in one go.

Every repair (a stripped blank, another delimiter, `NA` for an empty cell) is returned as a change
for the cleaning ledger. All problems of all files are collected before anything is refused.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from case_review.errors import ReviewError
from case_review.schema import TABLES, TableSchema

_MISSING = {"na", "n/a", "nan", "null", "-", "–", "—", "?", "n.a.", "nd"}
_NUMBER = re.compile(r"\d+(?:\.\d+)?(?:[eE][+-]?\d+)?")
_DECIMAL_COMMA = re.compile(r"\d+,\d+")
_DATE = re.compile(
    r"\d{1,2}[-/. ](?:[A-Za-z]{3,9}|\d{1,2})(?:[-/. ]\d{2,4})?|[A-Za-z]{3}[-/. ]\d{2,4}"
    r"|\d{4}-\d{2}-\d{2}.*"
)
_DELIMITERS = {";": "semicolons", "\t": "tabs"}


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong in a raw file.

    Parameters
    ----------
    file
        Path as the user knows it.
    row
        Line of the file, the header being line 1; None where the whole file is meant.
    column, value
        Where and what; empty where they do not apply.
    message
        What was expected and what to do.
    """

    file: str
    row: int | None
    column: str
    value: str
    message: str

    def __str__(self) -> str:
        place = self.file
        place += f", row {self.row}" if self.row else ""
        place += f", column {self.column}" if self.column else ""
        found = f": found '{self.value}'; " if self.value else ": "
        return f"{place}{found}{self.message}"


class DataError(ReviewError):
    """Raw data that cannot be used; `problems` lists every cause."""

    def __init__(self, problems: list[Problem]):
        self.problems = problems
        many = f"{len(problems)} problems" if len(problems) != 1 else "1 problem"
        super().__init__("\n".join([f"{many} in the raw data:", *map(str, problems)]))


@dataclass(frozen=True)
class Change:
    """A line of the cleaning ledger.

    Parameters
    ----------
    kind
        `recode`, `conversion` or `classification`.
    """

    table: str
    row: int | None
    key: str
    column: str
    kind: str
    before: str
    after: str
    reason: str


@dataclass
class Raw:
    """The raw tables as text, indexed by line number, and what was repaired on the way."""

    tables: dict[str, pd.DataFrame]
    changes: list[Change] = field(default_factory=list)


def read(folder: Path) -> Raw:
    """All raw tables of `folder`; an empty cell is an empty text.

    Raises
    ------
    DataError
        With every problem of every file.
    """
    raw, problems = Raw({}), []
    for name, schema in TABLES.items():
        table = _Reader(Path(folder), name, schema)
        raw.tables[name] = table.read()
        raw.changes += table.changes
        problems += table.problems
    if problems:
        raise DataError(problems)
    return raw


class _Reader:
    """Reads one table and keeps what it repaired and what it could not."""

    def __init__(self, folder: Path, name: str, schema: TableSchema):
        self.folder, self.name, self.schema = folder, name, schema
        self.file = f"data/raw/{name}.csv"
        self.changes: list[Change] = []
        self.problems: list[Problem] = []

    def refuse(self, message: str, row=None, column="", value="") -> None:
        self.problems.append(Problem(self.file, row, column, value, message))

    def note(self, before: str, after: str, reason: str, row=None, column="", key="") -> None:
        self.changes.append(Change(self.name, row, key, column, "recode", before, after, reason))

    def read(self) -> pd.DataFrame:
        empty = pd.DataFrame(columns=list(self.schema.columns), dtype=str)
        lines = self._lines()
        if lines is None:
            return empty
        (_, header), *body = lines
        header = [name.strip() for name in header]
        if not self._header_fits(header):
            return empty
        rows = list(self._full_rows(header, body))
        index = pd.Index([line for line, _ in rows], name="row")
        frame = pd.DataFrame([cells for _, cells in rows], index=index, columns=header, dtype=str)
        frame = frame.loc[:, list(self.schema.columns)]
        frame = self._trimmed(frame)
        self._check_numbers(frame)
        self._check_keys(frame)
        return frame

    # -- the file --------------------------------------------------------------------------------

    def _lines(self) -> list[tuple[int, list[str]]] | None:
        path, sheet = self.folder / f"{self.name}.csv", self.folder / f"{self.name}.xlsx"
        if sheet.is_file():
            if path.is_file():
                self.refuse(f"{sheet.name} lies beside it. Keep one of the two.")
                return None
            return self._sheet(sheet)
        if not path.is_file():
            self.refuse("the file is missing. data/raw/README.md describes its columns.")
            return None
        return self._csv(path.read_bytes())

    def _csv(self, content: bytes) -> list[tuple[int, list[str]]] | None:
        if content.startswith(b"\xef\xbb\xbf"):
            self.note("byte order mark", "", "the mark of some editors carries no data")
        try:
            text = content.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = content[: error.start].count(b"\n") + 1
            self.refuse("the file is not UTF-8. Save it again as 'CSV UTF-8'.", row=line)
            return None
        if not text.strip():
            self.refuse("the file is empty. It needs at least its header row.")
            return None
        first = text.splitlines()[0]
        delimiter = next((d for d in _DELIMITERS if d in first and "," not in first), ",")
        if delimiter != ",":
            self.note(_DELIMITERS[delimiter], "commas", "columns are separated otherwise")
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        return [(reader.line_num, cells) for cells in reader if any(map(str.strip, cells))]

    def _sheet(self, path: Path) -> list[tuple[int, list[str]]] | None:
        from openpyxl import load_workbook

        try:
            rows = load_workbook(path, read_only=True, data_only=True).active.iter_rows(
                values_only=True
            )
            lines = [
                (i, ["" if cell is None else _sheet_text(cell) for cell in row])
                for i, row in enumerate(rows, 1)
            ]
        except Exception as error:
            self.refuse(f"{path.name} cannot be read ({error}). Export the sheet as 'CSV UTF-8'.")
            return None
        lines = [(i, cells) for i, cells in lines if any(cells)]
        if not lines:
            self.refuse(f"{path.name} is empty. It needs at least its header row.")
            return None
        self.note(path.name, f"{self.name}.csv", "read from the spreadsheet's first sheet")
        return lines

    def _header_fits(self, header: list[str]) -> bool:
        before = len(self.problems)
        expected = self.schema.columns
        for name in sorted({name for name in header if header.count(name) > 1}):
            self.refuse("the header names this column twice. Remove one.", row=1, column=name)
        for name in expected:
            if name not in header:
                self.refuse("the column is missing. Add it, empty if need be.", column=name, row=1)
        for name in header:
            if name not in expected:
                self.refuse(
                    f"unknown column. Expected are {', '.join(expected)}.", column=name, row=1
                )
        return len(self.problems) == before

    def _full_rows(self, header, body) -> Iterator[tuple[int, list[str]]]:
        for line, cells in body:
            if len(cells) == len(header):
                yield line, cells
            else:
                self.refuse(
                    f"{len(cells)} cells where the header has {len(header)}. Quote cells that "
                    "hold the delimiter.",
                    row=line,
                )

    # -- the cells -------------------------------------------------------------------------------

    def _trimmed(self, frame: pd.DataFrame) -> pd.DataFrame:
        stripped = frame.apply(lambda column: column.str.strip())
        self._note_cells(frame, stripped, "blanks around a value carry no meaning")
        spelled = stripped.apply(lambda c: c.where(~c.str.lower().isin(_MISSING), ""))
        self._note_cells(stripped, spelled, "a spelling of missing; an empty cell says it")
        return spelled

    def _note_cells(self, before: pd.DataFrame, after: pd.DataFrame, reason: str) -> None:
        for column in before.columns:
            for row in before.index[before[column] != after[column]]:
                old, new = before.at[row, column], after.at[row, column]
                self.note(old, new, reason, row=row, column=column)

    def _check_numbers(self, frame: pd.DataFrame) -> None:
        for column in self.schema.numbers:
            values = frame[column]
            odd = values[(values != "") & ~values.str.fullmatch(_NUMBER.pattern)]
            for row, value in odd.items():
                if _DECIMAL_COMMA.fullmatch(value):
                    frame.at[row, column] = value.replace(",", ".")
                    self.note(value, frame.at[row, column], "decimal comma", row, column)
                else:
                    self.refuse(_advice(value), row=row, column=column, value=value)
        for column in self.schema.whole:
            values = frame[column]
            for row, value in values[values.str.fullmatch(r"\d+\.\d*[1-9]\d*")].items():
                self.refuse("a whole number was expected.", row=row, column=column, value=value)

    def _check_keys(self, frame: pd.DataFrame) -> None:
        key = list(self.schema.key)
        for row in frame.index[frame.duplicated(key)] if key else ():
            value = " / ".join(frame.loc[row, key])
            self.refuse("this row is there twice.", row=row, column=" / ".join(key), value=value)
        if key:
            for row in frame.index[frame[key[0]] == ""]:
                self.refuse("every row needs a value here.", row=row, column=key[0])


def _sheet_text(cell) -> str:
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)


def _advice(value: str) -> str:
    if _DATE.fullmatch(value):
        return (
            "a number was expected; a spreadsheet seems to have made a date of it. "
            "Type the number again in a cell formatted as text."
        )
    if value.startswith("-"):
        return "a number of zero or more was expected."
    return "a number was expected. Put units and remarks in their own columns, or leave it empty."
