"""Doses on scales that are kept apart, and target blood levels as intervals, by group."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from textwrap import fill

import numpy as np
import pandas as pd

from case_review import formatting, units
from case_review.analyses import spread
from case_review.analyses.blocks import NO_GROUP, blocks, own_group
from case_review.exhibits import listing, style
from case_review.units import intervals

#: Height of the figure for two groups, of a line more of target levels, and of upright names.
_HEIGHT, _LINE, _NAMES = 3.5, 0.105, 1.0
#: Width in points of a panel of doses, also on a narrow screen, and there its height in inches.
_PANEL, _PANEL_NARROW, _HEIGHT_NARROW = 100, 180, 2.3
#: Most target intervals that are drawn of each group where patients have no bars of their own.
_MOST_TARGETS = 5


def dose_points(patients: pd.DataFrame, group_by: str, groups: Mapping[str, str]) -> pd.DataFrame:
    """What the figure shows: panel, group, patient_id, low and high; a dose has low = high.

    A panel is a unit of dose, or `level` for the target in blood, where a limit that is not
    reported is missing. Patients in none of the groups are kept, with no group.
    """
    names = {"group": own_group(patients[group_by], groups), "patient_id": patients["patient_id"]}
    dose, low, high = (
        patients[name] for name in ("dose_value", "level_low_ng_ml", "level_high_ng_ml")
    )
    doses = {"panel": patients["dose_unit"], **names, "low": dose, "high": dose}
    levels = {"panel": "level", **names, "low": low, "high": high}
    # A patient's dose comes before the target level.
    found = pd.concat(
        [
            pd.DataFrame(doses)[dose.notna()],
            pd.DataFrame(levels, index=patients.index)[low.notna() | high.notna()],
        ]
    )
    return found.sort_index(kind="stable").reset_index(drop=True)


def described(points: pd.DataFrame, level_groups: Sequence[Mapping]) -> str:
    """The figure of `dose_points` in words, for those who do not see it."""
    doses, levels = points[points["panel"] != "level"], points[points["panel"] == "level"]
    scales = [units.shown(unit) for unit in dict.fromkeys(doses["panel"])]
    said = []
    if len(scales):
        many = " on scales that are kept apart" * (len(scales) > 1)
        said.append(f"Panels of doses{many}: {formatting.listed(scales)}.")
        sizes = doses.groupby(["panel", "low"]).size()
        if len(sizes) > 1 and sizes.max() > len(doses) / 2:
            unit, dose = sizes.idxmax()
            said.append(f"Most marks stand side by side at {dose:g} {units.shown(unit)}.")
    if len(levels):
        said.append("A panel of target levels with a bar for each patient.")
        for group in level_groups:
            low, high = group.get("low", float("-inf")), group.get("high", float("inf"))
            inside = ((levels["low"] >= low) & (levels["high"] <= high)).sum()
            if inside > len(levels) / 2:
                said.append(f"Most bars lie within {intervals.of_group(group).label}.")
    return " ".join(said) or "Empty panels, for no dose and no target level is reported."


def draw_doses(
    points: pd.DataFrame,
    dose_groups: Sequence[Mapping],
    level_groups: Sequence[Mapping],
    groups: Mapping[str, str],
    *,
    dose_title: str,
    level_title: str,
    level_label: str,
    narrow: bool = False,
):
    """The figure of `dose_points`: a panel per unit of dose, and one for target levels.

    Where more patients than `listing.MOST_DRAWN` have a dose, or a target, the panels show how
    doses are spread in each group, and the most frequent targets with the numbers of patients.

    Parameters
    ----------
    dose_groups, level_groups
        The printed groups, drawn as bands behind the patients.
    groups
        The groups of patients and their names, none to six; patients in none of them come last.
    dose_title, level_title
        Titles of the panels; `{unit}` in the first stands for the unit of dose.
    level_label
        Title of the axis of target levels.
    narrow
        Whether it is for a narrow screen, with panels one below another.
    """
    named = blocks(points["group"], groups)
    points = points.fillna({"group": NO_GROUP})
    doses, levels = points[points["panel"] != "level"], points[points["panel"] == "level"]
    scales = list(dict.fromkeys([*(group["unit"] for group in dose_groups), *doses["panel"]]))
    many = max(len(levels), doses["patient_id"].nunique()) > listing.MOST_DRAWN
    lines = (_MOST_TARGETS + 1) * 2 * len(named) if many else len(levels)
    height = max(_HEIGHT, 0.8 + _LINE * (lines + 2.6 * len(named)))
    height += _NAMES * (len(named) > 2)
    widths = [*[1] * len(scales), 1.2]
    heights = [*[_HEIGHT_NARROW + _NAMES * (len(named) > 2)] * len(scales), height]
    figure, axes = style.panels(height, widths, narrow=narrow, heights=heights)
    axes = np.atleast_1d(axes)  # without any scale of doses there is one panel
    panel = _PANEL_NARROW if narrow else _PANEL
    most = max([*doses.groupby(["panel", "group", "low"]).size()], default=1)
    for place, unit in zip(axes, scales, strict=False):
        of_unit = doses[doses["panel"] == unit]
        if many:
            _spread(place, of_unit, named)
        else:
            _doses(place, of_unit, named, most, panel)
        _columns(place, of_unit, named, panel)
        place.set_title(dose_title.format(unit=units.shown(unit)), loc="left", pad=14)
        _ranges(place, [group for group in dose_groups if group["unit"] == unit], "y")
    (_frequent if many else _levels)(axes[-1], levels, named)
    if many:
        said = f"Too many patients for a mark each. Doses: {spread.SAID}. Targets: most frequent"
        figure.suptitle(said, x=0, ha="left", size=style.SMALL)
    axes[-1].set_title(level_title, loc="left", pad=14)
    axes[-1].set_xlabel(level_label)
    _ranges(axes[-1], level_groups, "x")
    return figure


def _doses(
    axes, rows: pd.DataFrame, named: Mapping[str, tuple[str, str]], most: int, panel: float
) -> None:
    """A column per group; patients with one dose, at `most` so many, stand side by side."""
    column = panel / len(named)
    step = min(5 / column, 0.85 / most)
    # Dots shrink before they overlap, but stay visible.
    size = min(max(0.9 * step * column, 3.2), 4.5)
    beside = rows.groupby(["group", "low"])["low"]
    shift = beside.cumcount() - (beside.transform("size") - 1) / 2
    across = rows["group"].map(list(named).index) + step * shift
    look = {"s": size**2, "ec": "white", "lw": 0.4, "zorder": 3}
    for group, (_, colour) in named.items():
        own = rows["group"] == group
        axes.scatter(across[own], rows["low"][own].astype(float), fc=colour, **look)


def _spread(axes, rows: pd.DataFrame, named: Mapping[str, tuple[str, str]]) -> None:
    """How the doses of each group are spread, with the number of patients below."""
    for column, (group, (_, colour)) in enumerate(named.items()):
        own = rows.loc[rows["group"] == group, "low"].astype(float)
        spread.draw(axes, own, column, colour, upright=True)
        beside = {"ha": "center", "va": "bottom", "size": style.SMALL, "color": style.MUTED}
        axes.text(column, 0, f"n\u00a0=\u00a0{len(own):,}", **beside)


def _columns(axes, rows: pd.DataFrame, named: Mapping[str, tuple[str, str]], panel: float) -> None:
    """Name the columns of the groups, and let the scale hold all doses."""
    upright = len(named) > 2
    widest = 100 if upright else int(0.26 * panel) // len(named)
    names = [fill(name, widest, break_long_words=False) for name, _ in named.values()]
    axes.set_xticks(range(len(named)), names, rotation=90 * upright)
    axes.tick_params(axis="x", length=0)
    axes.set(xlabel="", ylabel="", xlim=(-0.6, len(named) - 0.4))
    axes.set_ylim(0, 1.12 * max([*rows["low"]], default=1))


def _levels(axes, rows: pd.DataFrame, named: Mapping[str, tuple[str, str]]) -> None:
    """A bar per patient, in a block per group, the lowest targets below."""
    y, limit = 0, max([*rows["low"].dropna(), *rows["high"].dropna()], default=1)
    for group, (text, colour) in named.items():
        own = rows[rows["group"] == group].sort_values(
            ["high", "low"], ascending=False, kind="stable"
        )
        axes.text(0, y, text, weight="semibold", va="center")
        places = y - 1 - np.arange(len(own))
        bars = own[["low", "high"]].astype(float).fillna({"low": 0, "high": limit})
        axes.hlines(places, bars["low"], bars["high"], colors=colour, lw=3.2, capstyle="butt")
        # A limit that is not reported is an arrow towards the end of the scale.
        for end, marker in (("low", "<"), ("high", ">")):
            if (unknown := own[end].isna().to_numpy()).any():
                look = {"marker": marker, "s": 26, "color": colour, "clip_on": False}
                axes.scatter(bars[end][unknown], places[unknown], **look)
        y -= len(own) + 1.6
    axes.set(yticks=[], xlim=(0, 1.05 * limit), ylim=(y + 0.6, 1.2))
    axes.spines["left"].set_visible(False)


def _frequent(axes, rows: pd.DataFrame, named: Mapping[str, tuple[str, str]]) -> None:
    """A bar for each of a group's most frequent targets, with the number of patients above it."""
    given = rows[["low", "high"]].astype(float)
    limit = max([*given["low"].dropna(), *given["high"].dropna()], default=1)
    y = 0.0
    for group, (text, colour) in named.items():
        axes.text(0, y, text, weight="semibold", va="center")
        targets = given[rows["group"] == group].value_counts(dropna=False, sort=False)
        targets = targets.sort_values(ascending=False, kind="stable")
        for (low, high), n in targets.iloc[:_MOST_TARGETS].items():
            y -= 2
            ends = [0 if pd.isna(low) else low, limit if pd.isna(high) else high]
            axes.plot(ends, [y - 0.4] * 2, color=colour, lw=3.2, solid_capstyle="butt")
            said = f"n\u00a0=\u00a0{n:,}"
            said += f", from {low:g}" * bool(pd.isna(high)) + f", up to {high:g}" * bool(
                pd.isna(low)
            )
            axes.text(ends[0], y + 0.5, said, va="center", size=style.SMALL, color=style.MUTED)
        if rest := int(targets.iloc[_MOST_TARGETS:].sum()):
            y -= 2
            axes.text(0, y, f"other targets: {rest:,}", va="center", size=style.SMALL)
        y -= 1.6
    axes.set(yticks=[], xlim=(0, 1.05 * limit), ylim=(y + 0.6, 1.2))
    axes.spines["left"].set_visible(False)


def _ranges(axes, groups: Sequence[Mapping], axis: str) -> None:
    """The printed groups as bands with their labels, alternately shaded to be told apart."""
    low_end, high_end = axes.get_ylim() if axis == "y" else axes.get_xlim()
    for number, group in enumerate(sorted(groups, key=lambda g: g.get("low", float("-inf")))):
        low, high = group.get("low", low_end), min(group.get("high", high_end), high_end)
        shade = style.BANDS[number % 2]
        span = axes.axhspan if axis == "y" else axes.axvspan
        span(low, high, color=shade, zorder=0, lw=0)
        text = intervals.of_group(group).short
        small = {"size": style.SMALL, "color": style.MUTED}
        if axis == "y":
            beside = {"transform": axes.get_yaxis_transform(), "va": "center"}
            axes.text(1.02, (low + high) / 2, text, **beside, **small)
        else:
            above = {"transform": axes.get_xaxis_transform(), "ha": "center", "va": "bottom"}
            axes.text((low + high) / 2, 1.01, text, **above, **small)
