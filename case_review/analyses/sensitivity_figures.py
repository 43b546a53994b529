"""The figures of the sensitivity analyses."""

from __future__ import annotations

import math
from collections.abc import Sequence

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.ticker import FixedLocator, FuncFormatter, MaxNLocator, PercentFormatter

from case_review import formatting
from case_review.analyses.km_figure import steps
from case_review.analyses.response import Summary
from case_review.analyses.sensitivity import Repetition
from case_review.exhibits import style
from case_review.values import Estimate

_PERCENT = PercentFormatter(1, symbol="%", decimals=0)
#: A quarter of `style.BLUE` on white.
_PALE = "#bfdcec"


def interval_censored(summary: Summary, cells: pd.DataFrame):
    """The estimate from intervals beside the Kaplan–Meier curve of the reported times.

    Parameters
    ----------
    summary
        All patients; see `response.summarise`.
    cells
        `interval_censored.curve`, in weeks.

    Returns
    -------
    matplotlib Figure
    """
    style.use()
    figure, axes = plt.subplots(figsize=(style.FULL_WIDTH, 2.9))
    points = steps(summary)
    end = float(points["time"].iloc[-1])
    axes.step(
        points["time"],
        points["proportion"],
        where="post",
        color=style.BLACK,
        lw=1.3,
        label="Times taken as exact (Kaplan–Meier)",
    )
    before = 0.0
    for number, cell in enumerate(cells.itertuples()):
        right = min(cell.right, end)
        names = ("Course between two visits unknown", "Times taken as intervals (Turnbull)")
        box, line = names if number == 0 else (None, None)
        axes.fill_between(
            [cell.left, right], before, cell.proportion, fc=_PALE, ec=style.BLUE, lw=0.4, label=box
        )
        following = cells["left"].iloc[number + 1] if number + 1 < len(cells) else end
        axes.plot([right, following], [cell.proportion] * 2, color=style.BLUE, lw=1.8, label=line)
        before = cell.proportion
    axes.xaxis.set_major_locator(MaxNLocator(14, integer=True))
    axes.set_xlim(-0.012 * end, end * 1.015)
    axes.set_ylim(0, 1.02)
    axes.yaxis.set_major_formatter(_PERCENT)
    axes.set_xlabel("Weeks since start of treatment")
    axes.set_ylabel("Patients who have responded")
    handles, names = axes.get_legend_handles_labels()
    order = [0, 2, 1] if len(handles) == 3 else range(len(handles))
    axes.legend([handles[i] for i in order], [names[i] for i in order], loc="lower right")
    return figure


def leave_one_out(found: Sequence[Repetition], main: Repetition, conf_level: float):
    """Median and log-rank p-value without each report, beside those of all reports."""
    style.use()
    rows = [*found, main]
    figure, (left, right) = plt.subplots(
        1,
        2,
        sharey=True,
        figsize=(style.FULL_WIDTH, 0.19 * len(rows) + 0.75),
        width_ratios=[1.5, 1],
    )
    numbers = [x for r in rows for x in (r.median.estimate, r.median.lower, r.median.upper)]
    highest = max((x for x in numbers if not math.isnan(x)), default=1.0)
    for position, row in enumerate(rows):
        colour = style.BLACK if row is main else style.BLUE
        _whisker(left, row.median, -position, colour, highest * 1.08)
        if not math.isnan(row.p):
            right.plot(row.p, -position, "o", color=colour, ms=4.5)
    left.set_yticks([-i for i in range(len(rows))], [row.name for row in rows])
    left.set_xlim(0, highest * 1.1)
    left.set_xlabel(f"Median time to response, weeks ({formatting.ci(conf_level)})")
    right.set_xscale("log")
    right.axvline(1 - conf_level, color=style.VERMILLION, lw=1, ls="--")
    right.set_xlim(min(0.5 * (1 - conf_level), 0.7 * _least_p(rows)), 1.15)
    right.xaxis.set_major_locator(FixedLocator([0.001, 0.005, 0.01, 0.05, 0.1, 0.25, 0.5, 1]))
    right.xaxis.set_minor_locator(FixedLocator([]))
    right.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    right.set_xlabel("Log-rank p (logarithmic)")
    for axes in (left, right):
        axes.tick_params(axis="y", length=0)
        axes.grid(axis="y", color=style.LIGHT, lw=0.5)
        axes.set_axisbelow(True)
    return figure


def _least_p(rows: Sequence[Repetition]) -> float:
    return max(1e-4, min((row.p for row in rows if not math.isnan(row.p)), default=1.0))


def _whisker(axes, found: Estimate, position: float, colour: str, end: float) -> None:
    if math.isnan(found.estimate):
        axes.text(0, position, formatting.NOT_ESTIMABLE, va="center", size=8)
        return
    low = 0.0 if math.isnan(found.lower) else found.lower
    high = end if math.isnan(found.upper) else found.upper
    axes.plot([low, high], [position] * 2, color=colour, lw=1.4, solid_capstyle="butt")
    axes.plot(found.estimate, position, "o", color=colour, ms=4.5)
    if math.isnan(found.upper):
        axes.plot(end, position, ">", color=colour, ms=4.5)


def publication(
    surface: pd.DataFrame, tipping: pd.DataFrame, targets: Sequence[float], conf_level: float
):
    """Two views of publication bias: the surface of lower limits, and the tipping points.

    Parameters
    ----------
    surface
        `sensitivity.selection_surface`.
    tipping
        `sensitivity.tipping_curve`.
    targets
        Marks drawn in both panels, as fractions.
    """
    style.use()
    figure, (left, right) = plt.subplots(1, 2, figsize=(style.FULL_WIDTH, 3.1))
    _surface(figure, left, surface, targets, conf_level)
    _tipping(right, tipping, targets, conf_level)
    for axes, letter in ((left, "A"), (right, "B")):
        axes.set_title(letter, loc="left", weight="bold")
    return figure


