"""Reading `data/raw/`: what can be read in one way only is read, the rest is refused in one go.

Every repair (a stripped blank, another delimiter, `NA` for an empty cell) is returned as a change
for the cleaning ledger. All problems of all files are collected before anything is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path
from types import MappingProxyType

import pandas as pd

from case_review.data import cells, raw_file
from case_review.data import header as heading
from case_review.data.problems import DataError, Problem
from case_review.data.schema import ANY, AUDITED, NEEDED, OWN, SHOWN, TYPES, Schema, TableSchema
from case_review.data.shown import DATED

__all__ = ["Change", "DataError", "Problem", "Raw"]  # the names that other modules know

#: How a spreadsheet's date without a time of the day is told.
_DAY = re.compile(r"\d{4}-\d\d-\d\d(?: 00:00:00)?")


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


@dataclass(frozen=True)
class Sheet:
    """Where a table stands in a spreadsheet: file, title of the sheet, letters of the columns."""

    file: str
    title: str
    letters: dict[str, str]


@dataclass
class Raw:
    """The raw tables as text, indexed by line number, and what was repaired on the way.

    Parameters
    ----------
    unsound
        Names of tables of which a row, a column or all is missing, so that no count of theirs
        means anything.
    sheets
        Of each table that is read from a spreadsheet, its place there.
    columns
        The columns that they were read by.
    shown
        Tables that a notebook shows as they stand, of those that there are and can be read.
    """

    tables: dict[str, pd.DataFrame]
    changes: list[Change] = field(default_factory=list)
    unsound: set[str] = field(default_factory=set)
    sheets: dict[str, Sheet] = field(default_factory=dict)
    columns: Schema = ANY
    shown: dict[str, pd.DataFrame] = field(default_factory=dict)

    def placed(self, problem: Problem) -> Problem:
        """A problem of a table, with the sheet and cell where that is read from a spreadsheet."""
        sheet = self.sheets.get(Path(problem.file).stem)
        if sheet is None:
            return problem
        letter = sheet.letters.get(problem.column, problem.letter)
        return replace(problem, file=sheet.file, sheet=sheet.title, letter=letter)


def read(folder: Path, columns: Schema = ANY) -> Raw:
    """All raw tables of `folder`; an empty cell is an empty text.

    Raises
    ------
    DataError
        With every problem of every file.
    """
    raw, problems = attempt(folder, columns)
    if problems:
        raise DataError(problems)
    return raw


def attempt(folder: Path, columns: Schema = ANY) -> tuple[Raw, list[Problem]]:
    """What can be read of `folder`, and every problem of every file.

    A cell that cannot be used keeps its text; a file that cannot be read is an empty table, and
    so is one that is not there, unless no review is without it.
    """
    raw, problems = Raw({}, columns=columns), []
    shown = [name for name in SHOWN if raw_file.path_of(Path(folder), name).is_file()]
    names: dict[str, set[str]] = {}
    for name in [*columns.tables, *AUDITED, *shown]:
        one, found = attempt_table(folder, name, names, columns)
        problems += found
        if name in shown and not found:
            raw.shown |= one.tables
        if name in columns.tables:
            raw.tables |= one.tables
            raw.changes += one.changes
            raw.unsound |= one.unsound
            raw.sheets |= one.sheets
            for key in columns.tables[name].key[:1]:
                names.setdefault(key, set()).update(one.tables[name][key])
    return raw, problems


def attempt_table(
    folder: Path,
    name: str,
    names: Mapping[str, Set[str]] = MappingProxyType({}),
    columns: Schema = ANY,
) -> tuple[Raw, list[Problem]]:
    """What can be read of one table, and every problem of its file.

    Parameters
    ----------
    names
        By column, what other tables call their rows: a patient called NA is not a missing one.
    """
    table_schema = (columns.tables | AUDITED | SHOWN).get(name, TableSchema({}))
    table = _Reader(Path(folder), name, table_schema, names, columns.missing)
    frame = table.read()
    sheets = {name: table.sheet} if table.sheet else {}
    unsound = {name} if table.unsound else set()
    raw = Raw({name: frame}, table.changes, unsound, sheets, columns)
    return raw, [raw.placed(problem) for problem in table.problems]


def read_table(folder: Path, name: str, columns: Schema = ANY) -> pd.DataFrame:
    """One raw table as text, repaired as `read` does, its rows counted from 0.

    Raises
    ------
    DataError
        With every problem of the file.
    """
    raw, problems = attempt_table(folder, name, columns=columns)
    if problems:
        raise DataError(problems)
    return raw.tables[name].reset_index(drop=True)


class _Reader:
    """Reads one table and keeps what it repaired and what it could not."""

    def __init__(self, folder: Path, name: str, schema: TableSchema, names, missing):
        self.folder, self.name, self.schema = folder, name, schema
        self.names: Mapping[str, Set[str]] = names
        self.missing: tuple[str, ...] = missing
        self.file = f"data/raw/{raw_file.path_of(folder, name).name}"
        self.changes: list[Change] = []
        self.problems: list[Problem] = []
        self.unsound = False
        self.sheet: Sheet | None = None

    def refuse(self, message: str, row=None, column="", value="") -> None:
        self.problems.append(Problem(self.file, row, column, value, message))

    def refuse_cells(self, message: str, values: pd.Series) -> None:
        for row, value in values.items():
            self.refuse(message, row, values.name, value)

    def note(self, before: str, after: str, reason: str, row=None, column="", key="") -> None:
        self.changes.append(Change(self.name, row, key, column, "recode", before, after, reason))

    def read(self) -> pd.DataFrame:
        optional = self.name in ANY.tables | AUDITED | SHOWN and self.name not in NEEDED
        if optional and raw_file.is_missing(self.folder, self.name):
            return pd.DataFrame(columns=list(self.schema.columns), dtype=str)
        try:
            found = raw_file.read(self.folder, self.name)
        except raw_file.FileProblem as problem:
            self.refuse(problem.message, row=problem.row)
            return self._nothing()
        for before, after, reason in found.remarks:
            self.note(before, after, reason)
        (line, header), *body = found.lines
        header = [name.strip() for name in header]
        if found.sheet:
            letters = {name: heading.letters(at) for at, name in enumerate(header)}
            self.sheet = Sheet(self.file, found.sheet, letters)
        expected, needed = list(self.schema.columns), list(self.schema.needed)
        remove = f"Declare it in {OWN}, or remove it" if self.name == "patients" else "Remove it"
        stops = False
        for column, value, message in heading.problems(header, expected, needed, remove):
            self.refuse(message, line, column, value)
            stops |= not message.startswith(heading.UNKNOWN)
        if stops:
            return self._nothing()
        days = []
        for cell in found.wrong:
            column = (header[cell.position :] or [heading.letters(cell.position)])[0]
            if cell.message == DATED and self._takes_day(column, cell.value):
                days.append((cell.line, column, cell.value))
            else:
                self.refuse(cell.message, cell.line, column, cell.value)
        rows = list(self._full_rows(header, body))
        index = pd.Index([line for line, _ in rows], name="row")
        frame = pd.DataFrame([row for _, row in rows], index=index, columns=header, dtype=str)
        frame = frame.reindex(columns=list(self.schema.columns) or header, fill_value="")
        for line, column, value in days:
            frame.at[line, column] = value[:10]
            self.note(value, value[:10], "a date, as year, month and day", line, column)
        frame = self._trimmed(frame)
        self._check_cells(frame)
        self._check_numbers(frame)
        self._check_keys(frame)
        return frame

    def _takes_day(self, column: str, value: str) -> bool:
        """Whether a spreadsheet's date is meant as one: a day, in a column of text named so."""
        known = self.schema.columns.get(column)
        text = known and known.type == TYPES[0] and not (known.values or known.source)
        return bool(text and "date" in column.split("_") and _DAY.fullmatch(value))

    def _nothing(self) -> pd.DataFrame:
        self.unsound = True
        return pd.DataFrame(columns=list(self.schema.columns), dtype=str)

    def _full_rows(self, header, body) -> Iterator[tuple[int, list[str]]]:
        for line, row in body:
            if len(row) == len(header):
                yield line, row
            else:
                self.unsound = True
                self.refuse(
                    f"{len(row)} cells where the header has {len(header)}. Quote cells that "
                    "hold the delimiter, and look for a row that was cut off.",
                    row=line,
                )

    # -- the cells -------------------------------------------------------------------------------

    def _trimmed(self, frame: pd.DataFrame) -> pd.DataFrame:
        stripped = frame.apply(lambda column: column.str.strip())
        self._note_cells(frame, stripped, "blanks around a value carry no meaning")
        spelled = stripped.apply(self._without_missing)
        self._note_cells(stripped, spelled, "a spelling of missing; an empty cell says it")
        return spelled

    def _without_missing(self, column: pd.Series) -> pd.Series:
        """Empty for the spellings of missing, but for those that may be a name: `NA`, `Nan`."""
        declared = self.schema.columns.get(column.name)
        # What is among the values of a column says something else there.
        known = column.isin(declared.values if declared else ())
        closed = declared and (declared.type != TYPES[0] or declared.values)
        words = (*self.missing, *(cells.UNKNOWN if closed else ()))
        if declared and declared.required and declared.type == TYPES[0]:
            # It is looked for in a list, or names a row, so that a wrong one is told.
            told = declared.values or declared.source or column.name in self.schema.key
            missing = cells.missing(column, bool(told), words) & ~known
            message = "this says that the value is missing, and every row needs one here."
            self.refuse_cells(message, column[missing])
        else:
            missing = cells.missing(column, False, words)
            missing &= ~known & ~column.isin(self.names.get(column.name, ()))
        return column.where(~missing, "")

    def _note_cells(self, before: pd.DataFrame, after: pd.DataFrame, reason: str) -> None:
        for column in before.columns:
            other = before[column] != after[column]
            changed = zip(before[column][other].items(), after[column][other], strict=True)
            for (row, old), new in changed:
                self.note(old, new, reason, row=row, column=column)

    def _check_cells(self, frame: pd.DataFrame) -> None:
        for name in frame.columns:
            number, key = name in self.schema.numbers, name in self.schema.key
            for message, odd in cells.damages(frame[name], number, key):
                self.refuse_cells(message, odd)

    def _check_numbers(self, frame: pd.DataFrame) -> None:
        for column in self.schema.numbers:
            values = frame[column]
            told = (values == "") | cells.is_error(values)
            unit = self.schema.columns[column].unit
            named = self.schema.columns.get(unit)
            units = named.values if named else ()
            for row, value in values[~told & ~cells.is_number(values)].items():
                message = cells.advice(value, unit, units)
                if message:
                    self.refuse(message, row, column, value)
                else:
                    frame.at[row, column] = value.replace(",", ".")
                    self.note(value, frame.at[row, column], "decimal comma", row, column)
        for column in self.schema.whole:
            self._check_whole(frame, column)

    def _check_whole(self, frame: pd.DataFrame, column: str) -> None:
        values = frame[column]
        whole = cells.each(values, re.compile("[0-9]+").fullmatch)
        odd = values[cells.is_number(values) & ~whole]
        for row, value in odd.items():
            number = Fraction(value)
            if number.denominator != 1:
                self.refuse("a whole number was expected.", row=row, column=column, value=value)
            else:
                frame.at[row, column] = str(number)
                self.note(value, str(number), "a whole number", row, column)

    def _check_keys(self, frame: pd.DataFrame) -> None:
        key = list(self.schema.key)
        if not key:
            return
        rows = frame.index.to_series()
        first = rows.groupby([frame[name] for name in key]).transform("first")
        for row in rows[first != rows]:
            self.refuse(
                f"this row is there twice, first in row {first[row]}. Remove one, or correct "
                "what tells them apart.",
                row, " / ".join(key), " / ".join(frame.loc[row, key]),
            )  # fmt: skip
        self.refuse_cells("every row needs a value here.", frame.loc[frame[key[0]] == "", key[0]])
