"""The figure of the curves over many data sets that agree with the print."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from case_review.data.schema import OVERALL
from case_review.exhibits import style
from case_review.exhibits.bands import band_of, time_axis


def draw_bands(
    bands: pd.DataFrame, labels: Mapping[str, str], ticks: Sequence[float], xlabel: str, ylabel: str
):
    """A panel for each group of `known.curves`, with bands and the middle of the sets.

    Parameters
    ----------
    labels
        Names in print, by group.
    ticks
        Weeks at which the x axis is marked.

    Returns
    -------
    matplotlib Figure
    """
    import matplotlib.pyplot as plt

    style.use()
    looks = style.looks(labels, OVERALL)
    size = (style.FULL_WIDTH, 2.7)
    figure, panels = plt.subplots(1, len(labels), figsize=size, sharey=True, squeeze=False)
    for axes, (key, label) in zip(panels[0], labels.items(), strict=True):
        band_of(axes, bands[bands["group"] == key], looks[key][0])
        axes.set_xlabel(xlabel)
        axes.set_title(label, color=looks[key][0], weight="semibold")
        time_axis(axes, ticks, bands["weeks"].max() * 1.02)
    panels[0][0].set_ylabel(ylabel)
    panels[0][-1].legend(loc="lower right", fontsize=7)
    return figure
