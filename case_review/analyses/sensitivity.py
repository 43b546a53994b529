"""The analyses of time to response under other choices: months, visits, reports, publication."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from case_review.analyses.blocks import own_group
from case_review.analyses.response import unit_column
from case_review.statistics import logrank, proportions
from case_review.units import to_hours
from case_review.values import Estimate, Proportion, PValue, Range, Text, Value

#: What the limits of `survival.sign_test_limits` are called beside the types of `survfit`.
SIGN_TEST = "sign test"


def reported_hours(
    patients: pd.DataFrame, month_days: float, time: str = "response_time_value"
) -> list[int]:
    """Each patient's time in hours if a month has so many days, from what was reported.

    `patients` are those of the clean table who are analysed, `time` the column of the time to the
    event. A patient without it has no such time; the last follow-up is converted instead, where it
    was given in months.
    """
    months = patients["follow_up_months"]
    if "follow_up_value" in patients:  # in another unit, of which the months were made
        months = months.where(patients["follow_up_value"].isna())
    names = ("event", time, unit_column(time), "time_hours")
    columns = [*(patients[name] for name in names), months]
    hours = []
    for event, value, unit, known, follow_up in zip(*columns, strict=True):
        if not event:
            value, unit = (known, "hours") if pd.isna(follow_up) else (follow_up, "months")
        hours.append(to_hours(float(value), unit, month_days))
    return hours


def visit_intervals(
    patients: pd.DataFrame, month_days: float, gap: float, time: str = "response_time_value"
) -> tuple[np.ndarray, np.ndarray]:
    """The interval (left, right] in hours that each reported time stands for.

    A response reported after v units (weeks, say) was seen at that visit and not yet at the one
    before, taken to be `gap` units earlier and never before the start. An interval is at least one
    hour long, the grain of the times, so that a response at the start itself has the hour before
    it. A patient without response has the interval from the last follow-up to infinity.

    Parameters
    ----------
    patients
        Those who are analysed, with `time_hours`, `event`, and what `time` names.
    month_days
        Length of a month in days.
    gap
        Distance of the visits in the reported unit.
    time
        The column of the time to the event as reported; see `response.unit_column`.
    """
    names = ("event", time, unit_column(time), "time_hours")
    left, right = [], []
    for event, value, unit, known in zip(*(patients[n] for n in names), strict=True):
        if event:
            seen = to_hours(float(value), unit, month_days)
            before = to_hours(max(0.0, float(value) - gap), unit, month_days)
            left.append(min(before, seen - 1))
            right.append(seen)
        else:
            left.append(known)
            right.append(math.inf)
    return np.array(left, dtype=float), np.array(right, dtype=float)


def range_of_estimates(found: Sequence[Estimate]) -> Text:
    """From the smallest to the largest estimate: `2–3 weeks`; those not estimable are left out."""
    known = sorted((x for x in found if not math.isnan(x.estimate)), key=lambda x: x.estimate)
    if not known:
        return Text(Range(math.nan, math.nan).prose)
    low, high = known[0], known[-1]
    ends = Range(low.estimate, high.estimate, low.unit, low.digits, low.most)
    one = low.point.cell == high.point.cell
    return Text(low.point.prose if one else ends.prose, **ends.fields())


@dataclass(frozen=True)
class PValues(Text):
    """A range of p-values in words; another range of them prints as p-values do."""

    def at(self, number: float) -> Value:
        """A p-value."""
        return PValue(number)


def range_of_p_values(found: Sequence[float]) -> Text:
    """From the smallest to the largest p-value: `p = 0.004 to 0.465`; NaN is left out."""
    known = [p for p in found if not math.isnan(p)]
    if not known:
        return Text(logrank.NO_COMPARISON.text)
    low, high = PValue(min(known)), PValue(max(known))
    text = low.prose if low.cell == high.cell else f"{low.prose} to {high.cell}"
    return PValues(text, **Range(low.p, high.p).fields())


def outermost(limits: Sequence[float], end: str) -> float:
    """The outermost of limits, at the `lower` or the `upper` end; NaN, not estimable, without one.

    A limit that is not estimable lies beyond the data, and so above all others: once an upper one
    is, so is the outermost, and the lowest lower one is that of the others.
    """
    values = np.asarray(limits, dtype=float)
    if end == "lower":
        values = values[~np.isnan(values)]
    return float(values.min() if end == "lower" else values.max()) if len(values) else math.nan


def outermost_limits(found: Sequence[Estimate]) -> Text:
    """The outermost limits of repeated medians, see `outermost`."""
    low, high = (outermost([getattr(x, end) for x in found], end) for end in ("lower", "upper"))
    unit, most = (found[0].unit, found[0].most) if found else ("", 3)
    return Text(Range(low, high, unit, most=most).prose, low=low, high=high, unit=unit)


def with_groups(sets: pd.DataFrame, group_by: str, groups: Mapping[str, str]) -> list[pd.DataFrame]:
    """The patients of each other data set (column `set`) that has patients in all of the groups."""
    every = [rows for _, rows in sets.groupby("set")] if len(sets) else []
    return [
        rows
        for rows in every
        if all(own_group(rows[group_by], groups).eq(key).any() for key in groups)
    ]


def later_studies(evidence: pd.DataFrame, conf_level: float) -> pd.DataFrame:
    """Response proportions of later studies with exact and Wilson limits, in the order given.

    Returns
    -------
    DataFrame
        `study`, `year`, `design`, `population`, `n_response`, `n_evaluable`, `proportion`, `low`,
        `high` (exact), `wilson_low`, `wilson_high`; no rows if there are no later studies.
    """
    names = ["study", "year", "design", "population", "n_response", "n_evaluable"]
    frame = evidence[names].reset_index(drop=True)
    rows = [
        (n / of, *proportions.exact(n, of, conf_level), *proportions.wilson(n, of, conf_level))
        for n, of in zip(frame["n_response"], frame["n_evaluable"], strict=True)
    ]
    limits = ["proportion", "low", "high", "wilson_low", "wilson_high"]
    return frame.join(pd.DataFrame(rows, columns=limits, dtype=float))


def placed(studies: pd.DataFrame, share: Proportion) -> str:
    """Where the later studies lie against the review's interval, for who does not see it."""
    inside = int(studies["proportion"].between(share.lower, share.upper).sum())
    apart = int((studies["high"] < share.lower).sum())
    return (
        f"Of {len(studies)} squares {inside} lie within the band; the lines of {apart} end before "
        "they reach it."
    )


