"""Do the printed categories of a scale cover every value once? Read from their labels."""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction

from case_review.audit import labels
from case_review.audit.claims import TOTAL, Claim, Claims
from case_review.audit.findings import NOTE, Finding
from case_review.units import TIME, to_base, unit_name
from case_review.units.intervals import Interval

_ROW = re.compile(r"\brow (.*?)(?:, column .*)?$")
#: Studies of those who are not children have nobody below this age; their first category says so.
_YOUNG = 10
#: A unit of time is followed by a longer one that is not a whole number of it.
_NEARLY = Fraction(3, 2)
_UNKNOWN = re.compile(r"unknown|missing|not |no data|other|n/?a\b|unspecified", re.IGNORECASE)


@dataclass
class _Block:
    """The categories of one variable, each once, with those whose labels name no interval."""

    members: list[tuple[Claim, Interval]] = field(default_factory=list)
    others: list[str] = field(default_factory=list)

    @property
    def age(self) -> bool:
        """Whether it is of ages, on whatever scale."""
        claim = self.members[0][0]
        said = {word for name in claim.path for word in name.lower().split("_")}
        return "age" in said or re.search(r"\b(age|aged)\b", claim.statement, re.I) is not None


def label_interval(claim: Claim) -> Interval | None:
    """The interval that a claim's category is named after: its row label, else its statement."""
    row = _row(claim)
    return (labels.read(row) if row else None) or labels.read(claim.statement)


def _row(claim: Claim) -> str:
    row = _ROW.search(claim.location)
    return row.group(1) if row else ""


def coverage(claims: Claims) -> Iterator[Finding]:
    """Values that no category of a block takes, and values that two categories take.

    A block is judged once, in the first population it is printed for, and only if its labels name
    two intervals at least; a single one among other rows, such as `fever > 38 °C`, is no scale.
    Categories on different scales (per kg, per square metre) are judged apart. That nobody lies
    below the first category or above the last is usual where these are intervals themselves, so
    it is a note then, and nothing below the youngest of a study of adults.
    """
    for block in _blocks(claims):
        turned = [(claim, one) for claim, one in block.members if one.low > one.high]
        for claim, interval in turned:
            yield Finding(
                claim.claim_id, claim.location, interval.label, "the smaller end first", "",
                "order",
                "The ends of this category are exchanged, so no value can belong to it.",
            )  # fmt: skip
        scales: dict[str, list[tuple[Claim, Interval]]] = defaultdict(list)
        for member in block.members:
            if member not in turned:
                scales[member[1].scale].append(member)
        for scale, members in scales.items():
            if len(members) > 1 and not _cumulative(members):
                members.sort(key=lambda m: (m[1].low, not m[1].low_closed, m[1].high))
                ended = _ended(scale, block)
                if ended:
                    yield from _below(*members[0], scale, block)
                yield from _between(members)
                if ended:
                    yield from _above(*max(members, key=lambda m: (m[1].high, m[1].high_closed)))


def _blocks(claims: Claims) -> Iterator[_Block]:
    rows: dict[tuple, dict[tuple, Claim]] = defaultdict(dict)
    for claim in claims:
        if claim.kind == "count" and claim.measure == "n" and claim.path != TOTAL:
            rows[claim.place, claim.path[:-1]].setdefault(claim.path, claim)
    for members in rows.values():
        named, block = [], _Block()
        for claim in members.values():
            interval = label_interval(claim) or labels.exactly(_row(claim))
            if interval is None:
                block.others.append(_row(claim) or claim.statement)
            else:
                named.append((claim, interval))
        unknown = [other for other in block.others if not _UNKNOWN.search(other)]
        if len(named) < 2 or len(unknown) > len(named):
            continue
        words = " ".join(claim.statement for claim, _ in named)
        made = labels.of_block((interval for _, interval in named), words)
        block.members = [(claim, one) for (claim, _), one in zip(named, made, strict=True)]
        yield block


