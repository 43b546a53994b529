"""An estimate between its limits, quartiles and ends, and these in their order."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from itertools import pairwise

from case_review.audit.claims import Claim, Claims, with_unit
from case_review.audit.findings import NOTE, Checked, Finding, Outcome, Unchecked
from case_review.audit.prints import Span
from case_review.units import to_base

#: What limits are printed of.
ESTIMATES = ("median", "value", "mean", "hr", "or", "rr", "pct", "r")
_RATIOS = frozenset({"hr", "or", "rr"})
#: What a reader calls the measures.
_WORDS = {
    "min": "minimum", "max": "maximum", "low": "lower limit", "high": "upper limit",
    "q1": "lower quartile", "q3": "upper quartile", "hr": "hazard ratio", "or": "odds ratio",
    "rr": "risk ratio", "pct": "percentage", "r": "correlation",
}  # fmt: skip


def order(claims: Claims) -> Iterator[Outcome]:
    """An estimate outside its limits, quartiles or range, or a range with its ends exchanged.

    Numbers that were rounded are out of order only if no numbers that round to them are in order.
    A mean may lie outside the quartiles, and outside `low` and `high` that are no limits of it.
    """
    groups: dict[tuple, dict[str, Claim]] = defaultdict(dict)
    for claim in claims:
        if claim.number is not None:
            groups[claim.place, claim.path, claim.population][claim.measure] = claim
    for members in groups.values():
        for lower, upper in dict.fromkeys(_pairs(members)):
            low, high = _span(lower), _span(upper)
            if to_base(0, lower.unit)[1] != to_base(0, upper.unit)[1]:
                yield Unchecked(upper.claim_id, "unit")
                continue
            if low.low < high.high:
                yield Checked((lower.claim_id, upper.claim_id))
                continue
            words = [_WORDS.get(claim.measure, claim.measure) for claim in (upper, lower)]
            # An estimate without a name in a sentence may be another than that of the limits.
            doubtful = any(one.measure == "value" and one.sure for one in (upper, lower))
            yield Finding(
                upper.claim_id, upper.location, with_unit(upper),
                f"at least {with_unit(lower)}", "", "order",
                f"The {words[0]} lies below the {words[1]} of the same variable.",
                others=(lower.claim_id,), severity=NOTE if doubtful else "",
            )  # fmt: skip


def _pairs(members: Mapping[str, Claim]) -> Iterator[tuple[Claim, Claim]]:
    """What should stand in this order, each beside its next."""
    named = [name for name in ESTIMATES if name in members]
    limits = {name for name in ("low", "high") if name in members and _limits(members[name])}
    for name in named or [""]:
        others: set[str] = set()
        if name == "mean":
            others = {"low", "high"} - limits
        elif name == "median" and "mean" in named:
            others = limits  # which are those of the mean
        if name not in _RATIOS and not _RATIOS.isdisjoint(named):
            others |= {"low", "high"}  # which are those of the ratio
        chains = [("min", "low", name, "high", "max")]
        chains += [] if name == "mean" else [("min", "q1", name, "q3", "max")]
        for chain in chains:
            yield from pairwise(
                members[one] for one in chain if one in members and one not in others
            )


def _limits(claim: Claim) -> bool:
    return claim.kind == "limit"


def _span(claim: Claim) -> Span:
    """What a number may have been, on the common scale of its unit."""
    factor = to_base(1, claim.unit)[0]
    return Span(claim.span.low * factor, claim.span.high * factor)
