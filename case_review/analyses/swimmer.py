"""The course of each patient, from the start of treatment to the last time known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from textwrap import fill

import numpy as np
import pandas as pd

from case_review import formatting
from case_review.analyses import spread
from case_review.analyses.blocks import NO_GROUP, blocks, own_group
from case_review.exhibits import listing, style
from case_review.units import MONTH_DAYS, hours_in, to_hours

#: Until when, in hours, an event is said to come early: eight weeks.
_EARLY = 8 * 168
#: Ticks of an axis of square roots, by its unit.
TICKS = {
    "hours": [0, 6, 24, 72, 168, 720, 2160, 8760],
    "days": [0, 1, 7, 28, 91, 182, 365, 730, 1461, 3652],
    "weeks": [0, 1, 4, 12, 26, 52, 104, 156, 208, 260, 520],
    "months": [0, 1, 3, 6, 12, 24, 36, 48, 60, 120],
    "years": [0, 0.25, 1, 2, 3, 5, 10, 15, 20],
}
#: Least distance of two ticks, as a part of the axis.
_APART = 0.04
#: What ends a course, by treatment status at the last follow-up, and how it is drawn.
_ENDS = (
    ("ongoing", ">", "Treatment going on"),
    ("stopped", "X", "Treatment stopped"),
    ("", "|", "Last follow-up, status not reported"),
)


def courses(
    patients: pd.DataFrame,
    group_by: str,
    groups: Mapping[str, str],
    month_days: float,
    unit: str = "weeks",
) -> pd.DataFrame:
    """A row per patient with times in one unit, the earliest first.

    Columns: patient_id, group (missing for those in none of `groups`), event_time (missing without
    the event), end_time (the later of that time and the last follow-up), unit, follow_up_known,
    status.
    """
    hours = float(hours_in(unit, month_days))
    follow_up = [
        0 if pd.isna(months) else to_hours(months, "months", month_days)
        for months in patients["follow_up_months"]
    ]
    found = pd.DataFrame(
        {
            "patient_id": patients["patient_id"],
            "group": own_group(patients[group_by], groups),
            "event_time": (patients["time_hours"] / hours).where(patients["event"] == 1),
            "end_time": np.fmax(patients["time_hours"], follow_up) / hours,
            "unit": unit,
            "follow_up_known": patients["follow_up_months"].notna(),
            "status": patients["treatment_status"],
        }
    )
    order = found.assign(hours=patients["time_hours"])
    order = order.sort_values(["hours", "end_time", "patient_id"], kind="stable").index
    return found.loc[order].reset_index(drop=True)


def described(found: pd.DataFrame, groups: Mapping[str, str], noun: str = "response") -> str:
    """The figure of `courses` in words, for those who do not see it; `noun` is the outcome."""
    names = formatting.listed([formatting.in_sentence(name) for name in groups.values()])
    blocks_said = f"in a block for each group: {names}" if groups else "in one block"
    if listing.too_many(found, listing.MOST_DRAWN):
        return f"How the times to {noun} and to the last follow-up are spread, {blocks_said}."
    response = found["event_time"]
    marked = f"A circle on a bar marks the {noun}"
    if response.notna().all():
        marked = f"A circle on every bar marks the {noun}, so that no patient is without one"
    elif response.isna().all():
        marked = f"No bar has the circle of a {noun}"
    # Of a median within so short a time one sees that the circles lie at the left.
    hours = float(hours_in(found["unit"].iloc[0], MONTH_DAYS))
    if response.notna().any() and response.median() * hours <= _EARLY:
        marked += "; about half of the circles lie within the first weeks"
    ends = [
        said
        for status, said in (
            ("ongoing", "an arrow at the end of a bar shows treatment going on"),
            ("stopped", "a cross shows treatment stopped"),
        )
        if (found["follow_up_known"] & found["status"].eq(status)).any()
    ]
    ends += ["bars without a sign at their end have no follow-up"]
    said = "; ".join(ends)
    return (
        f"A horizontal bar for each patient, {blocks_said}; each sorted by time to {noun}. "
        f"{marked}. {said[0].upper()}{said[1:]}."
    )


def draw_courses(
    found: pd.DataFrame,
    groups: Mapping[str, str],
    xlabel: str,
    ticks: Sequence[float],
    narrow: bool = False,
    noun: str = "response",
):
    """A bar per patient of `courses`, in a block per group, the first event on top.

    Time is on a square-root scale, so that days and years are both legible. More patients than
    `listing.MOST_DRAWN` have no bars of their own: each block then shows how the times to the
    event, and those at the last follow-up by the status of treatment, are spread.

    Parameters
    ----------
    groups
        The groups and their names, none to six; patients in none of them have a block of their own.
    xlabel, ticks
        Title and ticks of the axis of time, in the unit of `found`. Ticks beyond the longest
        course, or too close to the one before, are left out.
    narrow
        Whether it is for a narrow screen.
    noun
        What patients are followed for.
    """
    own = found["group"].fillna(NO_GROUP)
    named = {k: look for k, look in blocks(found["group"], groups).items() if k in set(own)}
    if listing.too_many(found, listing.MOST_DRAWN):
        return _draw_spread(found, own, named, xlabel, ticks, narrow, noun)
    lines = len(found) + len(named)
    figure, axes = style.panels((0.95 if narrow else 0.75) + 0.165 * lines, narrow=narrow)
    names: list[tuple[str, bool]] = []
    for key, (name, colour) in named.items():
        rows = found[own == key]
        names.append((name, True))
        places = -len(names) - np.arange(len(rows))
        names += [(patient, False) for patient in rows["patient_id"]]
        _draw_block(axes, rows, places, colour)
    _scale(axes, float(found["end_time"].max()), ticks)
    axes.set_xlabel(fill(xlabel, 36) if narrow else xlabel)
    style.name_rows(axes, names, style.SMALL)
    _key(figure, narrow, noun)
    return figure


def _draw_block(axes, rows: pd.DataFrame, places: np.ndarray, colour: str) -> None:
    axes.barh(places, rows["end_time"], height=0.42, color=colour, alpha=0.35)
    axes.scatter(rows["event_time"], places, s=26, c=colour, ec="white", lw=0.6, zorder=4)
    for status, marker, _ in _ENDS:
        hit = rows["follow_up_known"] & rows["status"].fillna("").eq(status)
        ends = rows["end_time"][hit]
        axes.scatter(ends, places[hit], marker=marker, s=26, c=style.BLACK, zorder=3)


def _draw_spread(
    found: pd.DataFrame,
    own: pd.Series,
    named,
    xlabel: str,
    ticks: Sequence[float],
    narrow: bool,
    noun: str,
):
    """A line per group for the responses, and one for each end of a course."""
    figure, axes = style.panels(1.0 + 0.2 * (2 + len(_ENDS)) * len(named), narrow=narrow)
    names: list[tuple[str, bool]] = []
    for key, (name, colour) in named.items():
        rows = found[own == key]
        names.append((f"{name} (n\u00a0=\u00a0{len(rows):,})", True))
        status = rows["status"].fillna("").where(rows["follow_up_known"])
        lines = {noun.capitalize(): (rows["event_time"], colour)}
        lines |= {
            label: (rows["end_time"].where(status.eq(ending)), style.GREY)
            for ending, _, label in _ENDS
        }
        for label, (times, shade) in lines.items():
            spread.draw(axes, times, -len(names), shade)
            names.append((spread.named(label, times), False))
    _scale(axes, float(found["end_time"].max()), ticks)
    axes.set_xlabel(xlabel)
    style.name_rows(axes, names, style.SMALL)
    between = "\n" if narrow else " "
    title = f"{len(found):,} patients, too many for a bar each.{between}{spread.SAID.capitalize()}"
    axes.set_title(title, loc="left", size=style.SMALL)
    return figure


def _scale(axes, longest: float, ticks: Sequence[float]) -> None:
    style.time_scale(axes, style.SQUARE_ROOT)
    end = longest * 1.06
    axes.set_xlim(0, end)
    shown: list[float] = []
    for tick in ticks:
        # Labels closer than this run into one another.
        if tick <= end and (not shown or tick**0.5 - shown[-1] ** 0.5 >= _APART * end**0.5):
            shown.append(tick)
    axes.set_xticks(shown)


def _key(figure, narrow: bool, noun: str) -> None:
    axes = figure.axes[0]
    shown = [("o", noun.capitalize()), *(end[1:] for end in _ENDS)]
    for marker, label in shown:
        axes.scatter([], [], marker=marker, s=26, c=style.BLACK, label=label)
    columns = 2 if narrow else len(shown)
    figure.legend(loc="outside upper center", ncols=columns, fontsize=style.SMALL)
