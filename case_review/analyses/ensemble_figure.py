"""The figure of time to response over many data sets: what stands where no curve is known.

A panel for each group has the band that the curves of all sets lie in, some curves of single sets,
and all patients for comparison. Beneath stand the medians and how many patients are at risk, as
ranges over the sets where they vary.
"""

from __future__ import annotations

import math
import textwrap
from collections.abc import Mapping, Sequence

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

from case_review import formatting
from case_review.analyses.blocks import own_group
from case_review.analyses.response import HOURS_PER_WEEK
from case_review.data.schema import OVERALL
from case_review.exhibits import bands as over_sets
from case_review.exhibits import style
from case_review.exhibits.bands import ALL, NINE_IN_TEN
from case_review.values import Estimate, Value

#: Heights in inches of the panels, one of them on a narrow screen, those at the head of the page
#: with all that is beneath, and a line of the table.
_PANELS, _PANEL, _BRIEF, _LINE = 2.9, 2.3, 2.5, 0.19
#: What the marks are, for the caption.
SAID = (
    "Drawn over the data sets that agree with the print. Pale band: all sets found; darker band: "
    "nine in ten sets drawn; thin lines: ten single sets. Black: all patients, with the middle and "
    "the ends over the sets, and with the printed median and its confidence interval (CI). Below: "
    "medians, and numbers at risk, that is, still treated without the outcome just before that "
    "time (as R counts them); those that vary as ranges, in square brackets behind the middle of "
    "the sets drawn or from the fewest to the most patients."
)
#: Where the columns of the table begin and end, as fractions of its width.
_MEDIAN, _FIRST, _LAST = 0.33, 0.5, 0.975
#: Where they begin on a narrow screen, where the numbers of a group stand below its name.
_FIRST_NARROW = 0.04


def covers(bands: pd.DataFrame, labels: Mapping[str, str]) -> bool:
    """Whether bands are known for exactly these groups and all patients."""
    return set(bands["group"]) == set(labels) and len(labels) > 1


def single_curves(patients: pd.DataFrame, group_by: str, groups: Mapping[str, str]) -> pd.DataFrame:
    """The curves of single sets, all of whose patients responded.

    Parameters
    ----------
    patients
        Clean patients of several sets, with the column `set`; those without a time are left out.

    Returns
    -------
    DataFrame
        `set`, `group` (with all patients as `OVERALL`), `weeks`, and `proportion`, which has
        responded by then; every curve begins at 0.
    """
    timed = patients[patients["time_hours"].notna()]
    own = timed.assign(group=own_group(timed[group_by], groups)).dropna(subset="group")
    parts = []
    for (number, group), some in pd.concat([timed.assign(group=OVERALL), own]).groupby(
        ["set", "group"], sort=False
    ):
        weeks, counts = np.unique(some["time_hours"] / HOURS_PER_WEEK, return_counts=True)
        steps = {"weeks": [0, *weeks], "proportion": [0, *counts.cumsum() / counts.sum()]}
        parts.append(pd.DataFrame({"set": number, "group": group, **steps}))
    columns = ["set", "group", "weeks", "proportion"]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=columns)


def at_risk(bands: pd.DataFrame, sizes: Mapping[str, int], ticks: Sequence[float]) -> pd.DataFrame:
    """The fewest and the most patients at risk at each tick over all sets, as R counts them.

    Who responds at the tick itself is still at risk. Valid where nobody is censored.

    Returns
    -------
    DataFrame
        A row per group and tick: `group`, `weeks`, `least`, `most`.
    """
    rows = []
    for group, n in sizes.items():
        own = bands[bands["group"] == group]
        for tick in ticks:
            before = own[own["weeks"] < tick].tail(1)
            gone = (0.0, 0.0) if before.empty else before[["most", "least"]].to_numpy()[0]
            rows.append((group, tick, *(round(n * (1 - share)) for share in gone)))
    return pd.DataFrame(rows, columns=["group", "weeks", "least", "most"])


