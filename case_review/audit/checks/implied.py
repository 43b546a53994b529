"""Of how many percentages are that stand beside counts, where the paper does not say so."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

from case_review.audit.checks.samples import interval, size, whole
from case_review.audit.claims import Claim, Claims
from case_review.audit.findings import NOTE, Checked, Finding, Outcome

#: So many rows, and this share of all, must be of one number before others are told of.
_ROWS, _SHARE = 4, 0.75


class Implied(NamedTuple):
    """A percentage with its count, and the fewest and most people of whom it can be."""

    share: Claim
    count: Claim
    low: int
    high: int


def denominators(claims: Claims) -> Iterator[Outcome]:
    """Percentages of another number of people than most of their column, without a reason."""
    columns: dict[tuple, list[Implied]] = defaultdict(list)
    for claim in claims:
        found = _implied(claims, claim) if claim.measure == "pct" else None
        if found is not None:
            columns[claim.place, claim.population, claim.cohort].append(found)
    for rows in columns.values():
        number = _most_common(rows)
        inside = [row for row in rows if row.low <= number <= row.high]
        if len(inside) < max(_ROWS, _SHARE * len(rows)):
            continue
        yield Checked(tuple(one.claim_id for row in inside for one in (row.share, row.count)))
        others = [row for row in rows if row not in inside]
        if others:
            yield _change(others, len(inside), len(rows), number)


def _implied(claims: Claims, claim: Claim) -> Implied | None:
    """A percentage whose whole is printed nowhere, if its count tells enough of it."""
    count, span = claims.siblings(claim).get("n"), interval(claim)
    number = whole(count)
    if span is None or not number or span.low <= 0 or size(claims, claim) is not None:
        return None
    low = math.ceil(100 * number / span.high)
    high = math.floor(100 * number / span.low)
    return Implied(claim, count, low, high) if low <= high < 1.5 * low else None


def _most_common(rows: list[Implied]) -> int:
    """The number of people that most rows can be of; the smallest of several."""
    ends = sorted({row.low for row in rows})
    return max(ends, key=lambda number: sum(row.low <= number <= row.high for row in rows))


def _change(others: list[Implied], inside: int, of: int, number: int) -> Finding:
    first = others[0]
    about = f"{first.low}" if first.low == first.high else f"{first.low} to {first.high}"
    more = f", and {len(others) - 1} more are of other numbers" if len(others) > 1 else ""
    return Finding(
        first.share.claim_id, first.share.location, first.share.as_printed, f"of {number}", "",
        "denominators",
        f"{inside} of {of} percentages of this column can be of {number} people; "
        f"{first.count.number} ({first.share.printed.number}%) is of {about}{more}. "
        "Say of how many each speaks.",
        tuple(one.claim_id for row in others for one in (row.share, row.count))[1:], NOTE,
    )  # fmt: skip
