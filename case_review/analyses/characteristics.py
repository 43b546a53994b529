"""Numbers of reports and patients, and the subsets of patients that a text names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import pandas as pd

from case_review.analyses.descriptive import (
    POPULATIONS,
    count,
    included,
    patients_result,
    plain_result,
    totals,
)
from case_review.errors import ReviewError


def report_results(reports: pd.DataFrame, screening: pd.DataFrame) -> Iterator[dict]:
    """Patients and reports by population, and the records retrieved.

    Raises
    ------
    ReviewError
        If `screening` has no number in its row `retrieved`.
    """
    for name, patients in totals(reports).items():
        yield plain_result(f"patients.{name}", patients, "patients")
    for name in POPULATIONS:
        n = len(reports) if name == "all" else int((reports["population"] == name).sum())
        yield plain_result(f"reports.{name}", n, "reports")
    retrieved = screening.loc[screening["step"] == "retrieved", "n_reports"].dropna()
    if len(retrieved) != 1:
        raise ReviewError(
            f"data/raw/screening.csv, step retrieved: found {len(retrieved)} numbers in n_reports, "
            "expected one; give the number of records retrieved"
        )
    n = int(retrieved.iloc[0])
    yield plain_result("screening.retrieved", n, "reports", f"{n:,}")


def subset_results(blocks: Sequence[Mapping], frame: pd.DataFrame, of: int) -> Iterator[dict]:
    """Subsets of footnotes, lymphatic component, symptoms and ages known, over all reports.

    `frame` is the long form of `descriptive.tidy`; `of` counts all patients. Each kind of symptom
    is a proportion of the patients whose symptoms were detailed.
    """

    def result(name: str, n: int, whole: int = of) -> dict:
        return patients_result(f"characteristics.{name}.all", n, whole)

    for name, n in included(blocks, frame).items():
        yield result(name, n)
    yield result("lymphatic_component", count(frame, "lymphatic", "yes"))
    detailed = of - count(frame, "symptoms", None)
    yield result("symptoms_detailed", detailed)
    symptoms = frame.loc[frame["variable"] == "symptoms", "level"].dropna()
    for level in sorted(symptoms.unique()):
        name = f"symptoms_{level.replace(' ', '_')}"
        yield result(name, count(frame, "symptoms", level), detailed)
    yield result("age_reported", of - count(frame, "age_group", None))