def coordinates(
    bands: pd.DataFrame, singles: pd.DataFrame, labels: Mapping[str, str]
) -> pd.DataFrame:
    """What is drawn, as the exhibit's CSV: the bands, and the curves of single sets.

    A row of the bands has no `set`; its `proportion` is the middle of the sets drawn.
    """
    drawn = bands.rename(columns={"middle": "proportion"}).drop(columns=["q25", "q75"])
    frame = pd.concat([drawn, singles], ignore_index=True)
    frame = frame.assign(label=frame["group"].map(labels), set=frame["set"].astype("Int64"))
    frame = frame.rename(columns={"weeks": "time_weeks"})
    columns = ["set", "group", "label", "time_weeks", "proportion", "least", "q05", "q95", "most"]
    return frame[columns]


def described(arms: Mapping[str, str]) -> str:
    """What can be seen, for those who do not see it; `arms` are the groups and their labels."""
    names = formatting.listed([formatting.in_sentence(label) for label in arms.values()])
    return (
        f"A panel for each of {names}, from the start of treatment on; early times take up more of "
        "the axis than later ones. In each a broad band with thin step curves inside rises from "
        "the lower left to the upper right. The bands lie over one another, so that any group may "
        "be ahead at almost any time. The black curve of all patients rises through their middle "
        "between two thin outlines that meet at the median and its limits, which a horizontal bar "
        "marks. A table below gives medians and numbers at risk, most of them as ranges."
    )


def draw(
    bands: pd.DataFrame,
    singles: pd.DataFrame,
    labels: Mapping[str, str],
    medians: Mapping[str, Value],
    counts: pd.DataFrame,
    *,
    x_label: str,
    y_label: str,
    ticks: Sequence[float],
    time_axis: str = style.SQUARE_ROOT,
    comparison: Sequence[str] = (),
    narrow: bool = False,
    brief: bool = False,
):
    """Draw the figure.

    Parameters
    ----------
    bands, singles
        Of all patients (`OVERALL`) and the groups; see `reconstruction.known.curves` and
        `single_curves`.
    labels
        Names in print by key.
    medians
        The median of each as a value; that of all patients is marked in the panels if it is fixed.
    counts
        From `at_risk`.
    x_label, y_label
        What the axes are called.
    ticks
        Weeks that the axes of time are marked at.
    time_axis
        How these run, see `style.time_scale`: square roots give room to the first weeks.
    comparison
        What stands above the panels, on a narrow screen each in a line of its own.
    narrow
        Whether it is for a narrow screen, with panels one below another.
    brief
        Whether it is for the head of the page: as wide as that, with panels side by side, and
        without the table.

    Returns
    -------
    matplotlib Figure
    """
    style.use()
    looks, groups = style.looks(labels, OVERALL), [key for key in labels if key != OVERALL]
    rows = [[key] for key in groups] if narrow else [groups]
    heights = [_BRIEF if brief else _PANEL if narrow else _PANELS] * len(rows)
    if not brief:
        rows.append(["counts"] * len(rows[0]))
        heights.append(_LINE * ((2 if narrow else 1) * len(labels) + 2.2))
    size = (style.width(narrow or brief), sum(heights))
    figure, grid = plt.subplot_mosaic(rows, figsize=size, height_ratios=heights)
    overall = bands[bands["group"] == OVERALL]
    fixed = medians[OVERALL] if isinstance(medians[OVERALL], Estimate) else None
    for key in groups:
        axes = grid[key]
        over_sets.time_axis(axes, ticks, bands["weeks"].max() * 1.02, time_axis)
        axes.grid(axis="y", lw=0.5)
        axes.set_title(labels[key], color=looks[key][0], weight="semibold")
        axes.set_xlabel(" " if brief else x_label)
        own = bands[bands["group"] == key]
        over_sets.band_of(axes, own, looks[key][0], [ALL, NINE_IN_TEN], width=0)
        for _, single in singles[singles["group"] == key].groupby("set"):
            axes.step(
                single["weeks"], single["proportion"], where="post", color=looks[key][0],
                lw=0.6, alpha=0.6,
            )  # fmt: skip
        _outlined(axes, overall)
        _median(axes, fixed)
        axes.tick_params(labelleft=narrow or key == groups[0])
        title = textwrap.fill(y_label, 16) if brief else y_label  # no longer than the axis
        axes.set_ylabel(title if narrow or key == groups[0] else "")
    first = grid[groups[0]]
    # Marked, so that what is made of the drawing can be called the same.
    first.xaxis.label.set_gid("x-label")
    first.yaxis.label.set_gid("y-label")
    if brief:  # one title in the middle, for no panel is as wide as it
        first.set_xlabel(x_label, x=0.5 * len(groups) + 0.07, in_layout=False)
    small = narrow or brief
    _legend(figure, labels[OVERALL], fixed, singles["set"].nunique(), 2 if small else 3)
    if comparison:
        lines = [" · ".join(comparison[:2]), *comparison[2:]] if brief else comparison
        said = ("\n" if small else " · ").join(lines)
        figure.suptitle(said, x=0.01, ha="left", size=style.TEXT)
    if not brief:
        _table(grid["counts"], labels, looks, medians, counts, narrow)
    return figure


