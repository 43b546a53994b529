"""The appraisal of each report with a tool such as that of JBI or of Murad and colleagues.

Answers stand in `data/raw/appraisal.csv`, a row for each report and question; what is shown of them
is a grid of reports and questions, and how many reports have each answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pandas as pd

from case_review.data.problems import DataError, Problem, of_cells
from case_review.data.reading import Raw
from case_review.data.schema import SHOWN
from case_review.exhibits import Row
from case_review.values import Count

_FILE = "data/raw/appraisal.csv"
_COLUMNS = SHOWN["appraisal"].columns
#: From no concern to the greatest, then what says nothing.
ANSWERS = _COLUMNS["answer"].values


def problems(answers: pd.DataFrame, reports: Iterable[str]) -> list[Problem]:
    """Every cell that is empty or holds another word than it may, and every answer that is missing.

    Parameters
    ----------
    answers
        `data/raw/appraisal.csv` as text; it may have no rows.
    reports
        The names of all reports.
    """
    reports, found = list(reports), [*of_cells(_FILE, answers, _COLUMNS.values())]
    rows = zip(range(2, len(answers) + 2), answers["report_id"], strict=True)
    for row, report in rows:
        if report and report not in reports:
            message = "there is no such report in reports.csv. Correct the name."
            found.append(Problem(_FILE, row, "report_id", report, message))
    return [*found, *_worded_otherwise(answers), *_unanswered(answers, reports)]


def of_raw(raw: Raw) -> list[Problem]:
    """The problems of the appraisal among raw tables, if there is one."""
    answers = raw.shown.get("appraisal")
    if answers is None or "reports" in raw.unsound:
        return []
    return problems(answers, raw.tables["reports"]["report_id"])


def checked(answers: pd.DataFrame, reports: Iterable[str]) -> pd.DataFrame:
    """The answers as they stand, if each report has one to every question of a tool.

    Raises
    ------
    DataError
        With all `problems`, naming row and column.
    """
    if found := problems(answers, reports):
        raise DataError(found)
    return answers.copy()


def _worded_otherwise(answers: pd.DataFrame) -> Iterator[Problem]:
    first: dict[tuple, tuple[int, str]] = {}
    told = answers[["tool", "item", "question"]].itertuples(index=False)
    for row, (tool, item, question) in enumerate(told, 2):
        at, known = first.setdefault((tool, item), (row, question))
        if question != known:
            message = f"row {at} asks question {item} of {tool} in other words: {known}"
            yield Problem(_FILE, row, "question", question, message)


def _unanswered(answers: pd.DataFrame, reports: list[str]) -> Iterator[Problem]:
    """A report that is left out would look like one without concerns."""
    for tool, part in answers.groupby("tool", sort=False):
        given = set(zip(part["report_id"], part["item"], strict=True))
        items = list(dict.fromkeys(part["item"]))
        for report in reports:
            missing = [item for item in items if (report, item) not in given]
            if missing:
                message = (
                    f"{report} has no answer to {', '.join(missing)} of {tool}. Add the rows, "
                    f"with `{ANSWERS[-1]}` where a question does not apply."
                )
                yield Problem(_FILE, 1, "report_id", report, message)


def grid(answers: pd.DataFrame, tool: str) -> pd.DataFrame:
    """The answers to the questions of a tool: a row for each report, a column for each question.

    Both are in the order of the file; questions are named by their numbers.
    """
    part = answers[answers["tool"] == tool]
    table = part.pivot(index="report_id", columns="item", values="answer")
    return table.loc[part["report_id"].unique(), part["item"].unique()]


def questions(answers: pd.DataFrame, tool: str) -> dict[str, str]:
    """The questions of a tool by their numbers, in the order of the file."""
    part = answers[answers["tool"] == tool]
    return dict(zip(part["item"], part["question"], strict=True))


def counts(table: pd.DataFrame) -> dict[str, dict[str, Count]]:
    """How many reports have each answer, by question and answer; of all reports."""


    def having(given: pd.Series) -> dict[str, Count]:
        of = len(given)
        return {word: Count(int((given == word).sum()), of, "reports") for word in ANSWERS}

    return {item: having(given) for item, given in table.items()}


def rows(asked: dict[str, str], counted: dict[str, dict[str, Count]]) -> list[Row]:
    """A row for each question: its number, what is asked, and the reports with each answer."""
    return [Row([item, asked[item], *counted[item].values()]) for item in counted]
