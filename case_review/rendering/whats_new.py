"""The page that says what is new since the previous version, from what `make previous` has noted.

`report/previous.json` is written by `case_review/living/comparing/previous.py`. It holds what its
author looked at, so it is shown beside the results alone that it was made from.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING

from case_review import registry
from case_review.build import alternative, published
from case_review.data import json_file
from case_review.errors import ReviewError
from case_review.exhibits import escape
from case_review.files import to_json
from case_review.project import Project, sha256
from case_review.rendering import ast, figures, labels, provenance

if TYPE_CHECKING:
    from case_review.rendering.manuscript import Manuscript

#: The file, below `report/`; the page, and what leads to it.
FILE, PAGE, TITLE = "previous.json", "new/index.html", "What is new"
_NAME = f"report/{FILE}"
#: The numbers of a result that are compared, and what readers see them called.
NUMBERS = {
    "value": "",
    "low": "lower limit",
    "high": "upper limit",
    "least": "lower end",
    "most": "upper end",
    "n": "n",
    "of": "denominator",
}
_ABOUT = {"id": str, "label": str, "cause": str}
_VALUE = dict.fromkeys(("name", "before", "after", "difference", "relative"), str)
_CELL = dict.fromkeys(("row", "column", "before", "after"), str)
#: What the file holds: by name, texts, or lists of what has names itself.
_SHAPE = {
    **dict.fromkeys(("name", "base", "commit", "day", "results"), str),
    "conclusions": [{**_ABOUT, "before": str, "after": str}],
    "numbers": [{**_ABOUT, "before": str, "after": str, "values": [_VALUE]}],
    "curves": [str],
    "new": [{**_ABOUT, "says": str}],
    "gone": [{**_ABOUT, "says": str}],
    "exhibits": [{"label": str, "count": int, "cells": [_CELL]}],
}


def digest(project: Project) -> str:
    """The SHA-256 of what is compared: recorded numbers and what they say, data of exhibits.

    The wording of manuscript, captions and labels is no part of it.
    """
    results = {
        id: [getattr(one, name) for name in (*NUMBERS, "text")]
        for id, one in registry.load(project.results).items()
    }
    made = published.made(project, project.exhibits)
    own = (path for path in made if path.suffix == ".csv" and path.parent == project.exhibits)
    tables = {path.name: sha256(path) for path in own}
    return hashlib.sha256(to_json([results, tables]).encode("utf-8")).hexdigest()


def is_there(project: Project) -> bool:
    """Whether a report has the page; one with other parameters than `params.yml` has none."""
    return (project.report / FILE).is_file() and not alternative.is_other(project)


def read(project: Project) -> dict:
    """What was noted, by the names of `_SHAPE`.

    Raises
    ------
    ReviewError
        If it is no such file, or was noted of other results than those of this report.
    """
    found = json_file.read(project.report / FILE, _NAME)
    again = "type `make previous BASE=...` with the version to compare with"
    if wrong := list(_misfits(found, _SHAPE)):
        raise ReviewError(
            f"{_NAME}: {wrong[0]} is not as `make previous` writes it. Remove the file, or {again}."
        )
    if found["results"] != digest(project):
        raise ReviewError(
            f"{_NAME} says what is new since {found['name']}, but was made from other results than "
            "those of this report: numbers or tables have changed since. Type "
            f"`make previous BASE={found['base']}`, or remove the file if the report is to have "
            "no such page."
        )
    return found


def _misfits(content, shape, place: str = "the whole") -> Iterator[str]:
    """The places at which something has another shape than it should."""
    if isinstance(shape, dict):
        if not isinstance(content, dict) or content.keys() != shape.keys():
            yield place
        else:
            for name, inner in shape.items():
                yield from _misfits(content[name], inner, name)
    elif isinstance(shape, list):
        if not isinstance(content, list):
            yield place
        else:
            for number, one in enumerate(content, 1):
                yield from _misfits(one, shape[0], f"{place}, entry {number}")
    elif type(content) is not shape:
        yield place


# -- page ------------------------------------------------------------------------------------------


def page(project: Project, found: Manuscript) -> tuple[str, str, str, str]:
    """The page: its name, its text as pandoc's Markdown, its title, and what stands above."""
    noted = read(project)
    text = "\n\n".join(_parts(project, found, noted)) + "\n"
    return PAGE, text, f"{TITLE} since {noted['name']}", "Compared with the previous version"


