"""The figure of the curves over many data sets that agree with the print."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from case_review.data.schema import OVERALL
from case_review.exhibits import bands as over_sets
from case_review.exhibits import style

#: Height in inches of the panels, and of each on a narrow screen.
_HEIGHT, _NARROW = 2.7, 2.2


def draw_bands(
    bands: pd.DataFrame,
    labels: Mapping[str, str],
    *,
    ticks: Sequence[float],
    x_label: str,
    y_label: str,
    time_axis: str = style.SQUARE_ROOT,
    narrow: bool = False,
):
    """A panel for each group of `known.curves`, with bands and the middle of the sets.

    Parameters
    ----------
    labels
        Names in print, by group.
    ticks
        Weeks at which the x axis is marked.
    x_label, y_label
        What the axes are called.
    time_axis
        How the x axis runs, see `style.time_scale`.
    narrow
        Whether it is for a narrow screen, with panels one below another.

    Returns
    -------
    matplotlib Figure
    """
    height = _NARROW if narrow else _HEIGHT
    figure, panels = style.panels(height, [1] * len(labels), sharey=True, narrow=narrow)
    panels = panels if len(labels) > 1 else [panels]
    looks = style.looks(labels, OVERALL)
    for axes, (key, label) in zip(panels, labels.items(), strict=True):
        over_sets.band_of(axes, bands[bands["group"] == key], looks[key][0])
        axes.set_xlabel(x_label)
        axes.set_title(label, color=looks[key][0], weight="semibold")
        over_sets.time_axis(axes, ticks, bands["weeks"].max() * 1.02, time_axis)
    for axes in panels if narrow else panels[:1]:
        axes.set_ylabel(y_label)
    # In grey, all patients' colour, and below the panels, where no band can reach.
    handles, names = panels[0].get_legend_handles_labels()
    columns = 2 if narrow else len(names)
    # At the left, for at the right stands that rows are reconstructed.
    figure.legend(handles, names, loc="outside lower left", ncols=columns, fontsize=style.SMALL)
    return figure
