"""Time to response of the patients of a review, overall and by group."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from case_review import values
from case_review.errors import ReviewError
from case_review.statistics import cox, logrank, survival

HOURS_PER_WEEK = 168
OVERALL = "overall"
OVERALL_LABEL = "All patients"


@dataclass(frozen=True)
class Summary:
    """Time to response in one group of patients.

    Parameters
    ----------
    key, label
        The group's id (`overall` for all) and its name in print.
    n, events
        Patients, and patients who responded.
    median
        Median time to response in weeks.
    landmarks
        Proportion responding (0 to 1) by each landmark, in weeks.
    curve
        `survival.curve` of the group, times in weeks.
    """

    key: str
    label: str
    n: int
    events: int
    median: values.Estimate
    landmarks: Mapping[float, values.Estimate]
    curve: pd.DataFrame


@dataclass(frozen=True)
class Comparison:
    """Two groups compared: hazard ratio of the first against the second, and the log-rank test."""

    first: str
    second: str
    hazard_ratio: values.Estimate
    logrank: logrank.Logrank


def times(patients: pd.DataFrame, group_by: str, groups: Mapping[str, str]) -> pd.DataFrame:
    """Who is analysed: `patient_id`, `report_id`, `time` (hours), `event` and `group` per patient.

    Raises
    ------
    ReviewError
        If a patient has no time, or belongs to none of `groups`; the message names the patient.
    """
    if group_by not in patients.columns:
        raise ReviewError(
            f"params.yml, shared.group_by: data/clean/patients.csv has no column {group_by!r}; "
            f"it has {', '.join(patients.columns)}"
        )
    frame = pd.DataFrame(
        {
            "patient_id": patients["patient_id"],
            "report_id": patients["report_id"],
            "time": patients["time_hours"],
            "event": patients["event"],
            "group": patients[group_by],
        }
    )
    _refuse(frame, frame["time"].isna(), "time_hours", "a time to response or to last follow-up")
    _refuse(frame, ~frame["group"].isin(list(groups)), group_by, f"one of {', '.join(groups)}")
    return frame.astype({"time": int, "event": int}).reset_index(drop=True)


def _refuse(frame: pd.DataFrame, wrong: pd.Series, column: str, wanted: str) -> None:
    if wrong.any():
        position = int(wrong.to_numpy().argmax())
        value = frame["group" if "one of" in wanted else "time"].iloc[position]
        raise ReviewError(
            f"data/clean/patients.csv, line {position + 2}, column {column}, patient "
            f"{frame['patient_id'].iloc[position]}: found {value!r}, expected {wanted}. "
            "Correct the row in data/raw/patients.csv and run `make data`."
        )


def summarise(
    frame: pd.DataFrame,
    key: str,
    label: str,
    landmarks_weeks: Sequence[float],
    conf_type: str,
    conf_level: float,
) -> Summary:
    """Summarise the patients of `frame` (see `times`) as one group."""
    fitted = survival.curve(frame["time"], frame["event"], conf_type, conf_level)
    fitted = fitted.assign(time=fitted["time"] / HOURS_PER_WEEK)
    landmarks = {week: responding(survival.survival_at(fitted, week)) for week in landmarks_weeks}
    return Summary(
        key,
        label,
        len(frame),
        int(frame["event"].sum()),
        survival.quantile_of(fitted),
        landmarks,
        fitted,
    )


def responding(surviving: values.Estimate) -> values.Estimate:
    """The cumulative proportion with the event, from the proportion without it."""
    return values.Estimate(1 - surviving.estimate, 1 - surviving.upper, 1 - surviving.lower)


def summaries(
    frame: pd.DataFrame,
    groups: Mapping[str, str],
    landmarks_weeks: Sequence[float],
    conf_type: str,
    conf_level: float,
) -> list[Summary]:
    """All patients first, then each group in printing order."""
    chosen = [(OVERALL, OVERALL_LABEL, frame)]
    chosen += [(key, label, frame[frame["group"] == key]) for key, label in groups.items()]
    for key, _, part in chosen:
        if part.empty:
            raise ReviewError(f"params.yml, shared.groups: no patient belongs to group {key!r}")
    return [
        summarise(part, key, label, landmarks_weeks, conf_type, conf_level)
        for key, label, part in chosen
    ]


def compare(frame: pd.DataFrame, groups: Mapping[str, str], conf_level: float) -> Comparison:
    """The first of two groups against the second."""
    if len(groups) != 2:
        raise ReviewError(
            f"params.yml, shared.groups: a comparison needs two groups, found {len(groups)}"
        )
    first, second = groups
    ratio = cox.hazard_ratio(frame["time"], frame["event"], frame["group"], first, conf_level)
    return Comparison(
        first, second, ratio, logrank.logrank(frame["time"], frame["event"], frame["group"])
    )