def _outlined(axes, overall: pd.DataFrame) -> None:
    """All patients, outlined so that the bands of the groups can be seen behind."""
    for name, width in (("least", 0.5), ("most", 0.5), ("middle", 1.2)):
        axes.step(overall["weeks"], overall[name], where="post", color=style.BLACK, lw=width)


def _median(axes, median: Estimate | None) -> None:
    """The median of all patients with its limits, on the line of one half."""
    if median is None or math.isnan(median.estimate):
        return
    low = 0 if math.isnan(median.lower) else median.lower
    high = axes.get_xlim()[1] if math.isnan(median.upper) else median.upper
    axes.plot([low, high], [0.5, 0.5], color=style.BLACK, lw=1.6, solid_capstyle="butt", zorder=5)
    axes.plot(median.estimate, 0.5, "o", color=style.BLACK, ms=4.5, zorder=5)


def _legend(figure, overall: str, median: Estimate | None, singles: int, columns: int) -> None:
    """What the shades and lines are, in grey, for they have the colour of each panel's group.

    It stands below the panels, where no band can reach.
    """
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    grey, black = style.GREY, style.BLACK
    both = 1 - (1 - ALL[2]) * (1 - NINE_IN_TEN[2])
    handles = [
        Patch(color=grey, alpha=ALL[2], lw=0, label=ALL[3]),
        Patch(color=grey, alpha=both, lw=0, label=NINE_IN_TEN[3]),
    ]
    if singles:
        handles.append(Line2D([], [], color=grey, lw=0.6, label=f"{singles} single sets"))
    handles.append(Line2D([], [], color=black, lw=1.2, label=f"{overall}: middle and ends"))
    if median is not None:
        text = f"{overall}: median ({formatting.ci(median.conf_level)})"
        handles.append(Line2D([], [], color=black, lw=1.6, marker="o", ms=4.5, label=text))
    look = {"fontsize": style.SMALL, "handlelength": 1.6, "labelspacing": 0.3}
    figure.legend(handles=handles, loc="outside lower center", ncols=columns, **look)


def _table(axes, labels, looks, medians, counts: pd.DataFrame, narrow: bool) -> None:
    """A line for each group: its median, and how many are at risk at each tick.

    On a narrow screen these numbers have a line of their own, below the name and the median.
    """
    ticks = list(dict.fromkeys(counts["weeks"]))
    first = _FIRST_NARROW if narrow else _FIRST
    places = dict(zip(ticks, np.linspace(first, _LAST, len(ticks)), strict=True))
    keys = sorted(labels, key=lambda key: key == OVERALL)
    lines = 2 if narrow else 1
    axes.set(xlim=(0, 1), ylim=(lines * len(keys) + 1.6, -0.6))
    axes.set_axis_off()
    small = {"size": style.SMALL, "va": "center"}
    if not narrow:
        axes.text(_MEDIAN, 0.6, "Median, weeks", ha="center", **small)
    axes.text((first + _LAST) / 2, -0.25, "Patients at risk at week", ha="center", **small)
    for tick, x in places.items():
        axes.text(x, 0.6, f"{tick:g}", ha="center", **small)
    for number, key in enumerate(keys):
        y = lines * number + 1.6
        axes.text(0, y, labels[key], color=looks[key][0], weight="semibold", **small)
        if narrow:
            axes.text(1, y, f"median, weeks: {medians[key].cell}", ha="right", **small)
        else:
            axes.text(_MEDIAN, y, medians[key].cell, ha="center", **small)
        own = counts[counts["group"] == key]
        for row in own.itertuples():
            same = row.least == row.most
            text = f"{row.least}" if same else f"{row.least}–{row.most}"
            axes.text(places[row.weeks], y + lines - 1, text, ha="center", **small)
