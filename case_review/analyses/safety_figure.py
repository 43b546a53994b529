"""Adverse events as proportions with limits, over the bounds that missing information leaves."""

from __future__ import annotations

from collections.abc import Mapping

import matplotlib.pyplot as plt
import pandas as pd

from case_review import formatting
from case_review.exhibits import style


def draw(points: pd.DataFrame, categories: Mapping[str, str], conf_level: float):
    """The figure of `safety.coordinates`: any event on top, then the categories in order.

    `conf_level` is the level of the limits in `points`. Effects that no report mentions have no
    proportion and are left out.
    """
    style.use()
    mentioned = points[points["proportion"].notna()]
    blocks = [("", mentioned[mentioned["category"] == ""])]
    blocks += [(text, mentioned[mentioned["category"] == key]) for key, text in categories.items()]
    places, labels, bold = [], [], []
    figure, axes = plt.subplots(figsize=(style.FULL_WIDTH, 0.9 + 0.27 * (len(mentioned) + 2)))
    for heading, rows in blocks:
        if heading and len(rows):
            labels.append(heading)
            bold.append(True)
            places.append(-len(places))
        for row in rows.itertuples():
            y = -len(places)
            places.append(y)
            labels.append(row.label)
            bold.append(False)
            _row(axes, row, y)
    _explain(axes, mentioned.iloc[0], conf_level)
    axes.set_yticks(places, labels)
    axes.tick_params(axis="y", length=0)
    for tick, heavy in zip(axes.get_yticklabels(), bold, strict=True):
        tick.set_weight("semibold" if heavy else "normal")
    axes.set_xlim(0, 100 * min(1, 1.1 * float(mentioned[["most", "high"]].max().max())))
    axes.set_xlabel("Patients with the event (%)")
    axes.spines["left"].set_visible(False)
    return figure


def _explain(axes, row, conf_level: float) -> None:
    """Say at the first row what the line and the bar are."""
    small = {"size": style.SMALL, "color": "#555555"}
    axes.text(100 * row["low"], -0.42, f"Exact {formatting.ci(conf_level)}", va="top", **small)
    if row["most"] > row["least"]:
        axes.text(100 * row["most"], 0.4, "Bounds for all patients", ha="right", **small)


def _row(axes, row, y: float) -> None:
    least, most, low, high = (100 * x for x in (row.least, row.most, row.low, row.high))
    axes.barh(y, most - least, left=least, height=0.6, color=style.SKY, alpha=0.35)
    axes.plot([low, high], [y, y], color=style.BLACK, lw=1.4)
    axes.plot(100 * row.proportion, y, "o", color=style.VERMILLION, ms=5, zorder=3)
    axes.annotate(
        f"{row.n}/{row.of}", (max(most, high), y), (5, 0), textcoords="offset points", va="center"
    )
