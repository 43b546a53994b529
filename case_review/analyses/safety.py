"""Adverse events: patients, not events, over the patients whose report gives safety data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from case_review.errors import ReviewError
from case_review.exhibits import Row
from case_review.values import VARIES, Count


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
        If there are events and no report gives safety data, so that nothing has a denominator; if
        an event is not `listed`; or if more patients had one than gave information.
    """
    if not of and len(events):
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


def by_group(
    events: pd.DataFrame,
    patients: pd.DataFrame,
    groups: Mapping[str, pd.Series],
    effects: Mapping[str, str],
) -> list[Row]:
    """Patients with any event and with each, by group, of those whose reports speak of events.

    Parameters
    ----------
    events
        Clean events; those that name no patient belong to no group and are left out.
    patients
        Those with individual data whose reports give safety data.
    groups
        By name, which of them belong to it.
    effects
        The label of each event, in the order of the table; those that nobody had have no row.
    """
    events = events[events["patient_id"].notna()]
    had = {
        label: events.loc[events["event"] == key, "patient_id"] for key, label in effects.items()
    }
    had = {"Any adverse event": events["patient_id"]} | had
    rows = []
    for label, ids in had.items():
        hits = patients["patient_id"].isin(ids)
        cells = [
            Count(int((hits & own).sum()), int(own.sum())).stands(VARIES) if own.any() else "–"
            for own in groups.values()
        ]
        if hits.any() or not rows:
            rows.append(Row([label, *cells], indent=int(bool(rows))))
    return rows
