"""The course of each patient with individual data: a swimmer plot."""

from __future__ import annotations

from collections.abc import Mapping

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

from case_review import style
from case_review.units import to_hours

_WEEK = 168
#: Axis ticks in weeks, up to the longest course.
_TICKS = (0, 1, 4, 12, 26, 52, 104, 156, 208, 260, 520)


def courses(
    patients: pd.DataFrame, group_by: str, groups: Mapping[str, str], month_days: float
) -> pd.DataFrame:
    """A row per patient in weeks, the earliest time first.

    Columns: patient_id, group, response_weeks (missing without response), end_weeks (the later of
    that time and the last follow-up), follow_up_known, status.
    """
    follow_up = [
        0 if pd.isna(months) else to_hours(months, "months", month_days)
        for months in patients["follow_up_months"]
    ]
    found = pd.DataFrame(
        {
            "patient_id": patients["patient_id"],
            "group": patients[group_by].where(patients[group_by].isin(groups)),
            "response_weeks": (patients["time_hours"] / _WEEK).where(patients["event"] == 1),
            "end_weeks": np.maximum(patients["time_hours"], follow_up) / _WEEK,
            "follow_up_known": patients["follow_up_months"].notna(),
            "status": patients["treatment_status"],
            "hours": patients["time_hours"],
        }
    )
    found = found.sort_values(["hours", "end_weeks", "patient_id"], kind="stable")
    return found.drop(columns="hours").reset_index(drop=True)


def draw(found: pd.DataFrame, groups: Mapping[str, str]):
    """The figure of `courses`: the first response on top, time on a square-root scale."""
    style.use()
    figure, axes = plt.subplots(figsize=(style.FULL_WIDTH, 0.6 + 0.17 * len(found)))
    colours = {g: s[0] for g, s in zip(groups, style.GROUP_STYLES, strict=False)}
    y = -np.arange(len(found))
    shades = [colours.get(group, style.GREY) for group in found["group"]]
    axes.barh(y, found["end_weeks"], height=0.5, color=shades, alpha=0.35)
    axes.scatter(found["response_weeks"], y, s=22, c=shades, zorder=3, label="_nolegend_")
    for status, marker in (("ongoing", ">"), ("stopped", "x")):
        hit = (found["status"] == status).to_numpy()
        axes.scatter(found.loc[hit, "end_weeks"], y[hit], marker=marker, s=26, c=style.BLACK)
    for group, label in groups.items():
        axes.barh([0], [0], color=colours[group], alpha=0.6, label=label)
    for marker, label in (("o", "Response"), (">", "Treatment going on"), ("x", "Stopped")):
        axes.scatter([], [], marker=marker, s=24, c=style.BLACK, label=label)
    axes.set_xscale("function", functions=(lambda x: np.sqrt(np.maximum(x, 0)), np.square))
    longest = float(found["end_weeks"].max())
    axes.set_xlim(0, longest * 1.06)
    axes.set_xticks([tick for tick in _TICKS if tick <= longest * 1.06])
    axes.set_yticks(y, found["patient_id"], fontsize=7)
    axes.set_xlabel("Weeks since start of treatment (square-root scale)")
    figure.legend(loc="outside upper center", ncols=5, fontsize=8)
    return figure
