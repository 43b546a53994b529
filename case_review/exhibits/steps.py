"""Where a step function has limits, and so what its band is drawn through.

A step holds from its time to the next, so the last one with limits does until the time at which
there are none any more. Knows no matplotlib and no pandas: print and page draw the same band.
"""

from __future__ import annotations

import math
from collections.abc import Sequence


def held(
    times: Sequence[float], low: Sequence[float | None], high: Sequence[float | None]
) -> list[tuple[int, int, float]]:
    """The stretches over which both limits of a step function are estimable.

    Parameters
    ----------
    times
        At which a step begins, ascending; the function ends at the last of them.
    low, high
        Limits from each time to the next; None or NaN where one is not estimable.

    Returns
    -------
    list
        Of each stretch its first and last row, and the time until which the last one holds.
    """
    found: list[tuple[int, int, float]] = []
    for row in range(len(times) - 1):
        if any(value is None or math.isnan(value) for value in (low[row], high[row])):
            continue
        follows = found and found[-1][1] == row - 1
        first = found.pop()[0] if follows else row
        found.append((first, row, times[row + 1]))
    return found


def draw_band(axes, times: Sequence[float], low, high, **look) -> None:
    """Shade between the limits of a step function, over exactly the times that have both.

    Parameters
    ----------
    axes
        Of matplotlib; `look` is for its `fill_between`.
    times, low, high
        As for `held`.
    """
    for first, last, end in held(times, low, high):
        rows = slice(first, last + 1)
        ends = ([*limit[rows], limit[last]] for limit in (low, high))
        axes.fill_between([*times[rows], end], *ends, step="post", lw=0, **look)
        look.pop("label", None)  # a legend names the band once
