"""Estimates between their limits, medians within their range."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from itertools import pairwise

from case_review.audit.claims import Claim, Claims, with_unit
from case_review.audit.findings import Finding
from case_review.units import to_base

_ORDER = ("min", "low", "median", "high", "max")


def order(claims: Claims) -> Iterator[Finding]:
    """A median outside its limits or range, or a range with its ends exchanged."""
    groups: dict[tuple, dict[str, Claim]] = defaultdict(dict)
    for claim in claims:
        if claim.measure in _ORDER and claim.number is not None:
            groups[(claim.place, claim.path, claim.population)][claim.measure] = claim
    for members in groups.values():
        present = [members[name] for name in _ORDER if name in members]
        for lower, upper in pairwise(present):
            low, high = to_base(lower.number, lower.unit), to_base(upper.number, upper.unit)
            if low[1] == high[1] and low[0] > high[0]:
                yield Finding(
                    upper.claim_id, upper.location, with_unit(upper),
                    f"at least {with_unit(lower)}", "", "order",
                    f"The {upper.measure} lies below the {lower.measure} of the same variable.",
                )  # fmt: skip
