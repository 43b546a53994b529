"""Rules that hold between tables: every count against the count it must agree with."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

import pandas as pd

from case_review.data.schema import POSTER_VARIABLES, TABLES

COLUMNS = ("rule", "file", "row", "column", "found", "expected")
#: Columns that are given together or not at all: table, column, the other column.
_TOGETHER = [
    (name, column.name, column.given_with)
    for name, schema in TABLES.items()
    for column in schema.columns.values()
    if column.given_with
]


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
    """A poster's counts of each variable; one that is left out would lose its patients."""
    reports = tables["reports"]
    posters = tables["posters"].assign(number=lambda f: _number(f["n"]))
    counted = dict(list(posters.groupby(["report_id", "variable"], sort=False)))
    used = [name for name in POSTER_VARIABLES if (posters["variable"] == name).any()]
    for row, report in reports[reports["kind"] == "poster"].iterrows():
        size = report["n_patients"]
        for variable in used:
            group = counted.get((report["report_id"], variable))
            if group is None:
                rule = f"posters.csv counts the patients of every poster by {variable}"
                yield rule, "data/raw/reports.csv", row, "n_patients", size, 0
            elif group["number"].notna().all():
                rule, total = f"counts of {variable} sum to the poster's patients", group["number"]
                file, found = "data/raw/posters.csv", _plain(total.sum())
                yield rule, file, group.index[0], "n", found, size


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
    kinds = reports["kind"].to_dict()
    sizes, any_event = _number(reports["n_patients"]).to_dict(), _any_event(tables["posters"])
    said, file = reports["adverse_events_reported"].to_dict(), "data/raw/adverse_events.csv"
    events = tables["adverse_events"]
    counts = _number(events["n_patients"])
    for row, report, patient, count in zip(
        events.index, events["report_id"], events["patient_id"], counts, strict=True
    ):
        if report not in kinds:
            continue
        rule = "a report with events gives safety data (reports.csv, adverse_events_reported)"
        yield rule, file, row, "report_id", said[report], "yes"
        rule = "an event names its patient exactly where the report is a publication"
        named = "given" if kinds[report] == "publication" else "empty"
        yield rule, file, row, "patient_id", _given(patient), named
        rule, most = "no more patients with an event than in the report", sizes[report]
        if patient:
            rule, most = "a row that names a patient counts this one", 1
        elif report in any_event:
            rule = "no more patients with an event than with any (posters.csv, adverse_events)"
            most = any_event[report][1]
        if not pd.isna(count) and not pd.isna(most):
            yield rule, file, row, "n_patients", _plain(count), _plain(min(count, most))


def _any_event(posters: pd.DataFrame) -> dict[str, tuple[int, float]]:
    """Of each poster that counts patients with any event: the row, and how many they are."""
    chosen = posters[(posters["variable"] == "adverse_events") & (posters["level"] == "any")]
    numbers = _number(chosen["n"])
    return {report: (row, numbers[row]) for row, report in chosen["report_id"].items()}


def _poster_safety(tables) -> Iterator[tuple]:
    """What posters.csv counts of adverse events, against the reports and the events themselves."""
    said = tables["reports"].set_index("report_id")["adverse_events_reported"]
    posters, events = tables["posters"], tables["adverse_events"]
    file = "data/raw/posters.csv"
    counted = posters[posters["variable"] == "adverse_events"]
    for row, report, level in counted[["report_id", "level"]].itertuples():
        if report in said.index:
            rule = "adverse events are counted exactly where reports.csv says that they are told"
            told = "given" if said[report] == "yes" else "empty"
            yield rule, file, row, "level", _given(level), told
    named = _number(events["n_patients"]).groupby(events["report_id"]).sum()
    for report, (row, number) in _any_event(posters).items():
        if not pd.isna(number):
            rule = "patients with any event have one that adverse_events.csv names"
            most = min(number, named.get(report, 0))
            yield rule, file, row, "n", _plain(number), _plain(most)


def _companions(tables) -> Iterator[tuple]:
    """Cells of a row that are given together or not at all."""
    for name, column, other in _TOGETHER:
        table, file = tables[name], f"data/raw/{name}.csv"
        rule = f"{column} is given exactly where {other} is"
        for row, one, two in zip(table.index, table[column], table[other], strict=True):
            yield rule, file, row, column, _given(one), _given(two)


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
    (_events, {"reports", "posters", "adverse_events"}),
    (_poster_safety, {"reports", "posters", "adverse_events"}),
    (_companions, {name for name, *_ in _TOGETHER}),
    (_response_times, {"patients"}),
    (_totals, {"reports", "published"}),
)
