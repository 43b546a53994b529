"""The specification curve: estimates of all scenarios in order, above the choices behind them.

After Simonsohn, Simmons and Nelson, Nat Hum Behav 2020;4:1208.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from case_review.exhibits import style
from case_review.living.scenarios.compared import Point
from case_review.living.scenarios.declared import MAIN, Outcome, Scenario, shown, value_of

#: Inches of the upper panel, of a row of choices, and of what stands around them.
_UPPER, _ROW, _AROUND = 1.9, 0.17, 0.55


def draw(
    outcome: Outcome,
    points: Sequence[Point],
    scenarios: Mapping[str, Scenario],
    settings: Mapping[str, list],
    narrow: bool = False,
):
    """Draw the curve of one outcome.

    Parameters
    ----------
    outcome
        What is estimated.
    points
        Its estimates in order.
    scenarios
        By name.
    settings
        The entries that are set anywhere, with their values; one that is the same in all scenarios
        shown has no rows.
    narrow
        Whether it is for a narrow screen.
    """
    import matplotlib.pyplot as plt

    style.use()
    rows = list(_rows(points, scenarios, settings))
    heights = [_UPPER, max(1, len(rows)) * _ROW]
    size = (style.width(narrow), sum(heights) + _AROUND)
    figure, (upper, lower) = plt.subplots(
        2, 1, figsize=size, height_ratios=heights, sharex=True, squeeze=True
    )
    for place, one in enumerate(points):
        _mark(upper, place, one)
    if outcome.null is not None:
        upper.axhline(outcome.null, color=style.GREY, lw=0.8, ls=(0, (4, 2)), zorder=0)
    upper.set_yscale(outcome.axis)
    if outcome.axis == "log":
        _plain_numbers(upper)
    upper.set_ylabel(outcome.label)
    upper.tick_params(axis="x", length=0, labelbottom=False)
    _choices(lower, points, scenarios, rows)
    lower.set_xlim(-0.8, len(points) - 0.2)
    lower.set_xlabel(f"{len(points)} scenarios, in the order of their estimates")
    return figure


def _mark(axes, place: int, one: Point) -> None:
    """An estimate with its limits, or the range over reconstructed data sets."""
    main = one.scenario == MAIN
    colour = style.BLACK if main else style.VERMILLION if one.ranges else style.BLUE
    ends = [one.low, one.high]
    if any(map(math.isfinite, ends)):
        known = [end for end in (*ends, one.value) if math.isfinite(end)]
        look = {"lw": 3, "alpha": 0.4} if one.ranges else {"lw": 1.1}
        axes.plot([place] * 2, [min(known), max(known)], color=colour, **look)
    if math.isfinite(one.value):
        axes.plot(place, one.value, "D" if main else "o", color=colour, ms=4 if main else 3)


def _plain_numbers(axes) -> None:
    from matplotlib.ticker import LogLocator, NullFormatter, StrMethodFormatter

    axes.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    axes.yaxis.set_major_formatter(StrMethodFormatter("{x:g}"))
    axes.yaxis.set_minor_formatter(NullFormatter())


def _rows(points, scenarios, settings):
    """(entry, value or None for its heading) of each row that tells scenarios apart."""
    for key, values in settings.items():
        chosen = [value_of(scenarios[one.scenario], key) for one in points]
        here = [value for value in values if value in chosen]
        if len(here) > 1:
            yield key, None, True
            yield from ((key, value, False) for value in here)


def _choices(axes, points, scenarios, rows) -> None:
    names = []
    for row, (key, value, heading) in enumerate(rows):
        text = key.rpartition(".")[2].replace("_", " ") if heading else shown(value)
        names.append((text if len(text) <= 30 else text[:29] + "…", heading))
        if heading:
            continue
        for place, one in enumerate(points):
            own = value_of(scenarios[one.scenario], key) == value
            colour = style.BLACK if one.scenario == MAIN else style.GREY
            look = {"color": colour, "ms": 2.6} if own else {"color": style.LIGHT, "ms": 1.2}
            axes.plot(place, -row, "o", **look)
    style.name_rows(axes, names, style.SMALL)
    axes.set_xticks([])
    axes.spines[["left", "bottom"]].set_visible(False)
