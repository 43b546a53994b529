"""The analyses of time to response, repeated under other choices: months, intervals, reports."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from case_review import values
from case_review.analyses import response
from case_review.errors import ReviewError
from case_review.statistics import logrank, proportions, survival
from case_review.units import to_hours

#: What the limits of `survival.sign_test_limits` are called beside the types of `survfit`.
SIGN_TEST = "sign test"


@dataclass(frozen=True)
class Repetition:
    """The median (weeks) of all patients and the log-rank p-value under one choice.

    Parameters
    ----------
    name
        The choice: a month length, or the report left out.
    n
        Patients analysed.
    median
        In weeks.
    p
        Log-rank p-value; NaN where a group has no patients left.
    """

    name: str
    n: int
    median: values.Estimate
    p: float


def in_weeks(found: values.Estimate) -> values.Estimate:
    """An estimate in hours as weeks."""
    week = response.HOURS_PER_WEEK
    return values.Estimate(found.estimate / week, found.lower / week, found.upper / week)


def repeat(frame: pd.DataFrame, name: str, conf_type: str, conf_level: float) -> Repetition:
    """Median and log-rank test of `frame` (see `response.times`)."""
    found = survival.median(frame["time"], frame["event"], conf_type, conf_level)
    comparable = frame["group"].nunique() > 1 and frame["event"].any()
    p = logrank.logrank(frame["time"], frame["event"], frame["group"]).p if comparable else math.nan
    return Repetition(name, len(frame), in_weeks(found), p)


def interval_types(
    frame: pd.DataFrame, conf_types: Sequence[str], conf_level: float
) -> dict[str, values.Estimate]:
    """The median in weeks with limits of each type, and with those of the sign test."""
    time, event = frame["time"], frame["event"]
    found = {kind: survival.median(time, event, kind, conf_level) for kind in conf_types}
    found[SIGN_TEST] = survival.sign_test_limits(time, event, conf_level)
    return {kind: in_weeks(estimate) for kind, estimate in found.items()}


def month_lengths(
    patients: pd.DataFrame,
    frame: pd.DataFrame,
    days: Sequence[float],
    conf_type: str,
    conf_level: float,
) -> list[Repetition]:
    """Repeat with months of other lengths, from the values and units that were reported.

    `patients` is the clean table and `frame` the result of `response.times` on it. A patient
    without response has no reported time of response; the last follow-up is converted instead,
    where it is given in months.
    """
    found = []
    for length in days:
        hours = [_hours(row, length) for row in patients.itertuples()]
        found.append(repeat(frame.assign(time=hours), f"{length:g}", conf_type, conf_level))
    return found


def _hours(row, month_days: float) -> int:
    if row.event:
        return to_hours(float(row.response_time_value), row.response_time_unit, month_days)
    if pd.isna(row.follow_up_months):
        return int(row.time_hours)
    return to_hours(float(row.follow_up_months), "months", month_days)


def visit_intervals(
    patients: pd.DataFrame, month_days: float, gap: float
) -> tuple[np.ndarray, np.ndarray]:
    """The interval (left, right] in hours that each reported time stands for.

    A response reported after v units (weeks, say) was seen at that visit and not yet at the one
    before, taken to be `gap` units earlier and never before the start. An interval is at least one
    hour long, the grain of the times, so that a response at the start itself has the hour before
    it. A patient without response has the interval from the last follow-up to infinity.

    Parameters
    ----------
    patients
        Clean table, with `response_time_value`, `response_time_unit`, `time_hours`, `event`.
    month_days
        Length of a month in days.
    gap
        Distance of the visits in the reported unit.
    """
    left, right = [], []
    for row in patients.itertuples():
        if row.event:
            value, unit = float(row.response_time_value), row.response_time_unit
            seen = to_hours(value, unit, month_days)
            left.append(min(to_hours(max(0.0, value - gap), unit, month_days), seen - 1))
            right.append(seen)
        else:
            left.append(row.time_hours)
            right.append(math.inf)
    return np.array(left, dtype=float), np.array(right, dtype=float)


def leave_one_report_out(
    frame: pd.DataFrame, conf_type: str, conf_level: float
) -> list[Repetition]:
    """Repeat without each report in turn, in the order of their ids."""
    reports = sorted(frame["report_id"].unique())
    if len(reports) < 2:
        raise ReviewError("leaving one report out needs at least two reports with patients")
    return [
        repeat(frame[frame["report_id"] != report], report, conf_type, conf_level)
        for report in reports
    ]


def later_studies(evidence: pd.DataFrame, conf_level: float) -> pd.DataFrame:
    """Response proportions of later studies with exact and Wilson limits, in the order given.

    Returns
    -------
    DataFrame
        `study`, `year`, `design`, `population`, `n_response`, `n_evaluable`, `proportion`, `low`,
        `high` (exact), `wilson_low`, `wilson_high`.
    """
    names = ["study", "year", "design", "population", "n_response", "n_evaluable"]
    frame = evidence[names].copy().reset_index(drop=True)
    counts = list(zip(frame["n_response"], frame["n_evaluable"], strict=True))
    exact = [proportions.exact(n, of, conf_level) for n, of in counts]
    score = [proportions.wilson(n, of, conf_level) for n, of in counts]
    frame["proportion"] = [n / of for n, of in counts]
    frame["low"], frame["high"] = zip(*exact, strict=True)
    frame["wilson_low"], frame["wilson_high"] = zip(*score, strict=True)
    return frame


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


def publication_data(surface: pd.DataFrame, tipping: pd.DataFrame) -> pd.DataFrame:
    """Both panels of the publication-bias figure as one table; `panel` is A or B."""
    return pd.concat([surface.assign(panel="A"), tipping.assign(panel="B")], ignore_index=True)[
        ["panel", "odds", "doubtful", "lower", "failures", "proportion", "low", "high"]
    ]


def extremes(found: Sequence[Repetition]) -> Mapping[str, float]:
    """The smallest and largest median and p-value of repeated analyses, missing ones left out."""
    medians = [x.median.estimate for x in found if not math.isnan(x.median.estimate)]
    ps = [x.p for x in found if not math.isnan(x.p)]
    return {
        "median_min": min(medians, default=math.nan),
        "median_max": max(medians, default=math.nan),
        "p_min": min(ps, default=math.nan),
        "p_max": max(ps, default=math.nan),
    }
