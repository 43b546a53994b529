"""Names in free text: two spellings of one, lists of several, and words that are none.

Any text may be a name. Spellings that differ only in capitals, blanks or what cannot be seen are
one name; what could be read in two ways is told with its row, and never guessed.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import chain

import pandas as pd

from case_review.data.problems import Problem
from case_review.data.reading import Raw
from case_review.registry import NO_NUMBER
from case_review.values.identifiers import folded

#: What stands in a list if a report says that nothing was given.
NONE = "none"
#: Most characters of a name.
MOST = 100
_NO_NAMES = {
    "no", "not", "nil", "nothing", "yes", "unknown", "unclear", "not reported", "not given",
    "na", "n/a", "n.a.", "nan", "null", "nd",
}  # fmt: skip
_JOINED = re.compile(r"\s*(?:[/+&|]|\band\b|\bwith\b)\s*")
_SAY = f"Write `{NONE}` if nothing else was given, and leave the cell empty if it is not reported."

_UNREADABLE = "'{}' reads like a missing number. Spell it out."


def lists(raw: Raw) -> tuple[dict[str, pd.Series], list[Problem]]:
    """The lists of other treatments, tidied, by table; and the cells that are no such list.

    Each name stands once, in its most frequent spelling, and names are in order.
    """
    posters = raw.tables["posters"]
    cells = {
        "patients": raw.tables["patients"]["cotreatments"],
        "posters": posters.loc[posters["variable"] == "cotreatments", "level"],
    }
    # Each different cell is looked at once.
    often = Counter(chain.from_iterable(cells.values()))
    parts = {value: _parts(value) for value in often}
    everywhere = Counter()
    for value, some in parts.items():
        for part in some:
            everywhere[part] += often[value]
    spelled = _spellings(everywhere) | {NONE: NONE}
    wrong = {value: next(_wrong(value, parts[value], set(spelled)), "") for value in often if value}
    names = {value: sorted({spelled[folded(x)] for x in some}) for value, some in parts.items()}
    problems, tidy = [], {}
    for table, texts in cells.items():
        for row, value in texts.items():
            if message := wrong.get(value, ""):
                problems.append(Problem(_file(table), row, texts.name, value, message))
        tidy[table] = texts.map({value: ";".join(own) for value, own in names.items()})
    problems += _same_twice(posters, tidy["posters"])
    problems += _alike(
        (table, row, cells[table].name, name)
        for table, texts in tidy.items()
        for row, text in texts.items()
        for name in text.split(";")
    )
    return tidy, problems


def problems(raw: Raw) -> list[Problem]:
    """Every cell with a name that cannot be told from another, or with a list that is none.

    Looked at are other treatments, drugs and the names of reports.
    """
    posters = raw.tables["posters"]
    drugs = (
        ("patients", raw.tables["patients"]["drug"]),
        ("posters", posters.loc[posters["variable"] == "drug", "level"]),
    )
    groups = [drugs, [("reports", raw.tables["reports"]["report_id"])]]
    found = [
        problem
        for group in groups
        for problem in _alike(
            (table, row, texts.name, name) for table, texts in group for row, name in texts.items()
        )
    ]
    return lists(raw)[1] + found


def _parts(text: str) -> list[str]:
    parts = (" ".join(unicodedata.normalize("NFC", part).split()) for part in text.split(";"))
    return [part for part in parts if part]


def _spellings(names: Iterable[str]) -> dict[str, str]:
    """The most frequent spelling of each name, the first of equally frequent ones."""
    found: dict[str, str] = {}
    for name, _ in Counter(names).most_common():
        found.setdefault(folded(name), name)
    return found


def _wrong(value: str, parts: list[str], known: set[str]) -> Iterator[str]:
    """What is wrong with a cell that should be a list of names joined by `;`."""
    if not parts:
        yield f"only separators stand here. {_SAY}"
    for part in parts:
        if folded(part) in _NO_NAMES or not any(c.isalnum() for c in part):
            yield f"'{part}' is no name of a treatment. {_SAY}"
        if not part.isprintable():
            yield "it holds a character that cannot be seen. Type the name again."
        if folded(part) != NONE and NO_NUMBER.search(part):
            yield _UNREADABLE.format(part)
        if len(part) > MOST:
            yield f"a name of {len(part):,} characters; at most {MOST} are expected. Shorten it."
        if "," in part:
            yield "treatments are joined by `;`, and a name holds no comma. Write it so."
        pieces = _JOINED.split(folded(part))
        if len(pieces) > 1 and all(piece in known for piece in pieces):
            joined = ";".join(pieces)
            yield f"'{part}' seems to be a list, for its parts are names too. Write `{joined}`."
    if len(parts) > 1 and NONE in map(folded, parts):
        yield f"`{NONE}` stands beside other treatments. Remove one or the other."


def _same_twice(posters: pd.DataFrame, levels: pd.Series) -> Iterator[Problem]:
    """Rows of posters.csv that count the same once their lists are tidied."""
    first: dict[tuple, int] = {}
    told = posters.loc[levels.index, ["report_id", "level"]].itertuples()
    for (row, report, written), level in zip(told, levels, strict=True):
        key = (report, level)
        if level and first.setdefault(key, row) != row and written:
            message = f"it says the same as row {first[key]}. Count these patients in one row."
            yield Problem(_file("posters"), row, "level", written, message)


def _alike(named: Iterable[tuple[str, int, str, str]]) -> Iterator[Problem]:
    """Names of one column that may be one name in two spellings; the rarer ones are told."""
    places = [place for place in named if place[-1]]
    first = {name: (table, row) for table, row, _, name in reversed(places)}
    usual = _spellings(name for *_, name in places)
    for table, row, column, name in places:
        if NO_NUMBER.search(name):
            yield Problem(_file(table), row, column, name, _UNREADABLE.format(name))
        other = usual[folded(name)]
        if other != name:
            where = f"row {first[other][1]} of {first[other][0]}.csv"
            unseen = "" if name.isprintable() else ", and holds a character that cannot be seen"
            message = (
                f"it differs from '{other}' ({where}) in capitals or blanks only{unseen}. Write "
                "both in one way, or more differently."
            )
            yield Problem(_file(table), row, column, name, message)


def _file(table: str) -> str:
    return f"data/raw/{table}.csv"
