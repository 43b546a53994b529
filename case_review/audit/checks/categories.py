"""Do the printed categories of a scale cover every value once? Read from their labels."""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Iterator
from fractions import Fraction

from case_review.audit.claims import Claim, Claims
from case_review.audit.findings import Finding
from case_review.units import intervals, unit_name
from case_review.units.intervals import Interval

_ROW = re.compile(r"\brow (.*?)(?:, column .*)?$")


def label_interval(claim: Claim) -> Interval | None:
    """The interval that a claim's category is named after: its row label, else its statement."""
    row = _ROW.search(claim.location)
    return (intervals.find(row.group(1)) if row else None) or intervals.find(claim.statement)


def coverage(claims: Claims) -> Iterator[Finding]:
    """Values that no category of a block takes, and values that two categories take.

    A block is judged once, in the first population it is printed for. Categories on different
    scales (per kg, per square metre) are judged apart. The scale starts at zero.
    """
    blocks: dict[tuple, dict[tuple, tuple[Claim, Interval]]] = defaultdict(dict)
    turned: dict[tuple, tuple[Claim, Interval]] = {}
    for claim in claims:
        if claim.kind != "count" or claim.measure != "n":
            continue
        interval = label_interval(claim)
        if interval is not None and interval.low > interval.high:
            turned.setdefault((claim.place, claim.path), (claim, interval))
        elif interval is not None:
            members = blocks[(claim.place, claim.path[:-1], interval.scale)]
            members.setdefault(claim.path, (claim, interval))
    for claim, interval in turned.values():
        yield Finding(
            claim.claim_id, claim.location, interval.label, "the smaller end first", "", "order",
            "The ends of this category are exchanged, so no value can belong to it.",
        )  # fmt: skip
    for members in blocks.values():
        yield from _judge(
            sorted(members.values(), key=lambda m: (m[1].low, not m[1].low_closed, m[1].high))
        )


def _judge(members: list[tuple[Claim, Interval]]) -> Iterator[Finding]:
    claim, first = members[0]
    if first.low > 0:
        values = f"{'below' if first.low_closed else 'up to'} {first.low_printed} {first.low_unit}"
        yield _finding(claim, "gap", first.label, values)
    reach_claim, reach = members[0]
    for claim, interval in members[1:]:
        yield from _neighbours(reach_claim, reach, claim, interval)
        if (interval.high, interval.high_closed) > (reach.high, reach.high_closed):
            reach_claim, reach = claim, interval
    if reach.high != math.inf:
        sign = "above" if reach.high_closed else "from"
        values = f"{sign} {reach.high_printed} {reach.high_unit}"
        yield _finding(reach_claim, "gap", reach.label, values)


def _neighbours(reach_claim, lower: Interval, claim, upper: Interval) -> Iterator[Finding]:
    labels = f"{lower.label}; {upper.label}"
    end, start = f"{lower.high_printed} {lower.high_unit}", f"{upper.low_printed} {upper.low_unit}"
    if upper.low > lower.high:
        if _consecutive(lower, upper):
            return
        from_ = "above" if lower.high_closed else "from"
        to = "below" if upper.low_closed else "up to"
        yield _finding(reach_claim, "gap", labels, f"{from_} {end} and {to} {start}")
    elif upper.low == lower.high:
        if lower.high_closed == upper.low_closed:
            kind = "overlap" if lower.high_closed else "gap"
            yield _finding(reach_claim, kind, labels, f"exactly {end}")
    else:
        yield _finding(claim, "overlap", labels, f"from {start} to {_smaller_end(lower, upper)}")


def _smaller_end(lower: Interval, upper: Interval) -> str:
    inner = lower if lower.high <= upper.high else upper
    return f"{inner.high_printed} {inner.high_unit}" if inner.high_printed else "any value"


def _consecutive(lower: Interval, upper: Interval) -> bool:
    """Whether 0–4 is followed by 5–9: completed units, by custom without a gap."""
    same = unit_name(lower.high_unit) == unit_name(upper.low_unit)
    if not (same and lower.high_closed and upper.low_closed and upper.low_printed):
        return False
    decimals = {len(text.partition(".")[2]) for text in (lower.high_printed, upper.low_printed)}
    if len(decimals) != 1:
        return False
    step = Fraction(1, 10 ** decimals.pop())
    return Fraction(upper.low_printed) - Fraction(lower.high_printed) == step


def _finding(claim: Claim, kind: str, labels: str, values: str) -> Finding:
    block = claim.location.partition(",")[0]
    named = f"of {values}" if values.startswith("exactly") else values
    wanted, printed = "one category", "two categories as printed"
    if kind == "gap":
        wanted, printed = "a category", "no category printed"
    return Finding(
        claim.claim_id, block, labels, f"{wanted} for values {named}", values, kind,
        f"A value {named} belongs to {printed}.",
    )  # fmt: skip
