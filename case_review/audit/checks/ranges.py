"""Numbers that their measure cannot have: a p-value of 1.3, a correlation of 2, an SD below 0."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal

from case_review.audit.claims import SURE, Claim, Claims
from case_review.audit.findings import NOTE, Finding, plain
from case_review.formatting import MINUS

#: The smallest and the largest number that a measure can have.
_POSSIBLE: dict[str, tuple[int | None, int | None]] = {
    "p": (0, 1),
    "r": (-1, 1),
    "sd": (0, None),
    "se": (0, None),
    "f": (0, None),
    "chi2": (0, None),
    "hr": (0, None),
    "or": (0, None),
    "rr": (0, None),
    "pct": (0, None),
}
_NAMES = {
    "p": "p-value", "r": "correlation", "sd": "standard deviation", "se": "standard error",
    "f": "F statistic", "chi2": "χ² statistic", "hr": "hazard ratio", "or": "odds ratio",
    "rr": "risk ratio", "pct": "share",
}  # fmt: skip


def ranges(claims: Claims) -> Iterator[Finding]:
    """Numbers outside what their measure can be, and p-values that are printed as nought.

    The latter are one finding for each place and print, for a program prints all of them so.
    """
    noughts: dict[tuple[str, str], list[Claim]] = defaultdict(list)
    for claim in claims:
        measure = "p" if claim.kind == "p-value" else claim.measure
        if claim.number is None or measure not in _POSSIBLE:
            continue
        low, high = _POSSIBLE[measure]
        if low is not None and claim.number < low:
            yield _outside(claim, measure, f"at least {low}")
        elif high is not None and claim.number > high:
            yield _outside(claim, measure, f"at most {high}")
        elif measure == "p" and claim.number == 0 and claim.relation == "=":
            noughts[claim.place, claim.as_printed].append(claim)
    for members in noughts.values():
        yield _nought(members)


def _outside(claim: Claim, measure: str, expected: str) -> Finding:
    # What a program took for a standard deviation may be something else; a column P is none.
    doubtful = bool(claim.sure) and (measure != "p" or claim.sure != SURE[0])
    doubt = " Or it was taken for one by the reader of the paper." if doubtful else ""
    return Finding(
        claim.claim_id, claim.location, claim.as_printed, expected.replace("-", MINUS), "", "range",
        f"A {_NAMES[measure]} cannot be {plain(claim.number).replace('-', MINUS)}.{doubt}",
        severity=NOTE if doubtful else "",
    )  # fmt: skip


def _nought(members: list[Claim]) -> Finding:
    claim, *others = members
    # A bare 0 does not even say how many digits the program showed.
    least = f"<{Decimal(1).scaleb(-claim.digits):f}" if claim.digits else "<0.001"
    many = f" {len(members)} of this place are printed so." if others else ""
    return Finding(
        claim.claim_id, claim.location, claim.as_printed, least, "", "misprint",
        f"No p-value is nought: programs print {claim.number:f} for one that is smaller than "
        f"their digits show. Print it as {least}.{many}",
        others=tuple(other.claim_id for other in others),
    )  # fmt: skip
