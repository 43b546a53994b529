"""The figures of the sensitivity analyses.

Each panel is a function that draws on given axes (`style.panels`), which the notebook then names.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.ticker import FixedLocator, FuncFormatter

from case_review import formatting
from case_review.analyses.km_figure import steps
from case_review.exhibits import bands, listing, style
from case_review.statistics.survival import KaplanMeier
from case_review.values import Proportion

#: Rows at either end that `most_changed` keeps.
_EXTREMES = 10


def interval_censored(
    axes,
    km: KaplanMeier,
    cells: pd.DataFrame,
    names: Sequence[str],
    *,
    ticks: Sequence[float],
    time_axis: str = style.LINEAR,
) -> None:
    """The estimate from intervals beside the Kaplan–Meier curve of the reported times.

    Parameters
    ----------
    km
        Of all patients.
    cells
        `interval_censored.curve`, in the unit of `km`.
    names
        In the legend: of the curve, of the estimate from intervals, of its unknown course.
    ticks, time_axis
        Times at which the axis is marked, and how it runs; see `style.time_scale`.
    """
    points = steps(km)
    end = float(points["time"].iloc[-1])
    black = {"where": "post", "color": style.BLACK, "lw": 1.3}
    (exact,) = axes.step(points["time"], points["proportion"], **black)
    following, before = [*cells["left"].iloc[1:], end], 0.0
    for cell, next_left in zip(cells.itertuples(), following, strict=True):
        right, height = min(cell.right, end), cell.proportion
        pale = {"fc": style.PALE, "ec": style.BLUE, "lw": 0.4}
        box = axes.fill_between([cell.left, right], before, height, **pale)
        (line,) = axes.plot([right, next_left], [height, height], color=style.BLUE, lw=1.8)
        before = height
    bands.time_axis(axes, [tick for tick in ticks if tick <= end], 1.03 * end, time_axis)
    axes.legend([exact, line, box], names, loc="lower right")


def most_changed(
    rows: pd.DataFrame, *, row: str, main: str, estimates: Sequence[str]
) -> pd.DataFrame:
    """The rows that a figure can show: all, or those with the most extreme of many estimates.

    Parameters
    ----------
    rows
        As for `forest`. Of more than `listing.MOST_DRAWN` those with the `_EXTREMES` smallest and
        largest values of each of the columns `estimates` are kept, and the one that `main` names.
    row, main
        As for `forest`.
    """
    if not listing.too_many(rows, listing.MOST_DRAWN):
        return rows
    kept = set(rows.index[rows[row] == main])
    for name in estimates:
        order = rows[name].dropna().sort_values(kind="stable").index
        kept |= {*order[:_EXTREMES], *order[-_EXTREMES:]}
    return rows.loc[sorted(kept)].reset_index(drop=True)


def forest(
    axes, rows: pd.DataFrame, *, row: str, estimate: str, main: str, marker: str = "o"
) -> None:
    """Estimates with their limits, one row below another.

    An arrow marks an upper limit that is not estimable; a row without an estimate says so.

    Parameters
    ----------
    rows
        In printing order, with the limits in `low` and `high`.
    row, estimate
        Columns with the rows' names and the estimates.
    main
        Name of the row that is drawn in black.
    """
    known = rows[[estimate, "low", "high"]].max(axis=None)
    highest = 1.0 if math.isnan(known) else known
    colours = _points(axes, rows, row, estimate, main, marker)
    found = rows[estimate].notna().to_numpy()
    for position in np.flatnonzero(~found):
        axes.text(0, position, formatting.NOT_ESTIMABLE, va="center", size=8)
    places, own = np.flatnonzero(found), colours[found]
    low = rows.loc[found, "low"].fillna(0.0).to_numpy(float)
    high = rows.loc[found, "high"].fillna(1.08 * highest).to_numpy(float)
    axes.hlines(places, low, high, colors=own, lw=1.4, capstyle="butt")
    for beyond in np.flatnonzero(rows.loc[found, "high"].isna()):
        axes.plot(high[beyond], places[beyond], ">", color=own[beyond], ms=4.5)
    axes.set_xlim(0, 1.1 * highest)


def _points(axes, rows: pd.DataFrame, row: str, x: str, main: str, marker: str) -> np.ndarray:
    """A point per row, in black for the main one, on a pale line that leads to its name.

    Returns
    -------
    array
        The colour of each row.
    """
    colours = np.where(rows[row] == main, style.BLACK, style.BLUE)
    places = np.arange(len(rows))
    axes.scatter(
        rows[x].to_numpy(float), places, 5.5**2, marker=marker, c=colours, linewidths=0, zorder=3
    )
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.set_yticks(places, list(rows[row]))
    axes.tick_params(axis="y", length=0)
    axes.grid(axis="y", color=style.LIGHT, lw=0.5)
    axes.set_axisbelow(True)
    return colours


def p_values(
    axes,
    rows: pd.DataFrame,
    *,
    row: str,
    main: str,
    significant: float,
    xticks: Sequence[float],
) -> None:
    """The p-values in column `p`, one row below another, on a logarithmic axis.

    Parameters
    ----------
    rows, row, main
        As in `forest`.
    significant
        Level of significance, drawn as a dashed line.
    """
    _points(axes, rows, row, "p", main, "o")
    least = max(1e-4, min(rows["p"].dropna(), default=1.0))
    axes.set_xscale("log")
    axes.axvline(significant, color=style.VERMILLION, lw=1, ls="--")
    axes.set_xlim(min(0.5 * significant, 0.7 * least), 1.15)
    _plain_ticks(axes, xticks)


def _plain_ticks(axes, xticks: Sequence[float]) -> None:
    """Ticks of a logarithmic axis as plain numbers, and no others."""
    axes.xaxis.set_major_locator(FixedLocator(xticks))
    axes.xaxis.set_minor_locator(FixedLocator([]))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))


def surface(
    axes,
    lower: pd.DataFrame,
    targets: Sequence[float],
    bar_label: str,
    xticks: Sequence[float],
) -> None:
    """The lower limit of a proportion by publication and doubt; a line marks each target.

    Parameters
    ----------
    lower
        `sensitivity.selection_surface`.
    targets
        Levels, as fractions.
    bar_label
        Above the bar of colours.
    """
    grid = lower.pivot(index="doubtful", columns="odds", values="lower")
    place = (grid.columns.to_numpy(), grid.index.to_numpy(), grid.to_numpy())
    look = {"cmap": "Blues", "vmin": 0, "vmax": 1.4, "shading": "nearest", "rasterized": True}
    shown = axes.pcolormesh(*place, **look)
    axes.set_xscale("log")
    if len(grid) > 1:  # where nobody had the event there is nothing to doubt, and no line
        lines = axes.contour(*place, sorted(targets), colors=style.BLACK, linewidths=1.2)
        _name_lines(axes, lines)
    else:
        axes.set_yticks(grid.index)
    _plain_ticks(axes, xticks)
    bar = axes.figure.colorbar(shown, ax=axes, format=style.PERCENT, pad=0.02)
    _write_above(bar.ax, bar_label)
    bar.ax.set_ylim(0, 1)  # the map runs on to 1.4 so that black lines stand out on it
    bar.outline.set_visible(False)


def _write_above(axes, text: str) -> None:
    """Write a title above the right end of a plot, which keeps its size."""
    above = {"xycoords": "axes fraction", "ha": "right", "va": "bottom", "in_layout": False}
    style.write_beside(axes, text, (1, 1), (0, 6), **above)


def _name_lines(axes, lines) -> None:
    """Write the level of each contour beside its lower end, where there is room."""
    for level, segments in zip(lines.levels, lines.allsegs, strict=True):
        if segments and len(segments[0]):
            points = np.concatenate(segments)
            lowest = points[points[:, 1].argmin()]
            look = {"ha": "right", "va": "center", "size": 8}
            style.write_beside(axes, f"{level:.0%}", lowest, (-3, 0), **look)


def tipping(
    axes, curve: pd.DataFrame, targets: Sequence[float], point_label: str, share_label: str
) -> None:
    """A proportion with its limits by unpublished failures; a dot marks where it passes a target.

    Parameters
    ----------
    curve
        `sensitivity.tipping_curve`.
    targets
        Levels, as fractions.
    point_label
        Beside each dot; `{failures}` and `{target}` stand for the numbers.
    share_label
        Above the axis of the proportion: beside it, it would seem to name what stands to the left.
    """
    x = curve["failures"]
    axes.fill_between(x, curve["low"], curve["high"], color=style.BLUE, alpha=0.18, lw=0)
    axes.plot(x, curve["proportion"], color=style.BLUE, lw=1.8)
    for target in targets:
        axes.axhline(target, color=style.GREY, lw=0.8, ls=":")
        below = curve[curve["proportion"] < target]
        if not below.empty:
            point = (below["failures"].iloc[0], below["proportion"].iloc[0])
            axes.plot(*point, "o", color=style.VERMILLION, ms=5)
            text = point_label.format(failures=point[0], target=f"{target:.0%}")
            style.write_beside(axes, text, point, (7, 7), size=8)
    axes.set_xlim(0, x.max() * 1.16)
    style.proportion_axis(axes)
    _write_above(axes, share_label)


def later(
    axes, rows: pd.DataFrame, main: str, headings: Sequence[str], narrow: bool = False
) -> None:
    """A forest plot of proportions with their numbers at the right; nothing is pooled.

    Parameters
    ----------
    rows
        In printing order: `name`, `proportion`, `low`, `high`, `n_response`, `n_evaluable`.
    main
        The row whose interval is continued below, in grey.
    headings
        Of the two columns at the right: counts, and percentages with limits.
    narrow
        Whether it is for a narrow screen, where names and numbers stand above each line.
    """
    own = rows[rows["name"] == main].iloc[0]
    axes.axvspan(own["low"], own["high"], color=style.LIGHT, alpha=0.5, lw=0)
    forest(axes, rows, row="name", estimate="proportion", main=main, marker="s")
    for position, line in enumerate(rows.itertuples()):
        share = Proportion(line.proportion, line.low, line.high, digits=0)
        cells = f"{line.n_response}/{line.n_evaluable}", share.cell
        _above(axes, position, line.name, *cells) if narrow else _columns(axes, position, *cells)
    if narrow:
        axes.set_yticks([])
        axes.set_title(", ".join(headings), loc="right", size=style.TEXT)
    else:
        _columns(axes, -0.75, *headings)
    axes.grid(False)
    axes.spines["left"].set_visible(False)
    top = -0.95 if narrow else -0.5  # headings stand above
    axes.set(xlim=(0, 1.02), ylim=(len(rows) - 0.5, top))
    axes.xaxis.set_major_formatter(style.PERCENT)


def _above(axes, position: float, name: str, count: str, share: str) -> None:
    """A row's name over its line, and its numbers over the line's end."""
    place = {"xycoords": axes.get_yaxis_transform(), "va": "bottom"}
    style.write_beside(axes, name, (0, position), (0, 5), ha="left", **place)
    style.write_beside(axes, f"{count}, {share}", (1, position), (0, 5), ha="right", **place)


def _columns(axes, position: float, count: str, share: str) -> None:
    """Two cells of the table at the right of the forest plot, at a height of the plot."""
    place = {"xycoords": axes.get_yaxis_transform(), "annotation_clip": False, "va": "center"}
    style.write_beside(axes, count, (1, position), (52, 0), ha="right", **place)
    style.write_beside(axes, share, (1, position), (60, 0), ha="left", **place)
