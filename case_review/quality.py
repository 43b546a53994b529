"""Data-quality pages: every expectation in words, with its outcome and what was observed."""

from __future__ import annotations

import json
from pathlib import Path

from case_review.exhibits import escape
from case_review.project import Project

TITLE = "Data quality"


def outcomes_file(project: Project) -> Path:
    """Where `01_cleaning` left what became of every expectation."""
    return project.build / "quality" / "expectations.json"


def markdown(project: Project) -> str:
    """The page of all suites as pandoc Markdown; empty where no data have been checked yet.

    It shows what `01_cleaning` found when the clean tables of this report were made.
    """
    path = outcomes_file(project)
    if not path.is_file():
        return ""
    stages = json.loads(path.read_text(encoding="utf-8"))
    parts = [
        "What the data had to meet before anything was computed. Rows are lines of the file, "
        "the header being line one."
    ]
    for stage, outcomes in stages.items():
        met = sum(outcome["success"] for outcome in outcomes)
        parts.append(f"# {stage.capitalize()} data: {met} of {len(outcomes)} expectations met")
        for suite in dict.fromkeys(outcome["suite"] for outcome in outcomes):
            own = [outcome for outcome in outcomes if outcome["suite"] == suite]
            parts += [f"## {escape(suite)} {{#{suite}}}", _table(own)]
    return "\n\n".join(parts) + "\n"


def _table(outcomes: list[dict]) -> str:
    lines = ["| Expectation | Met | Observed |", "| :----------------- | :-- | :--------- |"]
    for outcome in outcomes:
        met = "yes" if outcome["success"] else "no"
        cells = (outcome["description"], met, outcome["observed"])
        lines.append("| " + " | ".join(escape(cell) for cell in cells) + " |")
    return "\n".join(lines)
