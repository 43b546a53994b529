"""Survival in percent against the numbers at risk below the curve."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

from case_review.audit.checks.samples import interval, said, whole
from case_review.audit.claims import Claim, Claims
from case_review.audit.findings import INCONSISTENT, NOTE, Checked, Finding, Outcome
from case_review.audit.prints import Span

#: Words for a curve that falls with every event, and for one that rises.
_FALLING = "surviv|free|alive"
_RISING = "inciden|progress|relaps|recur|mortal|death|died|event rate|failure"


class Point(NamedTuple):
    """What is printed of a curve at one time."""

    time: Claim
    at_risk: Claim | None
    share: Claim | None

    @property
    def left(self) -> int | None:
        """How many are still at risk."""
        return whole(self.at_risk)


def at_risk(claims: Claims) -> Iterator[Outcome]:
    """Curves that rise, or fall by more than the numbers at risk allow; more at risk later on."""
    curves: dict[tuple, list[Point]] = defaultdict(list)
    for claim in claims:
        if claim.measure == "time" and interval(claim) is not None:
            siblings = claims.siblings(claim)
            share = siblings.get("pct") or siblings.get("value")
            if interval(share) is None:
                share = None
            point = Point(claim, siblings.get("at_risk"), share)
            curves[claim.place, claim.path[:-1], claim.population].append(point)
    for points in curves.values():
        if len({point.time.unit for point in points}) == 1:
            points.sort(key=lambda point: point.time.printed.number)
            yield from _numbers(points)
            yield from _curve([point for point in points if point.share is not None])


def _numbers(points: list[Point]) -> Iterator[Outcome]:
    known = [point for point in points if point.left is not None]
    for earlier, later in pairwise(known):
        ids = earlier.at_risk.claim_id, later.at_risk.claim_id
        if later.left <= earlier.left:
            yield Checked(ids)
            continue
        yield Finding(
            ids[1], later.at_risk.location, later.at_risk.as_printed, f"at most {earlier.left}",
            "", "at-risk",
            f"{later.left} are at risk at {later.time.as_printed}, after {earlier.left} at "
            f"{earlier.time.as_printed}. Only late entry could add any.", (ids[0],), INCONSISTENT,
        )  # fmt: skip


def _curve(points: list[Point]) -> Iterator[Outcome]:
    """Each share against the one before, and against who was at risk then and is afterwards."""
    falling, sure = _falls(points)
    for number, (earlier, later) in enumerate(pairwise(points)):
        before, now = (_surviving(point.share, falling) for point in (earlier, later))
        ids = earlier.share.claim_id, later.share.claim_id
        if now.low > before.high:
            yield _turn(earlier, later, ids, falling, sure)
            continue
        after = points[number + 2].left if number + 2 < len(points) else 0
        least, certain = _least(earlier, later, before, after)
        if not least or now.high >= least:
            yield Checked(ids)
        else:
            yield _fall(earlier, later, ids, float(least), sure and now.high < certain)


def _falls(points: list[Point]) -> tuple[bool, bool]:
    """Whether a curve is one that falls, and whether the paper says so or its numbers do."""
    shares = [point.share for point in points]
    for words, falling in ((_FALLING, True), (_RISING, False)):
        if any(said(share, words) for share in shares):
            return falling, True
    return not shares or shares[0].printed.number >= shares[-1].printed.number, False


def _surviving(claim: Claim, falling: bool) -> Span:
    """The share without the event, in percent or as a fraction as it is printed."""
    span = interval(claim)
    if falling:
        return span
    full = 100 if claim.measure == "pct" or claim.unit == "%" else 1
    return Span(full - span.high, full - span.low)


def _turn(earlier: Point, later: Point, ids, falling: bool, sure: bool) -> Finding:
    """A curve that goes back."""
    way, back = ("falls", "rises") if falling else ("rises", "falls")
    return Finding(
        ids[1], later.share.location, later.share.as_printed,
        f"not beyond {earlier.share.as_printed}", "", "curve",
        f"The curve {way}, but here it {back} from {earlier.share.as_printed} at "
        f"{earlier.time.as_printed}.", (ids[0],), INCONSISTENT if sure else NOTE,
    )  # fmt: skip


def _least(earlier: Point, later: Point, before: Span, after: int | None):
    """The lowest that a curve can fall to, and the lowest if those at risk later have the event.

    Of those at risk at first some have the event and others leave; whatever the order, the curve
    falls at most to the share of those who are still at risk. An event at the very time still
    counts its patient as at risk, so only those at risk at the next time are certain to be without.
    """
    if not earlier.left or later.left is None or before.low <= 0:
        return 0, 0
    least = before.low * min(later.left, earlier.left) / earlier.left
    sure = before.low * min(after or 0, earlier.left) / earlier.left
    return least, sure


def _fall(earlier: Point, later: Point, ids, least: float, sure: bool) -> Finding:
    digits = max(later.share.printed.digits, 1)
    text = (
        f"From {earlier.share.as_printed} with {earlier.left} at risk at {earlier.time.as_printed} "
        f"the curve can fall to {least:.{digits}f} if {later.left} are at risk at "
        f"{later.time.as_printed}."
    )
    if not sure:
        text += " Events at that very time could take it lower."
    return Finding(
        ids[1], later.share.location, later.share.as_printed, f"at least {least:.{digits}f}", "",
        "curve", text, (ids[0], earlier.at_risk.claim_id, later.at_risk.claim_id),
        INCONSISTENT if sure else NOTE,
    )  # fmt: skip
