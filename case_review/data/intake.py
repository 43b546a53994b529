"""All that is wrong with the raw data, found in one go: form, expectations, terms."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from case_review.data import (
    declared,
    expectations,
    names,
    params_lines,
    raw_file,
    reading,
    times,
)
from case_review.data.cleaning import other_exposures, unknown_terms, wrong_categories
from case_review.data.problems import DataError, Problem, ordered, write
from case_review.project import Project

#: In the build folder: every problem that was found last, one in each row.
LISTED = "problems.csv"


@dataclass(frozen=True)
class Checked:
    """Raw tables that may be cleaned.

    Parameters
    ----------
    source
        The tables, and what was repaired when they were read.
    report
        What became of every expectation.
    notes
        What was repaired or chosen in a whole file, each in a sentence; the ledger has it too.
    """

    source: reading.Raw
    report: expectations.Report
    notes: tuple[str, ...] = ()


def check(
    project: Project,
    diagnoses: Mapping,
    events: Mapping,
    also: Iterable[Callable[[reading.Raw], list[Problem]]] = (),
    effects: Iterable[Mapping] = (),
) -> Checked:
    """Read the raw data and judge all of it.

    Parameters
    ----------
    diagnoses, events
        The dictionaries of cleaning, by the terms that reports use.
    also
        More checks of the raw tables, such as the audit's of the printed numbers.
    effects
        The effects that events count as, each with its `id` and its `category`.

    Raises
    ------
    DataError
        With everything that is wrong in any file, each place once.
    """
    source, problems = reading.attempt(project.raw, declared.of(project))
    report = expectations.validate(project, "raw", source.tables, source.unsound)
    found = [*report.problems, *unknown_terms(source, diagnoses, events)]
    found += wrong_categories(source, events, effects)
    for look in (names.problems, times.problems, other_exposures, *also):
        found += look(source)
    problems += _not_told([source.placed(problem) for problem in found], problems)
    problems = list(map(params_lines.numbered(project), problems)) if problems else []
    listed = project.build / LISTED
    if problems:
        write(listed, ordered(problems))
        raise DataError(problems, project.relative(listed))
    listed.unlink(missing_ok=True)
    of_files = (change for change in source.changes if change.row is None)
    said = [
        f"data/raw/{raw_file.path_of(project.raw, change.table).name}: {change.before}: "
        f"{change.reason}."
        for change in of_files
    ]
    return Checked(source, report, tuple(said))


def notes(project: Project) -> list[str]:
    """What lies in `data/raw/` and is not read, or is open elsewhere, each in a sentence."""
    return raw_file.notes(project.raw)


def _not_told(found: Iterable[Problem], before: list[Problem]) -> list[Problem]:
    """Without what reading has refused already: the same value in the same column.

    Of a row that is there twice, that is its whole key, and the first part of it.
    """
    told = {(p.file, p.column, p.value) for p in before if p.value}
    told |= {(file, *(t.split(" / ")[0] for t in texts)) for file, *texts in told}
    return [p for p in found if (p.file, p.column, p.value) not in told]
