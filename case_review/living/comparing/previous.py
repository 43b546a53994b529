"""What readers are told of a previous version: the file from which the report makes its page."""

from __future__ import annotations

from collections.abc import Iterable

from case_review.build import alternative
from case_review.build.revision import revision
from case_review.errors import ReviewError
from case_review.files import to_json, write_text
from case_review.living.comparing import differences, overlay, report
from case_review.living.comparing.differences import Cell, Change
from case_review.living.comparing.report import Compared
from case_review.project import Project
from case_review.rendering import whats_new

#: Most cells of one table that are told one by one, and most of all.
_CELLS, _ALL_CELLS = 200, 2_000
#: What stands behind the texts of a table of values, in its data, and what these are called.
_BEHIND = frozenset(
    ("value", "low", "high", "unit", "n", "of", "standing", "least", "most", "proved")
)
_CALLED = {"shown": "as shown"}


def refuse(project: Project) -> None:
    """Refuse other parameters than those of the report that readers see.

    Raises
    ------
    ReviewError
        If another parameter file than `params.yml` is in force.
    """
    if alternative.is_other(project):
        raise ReviewError("make previous is for params.yml: leave out PARAMS=.")


def write(project: Project, found: Compared) -> str:
    """Write `report/previous.json`; returns what is to be done with it."""
    path = project.report / whats_new.FILE
    write_text(path, to_json(noted(found)))
    return (
        f"{project.shown(path)} tells readers what is new since {found.before.known_as}: "
        "`make report` shows it as a page. Commit it."
    )


def noted(found: Compared) -> dict:
    """What the file holds, in the same bytes each time; see `whats_new`."""
    before = revision(found.before.project)
    return {
        "name": found.before.known_as,
        "base": found.before.base,
        "commit": before.commit,
        "day": before.day.isoformat(),
        "results": whats_new.digest(found.after.project),
        "conclusions": [_change(found, one) for one in found.verdicts],
        "numbers": [_change(found, one) | {"values": _values(one)} for one in found.numbers],
        "curves": _curves(found),
        "new": [_says(found, one) for one in found.come],
        "gone": [_says(found, one) for one in found.gone],
        "exhibits": _exhibits(cell for cell in found.cells if _is_read(cell, found)),
    }


def _about(found: Compared, change: Change) -> dict:
    label = (change.after or change.before).get("label", "")
    return {"id": change.id, "label": label, "cause": found.why(change)}


def _change(found: Compared, change: Change) -> dict:
    before, after = change.texts
    return _about(found, change) | {"before": before, "after": after}


def _says(found: Compared, change: Change) -> dict:
    return _about(found, change) | {"says": (change.after or change.before)["text"]}


def _values(change: Change) -> list[dict]:
    """Each number that is another; no difference where one of the two is none."""
    names = ("name", "before", "after", "difference", "relative")
    return [
        {name: "" if text == report.NONE else text for name, text in zip(names, row, strict=True)}
        for row in report.values(change, most=3)
    ]


def _curves(found: Compared) -> list[str]:
    """The curves of both over one another, wide and for phones; none if they are the same."""
    if all(cell.exhibit != overlay.LABEL for cell in found.cells):
        return []
    return list(overlay.drawings(found.before.project, found.after.project) or ())


def _is_read(cell: Cell, found: Compared) -> bool:
    """Whether readers see a cell: of a table of values, its text alone, not the numbers behind."""
    for state in (found.before, found.after):
        path = state.project.exhibits / f"{cell.exhibit}.csv"
        if path.is_file() and differences.is_of_values(differences.columns(path)):
            return cell.column not in _BEHIND
    return True


def _exhibits(cells: Iterable[Cell]) -> list[dict]:
    """The cells of each table, and of the data of each figure their number."""
    by_label: dict[str, list[Cell]] = {}
    for cell in cells:
        by_label.setdefault(cell.exhibit, []).append(cell)
    made, left = [], _ALL_CELLS
    for label, own in sorted(by_label.items()):
        told = own[: min(_CELLS, left)] if label.startswith("tbl-") else []
        left -= len(told)
        rows = [
            {"row": c.row, "column": _CALLED.get(c.column, c.column)}
            | {"before": c.before, "after": c.after}
            for c in told
        ]
        made.append({"label": label, "count": len(own), "cells": rows})
    return made