def _surface(figure, axes, surface: pd.DataFrame, targets, conf_level: float) -> None:
    grid = surface.pivot(index="doubtful", columns="odds", values="lower")
    odds, doubtful, lower = grid.columns.to_numpy(), grid.index.to_numpy(), grid.to_numpy()
    shown = axes.pcolormesh(
        odds, doubtful, lower, cmap="Blues", vmin=0, vmax=1.4, shading="nearest", rasterized=True
    )
    lines = axes.contour(odds, doubtful, lower, sorted(targets), colors=style.BLACK, linewidths=1.2)
    axes.set_xscale("log")
    _name_lines(axes, lines)
    axes.xaxis.set_major_locator(FixedLocator([0.05, 0.1, 0.2, 0.5, 1]))
    axes.xaxis.set_minor_locator(FixedLocator([]))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axes.set_xlabel("Chance that a failure is published,\nrelative to a response")
    axes.set_ylabel("Published responses in doubt")
    bar = figure.colorbar(shown, ax=axes, format=_PERCENT, pad=0.02)
    bar.set_label(f"Lower {formatting.number(100 * conf_level)}% limit of the proportion")
    bar.ax.set_ylim(0, 1)  # the map runs on to 1.4 so that black lines stand out on it
    bar.outline.set_visible(False)


def _name_lines(axes, lines) -> None:
    """Write the level of each contour beside its lower end, where there is room."""
    for level, segments in zip(lines.levels, lines.allsegs, strict=True):
        if segments and len(segments[0]):
            points = np.concatenate(segments)
            axes.annotate(
                f"{level:.0%}",
                points[points[:, 1].argmin()],
                xytext=(-3, 0),
                textcoords="offset points",
                ha="right",
                va="center",
                size=8,
            )


def _tipping(axes, tipping: pd.DataFrame, targets, conf_level: float) -> None:
    x = tipping["failures"]
    axes.fill_between(x, tipping["low"], tipping["high"], color=style.BLUE, alpha=0.18, lw=0)
    axes.plot(x, tipping["proportion"], color=style.BLUE, lw=1.8)
    for target in targets:
        axes.axhline(target, color=style.GREY, lw=0.8, ls=":")
        below = tipping[tipping["proportion"] < target]
        if not below.empty:
            point = below.iloc[0]
            axes.plot(point["failures"], point["proportion"], "o", color=style.VERMILLION, ms=5)
            axes.annotate(
                f"{point['failures']:.0f} failures:\nbelow {target:.0%}",
                (point["failures"], point["proportion"]),
                xytext=(7, 7),
                textcoords="offset points",
                size=8,
            )
    axes.set_xlim(0, x.max() * 1.16)
    axes.set_ylim(0, 1.02)
    axes.yaxis.set_major_formatter(_PERCENT)
    axes.set_xlabel("Unpublished patients without response")
    axes.set_ylabel(f"Proportion responding (exact {formatting.ci(conf_level)})")


def later(
    studies: pd.DataFrame,
    review: Estimate,
    name: str,
    counts: tuple[int, int],
    conf_level: float,
):
    """A forest plot of later studies beside the review's proportion; nothing is pooled.

    Parameters
    ----------
    studies
        `sensitivity.later_studies`.
    review, name, counts
        The review's proportion with limits, its name in the plot, responses and patients.
    conf_level
        Level of all limits.
    """
    style.use()
    shown = [(name, *counts, review, style.BLACK, "")]
    shown += [
        (
            f"{row.study} {row.year}",
            row.n_response,
            row.n_evaluable,
            Estimate(row.proportion, row.low, row.high),
            style.BLUE,
            row.design,
        )
        for row in studies.itertuples()
    ]
    figure, axes = plt.subplots(figsize=(style.FULL_WIDTH, 0.42 * len(shown) + 0.75))
    axes.axvspan(review.lower, review.upper, color=style.LIGHT, alpha=0.5, lw=0)
    for position, (_, n, of, found, colour, _) in enumerate(shown):
        axes.plot([found.lower, found.upper], [-position] * 2, color=colour, lw=1.6)
        axes.plot(found.estimate, -position, "s", color=colour, ms=5)
        limits = formatting.interval(100 * found.lower, 100 * found.upper, 0)
        share = f"{formatting.number(100 * found.estimate, 0)} ({limits})"
        _columns(axes, -position, f"{n}/{of}", share)
    _columns(axes, 0.75, "Responded", f"% ({formatting.ci(conf_level)})")
    axes.set_yticks(
        [-i for i in range(len(shown))],
        [f"{label}\n{design}" if design else label for label, *_, design in shown],
    )
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    axes.set_ylim(-len(shown) + 0.5, 0.5)  # the headings stand above
    axes.set_xlim(0, 1.02)
    axes.xaxis.set_major_formatter(_PERCENT)
    axes.set_xlabel(f"Proportion responding (exact {formatting.ci(conf_level)})")
    return figure


def _columns(axes, position: float, count: str, share: str) -> None:
    """Two cells of the table at the right of the forest plot, at a height of the plot."""
    for offset, text, side in ((52, count, "right"), (60, share, "left")):
        axes.annotate(
            text,
            (1, position),
            xycoords=axes.get_yaxis_transform(),
            xytext=(offset, 0),
            textcoords="offset points",
            ha=side,
            va="center",
            annotation_clip=False,
        )
