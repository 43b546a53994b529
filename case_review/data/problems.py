"""What is wrong in the data, each with its place, and all of it in one message."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from case_review.data.schema import Column
from case_review.errors import ReviewError
from case_review.exhibits import write_csv
from case_review.values.identifiers import folded

#: Most lines of a message, its first and last not counted.
_LINES = 22
#: Most rows, and most different values, that a line names.
_ROWS, _VALUES = 3, 8
#: Most characters of a cell that a message quotes, where it stands alone and where there are more.
_QUOTED, _SHORT = 80, 30
#: What differs between messages of one kind: quotations, numbers, and a hint at what was meant.
_OWN = re.compile(r"^[^:]*:| Is '[^']*' meant\?|'[^']*'|`[^`]*`|\d+")


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
    sheet, letter
        Of a spreadsheet, the sheet, and the letter of the column there.
    """

    file: str
    row: int | None
    column: str
    value: str
    message: str
    sheet: str = ""
    letter: str = ""

    def __str__(self) -> str:
        place = self.where
        place += f", row {self.row}" if self.row and not self.letter else ""
        place += f", cell {self.letter}{self.row}" if self.row and self.letter else ""
        place += f", column {visible(self.column)}" if self.column else ""
        found = f": found '{visible(self.value)}'; " if self.value else ": "
        return f"{place}{found}{self.message}"

    @property
    def where(self) -> str:
        """The file, and the sheet of a spreadsheet."""
        return f"{self.file}, sheet {visible(self.sheet)}" if self.sheet else self.file


class DataError(ReviewError):
    """Raw data that cannot be used; `problems` lists every cause.

    Parameters
    ----------
    listed
        Where all of them are written, one in each row, if they are.
    """

    def __init__(self, problems: Iterable[Problem], listed: str = ""):
        self.problems = ordered(problems)
        count = len(self.problems)
        many = f"{count:,} problems" if count != 1 else "1 problem"
        lines = _lines(self.problems)
        last = [f"All {count:,}, one in each row: {listed}"] if listed and count > _LINES else []
        super().__init__("\n".join([f"{many} in the raw data:", *lines, *last]))


def ordered(problems: Iterable[Problem]) -> list[Problem]:
    """Each place once, in the order of files and rows; the first word about a place counts."""
    places: dict[tuple, Problem] = {}
    for problem in problems:
        exact = problem.row is not None and problem.column
        key = (problem.file, problem.row, problem.column, "" if exact else problem.message)
        places.setdefault(key, problem)
    return sorted(places.values(), key=lambda p: (p.file, p.row or 0, p.column))


def write(path: Path, problems: Iterable[Problem]) -> None:
    """All problems as CSV, one in each row."""
    rows = [(one.where, one.row, one.column, one.value, one.message) for one in problems]
    columns = ["file", "row", "column", "value", "message"]
    frame = pd.DataFrame(rows, columns=columns, dtype=object)
    write_csv(frame.astype({"row": "Int64"}), path)


def spelled(value: str, listed: Iterable[object]) -> str:
    """A hint at the listed word that a value is, in other capitals or blanks; empty if none is."""
    known = {folded(one): one for one in listed if isinstance(one, str)}
    word = known.get(folded(value), value)
    return f" Is '{visible(word)}' meant?" if word != value else ""


def of_cells(file: str, table: pd.DataFrame, columns: Iterable[Column]) -> Iterator[Problem]:
    """Every cell of a table that is empty where it must not be, or holds no listed word.

    Parameters
    ----------
    file
        Path as the user knows it.
    table
        Text, its rows in the order of the file.
    columns
        Its columns as they are declared.
    """
    for column in columns:
        for row, cell in enumerate(table[column.name], 2):
            if column.required and not cell:
                message = f"the cell is empty. Fill it in: {column.meaning}"
            elif cell and column.values and cell not in column.values:
                hint = spelled(cell, column.values)
                message = f"expected one of {', '.join(column.values)}.{hint}"
            else:
                continue
            yield Problem(file, row, column.name, cell, message)


# -- many problems in few lines --------------------------------------------------------------------


def _exact(problem: Problem) -> tuple:
    return (problem.file, problem.column, problem.value, problem.message)


