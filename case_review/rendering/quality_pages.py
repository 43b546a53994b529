"""Data-quality pages: every expectation in words, with its outcome and what was observed."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path, PurePosixPath

from case_review import registry
from case_review.exhibits import escape
from case_review.project import Project
from case_review.rendering import ast

TITLE = "Data quality"
#: The table of a suite whose rules join several tables.
ACROSS = "across"


@dataclass(frozen=True)
class Suite:
    """The outcomes of one suite of expectations.

    Parameters
    ----------
    name, stage, table
        The suite, and which table it was held against: the `raw` or the `clean` one.
    outcomes
        One entry per expectation, as `01_cleaning` left them.
    """

    name: str
    stage: str
    table: str
    outcomes: tuple[dict, ...]

    @property
    def met(self) -> int:
        """How many expectations are met."""
        return sum(outcome["success"] for outcome in self.outcomes)

    @property
    def of(self) -> int:
        """How many expectations there are."""
        return len(self.outcomes)


def suites(project: Project) -> list[Suite]:
    """All suites as they were found when the clean tables of this report were made."""
    path = outcomes_file(project)
    return list(_suites(path.read_bytes())) if path.is_file() else []


# By content, for every exhibit of a page asks.
@lru_cache(maxsize=4)
def _suites(content: bytes) -> tuple[Suite, ...]:
    stages = json.loads(content)
    found: list[Suite] = []
    for stage, outcomes in stages.items():
        for name in dict.fromkeys(outcome["suite"] for outcome in outcomes):
            own = tuple(outcome for outcome in outcomes if outcome["suite"] == name)
            found.append(Suite(name, stage, own[0]["table"], own))
    return tuple(found)


def guarding(project: Project, notebook: str, cell: str) -> list[Suite]:
    """The suites on the tables that a cell rests on; a clean table rests on its raw one.

    What a cell read is known from the results that it recorded, else from those of its whole
    notebook.
    """
    path = project.results / f"{notebook}.json"
    results = registry.read(path) if path.is_file() else []
    own = [result for result in results if result.cell == cell] or results
    inputs = {name for result in own for name in result.inputs}
    tables = {PurePosixPath(name).stem for name in inputs if name.startswith("data/")}
    clean = {PurePosixPath(name).stem for name in inputs if name.startswith("data/clean/")}
    return [s for s in suites(project) if s.table in (tables if s.stage == "raw" else clean)]


def outcomes_file(project: Project) -> Path:
    """Where `01_cleaning` left what became of every expectation."""
    return project.build / "quality" / "expectations.json"


def overview(suites: list[Suite]) -> str:
    """The page that lists all suites, as pandoc Markdown; each links to a page of its own."""
    parts = [
        "What the data had to meet before anything was computed. Each suite has a page with all "
        "its expectations and what was observed."
    ]
    for stage in dict.fromkeys(suite.stage for suite in suites):
        own = [suite for suite in suites if suite.stage == stage]
        met, of = sum(suite.met for suite in own), sum(suite.of for suite in own)
        rows = [
            [
                f"[{escape(suite.name)}]({suite.name}.html)",
                "several" if suite.table == ACROSS else escape(suite.table),
                str(suite.of),
                str(suite.met),
            ]
            for suite in own
        ]
        parts.append(f"# {stage.capitalize()} data: {met} of {of} expectations met")
        columns = {"Suite": ":---", "Table": ":---", "Expectations": "---:", "Met": "---:"}
        parts.append(ast.pipe_table(columns, rows))
    return "\n\n".join(parts) + "\n"


def page(suite: Suite) -> str:
    """The page of one suite, as pandoc Markdown: each expectation, its result and what was seen."""
    rows = [
        [
            str(number),
            escape(outcome["description"]),
            escape(outcome["column"]) or "(table)",
            "yes" if outcome["success"] else "**no**",
            escape(outcome["observed"]) + _unexpected(outcome),
        ]
        for number, outcome in enumerate(suite.outcomes, 1)
    ]
    columns = dict.fromkeys(["No.", "Expectation", "Column", "Met", "Observed"], ":---")
    held = f"table {escape(suite.table)}" if suite.table != ACROSS else "tables taken together"
    return (
        f"{suite.met} of {suite.of} expectations on the {suite.stage} {held} are met. "
        "Rows are lines of the file, the header being line one."
        f"\n\n{ast.pipe_table(columns, rows)}\n"
    )


def _unexpected(outcome: dict) -> str:
    """The rows that broke an expectation, as Markdown."""
    found = () if outcome["success"] else outcome["unexpected"]
    return escape("".join(f"; {where}: {value}" for where, value in found))
