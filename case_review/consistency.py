"""Rules that hold between tables: every count against the count it must agree with."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

import pandas as pd

from case_review.schema import TABLES

COLUMNS = ("rule", "file", "row", "column", "found", "expected")


def checks(tables: Mapping[str, pd.DataFrame], unsound: Collection[str] = ()) -> pd.DataFrame:
    """One row per comparison between the raw tables; a rule holds where `found` is `expected`.

    Parameters
    ----------
    tables
        Raw tables as text, indexed by line number (`raw.read`).
    unsound
        Tables with missing rows or columns; nothing is compared with them.
    """
    tables = {name: _once(name, table) for name, table in tables.items()}
    rows = []
    for rules, needed in _RULES:
        if not needed.intersection(unsound):
            rows += rules(tables)
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype({"found": str, "expected": str})


def _once(name: str, table: pd.DataFrame) -> pd.DataFrame:
    """The first row of each key: a row that is there twice should not be counted twice."""
    key = list(TABLES[name].key) if name in TABLES else []
    return table[~table.duplicated(key)] if key else table


def _number(texts: pd.Series) -> pd.Series:
    """Whole numbers; what is none (reading has refused it already) is missing."""
    numbers = pd.to_numeric(texts, errors="coerce").astype(float)
    return numbers.where(numbers % 1 == 0)


def _report_members(tables) -> Iterator[tuple]:
    reports = set(tables["reports"]["report_id"])
    for name in ("patients", "posters", "adverse_events"):
        for row, report in tables[name]["report_id"].items():
            found = report if report in reports else f"{report} (not in reports.csv)"
            yield "report exists", f"data/raw/{name}.csv", row, "report_id", found, report


def _patient_members(tables) -> Iterator[tuple]:
    home = tables["patients"].set_index("patient_id")["report_id"]
    known = dict(home.items())
    events = tables["adverse_events"]
    for row, report, patient in zip(
        events.index, events["report_id"], events["patient_id"], strict=True
    ):
        file, found = "data/raw/adverse_events.csv", patient
        if patient and patient not in known:
            found = f"{patient} (not in patients.csv)"
        elif patient and known[patient] != report:
            found = f"{patient} (of {known[patient]} in patients.csv)"
        yield "patient exists in this report", file, row, "patient_id", found, patient


def _publication_sizes(tables) -> Iterator[tuple]:
    listed = tables["patients"].groupby("report_id").size()
    for row, report in tables["reports"].iterrows():
        if report["kind"] == "publication":
            rule = "a publication's patients are all listed in patients.csv"
            found = listed.get(report["report_id"], 0)
            yield rule, "data/raw/reports.csv", row, "n_patients", report["n_patients"], found


def _poster_sums(tables) -> Iterator[tuple]:
    reports = tables["reports"].set_index("report_id")
    posters = tables["posters"].assign(number=lambda f: _number(f["n"]))
    for (report, variable), group in posters.groupby(["report_id", "variable"], sort=False):
        if report not in reports.index or group["number"].isna().any():
            continue
        rule = f"counts of {variable} sum to the poster's patients"
        expected, found = reports.at[report, "n_patients"], _plain(group["number"].sum())
        yield rule, "data/raw/posters.csv", group.index[0], "n", found, expected


def _kinds(tables) -> Iterator[tuple]:
    kinds = tables["reports"].set_index("report_id")["kind"].to_dict()
    rows = [("patients", "publication"), ("posters", "poster")]
    for name, kind in rows:
        rule = f"{name}.csv is for reports of the kind {kind}"
        for row, report in tables[name]["report_id"].items():
            if report in kinds:
                yield rule, f"data/raw/{name}.csv", row, "report_id", kinds[report], kind


def _events(tables) -> Iterator[tuple]:
    reports = tables["reports"].set_index("report_id")
    said = reports["adverse_events_reported"].to_dict()
    sizes = _number(reports["n_patients"]).to_dict()
    events = tables["adverse_events"]
    file = "data/raw/adverse_events.csv"
    for row, report, count in zip(
        events.index, events["report_id"], _number(events["n_patients"]), strict=True
    ):
        if report not in said:
            continue
        rule = "a report with events gives safety data (reports.csv, adverse_events_reported)"
        yield rule, file, row, "report_id", said[report], "yes"
        if not pd.isna(count) and not pd.isna(sizes[report]):
            rule = "no more patients with an event than in the report"
            most = _plain(min(count, sizes[report]))
            yield rule, file, row, "n_patients", _plain(count), most


def _companions(tables) -> Iterator[tuple]:
    """Cells of a patient that are given together or not at all."""
    patients = tables["patients"]
    pairs = (
        ("age_unit", "age_value"),
        ("dose_unit", "dose_value"),
        ("level_high_ng_ml", "level_low_ng_ml"),
        ("response_time_unit", "response_time_value"),
    )
    for column, other in pairs:
        rule = f"{column} is given exactly where {other} is"
        for row, one, two in zip(patients.index, patients[column], patients[other], strict=True):
            yield rule, "data/raw/patients.csv", row, column, _given(one), _given(two)


def _response_times(tables) -> Iterator[tuple]:
    patients = tables["patients"]
    columns = ["response", "response_time_value", "follow_up_months"]
    for row, response, time, follow_up in patients[columns].itertuples():
        file = "data/raw/patients.csv"
        responded = "given" if response == "yes" else "empty"
        rule = "a response time is given exactly for those with a response"
        yield rule, file, row, "response_time_value", _given(time), responded
        if response == "no":
            rule = "without a response the last follow-up is given, when the patient is censored"
            yield rule, file, row, "follow_up_months", _given(follow_up), "given"


def _given(cell: str) -> str:
    return "given" if cell else "empty"


def _plain(number: float) -> str:
    """A count as the files write it."""
    return str(int(number)) if float(number).is_integer() else str(number)


def _totals(tables) -> Iterator[tuple]:
    published = tables["published"].set_index("claim_id")["value"]
    reports = tables["reports"].assign(number=lambda f: _number(f["n_patients"]))
    if reports["number"].isna().any():
        return
    kinds = {"publications": "publication", "posters": "poster"}
    totals = {k: reports.loc[reports["kind"] == kind, "number"].sum() for k, kind in kinds.items()}
    totals["all"] = sum(totals.values())
    for population, found in totals.items():
        claim = f"table1.total.{population}.n"
        if claim in published.index:
            rule = f"patients of {population} as printed ({claim})"
            expected = published[claim]
            yield rule, "data/raw/reports.csv", 1, "n_patients", _plain(found), expected


#: Each group of rules with the tables that it compares.
_RULES = (
    (_report_members, {"reports", "patients", "posters", "adverse_events"}),
    (_patient_members, {"patients", "adverse_events"}),
    (_kinds, {"reports", "patients", "posters"}),
    (_publication_sizes, {"reports", "patients"}),
    (_poster_sums, {"reports", "posters"}),
    (_events, {"reports", "adverse_events"}),
    (_companions, {"patients"}),
    (_response_times, {"patients"}),
    (_totals, {"reports", "published"}),
)