def _kind(problem: Problem) -> tuple:
    return (problem.file, problem.column, _OWN.sub("", problem.message))


def _row(problem: Problem) -> tuple:
    return (problem.file, problem.row, problem.message) if problem.row == 1 else _exact(problem)


def _column(problem: Problem) -> tuple:
    return (problem.file, problem.column)


def _file(problem: Problem) -> tuple:
    return (problem.file,)


def _lines(problems: Sequence[Problem]) -> list[str]:
    """A line for each problem, and for those that say the same; for more as there are more."""
    groups = _joined([[problem] for problem in problems], _row, len(problems))
    groups = _joined(groups, _exact, len(problems))
    for coarser in (_kind, _column, _file):
        groups = _joined(groups, coarser, len(groups) - _LINES)
    lines = [_line(group) for group in groups]
    if len(lines) > _LINES:
        lines[_LINES - 1 :] = [f"… and {len(lines) - _LINES + 1:,} more files with problems."]
    return lines


def _joined(groups: list[list[Problem]], key, excess: int) -> list[list[Problem]]:
    """Groups of one key as one, where the first of them stands, until `excess` have gone.

    The largest give way first, so that what is rare stays.
    """
    keys = [key(group[0]) for group in groups]
    together = set()
    for own, size in Counter(keys).most_common():
        if excess <= 0:
            break
        together.add(own)
        excess -= size - 1
    found: dict[tuple, list[Problem]] = {}
    for number, (own, group) in enumerate(zip(keys, groups, strict=True)):
        found.setdefault((own,) if own in together else (own, number), []).extend(group)
    return list(found.values())


def _line(group: Sequence[Problem]) -> str:
    first, columns = group[0], {problem.column for problem in group}
    if len(group) == 1:
        return str(first)
    if len(columns) > 1:
        names = _few([visible(name) or "(the file)" for name in sorted(columns)], _VALUES)
        if len({(problem.row, problem.message) for problem in group}) == 1:
            return f"{first.where}, row {first.row}, columns {names}: {first.message}"
        return f"{first.where}: {len(group):,} problems in {names}; the first: {_said(first)}"
    place = first.where + (f", column {visible(first.column)}" if first.column else "")
    rows = _rows(group)
    values = Counter(problem.value for problem in group)
    messages = {problem.message for problem in group}
    said = first.message if len(messages) == 1 else f"for example row {first.row}: {first.message}"
    if len(values) > 1:
        found = _few([_times(value, n) for value, n in values.most_common()], _VALUES, "values")
        return f"{place}: found {found} ({rows}); {said}"
    if first.value:
        return f"{place}: found {_times(first.value, len(group))} ({rows}); {said}"
    return f"{place}, {rows}: {said}"


def _said(problem: Problem) -> str:
    found = f"'{visible(problem.value)}' in " if problem.value else ""
    row = f"row {problem.row}, " if problem.row else ""
    return f"{found}{row}column {visible(problem.column)}: {problem.message}"


def _times(value: str, n: int) -> str:
    shown = f"'{visible(value, _SHORT)}'" if value else "nothing"
    return f"{shown} {n:,} times" if n > 1 else shown


def _rows(group: Sequence[Problem]) -> str:
    letter = group[0].letter
    rows = [f"{letter}{problem.row}" for problem in group if problem.row]
    if not rows:
        return f"{len(group):,} times"
    return f"{'cells' if letter else 'rows'} {_few(rows, _ROWS)}"


def _few(names: Sequence[str], most: int, what: str = "") -> str:
    """The first of some names, and how many more there are."""
    if len(names) <= most + 1:  # one more takes no more room than its count
        return ", ".join(names[:-1]) + f" and {names[-1]}" if len(names) > 1 else names[0]
    rest = f"{len(names) - most:,} {'other ' + what if what else 'more'}"
    return f"{', '.join(names[:most])} and {rest}"


def visible(value: str, most: int = _QUOTED) -> str:
    """A cell as a message quotes it: what cannot be seen is spelled out, what is long is cut."""
    shown = "".join(
        c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in value
    )
    return shown if len(shown) <= most else f"{shown[: most - 1]}…"
