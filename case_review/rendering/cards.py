"""What opens at a number, for `report.js`: what it is, what it rests on, and links to all of that.

What many numbers have in common - a cell, a file with its checks, a function - is said once, and
numbers have its place in a list: the report has more than a thousand of them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import PurePosixPath

from case_review.build import made
from case_review.build.dependencies import STANDING
from case_review.project import Project
from case_review.registry import Recorded
from case_review.rendering import data_page, labels, origins, provenance, quality_pages, quantities
from case_review.rendering.cells import Exhibit
from case_review.rendering.provenance import TableNumber
from case_review.rendering.quality_pages import Suite

#: So many functions are named; they open below the cell, see `recorded_pages`.
FUNCTIONS = 3
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
        interval and count, without what is empty at the end; where a cell shows limits alone,
        neither value nor range. A standing is a place in `said`, an
        origin one in `origins`, which has notebook, cell, and places in `code` and `files`. A file
        has the words of its link and the address, empty if it is gone, its columns with theirs, how
        many of their checks are met, and the address of its SHA-256.
    """
    names = sorted({number.notebook for number in numbers.values()})
    kinds = [[key, isinstance(number, TableNumber)] for key, number in numbers.items()]
    parts = [made.code(), json.dumps([kinds, up, names])]
    parts += [project.report / labels.FILE, quality_pages.outcomes_file(project)]
    parts += [project.results / f"{name}.json" for name in names]
    parts += [project.executed / f"{name}.ipynb" for name in names]
    files = (file for number in numbers.values() for file in number.inputs)
    parts += [f"{file} {(project.root / file).is_file()}" for file in dict.fromkeys(files)]

    def make() -> bytes:
        return json.dumps(_cards(project, numbers, up, names)).encode("ascii")

    return json.loads(made.recall("cards", parts, make))


def _cards(
    project: Project, numbers: Mapping[str, Recorded | TableNumber], up: str, names: list[str]
) -> dict:
    known, suites = labels.read(project), quality_pages.suites(project)
    told = {name: origins.of(project, name) for name in names}
    said, places, code, files = (_Listed() for _ in range(4))

    @cache
    def behind(notebook: str, aim: str, inputs: tuple[str, ...], varies: bool) -> tuple:
        """Places of the functions and of the files behind numbers of one origin."""
        functions = told[notebook].behind.get(aim, [])[:FUNCTIONS]
        read = told[notebook].columns.get(aim, {})
        paths = _shortened(used(inputs, read, varies))
        return (
            [code.place([each.name, f"{each.page}#{each.anchor}"]) for each in functions],
            [files.place(_file(project, path, read, suites)) for path in paths],
        )

    found: dict[str, dict[str, list]] = {}
    for key, number in numbers.items():
        varies = quantities.has_ends(number)
        origin = (number.notebook, number.id or number.cell, tuple(number.inputs), varies)
        limits = quantities.interval(number)
        only_limits = bool(limits) and getattr(number, "part", "") == "limits"
        card = [
            labels.of(known, number.id, number.label),
            said.place(provenance.said(number)),
            places.place([number.notebook, number.cell, *behind(*origin)]),
            "" if only_limits else quantities.value(number),
            "" if only_limits else quantities.ends(number),
            limits,
            quantities.counted(number),
        ]
        while card[-1] == "":
            card.pop()
        table, _, place = key.partition(":") if isinstance(number, TableNumber) else ("", "", key)
        found.setdefault(table, {})[place] = card
    return {
        "up": up,
        "cards": found,
        "said": said.entries,
        "origins": places.entries,
        "code": code.entries,
        "files": files.entries,
    }


def _file(project: Project, path: str, read: Mapping[str, list[str]], suites: list[Suite]) -> list:
    """A file as a card says it: link, columns, checks and sum; of one that is gone the name."""
    words, address = _link(path)
    if path == _RESULTS or not (project.root / path).is_file():
        return [words, address if path == _RESULTS else "", [], "", ""]
    stage, table = stage_of(path), PurePosixPath(path).stem
    columns = read.get(f"{stage}/{table}", [])
    met, of = quality_pages.guarded(suites, stage, table, columns)
    linked = [[name, quality_pages.address(table, name)] for name in columns]
    checks = f"{met} of {of} met" if of else ""
    return [words, address, linked, checks, f"data/index.html#{data_page.anchor(path)}"]


def _link(path: str) -> list[str]:
    """The words and the address of a link to a file; results of notebooks are on their pages."""
    if path == _RESULTS:
        return ["results of other notebooks", "notebooks/index.html"]
    return [path.removeprefix("data/"), path]


def _shortened(paths: list[str]) -> list[str]:
    """Paths in which the results of other notebooks stand once, for all of them."""
    return list(dict.fromkeys(_RESULTS if path.startswith(_RESULTS) else path for path in paths))


@dataclass(frozen=True)
class Behind:
    """What an exhibit rests on.

    Parameters
    ----------
    inputs
        The words and the address of a link for each file.
    met, of
        How many checks of these files are met, and of how many.
    """

    inputs: list[list[str]]
    met: int
    of: int


def of_exhibit(project: Project, shown: Exhibit) -> Behind:
    """What an embedded cell rests on; a clean table rests on its raw one."""
    path, read = project.results / f"{shown.notebook}.json", origins.of(project, shown.notebook)
    every, exhibits = _inputs(made.content(path)) if path.is_file() else ({}, {})
    recorded, varies = exhibits.get(shown.label, (every, False))
    paths = used(recorded, read.columns.get(shown.label, {}), varies)
    suites = quality_pages.suites(project)
    tables = dict.fromkeys(PurePosixPath(each).stem for each in paths if each.startswith("data/"))
    clean = {PurePosixPath(each).stem for each in paths if stage_of(each) == "clean"}
    counts = [
        quality_pages.guarded(suites, stage, table)
        for table in tables
        for stage in quality_pages.STAGES
        if stage == "raw" or table in clean
    ]
    met, of = (sum(count[part] for count in counts) for part in (0, 1))
    there = [each for each in paths if (project.root / each).is_file()]
    links = [_link(each) for each in _shortened(there)]
    return Behind([[words.rpartition("/")[2], url] for words, url in links], met, of)


@lru_cache(maxsize=64)  # for every exhibit of a page asks
def _inputs(content: bytes) -> tuple[dict[str, str], dict[str, tuple[dict[str, str], bool]]]:
    """The files that a notebook's results rest on; those of each exhibit, and whether it has ends.

    These are the ends of what varies, which come from the table of standings.
    """
    told = json.loads(content)
    exhibits = {
        label: (table["inputs"], any(cell.get("least") is not None for cell in table["cells"]))
        for label, table in told.get("tables", {}).items()
    }
    figures = told.get("figures", {}).items()
    exhibits |= {label: (figure["inputs"], figure["ends"]) for label, figure in figures}
    every = {file: sum for one in told["results"] for file, sum in one["inputs"].items()}
    return every, exhibits


def used(recorded: Iterable[str], read: Mapping[str, list], varies: bool) -> list[str]:
    """The files among all that had been read which a number rests on, as far as code tells.

    Parameters
    ----------
    recorded
        The paths of the files that its notebook had read.
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