def changed(rows: pd.DataFrame, median: str, level: float) -> str:
    """How much the rows of a repeated analysis differ, for who does not see it."""
    known, p = rows[median].dropna(), rows["p"].dropna()
    if known.empty:
        return "No median is estimable."
    below = int((p < level).sum())
    of = f"; {below} of {len(p)} p-values lie left of the line" if len(p) else ""
    return f"The medians run from {known.min():.3g} to {known.max():.3g}{of}."


def tipping_curve(n: int, of: int, most: int, conf_level: float) -> pd.DataFrame:
    """n / (of + failures) with exact limits, for 0 to `most` unpublished failures."""
    rows = [
        (failures, n / (of + failures), *proportions.exact(n, of + failures, conf_level))
        for failures in range(most + 1)
    ]
    return pd.DataFrame(rows, columns=["failures", "proportion", "low", "high"])


def selection_surface(
    n: int, of: int, odds: Sequence[float], most: int, conf_level: float
) -> pd.DataFrame:
    """The lower limit of the proportion, by selection of reports and by doubt about responses.

    Parameters
    ----------
    n, of
        Published responses and patients.
    odds
        Chances of a failure to be published, relative to a success (`proportions.with_selection`).
    most
        Largest number of published responses taken not to be real ones.

    Returns
    -------
    DataFrame
        One row per combination: `odds`, `doubtful`, `lower`.
    """
    rows = []
    for doubtful in range(min(most, n) + 1):
        limit = proportions.exact(n - doubtful, of, conf_level)[0]
        rows += [(r, doubtful, proportions.with_selection(limit, r)) for r in odds]
    return pd.DataFrame(rows, columns=["odds", "doubtful", "lower"])
