"""What the cleaning notebook shows: the ledger by table and kind, and the expectations by suite."""

from __future__ import annotations

import ast
from pathlib import Path

import pandas as pd

from case_review.data.expectations import Report
from case_review.exhibits import Row, Table
from case_review.files import to_json, write_text

#: Columns that the check adds to a table, to name rows.
_ADDED = ("file_row", "row")
_KINDS = ("recode", "conversion", "classification")


def ledger_table(ledger: pd.DataFrame) -> Table:
    """Changes that cleaning made, counted by table and kind; the CSV is the whole ledger."""
    counts = pd.crosstab(ledger["table"], ledger["kind"]).reindex(columns=_KINDS, fill_value=0)
    rows = [Row([name, *map(str, counts.loc[name])]) for name in counts.index]
    rows.append(Row(["All tables", *map(str, counts.sum())]))
    return Table(["Table", "Recodes", "Conversions", "Classifications"], rows, ledger)


def expectations_table(*reports: Report) -> Table:
    """Expectations per suite with the number met; the CSV lists each with what was observed."""
    frame = pd.concat([report.to_frame().assign(stage=report.stage) for report in reports])
    rows = []
    for stage, suites in frame.groupby("stage", sort=False):
        rows.append(Row([f"{str(stage).capitalize()} data", "", ""], heading=True))
        for table, outcomes in suites.groupby("table", sort=False):
            met = int(outcomes["success"].sum())
            rows.append(Row([_name(str(table)), str(len(outcomes)), str(met)], indent=1))
    columns = ["stage", "suite", "table", "column", "description", "success", "observed"]
    return Table(["Table", "Expectations", "Met"], rows, frame[columns])


def outcomes_table(*reports: Report) -> Table:
    """Every expectation in words, with its result and what was observed, by stage and table."""
    frame = pd.concat([report.to_frame().assign(stage=report.stage) for report in reports])
    rows = []
    for (stage, table), outcomes in frame.groupby(["stage", "table"], sort=False):
        heading = f"{str(stage).capitalize()} data, {_name(str(table))}"
        rows.append(Row([heading, "", ""], heading=True))
        for outcome in outcomes.itertuples():
            result = "met" if outcome.success else "not met"
            cells = [outcome.description, result, _observed(outcome.observed)]
            rows.append(Row(cells, indent=1))
    columns = ["stage", "table", "column", "description", "success", "observed"]
    names = ["Expectation", "Result", "Observed"]
    notes = [("", "Observed: the rows that do not meet the expectation, or the size of the table.")]
    return Table(names, rows, frame[columns].reset_index(drop=True), notes, align="lll")


def _observed(text: str) -> str:
    """What was seen, in short: a list of columns as their number, a bare number as rows."""
    if text.startswith("["):
        names = [name for name in ast.literal_eval(text) if name not in _ADDED]
        return f"{len(names)} columns"
    return f"{text} rows" if text.isdigit() else text.removesuffix(" unexpected")


def _name(table: str) -> str:
    return "between the tables" if table == "across" else f"{table}.csv"


def write_quality(reports: tuple[Report, ...], stage: Path | None) -> None:
    """Leave every outcome for the data-quality pages, where the notebook runs for the report."""
    if stage is not None:
        outcomes = {report.stage: report.to_frame().to_dict(orient="records") for report in reports}
        write_text(stage / "quality" / "expectations.json", to_json(outcomes))


def write_clean(tables: dict[str, pd.DataFrame], stage: Path | None) -> None:
    """Write the clean tables, where the notebook runs for the report."""
    if stage is not None:
        for name, table in tables.items():
            text = table.to_csv(index=False, lineterminator="\n")
            write_text(stage / "clean" / f"{name}.csv", text)
