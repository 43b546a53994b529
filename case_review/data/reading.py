"""Reading `data/raw/`: what can be read in one way only is read, the rest is refused in one go.

Every repair (a stripped blank, another delimiter, `NA` for an empty cell) is returned as a change
for the cleaning ledger. All problems of all files are collected before anything is refused.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

import pandas as pd

from case_review.data import raw_file
from case_review.data.problems import DataError, Problem
from case_review.data.schema import AUDITED, SHOWN, TABLES, TableSchema

__all__ = ["Change", "DataError", "Problem", "Raw"]  # the names that other modules know

#: What a column without a heading is called.
_NAMELESS = "(without a name)"
_MISSING = {"na", "n/a", "nan", "null", "-", "–", "—", "?", "n.a.", "nd", "#n/a"}
_NUMBER = re.compile(r"[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]{1,2})?")
_DECIMAL_COMMA = re.compile(r"[0-9]+,[0-9]+")
#: `1,250` may be a thousand and more, or one and a quarter; `0,125` can only be the latter.
_AMBIGUOUS = re.compile(r"[1-9][0-9]{0,2}(?:,[0-9]{3})+")
_MONTHS = "(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)"
_DATE = re.compile(
    r"\d{1,2}[-/. ](?:[A-Za-z]{3,9}|\d{1,2})(?:[-/. ]\d{2,4})?|[A-Za-z]{3}[-/. ]\d{2,4}"
    r"|\d{4}-\d{2}-\d{2}.*"
)
#: What spreadsheets make of `5-10` in a cell of text.
_MANGLED = re.compile(rf"\d{{1,2}}-{_MONTHS}|{_MONTHS}-\d{{2}}|\d{{4}}-\d\d-\d\d 00:00:00", re.I)
_SHEET_ERROR = re.compile(r"#(?:REF!|VALUE!|NAME\?|DIV/0!|NUM!|NULL!|SPILL!|#+)")


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
    """The raw tables as text, indexed by line number, and what was repaired on the way.

    Parameters
    ----------
    unsound
        Names of tables of which a row, a column or all is missing, so that no count of theirs
        means anything.
    """

    tables: dict[str, pd.DataFrame]
    changes: list[Change] = field(default_factory=list)
    unsound: set[str] = field(default_factory=set)


def read(folder: Path) -> Raw:
    """All raw tables of `folder`; an empty cell is an empty text.

    Raises
    ------
    DataError
        With every problem of every file.
    """
    raw, problems = attempt(folder)
    if problems:
        raise DataError(problems)
    return raw


def attempt(folder: Path) -> tuple[Raw, list[Problem]]:
    """What can be read of `folder`, and every problem of every file.

    A cell that cannot be used keeps its text; a file that cannot be read is an empty table.
    """
    raw, problems = Raw({}), []
    shown = [name for name in SHOWN if raw_file.path_of(Path(folder), name).is_file()]
    for name in [*TABLES, *AUDITED, *shown]:
        one, found = attempt_table(folder, name)
        problems += found
        if name in TABLES:
            raw.tables |= one.tables
            raw.changes += one.changes
            raw.unsound |= one.unsound
    return raw, problems


def attempt_table(folder: Path, name: str) -> tuple[Raw, list[Problem]]:
    """What can be read of one table, and every problem of its file."""
    table = _Reader(Path(folder), name, (TABLES | AUDITED | SHOWN).get(name, TableSchema({})))
    frame = table.read()
    return Raw({name: frame}, table.changes, {name} if table.unsound else set()), table.problems


def read_table(folder: Path, name: str) -> pd.DataFrame:
    """One raw table as text, repaired as `read` does, its rows counted from 0.

    Raises
    ------
    DataError
        With every problem of the file.
    """
    raw, problems = attempt_table(folder, name)
    if problems:
        raise DataError(problems)
    return raw.tables[name].reset_index(drop=True)


class _Reader:
    """Reads one table and keeps what it repaired and what it could not."""

    def __init__(self, folder: Path, name: str, schema: TableSchema):
        self.folder, self.name, self.schema = folder, name, schema
        self.file = f"data/raw/{name}.csv"
        self.changes: list[Change] = []
        self.problems: list[Problem] = []
        self.unsound = False

    def refuse(self, message: str, row=None, column="", value="") -> None:
        self.problems.append(Problem(self.file, row, column, value, message))

    def refuse_cells(self, message: str, cells: pd.Series) -> None:
        for row, value in cells.items():
            self.refuse(message, row, cells.name, value)

    def note(self, before: str, after: str, reason: str, row=None, column="", key="") -> None:
        self.changes.append(Change(self.name, row, key, column, "recode", before, after, reason))

    def read(self) -> pd.DataFrame:
        try:
            found = raw_file.read(self.folder, self.name)
        except raw_file.FileProblem as problem:
            self.refuse(problem.message, row=problem.row)
            return self._nothing()
        for before, after, reason in found.remarks:
            self.note(before, after, reason)
        (_, header), *body = found.lines
        header = [name.strip() for name in header]
        if not self._header_fits(header):
            return self._nothing()
        rows = list(self._full_rows(header, body))
        index = pd.Index([line for line, _ in rows], name="row")
        frame = pd.DataFrame([cells for _, cells in rows], index=index, columns=header, dtype=str)
        frame = frame.loc[:, list(self.schema.columns) or header]
        frame = self._trimmed(frame)
        self._check_cells(frame)
        self._check_numbers(frame)
        self._check_keys(frame)
        return frame

    def _nothing(self) -> pd.DataFrame:
        self.unsound = True
        return pd.DataFrame(columns=list(self.schema.columns), dtype=str)

    def _header_fits(self, header: list[str]) -> bool:
        before = len(self.problems)
        expected = self.schema.columns
        if expected and not set(header) & set(expected):
            self.refuse(
                f"this is no header of the table. It should read {','.join(expected)} - the "
                "names of the columns in the first row, separated by commas.",
                row=1,
                value=",".join(header),
            )
            return False
        for name in sorted({name for name in header if header.count(name) > 1}):
            message = "the header names this column twice. Remove one."
            self.refuse(message, row=1, column=name or _NAMELESS)
        missing = [name for name in expected if name not in header]
        unknown = [name for name in dict.fromkeys(header) if expected and name not in expected]
        for name in missing:
            near = difflib.get_close_matches(name, unknown, 1)
            hint = f" Is '{near[0]}' meant?" if near else ""
            message = f"the column is missing. Add it, empty if need be.{hint}"
            self.refuse(message, row=1, column=name)
        for name in unknown:
            message = f"unknown column. Remove it; expected are {', '.join(expected)}."
            self.refuse(message, row=1, column=name or _NAMELESS)
        return len(self.problems) == before

    def _full_rows(self, header, body) -> Iterator[tuple[int, list[str]]]:
        for line, cells in body:
            if len(cells) == len(header):
                yield line, cells
            else:
                self.unsound = True
                self.refuse(
                    f"{len(cells)} cells where the header has {len(header)}. Quote cells that "
                    "hold the delimiter, and look for a row that was cut off.",
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

    def _check_cells(self, frame: pd.DataFrame) -> None:
        """What a spreadsheet did to cells of text; numbers are looked at on their own."""
        for column in frame.columns:
            values = frame[column]
            self.refuse_cells(
                "a spreadsheet's error stands here. Type the value itself, or leave it empty.",
                values[values.str.match(_SHEET_ERROR.pattern)],
            )
            if column not in self.schema.numbers:
                self.refuse_cells(
                    "a spreadsheet seems to have made a date of it. Type it again in a cell "
                    "formatted as text.",
                    values[values.str.fullmatch(_MANGLED)],
                )

    def _check_numbers(self, frame: pd.DataFrame) -> None:
        for column in self.schema.numbers:
            values = frame[column]
            odd = values[(values != "") & ~values.str.fullmatch(_NUMBER.pattern)]
            for row, value in odd.items():
                if _AMBIGUOUS.fullmatch(value):
                    self.refuse(
                        "the comma may separate thousands or decimals. Write the number with a "
                        "decimal point and without other signs.",
                        row, column, value,
                    )  # fmt: skip
                elif _DECIMAL_COMMA.fullmatch(value):
                    frame.at[row, column] = value.replace(",", ".")
                    self.note(value, frame.at[row, column], "decimal comma", row, column)
                else:
                    self.refuse(_advice(value), row=row, column=column, value=value)
        for column in self.schema.whole:
            self._check_whole(frame, column)

    def _check_whole(self, frame: pd.DataFrame, column: str) -> None:
        values = frame[column]
        odd = values[values.str.fullmatch(_NUMBER.pattern) & ~values.str.fullmatch("[0-9]+")]
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


def _advice(value: str) -> str:
    if _DATE.fullmatch(value):
        return (
            "a number was expected; a spreadsheet seems to have made a date of it. "
            "Type the number again in a cell formatted as text."
        )
    if value[:1] in "-−":
        return "a number of zero or more was expected. Correct it, or leave it empty."
    return "a number was expected. Put units and remarks in their own columns, or leave it empty."
