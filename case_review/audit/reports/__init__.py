"""The report on a file as text, CSV, JSON, and as a page that reads on a phone and on paper.

The command line imports it; it imports `report` and the ground. A `Report` comes in, text goes out.
"""

from __future__ import annotations

from collections.abc import Callable

from case_review.audit.report import Report


def text(report: Report) -> str:
    """One line for each finding, then what could not be checked, and the sum of it."""
    from case_review.audit.reports import lines

    return lines.text(report)


def csv(report: Report) -> str:
    """A table of the findings, one row each, safe to open in a spreadsheet."""
    from case_review.audit.reports import records

    return records.csv(report)


def json(report: Report) -> str:
    """Everything, as `docs/audit.schema.json` describes it."""
    from case_review.audit.reports import records

    return records.json(report)


def html(report: Report) -> str:
    """One page that loads nothing."""
    from case_review.audit.reports import page

    return page.html(report)


#: How a report can be written, by the name of the format.
FORMATS: dict[str, Callable[[Report], str]] = {
    "text": text,
    "csv": csv,
    "json": json,
    "html": html,
}
