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
from case_review.rendering import scripts
from case_review.rendering.cells import Exhibit

#: Columns of the CSV behind a survival figure.
_SURVIVAL = ("group", "time_weeks", "at_risk", "responded", "censored", "proportion")
#: Vega takes lengths of dashes, matplotlib multiples of the line's width.
_DASHES = {"-": [1, 0], "-.": [7, 3, 2, 3]}


def kind(shown: Exhibit) -> str:
    """The kind of interaction that a cell asks for; empty for none.

    Raises
    ------
    ReviewError
        For a kind that does not exist, or does not fit what the cell shows.
    """
    asked = shown.interactive
    if not asked:
        return ""
    if asked not in scripts.LIBRARIES or (asked == "table") == bool(shown.svg):
        known = "`table` for a table, `survival` for a survival figure"
        raise ReviewError(
            f"cell {shown.label} of notebook {shown.notebook}: `#| interactive: {asked}` is not "
            f"possible. Known are {known}."
        )
    return asked


def survival(project: Project, shown: Exhibit) -> dict:
    """Groups and chart of a survival figure, for `survival.js`."""
    path = project.exhibits / f"{shown.label}.csv"
    frame = pd.read_csv(path) if path.is_file() else pd.DataFrame()
    if missing := [name for name in _SURVIVAL if name not in frame.columns]:
        raise ReviewError(
            f"report/exhibits/{shown.label}.csv lacks {', '.join(missing)}, which an interactive "
            "survival figure needs."
        )
    names = frame["label"] if "label" in frame.columns else frame["group"].str.capitalize()
    frame = frame.assign(label=names, drop=_drops(frame))
    labels = dict(zip(frame["group"], frame["label"], strict=True))
    groups = [
        {"key": key, "label": labels[key], "colour": colour, "dash": _dashes(line)}
        for key, (colour, line) in style.looks(labels, OVERALL).items()
    ]
    end = float(frame["time_weeks"].max())
    rows = frame.round(6).astype(object).where(frame.notna(), None).to_dict("records")
    return {"groups": groups, "rows": rows, "chart": _chart(groups, end, _axis_titles(shown.svg))}


def _drops(frame: pd.DataFrame) -> pd.Series:
    """Whether patients were censored at a point."""
    before = frame.groupby("group")["censored"].shift(fill_value=0)
    return frame["censored"] > before


def _dashes(line: str | tuple) -> list:
    return _DASHES.get(line) or [2 * length for length in line[1]]


def _axis_titles(svg: str) -> dict[str, str]:
    """What the drawing calls its axes: the texts of the elements that `km_figure` has marked."""
    elements = ElementTree.fromstring(svg).iter()
    marked = {found.get("id"): "".join(found.itertext()).strip() for found in elements}
    return {axis: marked.get(f"{axis}-label", "") for axis in ("x", "y")}


def _chart(groups: list[dict], end: float, titles: dict[str, str]) -> dict:
    """The Vega-Lite chart up to week `end`; its script sets `shown`, `bands` and `week`."""
    import altair as alt

    keys = [group["key"] for group in groups]
    scale = alt.Scale(domain=keys, range=[group["colour"] for group in groups])
    colour = alt.Color("group:N", scale=scale, legend=None)
    dashes = alt.Scale(domain=keys, range=[group["dash"] for group in groups])
    weeks = {
        "title": titles["x"],
        "scale": alt.Scale(domain=[0, end], nice=False),
        "axis": alt.Axis(grid=False, tickCount=10, labelOverlap="greedy", labelSeparation=6),
    }
    percent = {
        "title": titles["y"],
        "scale": alt.Scale(domain=[0, 1]),
        "axis": alt.Axis(format="%", values=[0, 0.25, 0.5, 0.75, 1]),
    }
    time, share = alt.X("time_weeks:Q", **weeks), alt.Y("proportion:Q", **percent)
    read_time = alt.X("at:Q", **weeks)

    curves = alt.Chart(alt.Data(name="curves")).transform_filter("indexof(shown, datum.group) >= 0")
    band = curves.mark_area(interpolate="step-after", clip=True).encode(
        x=time,
        y=alt.Y("lower:Q", **percent),
        y2="upper:Q",
        color=colour,
        opacity=alt.when("bands").then(alt.value(0.13)).otherwise(alt.value(0)),
    )
    line = curves.mark_line(interpolate="step-after", strokeWidth=2.2).encode(
        x=time,
        y=share,
        color=colour,
        strokeDash=alt.StrokeDash("group:N", scale=dashes, legend=None),
    )
    censored = curves.transform_filter("datum.drop").mark_point(shape="stroke", angle=90, size=90)
    censored = censored.encode(x=time, y=share, color=colour)
    read = (
        curves.transform_filter("datum.time_weeks <= week")
        .transform_aggregate(last="argmax(time_weeks)", groupby=["group"])
        .transform_calculate(proportion="datum.last.proportion", at="week")
        .mark_point(filled=True, size=70, opacity=1)
        .encode(x=read_time, y=share, color=colour)
    )
    ruler = alt.Chart(alt.Data(values=[{}])).transform_calculate(at="week")
    ruler = ruler.mark_rule(color=style.GREY, strokeDash=[3, 3]).encode(x=read_time)
    chart = alt.layer(band, ruler, line, censored, read).add_params(
        alt.param(name="shown", value=keys),
        alt.param(name="bands", value=True),
        alt.param(name="week", value=0),
    )
    chart = chart.properties(width="container", height=360)
    chart = chart.configure(font=style.FONT, background="transparent")
    sizes = {"labelFontSize": 13, "titleFontSize": 14, "titleFontWeight": 400}
    return chart.configure_axis(**sizes, gridColor=style.LIGHT, domainColor=style.GREY).to_dict()
