"""Interactive exhibits: what a cell asks for by `#| interactive: kind`, and what its script needs.

A survival figure becomes a Vega-Lite chart of the exhibit's own CSV, a table one that sorts and
filters. Both stand over the static exhibit, which stays for print and for browsers without scripts.
"""

from __future__ import annotations

from xml.etree import ElementTree

import pandas as pd

from case_review.data.schema import OVERALL
from case_review.errors import ReviewError
from case_review.exhibits import style
from case_review.project import Project
from case_review.rendering.cells import Exhibit

#: Columns of the CSV behind a survival figure.
_SURVIVAL = ("group", "time_weeks", "at_risk", "responded", "censored", "proportion")
#: Vega takes lengths of dashes, matplotlib multiples of the line's width.
_DASHES = {"-": [1, 0], "-.": [7, 3, 2, 3]}


def survival(project: Project, shown: Exhibit) -> dict:
    """Groups, rows, titles of axes and look of a survival figure, for `survival.js`."""
    path = project.exhibits / f"{shown.label}.csv"
    frame = pd.read_csv(path) if path.is_file() else pd.DataFrame()
    if missing := [name for name in _SURVIVAL if name not in frame.columns]:
        raise ReviewError(
            f"report/exhibits/{shown.label}.csv lacks {', '.join(missing)}, which an interactive "
            "survival figure needs."
        )
    names = frame["label"] if "label" in frame.columns else frame["group"].str.capitalize()
    before = frame.groupby("group")["censored"].shift(fill_value=0)
    frame = frame.assign(label=names, drop=frame["censored"] > before)
    labels = dict(zip(frame["group"], frame["label"], strict=True))
    groups = [
        {"key": key, "label": labels[key], "colour": colour, "dash": _dashes(line)}
        for key, (colour, line) in style.looks(labels, OVERALL).items()
    ]
    rows = frame.round(6).astype(object).where(frame.notna(), None).to_dict("records")
    look = {"font": style.FONT, "grey": style.GREY, "light": style.LIGHT}
    return {"groups": groups, "rows": rows, "titles": _axis_titles(shown.svg), "look": look}


def _dashes(line: str | tuple) -> list:
    return _DASHES.get(line) or [2 * length for length in line[1]]


def _axis_titles(svg: str) -> dict[str, str]:
    """What the drawing calls its axes: the texts of the elements that `km_figure` has marked."""
    elements = ElementTree.fromstring(svg).iter()
    marked = {found.get("id"): "".join(found.itertext()).strip() for found in elements}
    return {axis: marked.get(f"{axis}-label", "") for axis in ("x", "y")}
