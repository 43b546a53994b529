"""The figure of the curves over many data sets that agree with the print."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from case_review.data.schema import OVERALL
from case_review.exhibits import style
from case_review.formatting import number

#: From the widest band to the narrowest: its ends, how dark it is, and what it is called.
BANDS = (
    ("least", "most", 0.15, "All sets found"),
    ("q05", "q95", 0.2, "Nine in ten sets drawn"),
    ("q25", "q75", 0.3, "Half of the sets drawn"),
)


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
    from matplotlib.ticker import PercentFormatter

    style.use()
    looks = style.looks(labels, OVERALL)
    size = (style.FULL_WIDTH, 2.7)
    figure, panels = plt.subplots(1, len(labels), figsize=size, sharey=True, squeeze=False)
    for axes, (key, label) in zip(panels[0], labels.items(), strict=True):
        band_of(axes, bands[bands["group"] == key], looks[key][0])
        axes.set(xlabel=xlabel, ylim=(0, 1.02))
        axes.set_title(label, color=looks[key][0], weight="semibold")
        axes.set_xticks(ticks, [number(tick) for tick in ticks])
        axes.set_xscale("function", functions=(_root, _square))
        axes.set_xlim(0, bands["weeks"].max() * 1.02)
        axes.yaxis.set_major_formatter(PercentFormatter(1, symbol="%", decimals=0))
    panels[0][0].set_ylabel(ylabel)
    panels[0][-1].legend(loc="lower right", fontsize=7)
    return figure


def band_of(axes, band: pd.DataFrame, colour) -> None:
    """The bands of one group and the middle of the sets drawn, into `axes`."""
    for low, high, shade, name in BANDS:
        axes.fill_between(
            band["weeks"], band[low], band[high],
            step="post", color=colour, alpha=shade, lw=0, label=name,
        )  # fmt: skip
    axes.step(band["weeks"], band["middle"], where="post", color=colour, lw=1.4, label="Middle")


def _root(x):
    return abs(x) ** 0.5


def _square(x):
    return x**2
