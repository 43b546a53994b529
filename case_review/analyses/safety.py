"""Adverse events: patients, not events, over the patients whose report gives safety data."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from case_review.errors import ReviewError


def patients_in(rows: pd.DataFrame) -> int:
    """Patients behind rows of events: an identified patient once, however many rows name them.

    Rows without `patient_id` come from reports that give numbers only; they are added up, for
    every one of them is a term with an action of its own.
    """
    return int(
        rows["patient_id"].nunique() + rows.loc[rows["patient_id"].isna(), "n_patients"].sum()
    )


def check_events(events: pd.DataFrame, listed: Sequence[str], of: int) -> None:
    """Stop where patients cannot be counted over the `of` whose reports give safety data.

    Raises
    ------
    ReviewError
        If no report gives safety data, so that nothing has a denominator; if an event is not
        `listed`; or if more patients had one than gave information.
    """
    if not of:
        raise ReviewError(
            "data/clean/reports.csv, adverse_events_reported: no report gives information on "
            "adverse events, so that no proportion has a denominator; correct data/raw/reports.csv"
        )
    unknown = sorted(set(events["event"]) - set(listed))
    if unknown:
        raise ReviewError(
            f"data/clean/adverse_events.csv, event: found {', '.join(unknown)}, expected one of "
            "safety.effects in params.yml; add the effect with its label and category"
        )
    for event, rows in events.groupby("event"):
        if patients_in(rows) > of:
            raise ReviewError(
                f"data/clean/adverse_events.csv, event {event}: {patients_in(rows)} patients, "
                f"expected at most the {of} whose reports give information; check n_patients"
            )
