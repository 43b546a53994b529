"""All that is wrong with the raw data, found in one go: form, expectations, terms, claims."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from case_review import expectations, raw
from case_review.audit import claims
from case_review.cleaning import unknown_terms
from case_review.errors import ReviewError
from case_review.problems import DataError, Problem, ordered
from case_review.project import Project

_PUBLISHED = "data/raw/published.csv"


@dataclass(frozen=True)
class Checked:
    """Raw tables that may be cleaned.

    Parameters
    ----------
    source
        The tables, and what was repaired when they were read.
    report
        What became of every expectation.
    """

    source: raw.Raw
    report: expectations.Report


def check(project: Project, diagnoses: Mapping, events: Mapping) -> Checked:
    """Read the raw data and judge all of it.

    Parameters
    ----------
    diagnoses, events
        The dictionaries of cleaning, by the terms that reports use.

    Raises
    ------
    DataError
        With everything that is wrong in any file, each place once.
    """
    source, problems = raw.attempt(project.raw)
    report = expectations.validate(project, "raw", source.tables, source.unsound)
    found = [*report.problems, *unknown_terms(source, diagnoses, events), *_claims(source)]
    problems += _not_told(found, problems)
    if problems:
        raise DataError(ordered(problems))
    return Checked(source, report)


def _not_told(found: Iterable[Problem], before: list[Problem]) -> list[Problem]:
    """Without what reading has refused already: the same value in the same column."""
    told = {(p.file, p.column.split(" / ")[0], p.value.split(" / ")[0]) for p in before if p.value}
    return [p for p in found if (p.file, p.column, p.value) not in told]


def _claims(source: raw.Raw) -> list[Problem]:
    """What the audit could not read in the printed numbers."""
    if "published" in source.unsound:
        return []
    try:
        claims.from_frame(source.tables["published"], _PUBLISHED)
    except ReviewError as error:
        text = str(error).removeprefix(f"{_PUBLISHED}, ")
        return [Problem(_PUBLISHED, None, "", "", text)]
    return []
