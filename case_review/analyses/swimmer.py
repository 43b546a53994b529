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
from case_review.units import to_hours

_WEEK = 168
#: Until when, in weeks, a response is said to come early.
_FIRST_WEEKS = 8
#: What ends a course, by treatment status at the last follow-up, and how it is drawn.
_ENDS = (
    ("ongoing", ">", "Treatment going on"),
    ("stopped", "X", "Treatment stopped"),
    ("", "|", "Last follow-up, status not reported"),
)


def courses(
    patients: pd.DataFrame, group_by: str, groups: Mapping[str, str], month_days: float
) -> pd.DataFrame:
    """A row per patient in weeks, the earliest time first.

    Columns: patient_id, group (missing for those in none of `groups`), response_weeks (missing
    without response), end_weeks (the later of that time and the last follow-up), follow_up_known,
    status.
    """
    follow_up = [
        0 if pd.isna(months) else to_hours(months, "months", month_days)
        for months in patients["follow_up_months"]
    ]
    found = pd.DataFrame(
        {
            "patient_id": patients["patient_id"],
            "group": own_group(patients[group_by], groups),
            "response_weeks": (patients["time_hours"] / _WEEK).where(patients["event"] == 1),
            "end_weeks": np.fmax(patients["time_hours"], follow_up) / _WEEK,
            "follow_up_known": patients["follow_up_months"].notna(),
            "status": patients["treatment_status"],
        }
    )
    order = found.assign(hours=patients["time_hours"])
    order = order.sort_values(["hours", "end_weeks", "patient_id"], kind="stable").index
    return found.loc[order].reset_index(drop=True)


def described(found: pd.DataFrame, groups: Mapping[str, str], noun: str = "response") -> str:
    """The figure of `courses` in words, for those who do not see it; `noun` is the outcome."""
    names = formatting.listed([formatting.in_sentence(name) for name in groups.values()])
    blocks_said = f"in a block for each group: {names}" if groups else "in one block"
    if listing.too_many(found):
        return f"How the times to {noun} and to the last follow-up are spread, {blocks_said}."
    response = found["response_weeks"]
    marked = f"A circle on a bar marks the {noun}"
    if response.notna().all():
        marked = f"A circle on every bar marks the {noun}, so that no patient is without one"
    elif response.isna().all():
        marked = f"No bar has the circle of a {noun}"
    # Of a median within so many weeks one sees that the circles lie at the left.
    if response.notna().any() and response.median() <= _FIRST_WEEKS:
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
    """A bar per patient of `courses`, in a block per group, the first response on top.

    Time is on a square-root scale, so that days and years are both legible. More patients than
    `listing.MOST` have no bars of their own: each block then shows how the times to response, and
    those at the last follow-up by the status of treatment, are spread.

    Parameters
    ----------
    groups
        The groups and their names, none to six; patients in none of them have a block of their own.
    xlabel, ticks
        Title and ticks of the axis of weeks; ticks beyond the longest course are left out.
    narrow
        Whether it is for a narrow screen.
    noun
        What patients are followed for.
    """
    own = found["group"].fillna(NO_GROUP)
    named = {k: look for k, look in blocks(found["group"], groups).items() if k in set(own)}
    if listing.too_many(found):
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
    _scale(axes, float(found["end_weeks"].max()), ticks)
    axes.set_xlabel(fill(xlabel, 36) if narrow else xlabel)
    style.name_rows(axes, names, style.SMALL)
    _key(figure, narrow, noun)
    return figure


def _draw_block(axes, rows: pd.DataFrame, places: np.ndarray, colour: str) -> None:
    axes.barh(places, rows["end_weeks"], height=0.42, color=colour, alpha=0.35)
    axes.scatter(rows["response_weeks"], places, s=26, c=colour, ec="white", lw=0.6, zorder=4)
    for status, marker, _ in _ENDS:
        hit = rows["follow_up_known"] & rows["status"].fillna("").eq(status)
        ends = rows["end_weeks"][hit]
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
        lines = {noun.capitalize(): (rows["response_weeks"], colour)}
        lines |= {
            label: (rows["end_weeks"].where(status.eq(ending)), style.GREY)
            for ending, _, label in _ENDS
        }
        for label, (weeks, shade) in lines.items():
            spread.draw(axes, weeks, -len(names), shade)
            names.append((spread.named(label, weeks), False))
    _scale(axes, float(found["end_weeks"].max()), ticks)
    axes.set_xlabel(xlabel)
    style.name_rows(axes, names, style.SMALL)
    between = "\n" if narrow else " "
    title = f"{len(found):,} patients, too many for a bar each.{between}{spread.SAID.capitalize()}"
    axes.set_title(title, loc="left", size=style.SMALL)
    return figure


def _scale(axes, longest: float, ticks: Sequence[float]) -> None:
    style.time_scale(axes, style.SQUARE_ROOT)
    axes.set_xlim(0, longest * 1.06)
    axes.set_xticks([tick for tick in ticks if tick <= longest * 1.06])


def _key(figure, narrow: bool, noun: str) -> None:
    axes = figure.axes[0]
    shown = [("o", noun.capitalize()), *(end[1:] for end in _ENDS)]
    for marker, label in shown:
        axes.scatter([], [], marker=marker, s=26, c=style.BLACK, label=label)
    columns = 2 if narrow else len(shown)
    figure.legend(loc="outside upper center", ncols=columns, fontsize=style.SMALL)
