"""Doses on scales that are kept apart, and target blood levels as intervals, by group."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import matplotlib.pyplot as plt
import pandas as pd

from case_review import formatting
from case_review.exhibits import style

#: Stands for the patients who belong to none of the groups.
_NO_GROUP = ""


def points(patients: pd.DataFrame, group_by: str, groups: Mapping[str, str]) -> pd.DataFrame:
    """What the figure shows: panel, group, patient_id, low and high; a dose has low = high.

    A panel is a unit of dose, or `level` for the target in blood, where a limit that is not
    reported is missing. Patients of no group are kept, with an empty group.
    """
    rows = []
    for patient in patients.to_dict("records"):
        group = patient[group_by] if patient[group_by] in groups else None
        name = (group, patient["patient_id"])
        if not pd.isna(patient["dose_value"]):
            rows.append((patient["dose_unit"], *name, patient["dose_value"], patient["dose_value"]))
        low, high = patient["level_low_ng_ml"], patient["level_high_ng_ml"]
        if not (pd.isna(low) and pd.isna(high)):
            rows.append(("level", *name, low, high))
    return pd.DataFrame(rows, columns=["panel", "group", "patient_id", "low", "high"])


def draw(
    found: pd.DataFrame,
    dose_groups: Sequence[Mapping],
    level_groups: Sequence[Mapping],
    groups: Mapping[str, str],
):
    """The figure of `points`: a panel per unit of dose, and one for target levels."""
    style.use()
    if found["group"].isna().any():
        found, groups = found.fillna({"group": _NO_GROUP}), {**groups, _NO_GROUP: "In no group"}
    given = found.loc[found["panel"] != "level", "panel"]
    units = list(dict.fromkeys([*(group["unit"] for group in dose_groups), *given]))
    widths = [*[1] * len(units), 1.2]
    figure, axes = plt.subplots(
        1, len(widths), figsize=(style.FULL_WIDTH, 3.5), width_ratios=widths
    )
    looks = dict(zip(groups, style.GROUP_STYLES, strict=False))
    for place, unit in zip(axes, units, strict=False):
        _doses(place, found[found["panel"] == unit], looks, groups)
        place.set_title(f"Dose, {unit.replace('m2', 'm²')}", loc="left", pad=14)
        _ranges(place, [group for group in dose_groups if group["unit"] == unit], "y")
    _levels(axes[-1], found[found["panel"] == "level"], looks, groups)
    _ranges(axes[-1], level_groups, "x")
    return figure


def _doses(axes, rows: pd.DataFrame, looks: Mapping, groups: Mapping[str, str]) -> None:
    """A column per group; patients with one dose stand side by side."""
    for column, group in enumerate(groups):
        own = rows[rows["group"] == group]
        for dose, same in own.groupby("low"):
            shifts = [(i - (len(same) - 1) / 2) * 0.1 for i in range(len(same))]
            axes.scatter(
                [column + shift for shift in shifts],
                [dose] * len(same),
                s=17,
                color=looks[group][0],
                ec="white",
                lw=0.4,
                marker="o" if column % 2 == 0 else "s",
                zorder=3,
            )
    axes.set_xticks(range(len(groups)), [text.replace(" ", "\n") for text in groups.values()])
    axes.tick_params(axis="x", length=0)
    axes.set_xlim(-0.6, len(groups) - 0.4)
    axes.set_ylim(0, 1.12 * max([*rows["low"]], default=1))


def _levels(axes, rows: pd.DataFrame, looks: Mapping, groups: Mapping[str, str]) -> None:
    """A bar per patient, in a block per group, the lowest targets below."""
    y, limit = 0, max([*rows["low"].dropna(), *rows["high"].dropna()], default=1)
    for group, text in groups.items():
        own = rows[rows["group"] == group].sort_values(
            ["high", "low"], ascending=False, kind="stable"
        )
        axes.text(0, y, text, weight="semibold", va="center")
        for row in own.itertuples():
            y -= 1
            colour = looks[group][0]
            # A limit that is not reported is an arrow towards the end of the scale.
            low, high = (end if pd.isna(x) else x for x, end in ((row.low, 0), (row.high, limit)))
            axes.plot([low, high], [y, y], color=colour, lw=3.2, solid_capstyle="butt")
            for x, marker, end in ((row.low, "<", low), (row.high, ">", high)):
                if pd.isna(x):
                    axes.scatter([end], [y], marker=marker, s=26, color=colour, clip_on=False)
        y -= 1.6
    axes.set(yticks=[], xlim=(0, 1.05 * limit), ylim=(y + 0.6, 1.2), xlabel="ng/ml")
    axes.set_title("Target level of each patient", loc="left", pad=14)
    axes.spines["left"].set_visible(False)


def _ranges(axes, groups: Sequence[Mapping], axis: str) -> None:
    """The printed groups as bands with their labels, alternately shaded to be told apart."""
    low_end, high_end = axes.get_ylim() if axis == "y" else axes.get_xlim()
    for number, group in enumerate(sorted(groups, key=lambda g: g.get("low", float("-inf")))):
        low, high = group.get("low", low_end), min(group.get("high", high_end), high_end)
        shade = ("#e3e7eb", "#f1f3f5")[number % 2]
        span = axes.axhspan if axis == "y" else axes.axvspan
        span(low, high, color=shade, zorder=0, lw=0)
        text = _range_label(group)
        if axis == "y":
            axes.text(1.02, (low + high) / 2, text, transform=axes.get_yaxis_transform(),
                      ha="left", va="center", size=style.SMALL, color="#555555")  # fmt: skip
        else:
            axes.text((low + high) / 2, 1.01, text, transform=axes.get_xaxis_transform(),
                      ha="center", va="bottom", size=style.SMALL, color="#555555")  # fmt: skip


def _range_label(group: Mapping) -> str:
    if "low" in group and "high" in group:
        return formatting.interval(group["low"], group["high"])
    if "high" in group:
        return f"< {formatting.number(group['high'])}"
    return f"> {formatting.number(group['low'])}"
