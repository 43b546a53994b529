"""What opens at a number, for `report.js`: what it is, what it rests on, and links to all of that.

What many numbers have in common - a cell, a file with its checks, a function - is said once, and
numbers have its place in a list: the report has more than a thousand of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePosixPath

from case_review.build.dependencies import STANDING
from case_review.project import Project
from case_review.registry import Recorded
from case_review.rendering import data_page, labels, origins, provenance, quality_pages
from case_review.rendering.provenance import TableNumber

#: So many functions are named.
_FUNCTIONS = 3
_RESULTS = "report/results/"


class _Listed:
    """Entries that are listed once each, for what has their places."""

    def __init__(self):
        self.entries: list = []
        self._places: dict[str, int] = {}

    def place(self, entry) -> int:
        """The place of an entry."""
        place = self._places.setdefault(repr(entry), len(self.entries))
        if place == len(self.entries):
            self.entries.append(entry)
        return place


def cards(project: Project, numbers: Mapping[str, Recorded | TableNumber], up: str = "") -> dict:
    """The content of the cards of `numbers`, by the keys that their links bear.

    Parameters
    ----------
    up
        What leads from the page to the site's own folder.

    Returns
    -------
    dict
        `cards` has by table (none for prose) and key: label, standing, origin, value, range,
        interval and count, without what is empty at the end. A standing is a place in `said`, an
        origin one in `origins`, which has notebook, cell, and places in `code` and `files`. A file
        has its path, its columns, how many of their checks are met, of how many, and the address
        of these.
    """
    known = labels.read(project)
    said, told, code, files = (_Listed() for _ in range(4))
    found: dict[str, dict[str, list]] = {}
    for key, number in numbers.items():
        read = origins.of(project, number.notebook)
        aim = number.id or number.cell
        functions = [
            code.place([each.name, f"{each.page}#{each.anchor}"])
            for each in read.behind.get(aim, [])[:_FUNCTIONS]
        ]
        rest_on = [files.place(each) for each in inputs(project, number)]
        card = [
            labels.of(known, number.id, number.label),
            said.place(provenance.said(number)),
            told.place([number.notebook, number.cell, functions, rest_on]),
            provenance.value(number),
            provenance.ends(number, provenance.exact),
            provenance.interval(number, provenance.exact),
            provenance.counted(number),
        ]
        while card[-1] == "":
            card.pop()
        table, _, place = key.partition(":") if isinstance(number, TableNumber) else ("", "", key)
        found.setdefault(table, {})[place] = card
    return {
        "up": up,
        "cards": found,
        "said": said.entries,
        "origins": told.entries,
        "code": code.entries,
        "files": files.entries,
    }


def inputs(project: Project, number: Recorded | TableNumber) -> list[list]:
    """The files that a number rests on, each as a card says it; see `cards`."""
    read = origins.of(project, number.notebook).columns.get(number.id or number.cell, {})
    paths = used(number.inputs, read, provenance.has_ends(number))
    found = []
    for path in paths:
        if path.startswith(_RESULTS):
            continue
        stage, table = stage_of(path), PurePosixPath(path).stem
        columns = read.get(f"{stage}/{table}", [])
        met, of = quality_pages.guarded(project, stage, table, columns)
        page = quality_pages.address(table) if of or quality_pages.has_page(project, table) else ""
        entry = [path, columns, met, of, page]
        found.append([*entry, data_page.anchor(path)])
    if any(path.startswith(_RESULTS) for path in paths):
        found.append(["results", [], 0, 0, "", ""])
    return found


def used(recorded: Mapping[str, str], read: Mapping[str, list], varies: bool) -> list[str]:
    """The files among all that had been read which a number rests on, as far as code tells.

    Parameters
    ----------
    recorded
        The files that its notebook had read, by path.
    read
        What its code reads, see `origins.Origins`.
    varies
        Whether its ends come from the table of standings.
    """
    found = []
    for path in recorded:
        stem = PurePosixPath(path).stem
        if path.startswith(_RESULTS):
            is_used = origins.RESULTS in read
        elif stem == STANDING:
            is_used = varies
        else:
            is_used = origins.ANY in read or f"{stage_of(path)}/{stem}" in read
        found += [path] if is_used else []
    return found or [path for path in recorded if PurePosixPath(path).stem != STANDING]


def stage_of(path: str) -> str:
    """`raw` or `clean` of a data file."""
    return PurePosixPath(path).parent.name
