"""What the cleaning notebook shows: the ledger by table and kind, and the expectations by suite."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from case_review.exhibits import Row, Table
from case_review.expectations import Report
from case_review.files import to_json, write_text

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