def _parts(project: Project, found: Manuscript, noted: dict) -> Iterator[str]:
    """The paragraphs, headings and tables of the page, in their order."""
    yield _summary(noted)
    changes = [one for part in ("conclusions", "numbers", "new", "gone") for one in noted[part]]
    if changes:
        yield (
            "A cause is certain where one kind of input alone differs; where several do, each is a "
            "possible one."
        )
    names = _Names(project)
    if noted["conclusions"]:
        yield "# Conclusions of which something else is said {#conclusions}"
        heads: dict[str, str | int] = {"Conclusion": 31, "Before": 23, "Now": 23, "Because of": 23}
        rows = [[names.of(one), *_told(one), _cause(one)] for one in noted["conclusions"]]
        yield ast.pipe_table(heads, rows)
    if noted["curves"]:
        yield "# The curves {#curves}"
        yield from _curves(noted)
    if noted["numbers"]:
        yield "# Numbers that differ {#numbers}"
        heads = {"Number": 24, "Before": 18, "Now": 18, "Difference": 20, "Because of": 20}
        rows = [
            [names.of(one), *_told(one), _difference(one), _cause(one)] for one in noted["numbers"]
        ]
        yield ast.pipe_table(heads, rows)
    for part, title in (("new", "Numbers that are new"), ("gone", "Numbers that are gone")):
        if noted[part]:
            yield f"# {title} {{#{part}}}"
            rows = [[names.of(one), escape(one["says"]), _cause(one)] for one in noted[part]]
            yield ast.pipe_table({"Number": 40, "Says": 30, "Because of": 30}, rows)
    if noted["exhibits"]:
        yield "# Tables and figures {#exhibits}"
    for one in noted["exhibits"]:
        yield _exhibit(found, one)


def _summary(noted: dict) -> str:
    """All of it in a sentence."""
    commit = f"commit {noted['commit'][:10]}"
    known = [commit] if noted["commit"] and commit != noted["name"] else []
    known += [f"{date.fromisoformat(noted['day']):%-d %B %Y}"] if noted["day"] else []
    since = f"{noted['name']} ({', '.join(known)})" if known else noted["name"]
    cells = sum(one["count"] for one in noted["exhibits"])
    counts = [
        (len(noted["conclusions"]), "conclusion differs", "conclusions differ"),
        (len(noted["numbers"]), "number differs", "numbers differ"),
        (len(noted["new"]), "number is new", "numbers are new"),
        (len(noted["gone"]), "number is gone", "numbers are gone"),
        (cells, "cell of tables or of the data of figures differs",
         "cells of tables and of the data of figures differ"),
    ]  # fmt: skip
    said = [f"{count:,} {one if count == 1 else many}" for count, one, many in counts if count]
    if not said:
        return f"No number and no table differs from {escape(since)}."
    return f"Compared with {escape(since)}: {'; '.join(said)}."


def _curves(noted: dict) -> Iterator[str]:
    """The drawings of both curves, of which a screen shows the one that fits.

    Raises
    ------
    ReviewError
        If one holds anything that runs or loads something.
    """
    alt = "Curves before and now, drawn over one another."
    drawn = "".join(
        figures.inline_svg(svg, f"curves-{kind}", alt, kind)
        for kind, svg in zip(("wide", "narrow"), noted["curves"], strict=False)
    )
    yield f"::: drawing\n``````````{{=html}}\n{drawn}\n``````````\n:::"
    before = escape(noted["name"])
    yield f"Dashed and grey: {before}; solid: now. Where both agree only the solid line shows."


class _Names:
    """What results are called, each with a link to where it is recorded now."""

    def __init__(self, project: Project):
        self._known, self._now = labels.read(project), registry.load(project.results)

    def of(self, noted: dict) -> str:
        words = escape(labels.of(self._known, noted["id"], noted["label"]))
        now = self._now.get(noted["id"])
        return f"[{words}](../{provenance.address(now)})" if now else words


def _told(noted: dict) -> list[str]:
    return [escape(noted["before"]), escape(noted["after"])]


def _cause(noted: dict) -> str:
    return escape(noted["cause"])


def _difference(noted: dict) -> str:
    """By how much the numbers of a result differ, each said once: a count is its own value."""
    said = {}
    for one in noted["values"]:
        if one["difference"]:
            part = f" ({one['relative']})" if one["relative"] else ""
            words = f"{NUMBERS.get(one['name'], one['name'])} {one['difference']}{part}"
            said.setdefault((one["before"], one["after"]), escape(words))
    return "; ".join(said.values()) or "–"


def _exhibit(found: Manuscript, noted: dict) -> str:
    """The cells of an exhibit that differ; of a figure their number."""
    label, count, cells = noted["label"], noted["count"], noted["cells"]
    shown = found.exhibits.get(label)
    name = shown.name if shown and shown.name else label
    many = f"{count:,} {'cell' if count == 1 else 'cells'}"
    link = f"[{escape(name)}](../index.html#{label})" if shown else escape(name)
    if not cells:
        return f"{link}: {many} of its data."
    rows = [[escape(one[part]) for part in _CELL] for one in cells]
    heads: dict[str, str | int] = {"Row": 31, "Column": 23, "Before": 23, "Now": 23}
    rest = [f"{count - len(cells):,} more cells differ."] if count > len(cells) else []
    above = f"## {escape(name)}: {many} {{#{label}}}"
    lead = [f"{link} as it is now."] if shown else []
    return "\n\n".join([above, *lead, ast.pipe_table(heads, rows), *rest])