def _cumulative(members: list[tuple[Claim, Interval]]) -> bool:
    """Whether all are open to the same side: `≥ 1`, `≥ 2` and `≥ 3` contain one another."""
    below = [not interval.low_printed for _, interval in members]
    above = [not interval.high_printed for _, interval in members]
    return all(below) or all(above)


def _between(members: list[tuple[Claim, Interval]]) -> Iterator[Finding]:
    reach_claim, reach = members[0]
    for claim, interval in members[1:]:
        yield from _neighbours(reach_claim, reach, claim, interval)
        if (interval.high, interval.high_closed) > (reach.high, reach.high_closed):
            reach_claim, reach = claim, interval


def _ended(scale: str, block: _Block) -> bool:
    """Whether the scale goes on beyond its categories.

    Numbers without a unit may be grades, and a label that cannot be read may take what is beyond.
    """
    return (scale or block.age) and not any(re.search(r"\d", label) for label in block.others)


def _below(claim: Claim, first: Interval, scale: str, block: _Block) -> Iterator[Finding]:
    young = to_base(_YOUNG, "years")[0] if scale else Fraction(_YOUNG)
    grown = block.age and scale in ("", TIME) and first.low >= young
    if first.low > 0 and not grown:
        low = _end(first.low_printed, first.low_unit)
        values = f"{'below' if first.low_closed else 'up to'} {low}"
        yield _finding(claim, "gap", first.label, values, NOTE if first.high_printed else "")


def _above(claim: Claim, last: Interval) -> Iterator[Finding]:
    if last.high != math.inf:
        high = _end(last.high_printed, last.high_unit)
        values = f"{'above' if last.high_closed else 'from'} {high}"
        yield _finding(claim, "gap", last.label, values, NOTE if last.low_printed else "")


def _end(number: str, unit: str) -> str:
    return f"{number} {unit}".strip()


def _neighbours(reach_claim, lower: Interval, claim, upper: Interval) -> Iterator[Finding]:
    both = f"{lower.label}; {upper.label}"
    end, start = _end(lower.high_printed, lower.high_unit), _end(upper.low_printed, upper.low_unit)
    if upper.low > lower.high:
        if _consecutive(lower, upper):
            return
        from_ = "above" if lower.high_closed else "from"
        to = "below" if upper.low_closed else "up to"
        yield _finding(reach_claim, "gap", both, f"{from_} {end} and {to} {start}")
    elif upper.low == lower.high:
        if lower.high_closed == upper.low_closed:
            kind = "overlap" if lower.high_closed else "gap"
            yield _finding(reach_claim, kind, both, f"exactly {end}")
    else:
        yield _finding(claim, "overlap", both, f"from {start} to {_smaller_end(lower, upper)}")


def _smaller_end(lower: Interval, upper: Interval) -> str:
    inner = lower if lower.high <= upper.high else upper
    return _end(inner.high_printed, inner.high_unit) if inner.high_printed else "any value"


def _consecutive(lower: Interval, upper: Interval) -> bool:
    """Whether 0–4 is followed by 5–9, or 18.5–24.9 by 25–29.9: completed units, without a gap.

    A year begins where 11 months or 364 days end, though it is not so many of them exactly.
    """
    if not (lower.high_closed and upper.low_closed and upper.low_printed):
        return False
    texts = [lower.high_printed, upper.low_printed]
    same = unit_name(lower.high_unit) == unit_name(upper.low_unit)
    decimals = max(len(text.partition(".")[2]) for text in texts[: 2 if same else 1])
    step = to_base(Fraction(1, 10**decimals), lower.high_unit)[0]
    missing = upper.low - lower.high
    return missing == step if same else missing <= step * _NEARLY


def _finding(claim: Claim, kind: str, label: str, values: str, severity: str = "") -> Finding:
    block = claim.location.partition(",")[0]
    named = f"of {values}" if values.startswith("exactly") else values
    wanted, printed = "one category", "two categories as printed"
    if kind == "gap":
        wanted, printed = "a category", "no category printed"
    return Finding(
        claim.claim_id, block, label, f"{wanted} for values {named}", values, kind,
        f"A value {named} belongs to {printed}.", severity=severity,
    )  # fmt: skip
