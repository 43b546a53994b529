"""Standard deviations, standard errors and limits of means against one another and their range."""

from __future__ import annotations

import math
from collections.abc import Iterator

from case_review.audit.checks.estimates import level_of
from case_review.audit.checks.samples import Size, gathered, interval, said, size
from case_review.audit.claims import Claim, Claims
from case_review.audit.findings import IMPOSSIBLE, INCONSISTENT, NOTE, Checked, Finding, Outcome
from case_review.audit.prints import Span
from case_review.statistics import granularity
from case_review.statistics.inputs import normal_quantile
from case_review.statistics.p_values import t_quantile

#: Words that say that an error or limits are of a model and not of the bare values.
_OTHERWISE = "adjust|least|model|marginal|weight|log|geometric|bootstrap|robust|cluster"


def deviations(claims: Claims) -> Iterator[Outcome]:
    """Standard deviations that are larger than the range allows."""
    for claim in claims:
        siblings = claims.siblings(claim) if claim.measure == "sd" else {}
        spans = [interval(siblings.get(name)) for name in ("sd", "mean", "min", "max")]
        if None in spans:
            continue
        sd, mean, low, high = spans
        if mean.high < low.low or mean.low > high.high or low.high > high.low:
            continue  # out of order, which is told of elsewhere
        of = size(claims, claim)
        n = of.n if of is not None and of.own and of.n > 1 else 2
        ids = tuple(siblings[name].claim_id for name in ("mean", "min", "max"))
        most = _largest(mean, low, high, n)
        if sd.low <= most:
            yield Checked((claim.claim_id, *ids))
        else:
            shown = f"at most {most:.{max(claim.printed.digits, 2)}f}"
            yield Finding(
                claim.claim_id, claim.location, claim.as_printed, shown, "", "spread",
                f"Values from {siblings['min'].as_printed} to {siblings['max'].as_printed} with "
                f"a mean of {siblings['mean'].as_printed} have a standard deviation of {shown}.",
                ids, IMPOSSIBLE,
            )  # fmt: skip


def _largest(mean: Span, low: Span, high: Span, n: int) -> float:
    """The largest deviation for any mean, lower and upper end within their rounding."""
    middle = (low.low + high.high) / 2
    best = min(max(middle, mean.low), mean.high)
    return granularity.largest_sd(float(best), n, float(low.low), float(high.high))


def errors(claims: Claims) -> Iterator[Outcome]:
    """Standard errors that are not the deviation over the root of the number of values."""
    for claim in claims:
        sd = claims.siblings(claim).get("sd") if claim.measure == "se" else None
        spans, of = (interval(claim), interval(sd)), size(claims, claim)
        if None in spans or of is None:
            continue
        expected = Span(*(max(float(end), 0.0) / math.sqrt(of.n) for end in spans[1]))
        if spans[0].meets(expected):
            yield Checked((claim.claim_id, sd.claim_id, of.claim_id))
        else:
            yield _no_error(claim, sd, of, spans[0], expected)


def _no_error(claim: Claim, sd: Claim, of: Size, printed: Span, expected: Span) -> Finding:
    digits = max(claim.printed.digits, 2)
    shown = " to ".join(dict.fromkeys(f"{end:.{digits}f}" for end in expected))
    text = f"A deviation of {sd.printed.number} of {of.n} values gives an error of {shown}."
    doubt = ""
    if said(claim, _OTHERWISE):
        doubt = " It is said to be of something else."
    elif not of.own and printed.high > expected.high:
        doubt = " Of fewer answers it would be larger."
    return Finding(
        claim.claim_id, claim.location, claim.as_printed, shown, "", "error", text + doubt,
        (sd.claim_id, of.claim_id), NOTE if doubt else INCONSISTENT,
    )  # fmt: skip


def limits(claims: Claims) -> Iterator[Outcome]:
    """Limits of a mean that are neither by the t nor by the normal distribution."""
    yield from gathered(_limits(claims), claims, "means have limits of no usual method.")


def _limits(claims: Claims) -> Iterator[Outcome]:
    for claim in claims:
        siblings = claims.siblings(claim) if claim.measure == "mean" else {}
        ends = [siblings.get(name) for name in ("low", "high")]
        spans = [interval(one) for one in (claim, siblings.get("sd"), *ends)]
        of = size(claims, claim)
        if None in spans or of is None or of.n < 2 or any(end.kind != "limit" for end in ends):
            continue
        mean, sd, low, high = spans
        share, ids = level_of(claims, claim) / 100, tuple(end.claim_id for end in ends)
        widths = [
            Span(*(factor * max(float(end), 0.0) / math.sqrt(of.n) for end in sd))
            for factor in (normal_quantile(share), t_quantile(share, of.n - 1))
        ]
        floats = [Span(*map(float, span)) for span in (mean, low, high)]
        if any(
            (floats[0] - width).meets(floats[1]) and (floats[0] + width).meets(floats[2])
            for width in widths
        ):
            yield Checked((claim.claim_id, siblings["sd"].claim_id, *ids))
            continue
        centre = float(claim.printed.number)
        reach = (widths[1].low + widths[1].high) / 2
        digits = max(ends[0].printed.digits, 1)
        shown = f"{centre - reach:.{digits}f} to {centre + reach:.{digits}f}".replace("-", "−")
        yield Finding(
            claim.claim_id, claim.location, f"{ends[0].as_printed} to {ends[1].as_printed}", shown,
            "", "interval",
            f"Mean, deviation and {of.n} values give about {shown}{of.condition}; limits that are "
            "adjusted, of logarithms or by the bootstrap differ from that.",
            (siblings["sd"].claim_id, *ids), NOTE,
        )  # fmt: skip
