"""Doses on scales that are kept apart, and target blood levels as intervals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import matplotlib.pyplot as plt
import pandas as pd

from case_review import style


def draw(patients: pd.DataFrame, dose_groups: Sequence[Mapping], level_groups: Sequence[Mapping]):
    """The figure and its points: a panel per unit of dose, and one for target levels.

    Returns
    -------
    tuple
        The figure, and a table with panel, low, high and n (patients); a dose has low = high.
    """
    style.use()
    units = list(dict.fromkeys(group["unit"] for group in dose_groups))
    points = _points(patients, units)
    figure, axes = plt.subplots(
        1, len(units) + 1, figsize=(style.FULL_WIDTH, 2.8), width_ratios=[*[1] * len(units), 1.6]
    )
    for place, unit in zip(axes, units, strict=False):
        _doses(place, points[points["panel"] == unit], unit)
        _shade(place.axhspan, [group for group in dose_groups if group["unit"] == unit])
    axes[0].set_ylabel("Daily dose")
    _levels(axes[-1], points[points["panel"] == "level"], level_groups)
    return figure, points


def _points(patients: pd.DataFrame, units: Sequence[str]) -> pd.DataFrame:
    doses = patients[patients["dose_unit"].isin(units)]
    doses = doses.groupby(["dose_unit", "dose_value"]).size().reset_index(name="n")
    doses = doses.rename(columns={"dose_unit": "panel", "dose_value": "low"})
    levels = patients.groupby(["level_low_ng_ml", "level_high_ng_ml"]).size().reset_index(name="n")
    levels = levels.set_axis(["low", "high", "n"], axis=1).assign(panel="level")
    points = pd.concat([doses.assign(high=doses["low"]), levels], ignore_index=True)
    return points[["panel", "low", "high", "n"]]


def _doses(axes, points: pd.DataFrame, unit: str) -> None:
    for row in points.itertuples():
        places = [i - (row.n - 1) / 2 for i in range(row.n)]
        axes.scatter(places, [row.low] * row.n, s=14, color=style.BLUE, zorder=3)
    widest = max([5, *points["n"]]) / 2 + 0.8
    axes.set(xlim=(-widest, widest), xticks=[], title=unit.replace("m2", "m²"))
    axes.set_ylim(0, 1.15 * max([*points["low"]], default=1))
    axes.spines["bottom"].set_visible(False)


def _levels(axes, points: pd.DataFrame, groups: Sequence[Mapping]) -> None:
    for place, row in enumerate(points.itertuples()):
        axes.plot([row.low, row.high], [place] * 2, color=style.BLUE, lw=5, solid_capstyle="butt")
        axes.annotate(
            f"n = {row.n}", (row.high, place), (4, 0), textcoords="offset points", va="center"
        )
    _shade(axes.axvspan, groups)
    limit = max([*points["high"]], default=1)
    axes.set(yticks=[], xlim=(0, 1.25 * limit), ylim=(-0.7, max(len(points), 1) - 0.3))
    axes.set(xlabel="ng/ml", title="Target blood level")
    axes.spines["left"].set_visible(False)


def _shade(span, groups: Sequence[Mapping]) -> None:
    """Shade the closed groups alternately, so that neighbours are told apart."""
    closed = [group for group in groups if "low" in group and "high" in group]
    for number, group in enumerate(closed):
        shade = (style.SKY, style.YELLOW)[number % 2]
        span(group["low"], group["high"], color=shade, alpha=0.22, zorder=0, lw=0)
