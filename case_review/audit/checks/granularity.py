"""Percentages, means and deviations that no whole numbers can have: GRIM, GRIMMER and DEBIT."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from case_review.audit.checks.samples import (
    NO_SHARE,
    Size,
    gathered,
    interval,
    is_counted,
    items,
    near,
    said,
    size,
    whole,
)
from case_review.audit.claims import Claim, Claims
from case_review.audit.findings import (
    INCONSISTENT,
    NOTE,
    ROUNDING,
    Checked,
    Finding,
    Outcome,
    Unchecked,
)
from case_review.audit.prints import Span
from case_review.statistics import granularity

#: Words that say that a mean is of zeros and ones; a mean proportion may be one of shares.
BINARY = "binary|dichotom|yes/no|0/1"
#: Words that say that a percentage is of fewer than all.
_OF_FEWER = "known|valid|respon|answer|evalua|assess|available|observed|of those|among"
_MAYBE = "means do not fit whole numbers; where values are measured, that says nothing."


def shares(claims: Claims) -> Iterator[Outcome]:
    """Percentages without numerator that no count of their denominator gives."""
    yield from gathered(_shares(claims), claims, "percentages fit no count of the whole.")


def _shares(claims: Claims) -> Iterator[Outcome]:
    for claim in claims:
        span = interval(claim) if claim.measure == "pct" and not claim.checkable else None
        if span is None or not 0 <= claim.printed.number <= 100:
            continue
        of = size(claims, claim)
        if of is None or not (of.own or _of_all(claims, claim)):
            continue
        # A drafted percentage that is plainly none of a count is held to no denominator either.
        if claim.sure and _is_more(claims, claim):
            continue
        if granularity.always_possible((span.high - span.low) / 100, of.n):
            yield Unchecked(claim.claim_id, "coarse")
        elif granularity.counts(span, of.n):
            yield Checked((claim.claim_id, of.claim_id))
        else:
            yield _no_share(claim, of)


def _no_share(claim: Claim, of: Size) -> Finding:
    number = claim.printed.number
    below = int(number * of.n // 100)
    exact = [Fraction(100 * count, of.n) for count in (below, below + 1) if count <= of.n]
    both = [f"{near(share, claim.digits)} ({share * of.n / 100}/{of.n})" for share in exact]
    cut = any(int(share * 10**claim.digits) == number * 10**claim.digits for share in exact)
    text = f"No number of {of.n} is {number}%{of.condition}."
    if cut:
        text += " The digits of one were cut off, not rounded."
    severity = ROUNDING if cut else INCONSISTENT
    if not of.own or said(claim, NO_SHARE):
        severity = NOTE
    return Finding(
        claim.claim_id, claim.location, claim.as_printed, " or ".join(both), "",
        "truncation" if cut else "share", text, _others(claim, of), severity,
    )  # fmt: skip


def _of_all(claims: Claims, claim: Claim) -> bool:
    """Whether a percentage may well be of all of its population, where nothing says of how many.

    A count beside it is held to the same total by another check. The reader of papers knows of
    totals, and left this percentage without one for a reason.
    """
    beside = "n" in claims.siblings(claim)
    return not (beside or claim.sure or _is_more(claims, claim) or said(claim, _OF_FEWER))


def _is_more(claims: Claims, claim: Claim) -> bool:
    """Whether a percentage may be estimated, as a point of a survival curve is."""
    return bool({"low", "high", "se", "at_risk", "time"} & set(claims.siblings(claim))) or said(
        claim, NO_SHARE
    )


def means(claims: Claims) -> Iterator[Outcome]:
    """Means that no sum of whole numbers gives (GRIM)."""
    yield from gathered(_means(claims), claims, _MAYBE)


def _means(claims: Claims) -> Iterator[Outcome]:
    for claim in claims:
        span = interval(claim) if claim.measure == "mean" else None
        of = size(claims, claim) if span else None
        if of is None:
            continue
        counted, each = is_counted(claims, claim), items(claims, claim)
        if counted is False:
            yield Unchecked(claim.claim_id, "measured")
        elif granularity.always_possible(span.high - span.low, of.n, each):
            yield Unchecked(claim.claim_id, "coarse")
        elif granularity.sums(span, of.n, each):
            yield Checked((claim.claim_id, of.claim_id))
        else:
            yield _no_mean(claim, of, each, counted)


def _no_mean(claim: Claim, of: Size, each: int, counted: bool | None) -> Finding:
    number, parts = Fraction(claim.printed.number), of.n * each
    below = number * parts // 1
    both = [
        f"{near(Fraction(total, parts), claim.digits + 1)} ({total}/{parts})"
        for total in (below, below + 1)
    ]
    return Finding(
        claim.claim_id, claim.location, claim.as_printed, " or ".join(both), "", "grim",
        f"{_data(of, each)} cannot have a mean of {claim.printed.number}{of.condition}."
        f"{_doubt(counted)}",
        _others(claim, of), INCONSISTENT if counted and of.own else NOTE,
    )  # fmt: skip


def _data(of: Size, each: int) -> str:
    """`25 whole numbers`."""
    return f"{of.n} means of {each} whole numbers each" if each > 1 else f"{of.n} whole numbers"


def _doubt(counted: bool | None) -> str:
    """What is added where the paper does not say that the data are whole numbers."""
    return "" if counted else " That these are whole numbers, not measured ones, is not printed."


def deviations(claims: Claims) -> Iterator[Outcome]:
    """Standard deviations that no whole numbers with this mean have (GRIMMER, SPRITE)."""
    yield from gathered(_deviations(claims), claims, _MAYBE.replace("means", "deviations"))


def _deviations(claims: Claims) -> Iterator[Outcome]:
    for claim, mean, of in _with_mean(claims):
        counted, each = is_counted(claims, claim), items(claims, claim)
        if counted is None:
            counted = is_counted(claims, mean)
        sd, centre = interval(claim), interval(mean)
        if counted is False:
            yield Unchecked(claim.claim_id, "measured")
            continue
        if not granularity.sums(centre, of.n, each) or said(mean, BINARY):
            continue  # no deviation fits an impossible mean, which is told of already
        scale = _scale(claims, mean)
        if (sd.high**2 - max(sd.low, 0) ** 2) * (of.n - 1) * each**2 >= 2 and scale is None:
            yield Unchecked(claim.claim_id, "coarse")
        elif granularity.sd_possible(centre, sd, of.n, each, scale):
            yield Checked((claim.claim_id, mean.claim_id, of.claim_id))
        else:
            yield _no_deviation(claim, mean, of, each, counted, scale)


def _with_mean(claims: Claims) -> Iterator[tuple[Claim, Claim, Size]]:
    """Each standard deviation with its mean and the number of values, at least two."""
    for claim in claims:
        mean = claims.siblings(claim).get("mean") if claim.measure == "sd" else None
        if interval(claim) is None or interval(mean) is None:
            continue
        of = size(claims, claim)
        if of is not None and of.n > 1:
            yield claim, mean, of


def _scale(claims: Claims, mean: Claim) -> tuple[int, int] | None:
    """The whole-numbered ends of the scale or range printed beside a mean, or None."""
    low, high = (whole(claims.siblings(mean).get(name)) for name in ("min", "max"))
    return None if low is None or high is None or low >= high else (low, high)


def _no_deviation(claim: Claim, mean: Claim, of: Size, each, counted, scale) -> Finding:
    within = f" from {scale[0]} to {scale[1]}" if scale else ""
    text = (
        f"{_data(of, each)}{within} with a mean of {mean.printed.number} cannot have a standard "
        f"deviation of {claim.printed.number}{of.condition}.{_doubt(counted)}"
    )
    spans = interval(mean), interval(claim)
    divided = granularity.sd_possible(*spans, of.n, each, scale, divisor=0)
    if divided:
        text += " With squares divided by n instead of n − 1 they can."
    sure = counted and of.own and not divided
    return Finding(
        claim.claim_id, claim.location, claim.as_printed, "a deviation of whole numbers", "",
        "grimmer", text, (mean.claim_id, *_others(claim, of)), INCONSISTENT if sure else NOTE,
    )  # fmt: skip


def binary(claims: Claims) -> Iterator[Outcome]:
    """Standard deviations that no zeros and ones with this mean have (DEBIT)."""
    for claim, mean, of in _with_mean(claims):
        sd, centre = interval(claim), interval(mean)
        if not said(mean, BINARY) or not 0 <= mean.printed.number <= 1:
            continue
        if granularity.binary_sd_possible(centre, sd, of.n):
            yield Checked((claim.claim_id, mean.claim_id, of.claim_id))
            continue
        low, high = _binary(centre, of.n)
        divided = granularity.binary_sd_possible(centre, sd, of.n, divisor=0)
        more = " With squares divided by n instead of n − 1 they can." if divided else ""
        text = (
            f"{of.n} zeros and ones with a mean of {mean.printed.number} cannot have a standard "
            f"deviation of {claim.printed.number}{of.condition}.{more}"
        )
        yield Finding(
            claim.claim_id, claim.location, claim.as_printed, f"{low:.4f} to {high:.4f}", "",
            "debit", text, (mean.claim_id, *_others(claim, of)),
            INCONSISTENT if of.own and not divided else NOTE,
        )  # fmt: skip


def _binary(mean: Span, n: int) -> tuple[float, float]:
    """Between which values the deviation of zeros and ones lies, given their mean."""
    ends = {max(mean.low, 0), min(mean.high, 1)}
    if mean.low < Fraction(1, 2) < mean.high:
        ends.add(Fraction(1, 2))
    found = [float(share * (1 - share) * n / (n - 1)) ** 0.5 for share in ends]
    return min(found), max(found)


def _others(claim: Claim, of: Size) -> tuple[str, ...]:
    return () if of.claim_id == claim.claim_id else (of.claim_id,)
