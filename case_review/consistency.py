"""Rules that hold between tables: every count against the count it must agree with."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pandas as pd

COLUMNS = ("rule", "file", "row", "column", "found", "expected")


def checks(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """One row per comparison between the raw tables; a rule holds where `found` is `expected`.

    Parameters
    ----------
    tables
        Raw tables as text, indexed by line number (`raw.read`).
    """
    reports = tables["reports"].set_index("report_id")
    rows = [
        *_members(tables, reports),
        *_publication_sizes(tables, reports),
        *_poster_sums(tables, reports),
        *_events(tables, reports),
        *_companions(tables["patients"]),
        *_totals(tables),
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype({"found": str, "expected": str})


def _members(tables, reports) -> Iterator[tuple]:
    for name in ("patients", "posters", "adverse_events"):
        for row, report in tables[name]["report_id"].items():
            found = report if report in reports.index else f"{report} (not in reports.csv)"
            yield "report exists", f"data/raw/{name}.csv", row, "report_id", found, report
    known = set(tables["patients"]["patient_id"]) | {""}
    for row, patient in tables["adverse_events"]["patient_id"].items():
        found = patient if patient in known else f"{patient} (not in patients.csv)"
        yield "patient exists", "data/raw/adverse_events.csv", row, "patient_id", found, patient


def _publication_sizes(tables, reports) -> Iterator[tuple]:
    listed = tables["patients"].groupby("report_id").size()
    for row, report in tables["reports"].iterrows():
        if report["kind"] == "publication":
            rule = "a publication's patients are all listed in patients.csv"
            found = listed.get(report["report_id"], 0)
            yield rule, "data/raw/reports.csv", row, "n_patients", report["n_patients"], found


def _poster_sums(tables, reports) -> Iterator[tuple]:
    posters = tables["posters"].assign(number=lambda f: pd.to_numeric(f["n"]))
    for (report, variable), group in posters.groupby(["report_id", "variable"], sort=False):
        if report in reports.index:
            rule = f"counts of {variable} sum to the poster's patients"
            expected = reports.at[report, "n_patients"]
            yield rule, "data/raw/posters.csv", group.index[0], "n", group["number"].sum(), expected


def _events(tables, reports) -> Iterator[tuple]:
    for row, event in tables["adverse_events"].iterrows():
        if event["report_id"] not in reports.index:
            continue
        report = reports.loc[event["report_id"]]
        file = "data/raw/adverse_events.csv"
        said = report["adverse_events_reported"]
        yield "a report with events gives safety data", file, row, "report_id", said, "yes"
        most = min(int(event["n_patients"] or 0), int(report["n_patients"]))
        rule = "no more patients with an event than in the report"
        yield rule, file, row, "n_patients", event["n_patients"], most


def _companions(patients) -> Iterator[tuple]:
    """Cells of a patient that are given together or not at all."""
    pairs = (
        ("age_unit", "age_value"),
        ("dose_unit", "dose_value"),
        ("level_high_ng_ml", "level_low_ng_ml"),
        ("response_time_unit", "response_time_value"),
    )
    for row, patient in patients.iterrows():
        for column, other in pairs:
            rule = f"{column} is given exactly where {other} is"
            found, expected = (_given(patient[name]) for name in (column, other))
            yield rule, "data/raw/patients.csv", row, column, found, expected
        responded = "given" if patient["response"] == "yes" else "empty"
        rule = "a response time is given exactly for those with a response"
        found = _given(patient["response_time_value"])
        yield rule, "data/raw/patients.csv", row, "response_time_value", found, responded


def _given(cell: str) -> str:
    return "given" if cell else "empty"


def _totals(tables) -> Iterator[tuple]:
    published = tables["published"].set_index("claim_id")["value"]
    reports = tables["reports"].assign(number=lambda f: pd.to_numeric(f["n_patients"]))
    kinds = {"publications": "publication", "posters": "poster"}
    totals = {k: reports.loc[reports["kind"] == kind, "number"].sum() for k, kind in kinds.items()}
    totals["all"] = sum(totals.values())
    for population, found in totals.items():
        claim = f"table1.total.{population}.n"
        if claim in published.index:
            rule = f"patients of {population} as printed ({claim})"
            yield rule, "data/raw/reports.csv", 1, "n_patients", found, published[claim]
