"""Many patients in one line of a figure: median, quartiles, and where nearly all of them lie."""

from __future__ import annotations

import numpy as np
import pandas as pd

#: Ends of the thin line, ends of the bar, and the dot, as fractions of the patients.
_LEVELS = (0.05, 0.25, 0.5, 0.75, 0.95)
#: What the marks are, for the legend or the small print of a figure.
SAID = "dot: median; bar: middle half; line: nine in ten"


def draw(axes, values: pd.Series, place: float, colour: str, *, upright: bool = False) -> None:
    """Draw the distribution of `values` along a line at `place`; nothing where none is known."""
    known = values.dropna().to_numpy(float)
    if not len(known):
        return
    least, low, middle, high, most = np.quantile(known, _LEVELS)
    look = {"color": colour, "solid_capstyle": "butt"}

    def line(start: float, end: float, width: float, **more) -> None:
        along, across = [start, end], [place, place]
        axes.plot(*((across, along) if upright else (along, across)), lw=width, **look, **more)

    line(least, most, 1.0)
    line(low, high, 6.0, alpha=0.45)
    dot = (place, middle) if upright else (middle, place)
    axes.scatter(*dot, s=26, c=colour, ec="white", lw=0.6, zorder=4)


def named(name: str, values: pd.Series) -> str:
    """The name of a line with the number of patients behind it."""
    return f"{name} (n\u00a0=\u00a0{values.notna().sum():,})"
