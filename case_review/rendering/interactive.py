"""Interactive exhibits: what a cell asks for by `#| interactive: kind`, and what its script needs.

A survival figure becomes a Vega-Lite chart of the exhibit's own CSV, a table one that sorts and
filters. Both stand over the static exhibit, which stays for print and for browsers without scripts.
"""

from __future__ import annotations

from xml.etree import ElementTree

import pandas as pd

from case_review.data.schema import OVERALL
from case_review.errors import ReviewError
from case_review.exhibits import look
from case_review.project import Project
from case_review.rendering.cells import Exhibit

#: Columns of the CSV behind a survival figure, and behind one of many data sets.
_SURVIVAL = ("group", "time_weeks", "at_risk", "responded", "censored", "proportion")
_OVER_SETS = ("set", "group", "time_weeks", "proportion", "least", "q05", "q95", "most")
#: What the bands and the columns of what is read off are called in either.
_OF_ONE = {
    "bands": "Confidence bands",
    "heads": ["Group", "Responded", "Confidence limits", "At risk"],
}
_OF_SETS = {
    "bands": "Bands over the data sets",
    "heads": ["Group", "Middle of the sets", "Nine in ten sets drawn", "All sets found"],
}
#: Vega takes lengths of dashes, matplotlib multiples of the line's width.
_DASHES = {"-": [1, 0], "-.": [7, 3, 2, 3]}


def survival(project: Project, shown: Exhibit) -> dict:
    """Groups, rows, titles of axes, words and look of a survival figure, for `survival.js`.

    A figure over many data sets has the middle of the sets as curve and two bands for each group.
    """
    path = project.exhibits / f"{shown.label}.csv"
    frame = pd.read_csv(path) if path.is_file() else pd.DataFrame()
    over_sets = "least" in frame.columns
    needed = _OVER_SETS if over_sets else _SURVIVAL
    if missing := [name for name in needed if name not in frame.columns]:
        raise ReviewError(
            f"report/exhibits/{shown.label}.csv lacks {', '.join(missing)}, which an interactive "
            "survival figure needs."
        )
    names = frame["label"] if "label" in frame.columns else frame["group"].str.capitalize()
    frame = _bands(frame) if over_sets else _censoring(frame)
    frame = frame.assign(label=names)
    labels = dict(zip(frame["group"], frame["label"], strict=True))
    groups = [
        {"key": key, "label": labels[key], "colour": colour, "dash": _dashes(line)}
        for key, (colour, line) in look.looks(labels, OVERALL).items()
    ]
    rows = frame.round(6).astype(object).where(frame.notna(), None).to_dict("records")
    shades = {"font": look.FONT, "grey": look.GREY, "light": look.LIGHT}
    words = _OF_SETS if over_sets else _OF_ONE
    titles = _axis_titles(shown.svg)
    return {"groups": groups, "rows": rows, "titles": titles, "words": words, "look": shades}


def _censoring(frame: pd.DataFrame) -> pd.DataFrame:
    """The rows, and whether somebody is censored at each."""
    before = frame.groupby("group")["censored"].shift(fill_value=0)
    return frame.assign(drop=frame["censored"] > before)


def _bands(frame: pd.DataFrame) -> pd.DataFrame:
    """The rows over all sets, without curves of single ones, with both bands."""
    ends = {"least": "lower", "most": "upper", "q05": "inner_lower", "q95": "inner_upper"}
    return frame[frame["set"].isna()].drop(columns="set").rename(columns=ends).assign(drop=False)


def _dashes(line: str | tuple) -> list:
    return _DASHES.get(line) or [2 * length for length in line[1]]


def _axis_titles(svg: str) -> dict[str, str]:
    """What the drawing calls its axes: the texts of the elements that `km_figure` has marked."""
    elements = ElementTree.fromstring(svg).iter()
    marked = {found.get("id"): "".join(found.itertext()).strip() for found in elements}
    return {axis: marked.get(f"{axis}-label", "") for axis in ("x", "y")}
