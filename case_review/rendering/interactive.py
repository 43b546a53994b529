"""Interactive exhibits: what a cell asks for by `#| interactive: kind`, and what its script needs.

A survival figure becomes a Vega-Lite chart of the exhibit's own CSV, a table one that sorts and
filters. Both stand over the static exhibit, which stays for print and for browsers without scripts.
"""

from __future__ import annotations

import csv
from pathlib import Path
from xml.etree import ElementTree

from case_review.data.schema import OVERALL
from case_review.errors import ReviewError
from case_review.exhibits import look, steps
from case_review.exhibits.tables import RECONSTRUCTED_SHORT
from case_review.project import Project
from case_review.rendering.cells import Exhibit

#: Columns of the CSV behind a survival figure, and behind one of many data sets.
_SURVIVAL = ("group", "time", "at_risk", "responded", "censored", "proportion")
_OVER_SETS = ("set", "group", "time", "proportion", "least", "q05", "q95", "most")
#: What the bands and the columns of what is read off are called in either.
_OF_ONE = {
    "bands": "Confidence band of",
    "heads": ["Group", "Proportion", "Confidence limits", "At risk"],
}
_OF_SETS = {
    "bands": "Bands of",
    "heads": ["Group", "Middle of the sets", "Nine in ten sets drawn", "All sets found"],
}
#: What the end of a band has of the last step before it.
_OF_BAND = ("group", "stretch", "lower", "upper", "inner_lower", "inner_upper")
#: Vega takes lengths of dashes, matplotlib multiples of the line's width.
_DASHES = {"-": [1, 0], "-.": [7, 3, 2, 3]}


def survival(project: Project, shown: Exhibit) -> dict:
    """Groups, rows, titles of axes, words, look and foot of a survival figure, for `survival.js`.

    A figure over many data sets has the middle of the sets as curve and two bands for each group.
    """
    path = project.exhibits / f"{shown.label}.csv"
    columns, unit = _in_time(_columns(path) if path.is_file() else {})
    over_sets = "least" in columns
    needed = _OVER_SETS if over_sets else _SURVIVAL
    if missing := [name for name in needed if name not in columns]:
        raise ReviewError(
            f"report/exhibits/{shown.label}.csv lacks {', '.join(missing)}, which an interactive "
            "survival figure needs."
        )
    columns.setdefault("label", [name.capitalize() for name in columns["group"]])
    rows = [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]
    rows = _bands(rows) if over_sets else _censoring(rows)
    labels = {row["group"]: row["label"] for row in rows}
    ends = [end for key in labels for end in _ends([row for row in rows if row["group"] == key])]
    groups = [
        {"key": key, "label": labels[key], "colour": colour, "dash": _dashes(line)}
        for key, (colour, line) in look.looks(labels, OVERALL).items()
    ]
    shades = {"font": look.FONT, "grey": look.GREY, "light": look.LIGHT}
    words = _OF_SETS if over_sets else _OF_ONE
    return {
        "groups": groups,
        "rows": rows,
        "ends": ends,
        **_axes(shown.svg),
        "words": words,
        "unit": unit,
        "look": shades,
        "foot": RECONSTRUCTED_SHORT if RECONSTRUCTED_SHORT in shown.svg else "",
    }


def _columns(path: Path) -> dict[str, list]:
    """The columns of a CSV, rounded for the page: whole numbers, numbers, or else texts.

    What is not there is None. Without pandas, which takes longer to import than all this.
    """
    with path.open(encoding="utf-8", newline="") as stream:
        names, *rows = csv.reader(stream)
    return {name: _typed([row[place] for row in rows]) for place, name in enumerate(names)}


def _in_time(columns: dict[str, list]) -> tuple[dict[str, list], str]:
    """The columns with `time_weeks`, or of another unit, called `time`; and one such unit."""
    start = "time_"
    named = next((name for name in columns if name.startswith(start)), "")
    found = {"time" if name == named else name: values for name, values in columns.items()}
    return found, named.removeprefix(start).removesuffix("s") or "week"


def _typed(texts: list[str]) -> list:
    try:
        return [int(text) for text in texts]
    except ValueError:
        pass
    try:
        return [round(float(text), 6) if text else None for text in texts]
    except ValueError:
        return [text or None for text in texts]


def _censoring(rows: list[dict]) -> list[dict]:
    """The rows, and whether somebody is censored at each."""
    before: dict[str, int] = {}
    for row in rows:
        row["drop"] = row["censored"] > before.get(row["group"], 0)
        before[row["group"]] = row["censored"]
    return rows


def _bands(rows: list[dict]) -> list[dict]:
    """The rows over all sets, without curves of single ones, with both bands."""
    ends = {"least": "lower", "most": "upper", "q05": "inner_lower", "q95": "inner_upper"}
    over_all = [row for row in rows if row.pop("set") is None]
    return [
        {ends.get(name, name): value for name, value in row.items()} | {"drop": False}
        for row in over_all
    ]


def _ends(rows: list[dict]) -> list[dict]:
    """Number the stretches of a group's rows that have a band; returns where each of them ends.

    There the limits of the last step still hold, whatever follows.
    """
    times, low, high = ([row[name] for row in rows] for name in ("time", "lower", "upper"))
    ends = []
    for stretch, (first, last, end) in enumerate(steps.held(times, low, high)):
        for row in rows[first : last + 1]:
            row["stretch"] = stretch
        kept = {name: rows[last][name] for name in rows[last] if name in _OF_BAND}
        ends.append(kept | {"time": end})
    return ends


def _dashes(line: str | tuple) -> list:
    return _DASHES.get(line) or [2 * length for length in line[1]]


def _axes(svg: str) -> dict:
    """What the drawing calls its axes, and how that of time runs and where it is marked.

    These are elements that `km_figure` and `style.time_scale` have marked. Without them time is
    linear and marked anywhere.
    """
    marked = {node.get("id", ""): node for node in ElementTree.fromstring(svg).iter()}
    titles = {axis: _text(marked.get(f"{axis}-label", ())) for axis in ("x", "y")}
    start = "time-axis-"
    axis = next((name for name in marked if name.startswith(start)), "")
    ticks = [_text(node) for node in marked.get(axis, ()) if node.get("id", "").startswith("xtick")]
    try:
        weeks = [float(text.replace(",", "")) for text in ticks]
    except ValueError:
        weeks = []
    return {"titles": titles, "scale": axis.removeprefix(start), "ticks": weeks}


def _text(node) -> str:
    return "".join(node.itertext()).strip() if len(node) else ""
