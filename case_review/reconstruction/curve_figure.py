"""The figure of the consistent sets of response times."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from case_review.analyses.response import HOURS_PER_WEEK
from case_review.exhibits import style
from case_review.formatting import number
from case_review.reconstruction import many_sets as cs
from case_review.reconstruction.times import ConsistentSets


def step_heights(sets: ConsistentSets, of_second: bool, at: Sequence[float]) -> np.ndarray:
    """Proportion of one group responding by each time of `at`, in hours; shape (sets, times)."""
    members = cs.of_group(sets.times, sets.second, of_second)
    return np.stack([(members <= hours).mean(axis=1) for hours in at], axis=1)


def envelope(sets: ConsistentSets, of_second: bool) -> pd.DataFrame:
    """Lowest, highest and middle proportion responding of one group over the sets, at each time."""
    at = np.concatenate([[0], np.unique(sets.times)])
    low, middle, high = np.quantile(step_heights(sets, of_second, at), [0, 0.5, 1], axis=0)
    return pd.DataFrame({"weeks": at / HOURS_PER_WEEK, "low": low, "middle": middle, "high": high})


def figure(
    sets: ConsistentSets,
    used: ConsistentSets | None,
    labels: Sequence[str],
    ticks: Sequence[float],
    xlabel: str,
    ylabel: str,
):
    """The envelope of all consistent curves behind the curve used, one panel per group.

    Parameters
    ----------
    sets, used
        The consistent sets, and the one in use; None leaves its curve out.
    labels
        Names of the first and the second group, the panels' titles.
    ticks
        Weeks at which the x axis is marked.
    xlabel, ylabel
        Titles of the axes; the y axis is the proportion responding.

    Returns
    -------
    tuple
        The matplotlib figure and the plotted coordinates.
    """
    import matplotlib.pyplot as plt
    from matplotlib.ticker import PercentFormatter

    style.use()
    drawing, axes = plt.subplots(1, 2, figsize=(style.FULL_WIDTH, 3.0), sharey=True)
    frames = []
    for index, (axis, label) in enumerate(zip(axes, labels, strict=True)):
        colour, line = style.GROUP_STYLES[index]
        band = envelope(sets, bool(index))
        weeks = band["weeks"]
        axis.fill_between(
            weeks, band["low"], band["high"],
            step="post", color=colour, alpha=0.18, lw=0, label="All consistent sets",
        )  # fmt: skip
        if used is not None:
            (band["used"],) = step_heights(used, bool(index), band["weeks"] * HOURS_PER_WEEK)
            axis.step(
                weeks, band["used"], where="post", color=colour, ls=line, lw=1.6,
                label="Set used in this report",
            )  # fmt: skip
        band.insert(0, "group", label)
        frames.append(band)
        end = max(*ticks, weeks.max())
        axis.set(xlabel=xlabel, xlim=(-0.012 * end, 1.015 * end), ylim=(0, 1.02))
        axis.set_title(label, color=colour, weight="semibold")
        axis.set_xticks(ticks, [number(tick) for tick in ticks])
        axis.yaxis.set_major_formatter(PercentFormatter(1, symbol="%", decimals=0))
        axis.legend(loc="lower right", fontsize=8)
    axes[0].set_ylabel(ylabel)
    return drawing, pd.concat(frames, ignore_index=True)
