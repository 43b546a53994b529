"""Who is left out of the clean tables by choice, and which responses count, in one place.

`01_cleaning` calls this once, so that every notebook after it sees the same patients.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from case_review.errors import ReviewError

#: Tables with a row or rows for each report.
_OF_REPORTS = ("reports", "patients", "posters", "adverse_events")
#: The kinds of lines of the ledger that are written here.
LEFT_OUT, RECODE = "left out", "recode"


def choose(
    tables: Mapping[str, pd.DataFrame], exclude: Mapping, criteria: Sequence[str]
) -> dict[str, pd.DataFrame]:
    """The clean tables without what is excluded, and with the responses that count.

    Parameters
    ----------
    tables
        Clean tables by name, the ledger among them, as `Cleaning.run` returns them.
    exclude
        `reports`: ids of reports that are left out of every table; `patients`: values by column of
        `patients.csv`, whose patients are left out (posters have no rows of single patients).
    criteria
        The values of `response_criterion` by which a response counts; all of them where none is
        named. Another response is none: the patient is censored at its time, for nobody has looked
        further for one that counts.

    Returns
    -------
    dict of DataFrame
        New tables. The ledger has a line for each report and patient that is left out, and for each
        response that does not count.

    Raises
    ------
    ReviewError
        If a report or a value is not there, so that nobody takes a misspelt name for a choice, or
        if no patient is left.
    """
    chosen = {name: table.copy() for name, table in tables.items()}
    lines = [*_without_reports(chosen, exclude["reports"])]
    for column, values in exclude["patients"].items():
        lines += _without_patients(chosen, column, values)
    lines += _counted(chosen["patients"], criteria)
    if chosen["patients"].empty and not tables["patients"].empty:
        raise ReviewError("params.yml, shared.exclude: no patient is left. Leave out fewer.")
    if lines:
        added = pd.DataFrame(lines, columns=tables["ledger"].columns)
        chosen["ledger"] = pd.concat([tables["ledger"], added], ignore_index=True)
    return chosen


def told(ledger: pd.DataFrame) -> list[str]:
    """What was chosen in sentences, from the ledger; none where nothing was."""
    counted = ledger[ledger["reason"].str.startswith("shared.")]
    said = counted.groupby(["reason", "table"], sort=False).size()
    return [f"{reason}: {n:,} of {table}.csv." for (reason, table), n in said.items()]


def _without_reports(chosen: dict[str, pd.DataFrame], reports: Sequence[str]) -> list[tuple]:
    known = chosen["reports"]["report_id"]
    _require("shared.exclude.reports", reports, known, "report_id in data/raw/reports.csv")
    gone = known[known.isin(list(reports))]
    for name in _OF_REPORTS:
        chosen[name] = chosen[name][~chosen[name]["report_id"].isin(list(reports))]
    reason = "shared.exclude.reports names the report"
    return [("reports", row, id, "report_id", LEFT_OUT, id, "", reason) for row, id in gone.items()]


def _without_patients(
    chosen: dict[str, pd.DataFrame], column: str, values: Sequence[str]
) -> list[tuple]:
    patients = chosen["patients"]
    place = f"shared.exclude.patients.{column}"
    if column not in patients:
        raise ReviewError(
            f"params.yml, {place}: data/clean/patients.csv has no such column; it has "
            f"{', '.join(patients.columns)}"
        )
    text = patients[column].astype(str)
    _require(place, values, text, f"{column} in data/clean/patients.csv")
    gone = patients[text.isin(list(values))]
    chosen["patients"] = patients.drop(gone.index)
    events, reports = chosen["adverse_events"], chosen["reports"]
    chosen["adverse_events"] = events[~events["patient_id"].isin(gone["patient_id"])]
    fewer = reports["report_id"].map(gone["report_id"].value_counts()).fillna(0).astype(int)
    left = reports.assign(n_patients=reports["n_patients"] - fewer)
    chosen["reports"] = left[left["n_patients"] > 0]
    reason = f"{place} names the value"
    return [
        ("patients", row, _key(gone.loc[row]), column, LEFT_OUT, text[row], "", reason)
        for row in gone.index
    ]


def _counted(patients: pd.DataFrame, criteria: Sequence[str]) -> list[tuple]:
    """Take back, in place, the events of responses that do not count."""
    if not criteria:
        return []
    given = patients["response_criterion"].astype(str)
    _require("shared.response_criteria", criteria, given,
             "response_criterion in data/clean/patients.csv")  # fmt: skip
    other = patients.index[patients["event"].eq(1).fillna(False) & ~given.isin(list(criteria))]
    patients.loc[other, "event"] = 0
    reason = "shared.response_criteria does not name what the response was judged by"
    return [
        ("patients", row, _key(patients.loc[row]), "event", RECODE, "1", "0", reason)
        for row in other
    ]


def _key(patient: pd.Series) -> str:
    """A patient's name in the ledger."""
    return f"{patient['patient_id']} / {patient['report_id']}"


def _require(place: str, values: Sequence[str], known: pd.Series, where: str) -> None:
    """Refuse a value that no row has."""
    for value in values:
        if not known.eq(value).any():
            there = ", ".join(sorted(set(known) - {"", "nan", "<NA>"}))
            raise ReviewError(f"params.yml, {place}: {value!r} is no {where}; there are {there}")
