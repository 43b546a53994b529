"""What is wrong in the data, each with its place, and all of it in one message."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from case_review.errors import ReviewError

#: Most rows that a message lists of one kind of problem in one column.
_LISTED = 20
#: Most lines that a message gives to one file.
_LINES = 100
#: Most characters of a cell that a message quotes.
_QUOTED = 80


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
        place += f", column {visible(self.column)}" if self.column else ""
        found = f": found '{visible(self.value)}'; " if self.value else ": "
        return f"{place}{found}{self.message}"


class DataError(ReviewError):
    """Raw data that cannot be used; `problems` lists every cause."""

    def __init__(self, problems: Iterable[Problem]):
        self.problems = ordered(problems)
        count = len(self.problems)
        many = f"{count:,} problems" if count != 1 else "1 problem"
        super().__init__("\n".join([f"{many} in the raw data:", *_lines(self.problems)]))


def ordered(problems: Iterable[Problem]) -> list[Problem]:
    """Each place once, in the order of files and rows; the first word about a place counts."""
    places: dict[tuple, Problem] = {}
    for problem in problems:
        exact = problem.row is not None and problem.column
        key = (problem.file, problem.row, problem.column, "" if exact else problem.message)
        places.setdefault(key, problem)
    return sorted(places.values(), key=lambda p: (p.file, p.row or 0, p.column))


def _lines(problems: list[Problem]) -> list[str]:
    """A line for each problem, cut where one kind fills a whole column, or a file has too many."""
    kinds: Counter[tuple[str, str, str]] = Counter()
    lines: dict[str, list[str]] = {}
    for problem in problems:
        kind = (problem.file, problem.column, problem.message)
        kinds[kind] += 1
        if kinds[kind] <= _LISTED:
            lines.setdefault(problem.file, []).append(str(problem))
    for file, said in lines.items():
        if len(said) > _LINES:
            said[_LINES:] = [f"{file}: {len(said) - _LINES:,} more problems. Mend these first."]
    every = [line for said in lines.values() for line in said]
    for (file, column, message), count in kinds.items():
        if count > _LISTED and len(lines[file]) <= _LINES:
            place = f"{file}, column {visible(column)}" if column else file
            every.append(f"{place}: {count - _LISTED:,} more rows like these: {message}")
    return every


def visible(value: str) -> str:
    """A cell as a message quotes it: what cannot be seen is spelled out, what is long is cut."""
    shown = "".join(
        c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in value
    )
    return shown if len(shown) <= _QUOTED else f"{shown[: _QUOTED - 1]}…"
