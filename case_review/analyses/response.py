"""Time to response of the patients of a review: who is analysed, and what their reports gave."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace

import pandas as pd

from case_review import units
from case_review.analyses.blocks import own_group
from case_review.data.schema import OVERALL
from case_review.errors import ReviewError
from case_review.statistics import logrank
from case_review.statistics.logrank import NO_COMPARISON
from case_review.units import TIMES
from case_review.values import Estimate, Number, Text, Value

HOURS_PER_WEEK = 168
#: How a reported unit is written after a number in prose.
_UNITS = {unit: unit for unit in TIMES} | {"hours": "h"}
#: What stands for a time that nobody has.
NOBODY = "nobody"


def hours_in(unit: str, month_days: float) -> float:
    """Hours in a unit of time, whole where they are; see `units.hours_in`."""
    hours = units.hours_in(unit, month_days)
    return int(hours) if hours.denominator == 1 else float(hours)


def times(patients: pd.DataFrame, group_by: str, groups: Mapping[str, str]) -> pd.DataFrame:
    """Who is analysed: `patient_id`, `report_id`, `time` (hours), `event` and `group` per patient.

    A patient of whom the event or the time is not known is left out (`left_out` counts them). One
    who belongs to none of `groups` has none here, and is in no comparison. Where `groups` is empty
    all patients are one group, `OVERALL`, so that there is nothing to compare.

    Raises
    ------
    ReviewError
        If the clean table has no such column as `group_by`, or nobody can be analysed.
    """
    if group_by not in patients.columns:
        raise ReviewError(
            f"params.yml, shared.group_by: data/clean/patients.csv has no column {group_by!r}; "
            f"it has {', '.join(patients.columns)}"
        )
    group = own_group(patients[group_by], groups) if groups else OVERALL
    chosen = patients[["patient_id", "report_id", "time_hours", "event"]]
    frame = chosen.rename(columns={"time_hours": "time"}).assign(group=group)
    known = frame["time"].notna() & frame["event"].notna()
    if not known.any():
        raise ReviewError(
            "data/clean/patients.csv: of no patient are both the outcome and its time known. Add "
            "them to data/raw/patients.csv, or delete the notebooks that analyse times."
        )
    return frame[known].astype({"time": int, "event": int}).reset_index(drop=True)


def left_out(patients: pd.DataFrame) -> int:
    """How many patients of the clean table are not analysed: no event or no time is known."""
    return int((patients["time_hours"].isna() | patients["event"].isna()).sum())


def analysed(patients: pd.DataFrame) -> pd.DataFrame:
    """The rows of the clean table that `times` keeps, in their order."""
    known = patients["time_hours"].notna() & patients["event"].notna()
    return patients[known].reset_index(drop=True)


def arms(frame: pd.DataFrame, groups: Mapping[str, str]) -> dict[str, str]:
    """Those of the groups that a patient of `frame` belongs to, with their labels."""
    return {key: label for key, label in groups.items() if frame["group"].eq(key).any()}


def notes(patients: pd.DataFrame, frame: pd.DataFrame, groups: Mapping[str, str]) -> list[str]:
    """What is said below a table or figure of those who are not in it, or only in a part of it."""
    said = []
    if missing := left_out(patients):
        said.append(f"Left out, because the outcome or its time is not known: {missing}.")
    without = int(frame["group"].isna().sum())
    if groups and without:
        said.append(f"Patients in none of the groups, counted among all only: {without}.")
    if empty := [label for key, label in groups.items() if key not in arms(frame, groups)]:
        said.append(f"No patient who is analysed belongs to: {', '.join(empty)}.")
    return said


def log_rank(frame: pd.DataFrame) -> logrank.Logrank:
    """The log-rank test of the patients of `frame` (see `times`) who have a group.

    Where there is nothing to compare, because nobody has a group or an event, all patients count as
    one group: the test then says that there is no comparison.
    """
    compared = frame.dropna(subset="group")
    if not compared["event"].any():
        compared = frame.assign(group=OVERALL, event=1)
    return logrank.logrank(compared["time"], compared["event"], compared["group"])


def reported_time(patient: pd.Series, time: str = "response_time_value") -> Text:
    """A time to the event as its report gave it, `24 h` or `1 week`, whose number is in hours.

    Parameters
    ----------
    patient
        A row of the clean table.
    time
        The column of the time; that of its unit ends in `_unit` where it ends in `_value`.
    """
    column = unit_column(time)
    unit = patient[column]
    if unit not in _UNITS:
        raise ReviewError(f"{column}: found {unit!r}, expected one of {', '.join(_UNITS)}")
    text = Number(float(patient[time]), _UNITS[unit]).prose
    return Text(text, int(patient["time_hours"]), unit="hours")


def unit_column(time: str) -> str:
    """The column of the unit in which a column of times is reported."""
    return f"{time.removesuffix('_value')}_unit"


def shortest_and_longest(
    patients: pd.DataFrame, time: str = "response_time_value"
) -> tuple[Text, Text]:
    """The shortest and the longest time to the event of the clean table; see `reported_time`.

    Where nobody had the event, both say so.
    """
    had = patients[(patients["event"] == 1) & patients["time_hours"].notna()]
    if had.empty:
        return Text(NOBODY, math.nan, unit="hours"), Text(NOBODY, math.nan, unit="hours")
    hours = had["time_hours"]
    shortest, longest = (had.loc[which] for which in (hours.idxmin(), hours.idxmax()))
    return reported_time(shortest, time), reported_time(longest, time)


def listed(ratios: Mapping[str, Estimate], labels: Mapping[str, str]) -> Value:
    """Hazard ratios as one value: the only one, all of them in words, or no comparison."""
    if not ratios:
        return NO_COMPARISON
    if len(ratios) == 1:
        return replace(*ratios.values())  # a value of its own, so that it is a result of its own
    return Text("; ".join(f"{labels[group]} {ratio.prose}" for group, ratio in ratios.items()))
