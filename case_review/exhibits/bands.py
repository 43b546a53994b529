"""Bands of curves over many data sets that agree with the print, and their axis of time."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from case_review.exhibits import style
from case_review.exhibits.steps import draw_band
from case_review.formatting import number

#: From the widest band to the narrowest: its ends, how dark it is, and what it is called.
ALL = ("least", "most", 0.15, "All sets found")
NINE_IN_TEN = ("q05", "q95", 0.2, "Nine in ten sets drawn")
HALF = ("q25", "q75", 0.3, "Half of the sets drawn")
BANDS = (ALL, NINE_IN_TEN, HALF)
MIDDLE = "Middle"


def band_of(
    axes, band: pd.DataFrame, colour, bands: Sequence[tuple] = BANDS, line="-", width: float = 1.4
) -> None:
    """Draw the bands of one group, and the middle of the sets drawn.

    Parameters
    ----------
    band
        `weeks`, `middle`, and the ends that `bands` name; see `reconstruction.known.curves`.
    bands
        Some of `BANDS`, the widest first.
    line, width
        Style and width in points of the middle.
    """
    for low, high, shade, name in bands:
        limits = (band[column].to_list() for column in ("weeks", low, high))
        draw_band(axes, *limits, color=colour, alpha=shade, label=name)
    middle = {"color": colour, "lw": width, "linestyle": line, "label": MIDDLE}
    axes.step(band["weeks"], band["middle"], where="post", **middle)


def time_axis(axes, ticks: Sequence[float], end: float, scale: str = style.SQUARE_ROOT) -> None:
    """Let the x axis run from 0 to `end` weeks, marked at `ticks`; see `style.time_scale`."""
    style.time_scale(axes, scale)
    axes.set_xticks(list(ticks), [number(tick) for tick in ticks])
    axes.set_xlim(0, end)
    style.proportion_axis(axes)
