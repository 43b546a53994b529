"""A finding of the audit, and how the numbers in it are written."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from case_review.formatting import MINUS

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


def plain(number: Decimal) -> str:
    """A decimal without superfluous zeros or exponents."""
    return f"{number.normalize():f}"


def signed(difference: Decimal) -> str:
    """A difference with its sign (a true minus), e.g. `+0.1` or `−2`."""
    return f"{difference.normalize():+f}".replace("-", MINUS) if difference else "0"
