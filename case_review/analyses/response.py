"""Time to response of the patients of a review: who is analysed, and what their reports gave."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pandas as pd

from case_review.analyses.blocks import own_group
from case_review.data.schema import OVERALL
from case_review.errors import ReviewError
from case_review.statistics.logrank import NO_COMPARISON
from case_review.values import Estimate, Number, Text, Value

HOURS_PER_WEEK = 168
#: How a reported unit is written after a number in prose.
_UNITS = {"hours": "h", "days": "days", "weeks": "weeks", "months": "months"}


def times(patients: pd.DataFrame, group_by: str, groups: Mapping[str, str]) -> pd.DataFrame:
    """Who is analysed: `patient_id`, `report_id`, `time` (hours), `event` and `group` per patient.

    A patient who belongs to none of `groups` has none here, and is in no comparison. Where `groups`
    is empty all patients are one group, `OVERALL`, so that there is nothing to compare.

    Raises
    ------
    ReviewError
        If a patient has no time, which the message names, or a group no patient.
    """
    if group_by not in patients.columns:
        raise ReviewError(
            f"params.yml, shared.group_by: data/clean/patients.csv has no column {group_by!r}; "
            f"it has {', '.join(patients.columns)}"
        )
    missing = patients["time_hours"].isna().to_numpy()
    if missing.any():
        position = int(missing.argmax())
        raise ReviewError(
            f"data/clean/patients.csv, line {position + 2}, column time_hours, patient "
            f"{patients['patient_id'].iloc[position]}: found nothing, expected a time to response "
            "or to last follow-up. Correct the row in data/raw/patients.csv and run `make data`."
        )
    group = own_group(patients[group_by], groups) if groups else OVERALL
    if empty := [key for key in groups if not group.eq(key).any()]:
        raise ReviewError(
            f"params.yml, shared.groups: no patient belongs to group {empty[0]!r}, for "
            f"{group_by} in data/clean/patients.csv is never {empty[0]}"
        )
    chosen = patients[["patient_id", "report_id", "time_hours", "event"]]
    frame = chosen.rename(columns={"time_hours": "time"}).assign(group=group)
    return frame.astype({"time": int, "event": int}).reset_index(drop=True)


def reported_time(patient: pd.Series) -> Text:
    """A time to response as its report gave it, `24 h` or `1 week`, whose number is in hours."""
    unit = patient["response_time_unit"]
    if unit not in _UNITS:
        raise ReviewError(
            f"response_time_unit: found {unit!r}, expected one of {', '.join(_UNITS)}"
        )
    text = Number(float(patient["response_time_value"]), _UNITS[unit]).prose
    return Text(text, int(patient["time_hours"]), unit="hours")


def shortest_and_longest(patients: pd.DataFrame) -> tuple[Text, Text]:
    """The shortest and the longest time to response of the clean table; see `reported_time`.

    Raises
    ------
    ReviewError
        If nobody responded.
    """
    responders = patients[patients["event"] == 1]
    if responders.empty:
        raise ReviewError("data/clean/patients.csv: no patient responded, so times have no range")
    hours = responders["time_hours"]
    shortest, longest = (responders.loc[which] for which in (hours.idxmin(), hours.idxmax()))
    return reported_time(shortest), reported_time(longest)


def listed(ratios: Mapping[str, Estimate], labels: Mapping[str, str]) -> Value:
    """Hazard ratios as one value: the only one, all of them in words, or no comparison."""
    if not ratios:
        return NO_COMPARISON
    if len(ratios) == 1:
        return replace(*ratios.values())  # a value of its own, so that it is a result of its own
    return Text("; ".join(f"{labels[group]} {ratio.prose}" for group, ratio in ratios.items()))
