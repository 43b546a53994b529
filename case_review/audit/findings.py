"""A finding of the audit, and how the numbers in it are written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from decimal import Decimal
from typing import TYPE_CHECKING

from case_review.formatting import MINUS

if TYPE_CHECKING:
    import pandas as pd

IMPOSSIBLE, INCONSISTENT, ROUNDING, NOTE = "impossible", "inconsistent", "rounding", "note"
#: How much a finding weighs, worst first. Notes ask for a look and fail no run.
SEVERITIES = (IMPOSSIBLE, INCONSISTENT, ROUNDING, NOTE)

#: Kinds of finding with the words that a reader sees.
KINDS = {
    "rounding": "Wrongly rounded",
    "truncation": "Truncated, not rounded",
    "percentage": "Percentage not of these numbers",
    "halves": "Halves rounded both ways",
    "misprint": "Misprint",
    "transcription": "Value differs from its print",
    "numerator": "Numerator differs from its count",
    "excess": "Part larger than the whole",
    "sum": "Parts do not sum to the whole",
    "denominators": "Denominators change",
    "populations": "Populations do not sum",
    "disagreement": "Places disagree",
    "order": "Out of order",
    "range": "Outside what it can be",
    "gap": "Values in no category",
    "overlap": "Values in two categories",
    "subtotal": "Sub-total leaves patients out",
    "denominator": "Denominator does not fit",
    "unsupported": "Statement beyond the data",
    "text-table": "Text and table differ",
    "share": "Percentage that no count gives",
    "grim": "Mean that no whole numbers give",
    "grimmer": "Deviation that no whole numbers give",
    "debit": "Deviation that no zeros and ones give",
    "p-value": "P-value not of this statistic",
    "statistic": "Statistic not of these means",
    "counts": "P-value not of these counts",
    "ratio": "Ratio not of these counts",
    "limits": "Estimate not midway between its limits",
    "p-interval": "P-value against its interval",
    "interval": "Limits of no usual method",
    "spread": "Deviation larger than the range allows",
    "error": "Standard error not of this deviation",
    "at-risk": "More at risk than before",
    "curve": "Curve not of these numbers at risk",
    "repeated": "Repeated values",
    "digits": "Last digits out of balance",
    "baseline": "Groups unlike what chance makes",
}
#: What a kind weighs where its check says nothing else.
SEVERITY = {
    "rounding": ROUNDING,
    "truncation": ROUNDING,
    "misprint": ROUNDING,
    "halves": NOTE,
    "denominators": NOTE,
    "excess": IMPOSSIBLE,
    "order": IMPOSSIBLE,
    "range": IMPOSSIBLE,
}

#: Why a number could not be held against anything.
REASONS = {
    "no-result": "numbers that are dates, methods or cited",
    "words": "numbers printed in words",
    "measure": "numbers of a measure that no check knows",
    "unit": "numbers with units of different scales",
    "statistic": "p-values without a test statistic",
    "denominator": "percentages without a denominator",
    "limits": "estimates without limits",
    "alone": "numbers beside which nothing else is printed",
    "measured": "means of measured values, which may be any number",
    "coarse": "numbers printed too coarsely, or of too many people, to tell",
    "freedom": "test statistics without degrees of freedom",
    "groups": "comparisons of too many groups",
    "tables": "p-values of tables too large for an exact test, with few people in a cell",
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
    others
        Ids of the claims that it rests on besides.
    severity
        One of `SEVERITIES`; that of its kind if nothing is said.
    check
        Name of the check, whose page in `docs/checks/` explains it; empty before it is known.
    """

    claim_id: str
    location: str
    printed: str
    expected: str
    difference: str
    kind: str
    explanation: str
    others: tuple[str, ...] = ()
    severity: str = ""
    check: str = ""

    def __post_init__(self):
        if self.kind not in KINDS:
            raise ValueError(f"'{self.kind}' is no kind of finding; known are {', '.join(KINDS)}")
        if not self.severity:
            object.__setattr__(self, "severity", SEVERITY.get(self.kind, INCONSISTENT))

    def line(self) -> str:
        """The finding as a line of plain text."""
        return (
            f"{self.claim_id} ({self.location}): {KINDS[self.kind].lower()}; printed "
            f"{self.printed}, expected {self.expected}. {self.explanation}"
        )


@dataclass(frozen=True)
class Checked:
    """Claims that were held against one another and agree; their ids."""

    claim_ids: tuple[str, ...]


@dataclass(frozen=True)
class Unchecked:
    """A claim that a check would have been made of, and why it was not: a key of `REASONS`."""

    claim_id: str
    reason: str


#: What a check yields.
Outcome = Finding | Checked | Unchecked


def frame(found: Sequence[Finding]) -> pd.DataFrame:
    """The findings as a table, one row each; the ids of other claims are joined by semicolons."""
    import pandas as pd  # an audit of a paper does without

    names = [field.name for field in fields(Finding)]
    rows = [[getattr(one, name) for name in names] for one in found]
    return pd.DataFrame(rows, columns=names).assign(
        others=["; ".join(one.others) for one in found]
    )


def plain(number: Decimal) -> str:
    """A decimal without superfluous zeros or exponents."""
    return f"{number.normalize():f}"


def signed(difference: Decimal) -> str:
    """A difference with its sign (a true minus), e.g. `+0.1` or `−2`."""
    return f"{difference.normalize():+f}".replace("-", MINUS) if difference else "0"
