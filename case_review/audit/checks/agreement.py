"""The same number at two places of a paper."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from fractions import Fraction

from case_review.audit.claims import Claim, Claims, with_unit
from case_review.audit.findings import Finding, signed
from case_review.formatting import round_half_away
from case_review.units import to_base


def agreement(claims: Claims) -> Iterator[Finding]:
    """The same number printed differently in two places.

    They are compared at the coarser of the two precisions.
    """
    reported = set()
    for members in statements(claims):
        first = members[0]
        for other in members[1:]:
            pair = (first.claim_id, other.claim_id)
            if pair in reported or agree(first, other):
                continue
            reported.add(pair)
            yield Finding(
                other.claim_id, other.location, with_unit(other), with_unit(first),
                signed(other.number - first.number) if first.unit == other.unit else "",
                "disagreement",
                f"The same number is {with_unit(first)} at {first.location}.",
            )  # fmt: skip


def statements(claims: Claims) -> Iterator[list[Claim]]:
    """The claims that state the same number, in the order of the file; a claim may be in two.

    Two claims state the same number if they point to one result with one measure, or if their
    ids differ only in the place.
    """
    groups: dict[tuple, list[Claim]] = defaultdict(list)
    for claim in claims:
        if claim.number is None:
            continue
        if claim.result_id:
            groups[("result", claim.result_id, claim.measure, claim.population)].append(claim)
        groups[("path", claim.path, claim.measure, claim.population)].append(claim)
    yield from groups.values()


def agree(first: Claim, other: Claim) -> bool:
    """Whether two statements of a number are the same at the coarser of their precisions."""
    if first.unit != other.unit:
        return to_base(first.number, first.unit) == to_base(other.number, other.unit)
    digits = min(first.digits, other.digits)
    one, two = (round_half_away(Fraction(claim.number), digits) for claim in (first, other))
    return one == two
