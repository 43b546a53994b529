"""The traffic lights of an appraisal: a sign for each report and question, and shares of reports.

After robvis (McGuinness and Higgins, Res Synth Methods 2021;12:55). A sign says what its colour
does, so that nobody needs to tell red from green.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from case_review.analyses.appraisal import ANSWERS
from case_review.exhibits import style

#: Colour of each answer and the sign within it.
_COLOURS = (style.BLUE, style.YELLOW, style.VERMILLION, style.MUTED, style.LIGHT)
_SIGNS = ("+", "~", "−", "?", "")
LIGHTS = dict(zip(ANSWERS, zip(_COLOURS, _SIGNS, strict=True), strict=True))
#: The inch that a row takes.
_ROW = 0.27
#: Colours on which a sign is black.
_PALE = (style.YELLOW, style.LIGHT)


def draw_lights(table: pd.DataFrame, xlabel: str, narrow: bool = False):
    """A light for each report (row) and question (column).

    Parameters
    ----------
    table
        Answers, from `appraisal.grid`.
    xlabel
        What the columns are.
    narrow
        Whether it is for a narrow screen.
    """
    reports, items = table.shape
    figure, axes = style.panels(0.95 + _ROW * reports, narrow=narrow)
    across, down = np.meshgrid(range(items), [-row for row in range(reports)])
    given = table.to_numpy().ravel()
    for answer, (colour, _) in LIGHTS.items():
        own = given == answer
        spots = across.ravel()[own], down.ravel()[own]
        axes.scatter(*spots, s=130, color=colour, ec=style.GREY, lw=0.5, label=answer)
    for x, y, answer in zip(across.ravel(), down.ravel(), given, strict=True):
        colour, sign = LIGHTS[answer]
        ink = style.BLACK if colour in _PALE else "white"
        axes.text(x, y, sign, ha="center", va="center_baseline", color=ink, weight="bold")
    style.name_rows(axes, [(str(name), False) for name in table.index])
    axes.set_xticks(range(items), table.columns)
    axes.set(xlim=(-0.6, items - 0.4), xlabel=xlabel)
    axes.tick_params(axis="x", length=0)
    axes.spines[["left", "bottom"]].set_visible(False)
    _explain(figure, [answer for answer in ANSWERS if answer in set(given)])
    return figure


def draw_shares(table: pd.DataFrame, asked: Mapping[str, str], xlabel: str, narrow: bool = False):
    """A bar for each question, divided into the shares of reports with each answer.

    Parameters
    ----------
    table
        Answers, from `appraisal.grid`.
    asked
        The questions by the names of its columns.
    xlabel
        Title of the axis, which is in per cent.
    narrow
        Whether it is for a narrow screen: then a question stands above its bar.
    """
    height = (2 if narrow else 1) * _ROW
    figure, axes = style.panels(0.95 + height * table.shape[1], narrow=narrow)
    before = np.zeros(table.shape[1])
    places = -np.arange(table.shape[1])
    for answer, (colour, sign) in LIGHTS.items():
        share = (table == answer).mean().to_numpy()
        look = {"color": colour, "ec": "white", "lw": 0.5}
        axes.barh(places, share, 0.4 if narrow else 0.7, before, **look)
        for place, start, part in zip(places, before, share, strict=True):
            if part > 0.05:
                ink = style.BLACK if colour in _PALE else "white"
                middle = start + part / 2
                axes.text(middle, place, sign, ha="center", va="center_baseline", color=ink)
        before += share
    names = [(f"{item}  {asked[item]}", False) for item in table.columns]
    style.name_rows(axes, [("", False)] * len(names) if narrow else names)
    for place, (name, _) in zip(places, names, strict=True) if narrow else ():
        axes.text(0, place + 0.3, name, size=style.SMALL, va="bottom")
    axes.xaxis.set_major_formatter(style.PERCENT)
    axes.set(xlim=(0, 1), xlabel=xlabel)
    axes.spines["left"].set_visible(False)
    _explain(figure, [answer for answer in ANSWERS if (table == answer).any(axis=None)])
    return figure


def _explain(figure, answers: list[str]) -> None:
    """A legend of the answers that are there, above everything."""
    from matplotlib.lines import Line2D

    marks = []
    for answer in answers:
        colour, sign = LIGHTS[answer]
        label = f"{sign} {answer}".strip()
        look = {"ls": "", "marker": "o", "ms": 8, "mec": style.GREY, "mew": 0.5}
        marks.append(Line2D([], [], color=colour, label=label, **look))
    place = {"loc": "outside upper left", "ncols": 3 if len(answers) > 3 else len(answers)}
    figure.legend(handles=marks, frameon=False, handletextpad=0.2, columnspacing=1.2, **place)
