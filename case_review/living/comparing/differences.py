"""What differs between two states: recorded numbers, cells of exhibits, verdicts, files."""

from __future__ import annotations

import csv
import json
import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from pathlib import Path

from case_review.project import Project, sha256
from case_review.rendering.whats_new import NUMBERS

#: Results that say whether a conclusion holds.
_VERDICT = ".verdict_"


@dataclass(frozen=True)
class Change:
    """A result that is another.

    Parameters
    ----------
    id, notebook
        Its name, and where it is recorded.
    before, after
        What the registry holds of it; None where there is no such result.
    numbers
        Those that changed: name, before, after; None where there is none.
    inputs
        The data files that it was computed from and that changed.
    """

    id: str
    notebook: str
    before: dict | None
    after: dict | None
    numbers: list[tuple[str, float | None, float | None]] = field(default_factory=list)
    inputs: list[str] = field(default_factory=list)

    @property
    def texts(self) -> tuple[str, str]:
        """What the text says, before and after."""
        return tuple("–" if one is None else str(one["text"]) for one in (self.before, self.after))

    @property
    def is_verdict(self) -> bool:
        """Whether it says that a conclusion holds."""
        return _VERDICT in self.id


@dataclass(frozen=True)
class Cell:
    """A cell of an exhibit's data that is another; an absent row or exhibit is told as a whole."""

    exhibit: str
    row: str
    column: str
    before: str
    after: str


def results(before: Project, after: Project) -> list[Change]:
    """Every result that is another, is new or is gone, in the order of notebooks."""
    was, now = _recorded(before), _recorded(after)
    found = []
    for id in dict.fromkeys([*now, *was]):
        old, new = was.get(id), now.get(id)
        numbers = _numbers(old[1], new[1]) if old and new else []
        if old and new and not numbers and old[1]["text"] == new[1]["text"]:
            continue
        notebook = (new or old)[0]
        if not (old and new):
            found.append(Change(id, notebook, old and old[1], new and new[1]))
            continue
        ours, theirs = new[1].get("inputs", {}), old[1].get("inputs", {})
        changed = sorted(name for name in {*ours, *theirs} if ours.get(name) != theirs.get(name))
        found.append(Change(id, notebook, old[1], new[1], numbers, changed))
    return found


def _recorded(project: Project) -> dict[str, tuple[str, dict]]:
    found = {}
    for path in sorted(project.results.glob("*.json")):
        for one in json.loads(path.read_text(encoding="utf-8"))["results"]:
            found[one["id"]] = (path.stem, one)
    return found


def _numbers(before: dict, after: dict) -> list[tuple[str, float | None, float | None]]:
    pairs = ((name, before.get(name), after.get(name)) for name in NUMBERS)
    return [(name, old, new) for name, old, new in pairs if old != new]


def absolute(before, after) -> float | None:
    """The difference of two numbers; None where one of them is none."""
    if all(isinstance(one, (int, float)) for one in (before, after)):
        return after - before
    return None


def relative(before, after) -> float | None:
    """The difference as a fraction of the number before; None where that is 0 or none."""
    change = absolute(before, after)
    return None if change is None or not before else change / abs(before)


# -- exhibits --------------------------------------------------------------------------------------


def cells(before: Project, after: Project) -> list[Cell]:
    """Every cell of the exhibits' data that is another, and rows and exhibits come or gone."""
    names = {path.name for one in (before, after) for path in one.exhibits.glob("*.csv")}
    found: list[Cell] = []
    for name in sorted(names):
        paths = [one.exhibits / name for one in (before, after)]
        label = name.removesuffix(".csv")
        there = [path.is_file() for path in paths]
        if not all(there):
            said = ["there" if one else "not there" for one in there]
            found.append(Cell(label, "(the exhibit)", "", *said))
        elif sha256(paths[0]) != sha256(paths[1]):
            found += _of_table(label, *map(_read, paths))
    return found


def columns(path: Path) -> list[str]:
    """The columns of an exhibit's data."""
    with path.open(encoding="utf-8", newline="") as stream:
        return next(csv.reader(stream), [])


def is_of_values(columns: list[str]) -> bool:
    """Whether a table has a row for each value, named by the first three cells."""
    return columns[:4] == ["block", "row", "column", "value"]


def _read(path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.reader(stream))


def _of_table(label: str, old: list[list[str]], new: list[list[str]]) -> Iterator[Cell]:
    heads = [rows[0] if rows else [] for rows in (old, new)]
    for column in heads[0]:
        if column not in heads[1]:
            yield Cell(label, "(all rows)", column, "there", "not there")
    for column in heads[1]:
        if column not in heads[0]:
            yield Cell(label, "(all rows)", column, "not there", "there")
    common = [column for column in heads[1] if column in heads[0]]
    rows = [
        [dict(zip(head, row, strict=False)) for row in table[1:]]
        for head, table in zip(heads, (old, new), strict=True)
    ]
    naming = common[:3] if is_of_values(common) else common
    names = [_names(part, naming) for part in rows]
    matcher = SequenceMatcher(None, *names, autojunk=False)
    for kind, a, b, c, d in matcher.get_opcodes():
        if kind == "equal" or (kind == "replace" and b - a == d - c):
            for one, other, name in zip(rows[0][a:b], rows[1][c:d], names[1][c:d], strict=True):
                for column in common:
                    if one.get(column, "") != other.get(column, ""):
                        told = one.get(column, ""), other.get(column, "")
                        yield Cell(label, name, column, *told)
            continue
        yield from (Cell(label, name, "(the row)", "there", "not there") for name in names[0][a:b])
        yield from (Cell(label, name, "(the row)", "not there", "there") for name in names[1][c:d])


def _names(rows: list[dict], columns: list[str]) -> list[str]:
    """What each row is called: its words, or else its first cells; one that comes again counted."""
    seen: Counter[str] = Counter()
    found = []
    for row in rows:
        given = [row.get(column, "") for column in columns]
        words = [cell for cell in given if cell and not _is_number(cell)][:3]
        name = " / ".join(words or given[:2]) or "(empty)"
        seen[name] += 1
        found.append(f"{name} ({seen[name]})" if seen[name] > 1 else name)
    return found


def _is_number(cell: str) -> bool:
    try:
        return not math.isnan(float(cell))
    except ValueError:
        return False
