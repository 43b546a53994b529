"""Proportions with their limits, in blocks, over the bounds that missing information leaves."""

from __future__ import annotations

import numpy as np
import pandas as pd

from case_review import formatting
from case_review.exhibits import style


def described(points: pd.DataFrame) -> str:
    """The figure in words, for those who do not see it.

    `points` as `draw_proportions` takes them: the first row is any event, then block by block.
    """
    firsts = [
        f"{formatting.in_sentence(rows['label'].iloc[0])} among {block.lower()} events"
        for block, rows in points[points["block"] != ""].groupby("block", sort=False)
    ]
    said = [f"The most frequent are {formatting.listed(firsts)}."] * bool(firsts)
    said.append("In each row a dot with a dark line for the exact limits lies on a pale bar")
    wider = (points["most"] - points["least"] > points["high"] - points["low"]).all()
    said[-1] += (
        ", which shows that the missing information could change every proportion by more than "
        "chance does."
        if wider
        else " for what the missing information could change."
    )
    return " ".join(said)


def draw_nothing(said: str):
    """A figure that says in one sentence why nothing is drawn."""
    figure, axes = style.panels(0.5)
    axes.text(0, 0.5, said, transform=axes.transAxes, va="center", size=style.SMALL)
    axes.set_axis_off()
    return figure


def draw_proportions(
    points: pd.DataFrame, xlabel: str, limits: str, bounds: str, narrow: bool = False
):
    """A row per proportion with its limits, on a bar from the least to the most it could be.

    Parameters
    ----------
    points
        In the order shown: `block` (a heading stands above the first row of each, unless it is
        empty), `label`, `n`, `of`, and as fractions of 1 `proportion`, `low` and `high` (its
        limits), `least` and `most`.
    xlabel
        Title of the axis, which is in per cent.
    limits, bounds
        What the line and the bar are, said at the first row.
    narrow
        Whether it is for a narrow screen.
    """
    points, names = _placed(points)
    figure, axes = style.panels(0.9 + 0.27 * (len(points) + 2), narrow=narrow)
    width = 100 * (points["most"] - points["least"])
    axes.barh(points["y"], width, 0.6, 100 * points["least"], color=style.SKY, alpha=0.35)
    upwards = points[::-1]
    middle, *ends = (100 * upwards[name] for name in ("proportion", "low", "high"))
    axes.plot(middle, upwards["y"], "o", color=style.VERMILLION, ms=5, mew=2.025, zorder=3)
    axes.plot(np.array(ends), [upwards["y"]] * 2, color=style.BLACK, lw=1.4)
    for row in points.itertuples():
        end = (100 * max(row.most, row.high), row.y)
        style.write_beside(axes, f"{row.n}/{row.of}", end, (5, 0), va="center")
    _explain(axes, points.iloc[0], limits, bounds)
    style.name_rows(axes, names)
    axes.set_ylim(top=0.8)
    most = points[["most", "high"]].to_numpy().max()
    axes.set(xlim=(0, 100 * min(1, 1.1 * most)), xlabel=xlabel, ylabel="")
    axes.spines["left"].set_visible(False)
    return figure


def _placed(points: pd.DataFrame) -> tuple[pd.DataFrame, list[tuple[str, bool]]]:
    """The rows with a place `y`, and all names from the top, each with whether it is a heading."""
    places, names, before = [], [], ""
    for row in points.itertuples():
        if row.block and row.block != before:
            names.append((row.block, True))
        places.append(-len(names))
        names.append((row.label, False))
        before = row.block
    return points.assign(y=places), names


def _explain(axes, row, limits: str, bounds: str) -> None:
    """Say at the first row what the line and the bar are."""
    small = {"size": style.SMALL, "color": style.MUTED}
    axes.text(100 * row["low"], row["y"] - 0.42, limits, va="top", **small)
    if row["most"] > row["least"]:
        axes.text(100 * row["most"], row["y"] + 0.4, bounds, ha="right", **small)
