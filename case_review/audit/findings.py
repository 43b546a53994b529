"""A finding of the audit, and findings as a table."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields

import pandas as pd

from case_review.exhibits import Row, Table

#: Kinds of finding with the words that a reader sees.
KINDS = {
    "rounding": "Wrongly rounded",
    "truncation": "Truncated, not rounded",
    "percentage": "Percentage not of these numbers",
    "misprint": "Misprint",
    "transcription": "Value differs from its print",
    "numerator": "Numerator differs from its count",
    "excess": "Part larger than the whole",
    "sum": "Parts do not sum to the whole",
    "populations": "Populations do not sum",
    "disagreement": "Places disagree",
    "order": "Out of order",
    "gap": "Values in no category",
    "overlap": "Values in two categories",
    "subtotal": "Sub-total leaves patients out",
    "denominator": "Denominator does not fit",
    "unsupported": "Statement beyond the data",
    "text-table": "Text and table differ",
}


@dataclass(frozen=True)
class Finding:
    """Something printed that the printed numbers around it do not support.

    Parameters
    ----------
    claim_id, location
        The claim and where it stands in the paper.
    printed, expected, difference
        What is printed, what was expected instead, and by how much they differ, as text.
    kind
        A key of `KINDS`.
    explanation
        One sentence for the reader.
    """

    claim_id: str
    location: str
    printed: str
    expected: str
    difference: str
    kind: str
    explanation: str

    def __post_init__(self):
        if self.kind not in KINDS:
            raise ValueError(f"'{self.kind}' is no kind of finding; known are {', '.join(KINDS)}")

    def line(self) -> str:
        """The finding as a line of plain text."""
        return (
            f"{self.claim_id} ({self.location}): {KINDS[self.kind].lower()}; printed "
            f"{self.printed}, expected {self.expected}. {self.explanation}"
        )


def frame(findings: Iterable[Finding]) -> pd.DataFrame:
    """One row per finding, with the columns of `Finding`."""
    columns = [field.name for field in fields(Finding)]
    return pd.DataFrame([asdict(finding) for finding in findings], columns=columns)


def table(findings: Iterable[Finding]) -> Table:
    """The findings as the supplement shows them, numbered in the paper's order."""
    findings = list(findings)
    rows = [
        Row([str(i), f.location, f.printed, f.expected, KINDS[f.kind], f.explanation])
        for i, f in enumerate(findings, start=1)
    ]
    columns = ["No.", "Place", "Printed", "Expected", "Kind", "Explanation"]
    data = frame(findings)
    data.insert(0, "number", range(1, len(findings) + 1))
    return Table(columns, rows, data, align="rlllll")
